package org.sluice.controller.fleet.qualification;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.http.Json;
import org.sluice.model.qualification.Baseline;
import org.sluice.model.qualification.CardClass;
import org.sluice.model.qualification.MeasuredFigure;
import org.sluice.model.qualification.Qualification;
import org.sluice.model.qualification.QualificationPolicy;
import org.sluice.model.qualification.QualificationSettings;
import org.sluice.model.qualification.QualificationSummary;
import org.sluice.model.qualification.QualificationVerdict;
import tools.jackson.databind.JsonNode;

/**
 * Measurements of hosts and the settings they are judged by, as the database keeps them. Stateless; the caller owns the
 * transaction.
 */
final class QualificationStore {
    private static final String SELECT = """
            select q.id, q.host_id, h.name as host, q.name, q.measured_at, q.class, q.verdict, q.reasons, q.baseline,
                (select jsonb_agg(jsonb_build_object('frame_bytes', f.frame_bytes,
                        'frames_per_second', f.frames_per_second, 'p50_latency_ns', f.p50_latency_ns,
                        'p99_latency_ns', f.p99_latency_ns, 'loss_ratio', f.loss_ratio,
                        'tester_limited', f.tester_limited) order by f.frame_bytes)
                    from host_qualification_figure f where f.qualification_id = q.id) as figures
            """;

    /** The card of a host as its agent reported it. */
    record ReportedCard(UUID host, UUID id, String vendorId, String deviceId, String driver) {}

    /** A measurement with its row. */
    record Stored(long id, UUID host, Qualification qualification) {}

    /** How the fleet is judged; whoever changes that waits until this transaction has ended. */
    QualificationSettings settingsToJudgeBy(Handle handle) {
        return settings(handle, " for share");
    }

    /** How the fleet is judged; whoever judges a measurement waits until this transaction has ended. */
    QualificationSettings settingsToChange(Handle handle) {
        return settings(handle, " for update");
    }

    QualificationSettings settings(Handle handle) {
        return settings(handle, "");
    }

    private static QualificationSettings settings(Handle handle, String lock) {
        return handle.createQuery("select policy, required_share, allowed_p99_factor from qualification_setting" + lock)
                .map((row, _) -> new QualificationSettings(
                        QualificationPolicy.ofWireName(row.getString("policy")).orElseThrow(),
                        row.getDouble("required_share"),
                        row.getDouble("allowed_p99_factor")))
                .one();
    }

    void setSettings(Handle handle, QualificationSettings settings) {
        handle.createUpdate("""
                        update qualification_setting set policy = :policy, required_share = :share,
                            allowed_p99_factor = :factor""")
                .bind("policy", settings.policy().wireName())
                .bind("share", settings.requiredShare())
                .bind("factor", settings.allowedP99Factor())
                .execute();
    }

    /** The present card of that name on that host; other measurements of the host wait until the transaction ends. */
    Optional<ReportedCard> card(Handle handle, String host, String name) {
        return handle.createQuery("""
                        select pf.id, pf.host_id, pf.vendor_id, pf.device_id, pf.driver
                        from host h join physical_function pf on pf.host_id = h.id
                        where h.name = :host and pf.name = :name and pf.present
                        for update of h""")
                .bind("host", host)
                .bind("name", name)
                .map((row, _) -> new ReportedCard(
                        row.getObject("host_id", UUID.class),
                        row.getObject("id", UUID.class),
                        row.getString("vendor_id"),
                        row.getString("device_id"),
                        row.getString("driver")))
                .findFirst();
    }

    boolean hasHost(Handle handle, String host) {
        return handle.createQuery("select exists (select 1 from host where name = :host)")
                .bind("host", host)
                .mapTo(Boolean.class)
                .one();
    }

    /** Keeps a measurement that is judged already. */
    void add(Handle handle, ReportedCard card, Qualification qualification) {
        QualificationSummary summary = qualification.summary();
        long id = handle.createQuery("""
                        insert into host_qualification (host_id, physical_function_id, name, measured_at, class, verdict,
                            reasons, baseline)
                        values (:host, :card, :name, :at, :class, :verdict, cast(:reasons as jsonb),
                            cast(:baseline as jsonb))
                        returning id""")
                .bind("host", card.host())
                .bind("card", card.id())
                .bind("name", summary.physicalFunction())
                .bind("at", OffsetDateTime.ofInstant(summary.measuredAt(), ZoneOffset.UTC))
                .bind("class", summary.cardClass().text())
                .bind("verdict", qualification.verdict().wireName())
                .bind("reasons", Json.MAPPER.writeValueAsString(qualification.reasons()))
                .bind("baseline", baselineText(qualification.baseline()))
                .mapTo(Long.class)
                .one();
        handle.createUpdate("""
                        insert into host_qualification_figure (qualification_id, frame_bytes, frames_per_second,
                            p50_latency_ns, p99_latency_ns, loss_ratio, tester_limited)
                        select :id, f.* from jsonb_to_recordset(cast(:figures as jsonb)) as f(frame_bytes integer,
                            frames_per_second bigint, p50_latency_ns bigint, p99_latency_ns bigint,
                            loss_ratio double precision, tester_limited boolean)""")
                .bind("id", id)
                .bind("figures", Json.MAPPER.writeValueAsString(summary.figures()))
                .execute();
    }

    /** Puts another judgement of the same measurement in the place of the one there was. */
    void judgeAgain(Handle handle, long id, Optional<Baseline> baseline, Judging.Judgement judgement) {
        handle.createUpdate("""
                        update host_qualification set verdict = :verdict, reasons = cast(:reasons as jsonb),
                            baseline = cast(:baseline as jsonb) where id = :id""")
                .bind("id", id)
                .bind("verdict", judgement.verdict().wireName())
                .bind("reasons", Json.MAPPER.writeValueAsString(judgement.reasons()))
                .bind("baseline", baselineText(baseline))
                .execute();
    }

    /** The measurement of that card at that time. */
    Optional<Qualification> at(Handle handle, ReportedCard card, QualificationSummary summary) {
        return handle.createQuery(SELECT + """
                        from host_qualification q join host h on h.id = q.host_id
                        where q.physical_function_id = :card and q.measured_at = :at""")
                .bind("card", card.id())
                .bind("at", OffsetDateTime.ofInstant(summary.measuredAt(), ZoneOffset.UTC))
                .map((row, _) -> stored(row).qualification())
                .findOne();
    }

    /** The measurements of a host, the newest first, {@code most} of them at most. */
    List<Qualification> of(Handle handle, String host, int most) {
        return handle
                .createQuery(SELECT + """
                        from host_qualification q join host h on h.id = q.host_id
                        where h.name = :host order by q.measured_at desc, q.id desc limit :most""")
                .bind("host", host)
                .bind("most", most)
                .map((row, _) -> stored(row))
                .list()
                .stream()
                .map(Stored::qualification)
                .toList();
    }

    /** What counts: the newest measurement of each card that hosts still have, by host and card. */
    List<Stored> newest(Handle handle) {
        return handle.createQuery(SELECT + """
                        from newest_qualification q join host h on h.id = q.host_id order by h.name, q.name""").map((row, _) -> stored(row)).list();
    }

    private static @Nullable String baselineText(Optional<Baseline> baseline) {
        return baseline.map(Json.MAPPER::writeValueAsString).orElse(null);
    }

    private static Stored stored(ResultSet row) throws SQLException {
        @Nullable String baseline = row.getString("baseline");
        List<String> reasons = new ArrayList<>();
        Json.MAPPER.readTree(row.getString("reasons")).forEach(reason -> reasons.add(reason.asString()));
        List<MeasuredFigure> figures = new ArrayList<>();
        for (JsonNode figure : Json.MAPPER.readTree(row.getString("figures"))) {
            figures.add(Json.MAPPER.treeToValue(figure, MeasuredFigure.class));
        }
        return new Stored(
                row.getLong("id"),
                row.getObject("host_id", UUID.class),
                new Qualification(
                        row.getString("host"),
                        new QualificationSummary(
                                row.getString("name"),
                                row.getObject("measured_at", OffsetDateTime.class)
                                        .toInstant(),
                                CardClass.parse(row.getString("class")),
                                figures),
                        QualificationVerdict.valueOf(row.getString("verdict").toUpperCase(Locale.ROOT)),
                        baseline == null
                                ? Optional.empty()
                                : Optional.of(Json.MAPPER.readValue(baseline, Baseline.class)),
                        reasons));
    }
}
