package org.sluice.simulator;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sluice.agent.host.Hypervisor.Domain;
import org.sluice.model.Problem;
import org.sluice.model.ServerId;

/** Files that guests were written to. The host's lock guards it. */
final class SimulatedMemory {
    private final Map<ServerId, Domain> files = new HashMap<>();

    /** Those that are on disk. */
    private final Set<ServerId> kept = new HashSet<>();

    private boolean isFull;

    /** Leaves no room for any. */
    void fill() {
        isFull = true;
    }

    void prepare(ServerId server) {
        drop(server);
        if (isFull) {
            throw Problem.of(Problem.Kind.INSUFFICIENT_STORAGE, "NoRoomForMemory", "There is no room for the memory.")
                    .asException();
        }
    }

    void save(Domain domain) {
        files.put(domain.id(), domain);
        kept.remove(domain.id());
    }

    void keep(ServerId server) {
        kept.add(server);
    }

    void drop(ServerId server) {
        files.remove(server);
        kept.remove(server);
    }

    Optional<Domain> find(ServerId server) {
        return Optional.ofNullable(files.get(server));
    }

    /** A guest that runs beside its saved memory could be gone on from twice. */
    void requireNone(ServerId server) {
        if (files.containsKey(server)) {
            throw Problem.of(
                            Problem.Kind.CONFLICT,
                            "MemoryKept",
                            "The guest of " + server + " would run while there still is a file of its memory.")
                    .asException();
        }
    }

    List<ServerId> servers() {
        return List.copyOf(files.keySet());
    }

    /** What was not yet on disk is lost. */
    void reboot() {
        files.keySet().retainAll(kept);
    }
}
