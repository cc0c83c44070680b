package org.sluice.controller.fleet.qualification;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.sluice.model.qualification.Baseline;
import org.sluice.model.qualification.BaselineFigure;
import org.sluice.model.qualification.CardClass;

/**
 * What is expected of classes of cards: what the operator said, and for classes of which nothing was said, the median of what
 * their hosts reached. Stateless; the caller owns the transaction.
 */
final class ClassBaselines {
    /** One row of either source. */
    private record Row(BaselineFigure figure, int hosts) {}

    /** What the cards of the class are compared with; {@code except} is the host that is to be compared, if any. */
    Optional<Baseline> of(Handle handle, CardClass cardClass, Optional<UUID> except) {
        List<Row> set = handle.createQuery("""
                        select frame_bytes, frames_per_second, p99_latency_ns, 0 as hosts from class_baseline
                        where class = :class order by frame_bytes""")
                .bind("class", cardClass.text())
                .map((row, _) -> row(row))
                .list();
        return set.isEmpty()
                ? baseline(cardClass, Baseline.Source.MEDIAN, medians(handle, cardClass, except.orElse(null)))
                : baseline(cardClass, Baseline.Source.OPERATOR, set);
    }

    /** The fastest link, Mbit/s, of a class that has the same card, driver, profile and kind of reality. */
    OptionalInt fastestLink(Handle handle, CardClass cardClass) {
        return handle.createQuery("""
                        select class from class_baseline union select class from host_qualification""").mapTo(String.class).list().stream()
                .map(CardClass::parse)
                .filter(other -> other.atSpeed(cardClass.linkSpeedMbps()).equals(cardClass))
                .mapToInt(CardClass::linkSpeedMbps)
                .max();
    }

    /** The baselines of all classes that have one, by class. */
    List<Baseline> all(Handle handle) {
        return handle.createQuery("""
                        select class from class_baseline union select class from host_qualification order by 1""").mapTo(String.class).list().stream()
                .flatMap(name -> of(handle, CardClass.parse(name), Optional.empty()).stream())
                .toList();
    }

    /** What the operator expects from now on. */
    void set(Handle handle, CardClass cardClass, List<BaselineFigure> figures) {
        remove(handle, cardClass);
        for (BaselineFigure figure : figures) {
            handle.createUpdate("""
                            insert into class_baseline (class, frame_bytes, frames_per_second, p99_latency_ns)
                            values (:class, :size, :rate, :p99)""")
                    .bind("class", cardClass.text())
                    .bind("size", figure.frameBytes())
                    .bind("rate", figure.framesPerSecond())
                    .bind("p99", figure.p99LatencyNanos())
                    .execute();
        }
    }

    /** The class is compared with its hosts again; returns whether the operator had said anything. */
    boolean remove(Handle handle, CardClass cardClass) {
        return handle.createUpdate("delete from class_baseline where class = :class")
                        .bind("class", cardClass.text())
                        .execute()
                > 0;
    }

    /**
     * The median over hosts, each by its newest measurement of the class that passed. A figure that the tester limited is a
     * lower bound and would pull the median down, so it is left out, and so is what a baseline cannot hold.
     */
    private static List<Row> medians(Handle handle, CardClass cardClass, @Nullable UUID except) {
        return handle.createQuery("""
                        with measured as (
                            select distinct on (q.host_id) q.id, q.host_id
                            from host_qualification q
                            where q.class = :class and q.verdict <> 'failed'
                              and q.host_id is distinct from cast(:except as uuid)
                            order by q.host_id, q.measured_at desc, q.id desc)
                        select f.frame_bytes, count(*) as hosts,
                            cast(percentile_cont(0.5) within group (order by f.frames_per_second) as bigint)
                                as frames_per_second,
                            cast(percentile_cont(0.5) within group (order by f.p99_latency_ns) as bigint)
                                as p99_latency_ns
                        from measured m join host_qualification_figure f on f.qualification_id = m.id
                        where not f.tester_limited and f.frames_per_second > 0 and f.p99_latency_ns > 0
                        group by f.frame_bytes having count(*) >= :fewest
                        order by f.frame_bytes""")
                .bind("class", cardClass.text())
                .bind("except", except)
                .bind("fewest", Judging.FEWEST_HOSTS)
                .map((row, _) -> row(row))
                .list();
    }

    private static Optional<Baseline> baseline(CardClass cardClass, Baseline.Source source, List<Row> rows) {
        return rows.isEmpty()
                ? Optional.empty()
                : Optional.of(new Baseline(
                        cardClass,
                        source,
                        rows.stream().mapToInt(Row::hosts).min().orElse(0),
                        rows.stream().map(Row::figure).toList()));
    }

    private static Row row(ResultSet row) throws SQLException {
        return new Row(
                new BaselineFigure(
                        row.getInt("frame_bytes"), row.getLong("frames_per_second"), row.getLong("p99_latency_ns")),
                row.getInt("hosts"));
    }
}
