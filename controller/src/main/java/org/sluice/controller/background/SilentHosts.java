package org.sluice.controller.background;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.ServerReport.Failure;

/**
 * Servers that wait for a host which says nothing, and the words for it. A host counts as silent here once its agent was not heard
 * for {@link #BOUND}, and at once when an operator declared it down. Stateless; the caller owns the transaction.
 */
final class SilentHosts {
    /** A machine has booted by then. */
    static final Duration BOUND = Duration.ofMinutes(5);

    /** The code of the fault that tells of it; a server that has it was told. */
    static final String CODE = "HostSilent";

    private SilentHosts() {}

    /** A server on such a host. */
    record Waiting(ServerId server, String host, Optional<Duration> silence) {
        /** The fault that says so. */
        Failure failure(String sentence, String fix) {
            return new Failure(
                    CODE,
                    sentence + " Its host " + host + " has not been heard of"
                            + silence.map(time -> " for " + time.toMinutes() + " minutes")
                                    .orElse(" yet") + ".",
                    Optional.of(fix));
        }
    }

    /**
     * Servers on silent hosts that were not told so yet, each held until the transaction ends.
     *
     * @param condition which of the servers {@code s} with the claims {@code c}
     */
    static Collection<Waiting> hold(Handle handle, String condition, int most) {
        // One may be on its way from two of them.
        Map<ServerId, Waiting> waiting = new LinkedHashMap<>();
        handle.createQuery("""
                        select s.id, h.name, extract(epoch from clock_timestamp() - h.last_seen_at) as silence
                        from host h join claim c on c.host_id = h.id join server s on s.id = c.server_id
                        where (h.forced_down_at is not null or h.last_seen_at is null
                                or h.last_seen_at < now() - make_interval(secs => :bound))
                          and s.fault_code is distinct from :code and\s""" + condition + """
                         order by s.number limit :most for update of s skip locked""")
                .bind("bound", BOUND.toSeconds())
                .bind("code", CODE)
                .bind("most", most)
                .map((row, _) -> new Waiting(
                        new ServerId(row.getObject("id", UUID.class)),
                        row.getString("name"),
                        Optional.ofNullable(row.getBigDecimal("silence"))
                                .map(seconds -> Duration.ofSeconds(Math.max(0, seconds.longValue())))))
                .forEach(one -> waiting.putIfAbsent(one.server(), one));
        return waiting.values();
    }
}
