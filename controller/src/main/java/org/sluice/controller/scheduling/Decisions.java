package org.sluice.controller.scheduling;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.http.Json;
import org.sluice.model.HostId;
import org.sluice.model.ServerId;

/** Keeps why servers are where they are, or nowhere. The caller owns the transaction. Thread-safe. */
final class Decisions {
    /** A fleet of thousands has a verdict a host; what people read of them is the reasons and some examples. */
    private static final int MOST_HOSTS = 50;

    /** How many hosts a filter refused. */
    private record Count(String filter, long hosts) {}

    private final DecisionObserver observer;

    Decisions(DecisionObserver observer) {
        this.observer = observer;
    }

    void record(Handle handle, ServerId server, Optional<HostId> chosen, List<Verdict> verdicts) {
        List<Count> counts = counts(verdicts);
        handle.afterCommit(() -> observer.decided(
                chosen.isPresent(), counts.stream().map(Count::filter).toList()));
        handle.createUpdate("""
                        insert into scheduling_decision (server_id, host_id, hosts, considered, reasons)
                        values (:server, cast(:host as uuid), cast(:hosts as jsonb), :considered,
                            cast(:reasons as jsonb))""")
                .bind("server", server.value())
                .bind("host", chosen.map(HostId::toString).orElse(null))
                .bind("hosts", Json.MAPPER.writeValueAsString(examples(verdicts)))
                .bind("considered", verdicts.size())
                .bind("reasons", Json.MAPPER.writeValueAsString(counts))
                .execute();
    }

    /** Hosts that could have taken it first, among them the chosen one; by name within either kind. */
    private static List<Verdict> examples(List<Verdict> verdicts) {
        if (verdicts.size() <= MOST_HOSTS) {
            return verdicts;
        }
        return verdicts.stream()
                .sorted(Comparator.comparing((Verdict verdict) -> !verdict.accepted()))
                .limit(MOST_HOSTS)
                .toList();
    }

    private static List<Count> counts(List<Verdict> verdicts) {
        Map<String, Long> refused = new TreeMap<>();
        for (Verdict verdict : verdicts) {
            if (!verdict.accepted()) {
                verdict.reasons().stream()
                        .map(Verdict.Reason::filter)
                        .distinct()
                        .forEach(filter -> refused.merge(filter, 1L, Long::sum));
            }
        }
        return refused.entrySet().stream()
                .map(count -> new Count(count.getKey(), count.getValue()))
                .toList();
    }

    void forget(Handle handle, ServerId server) {
        handle.createUpdate("delete from scheduling_decision where server_id = :server")
                .bind("server", server.value())
                .execute();
    }
}
