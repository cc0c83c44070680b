package org.sluice.controller.background;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.background.Reconciler.Look;
import org.sluice.controller.scheduling.FleetIndex;
import org.sluice.controller.server.Servers;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.ServerReport.Failure;

/**
 * Servers that wait for a host which says nothing, and the words for it. A host counts as silent here once its agent was not heard
 * for five minutes, and at once when an operator declared it down. Looks at none until this controller has been able to hear hosts
 * for as long. Thread-safe.
 */
final class SilentHosts {
    /** How many are looked at in one turn. */
    static final int MOST = 100;

    /** The code of the fault that tells of it; a server that has it was told. */
    private static final String CODE = "HostSilent";

    private final Turns turns;
    private final Supplier<Duration> watched;
    private final Servers servers = new Servers();

    /**
     * Wires it.
     *
     * @param watched how long hosts could have been heard ({@link FleetIndex#watched})
     */
    SilentHosts(Turns turns, Supplier<Duration> watched) {
        this.turns = requireNonNull(turns, "turns is null");
        this.watched = requireNonNull(watched, "watched is null");
    }

    /** Does work of that name on at most {@link #MOST} objects, once silence can be told from not having listened. */
    <T> Look mend(String name, Function<Handle, ? extends Collection<T>> find, BiPredicate<Handle, T> work) {
        return watched.get().compareTo(Servers.LONGEST_DOUBT) < 0
                ? Look.NOTHING
                : turns.mendEach(name, MOST, find, work);
    }

    /**
     * Tells of servers on silent hosts, under that name, each once.
     *
     * @param condition which of the servers {@code s} with the claims {@code c}
     * @param sentence what is not done
     * @param fix what helps, by the name of the host
     */
    Look tell(String name, String condition, String sentence, UnaryOperator<String> fix) {
        return mend(name, handle -> hold(handle, condition), (handle, waiting) -> {
            servers.told(
                    handle,
                    servers.hold(handle, waiting.server()).orElseThrow(),
                    new Failure(CODE, sentence + " " + waiting.reason(), Optional.of(fix.apply(waiting.host()))));
            return true;
        });
    }

    private record Waiting(ServerId server, String host, Optional<Duration> silence) {
        String reason() {
            return "Its host " + host + " has not been heard of"
                    + silence.map(time -> " for " + time.toMinutes() + " minutes")
                            .orElse(" yet") + ".";
        }
    }

    /** Those that were not told so yet, each held until the transaction ends. */
    private static Collection<Waiting> hold(Handle handle, String condition) {
        // One may be on its way from two of them.
        Map<ServerId, Waiting> waiting = new LinkedHashMap<>();
        handle.createQuery("""
                        select s.id, h.name, extract(epoch from clock_timestamp() - h.last_seen_at) as silence
                        from host h join claim c on c.host_id = h.id join server s on s.id = c.server_id
                        where (h.forced_down_at is not null or h.last_seen_at is null
                                or h.last_seen_at < now() - make_interval(secs => :bound))
                          and s.fault_code is distinct from :code and\s""" + condition + """
                         order by s.number limit :most for update of s skip locked""")
                .bind("bound", Servers.LONGEST_DOUBT.toSeconds())
                .bind("code", CODE)
                .bind("most", MOST)
                .map((row, _) -> new Waiting(
                        new ServerId(row.getObject("id", UUID.class)),
                        row.getString("name"),
                        Optional.ofNullable(row.getBigDecimal("silence"))
                                .map(seconds -> Duration.ofSeconds(Math.max(0, seconds.longValue())))))
                .forEach(one -> waiting.putIfAbsent(one.server(), one));
        return waiting.values();
    }
}
