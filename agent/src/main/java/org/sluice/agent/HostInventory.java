package org.sluice.agent;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sluice.agent.attachment.UnknownGuests;
import org.sluice.agent.boot.Segments;
import org.sluice.agent.host.Host;
import org.sluice.agent.host.Hypervisor.Capacity;
import org.sluice.agent.host.KernelException;
import org.sluice.model.ProblemException;
import org.sluice.model.protocol.Inventory;
import org.sluice.model.protocol.PhysicalFunction;
import org.sluice.model.protocol.ServedNetwork;

/** What a host has. What does not answer has what it had when it last did, since its guests run on, and is a fault. Thread-safe. */
final class HostInventory {
    private final BoundedHost bounded;
    private final Segments segments;
    private final UnknownGuests unknown;
    private final int reservedMemoryMib;
    private final Answer<Capacity> capacity = new Answer<>();
    private final Answer<Integer> version = new Answer<>();
    private final Answer<Integer> diskGib = new Answer<>();
    private final Answer<List<String>> uplinks = new Answer<>();
    private final Answer<List<ServedNetwork>> served = new Answer<>();
    private final Answer<Set<String>> taken = new Answer<>();

    /**
     * @param unknown guests that nobody has a record of; what they have is not the host's to give
     * @param reservedMemoryMib memory that is the host's own, MiB
     */
    HostInventory(BoundedHost bounded, Segments segments, UnknownGuests unknown, int reservedMemoryMib) {
        this.bounded = requireNonNull(bounded, "bounded is null");
        this.segments = requireNonNull(segments, "segments is null");
        this.unknown = requireNonNull(unknown, "unknown is null");
        this.reservedMemoryMib = reservedMemoryMib;
    }

    /**
     * Asks for all of it.
     *
     * @throws KernelException when something cannot say what it has and never could
     * @throws ProblemException likewise
     */
    Inventory take() {
        Host host = bounded.host();
        Capacity has = capacity.to(host.hypervisor()::capacity);
        return new Inventory(
                host.name(),
                has.vcpus(),
                Math.max(0, has.memoryMib() - reservedMemoryMib),
                diskGib.to(host.disks()::capacityGib),
                host.hypervisor().type(),
                version.to(host.hypervisor()::version),
                has.cpuArchitecture(),
                uplinks.to(host.bridges()::uplinks),
                free(host.virtualFunctions().physicalFunctions()),
                Optional.of(served.to(segments::served)),
                bounded.faults());
    }

    /** Without the VFs of guests that nobody has a record of: as long as they run, no server can have those. */
    private List<PhysicalFunction> free(List<PhysicalFunction> all) {
        Set<String> held = taken.to(unknown::functions);
        return held.isEmpty()
                ? all
                : all.stream()
                        .map(card -> card.withVirtualFunctions(card.virtualFunctions().stream()
                                .filter(function -> !held.contains(function.address()))
                                .toList()))
                        .toList();
    }

    /** An answer that is kept for when none comes. */
    private final class Answer<T> {
        private volatile @Nullable T last;

        T to(Supplier<T> question) {
            try {
                T answer = question.get();
                last = answer;
                return answer;
            } catch (KernelException | ProblemException e) {
                T known = last;
                if (known == null || bounded.faults().isEmpty()) {
                    throw e;
                }
                return known;
            }
        }
    }
}
