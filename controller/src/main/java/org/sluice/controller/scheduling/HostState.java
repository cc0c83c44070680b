package org.sluice.controller.scheduling;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sluice.model.HostId;
import org.sluice.model.qualification.QualificationPolicy;

/**
 * A host as the index knows it: right when it was read, a proposal since.
 *
 * @param id the host
 * @param name its name
 * @param enabled whether the operator lets new servers onto it
 * @param disabledReason why not
 * @param fault what its agent says that keeps it from taking servers, in a complete sentence
 * @param silence how long ago its agent was last heard; empty when it never was
 * @param forcedDownAt since when an operator says that it is down, whatever its agent says
 * @param zone its availability zone, {@code nova} when no aggregate says otherwise
 * @param hypervisorType {@code QEMU} or {@code simulated}
 * @param hypervisorVersion major * 1,000,000 + minor * 1,000 + release
 * @param architecture as {@code uname -m} prints it
 * @param vcpus logical processors
 * @param memoryMib memory, MiB
 * @param diskGib room for disks, GiB
 * @param uplinks physical networks to which bridges have an uplink
 * @param functions virtual functions by physical network
 * @param qualification what measurements of the host came to
 */
record HostState(
        HostId id,
        String name,
        boolean enabled,
        Optional<String> disabledReason,
        Optional<String> fault,
        Optional<Duration> silence,
        Optional<Instant> forcedDownAt,
        String zone,
        String hypervisorType,
        int hypervisorVersion,
        String architecture,
        Amount vcpus,
        Amount memoryMib,
        Amount diskGib,
        Set<String> uplinks,
        Map<String, Functions> functions,
        Qualification qualification) {
    /** Zone of a host that no aggregate gives another one, as Nova names it. */
    static final String DEFAULT_ZONE = "nova";

    /** A countable resource: how much there is and how much of it is claimed. */
    record Amount(int total, int used) {
        int free() {
            return total - used;
        }

        Amount plus(int more) {
            return new Amount(total, used + more);
        }
    }

    /**
     * Virtual functions of one physical network.
     *
     * @param total present VFs
     * @param leased those of them that a port has
     * @param unusable those that are free and cannot be handed to a VM, because they have no IOMMU group
     * @param stuck those that are free and are handed to nobody, because the driver of their PF does not answer
     */
    record Functions(int total, int leased, int unusable, int stuck) {
        int free() {
            return total - leased - unusable - stuck;
        }

        Functions plusLeased(int more) {
            return new Functions(total, leased + more, unusable, stuck);
        }
    }

    /**
     * What measurements of a host came to, and what follows from it.
     *
     * @param policy what the operator makes of it
     * @param cards the cards that were measured, each with its newest measurement; empty also under the policy OFF
     */
    record Qualification(QualificationPolicy policy, List<QualifiedCard> cards) {
        Qualification {
            requireNonNull(policy, "policy is null");
            cards = List.copyOf(cards);
        }
    }

    /**
     * A card that was measured.
     *
     * @param name netdev of its physical function when it was measured
     * @param passes whether nothing speaks against it
     * @param reasons what does, in complete sentences
     */
    record QualifiedCard(String name, boolean passes, List<String> reasons) {
        QualifiedCard {
            requireNonNull(name, "name is null");
            reasons = List.copyOf(reasons);
        }
    }

    HostState {
        requireNonNull(id, "id is null");
        requireNonNull(name, "name is null");
        requireNonNull(forcedDownAt, "forcedDownAt is null");
        uplinks = Set.copyOf(uplinks);
        functions = Map.copyOf(functions);
        requireNonNull(qualification, "qualification is null");
    }

    /** The same host with a demand counted on it ({@code sign} 1) or taken off it ({@code sign} -1). */
    HostState counting(Demand demand, int sign) {
        Map<String, Functions> counted = new HashMap<>(functions);
        demand.functions()
                .forEach((network, wanted) ->
                        counted.computeIfPresent(network, (_, there) -> there.plusLeased(sign * wanted)));
        return new HostState(
                id,
                name,
                enabled,
                disabledReason,
                fault,
                silence,
                forcedDownAt,
                zone,
                hypervisorType,
                hypervisorVersion,
                architecture,
                vcpus.plus(sign * demand.resources().vcpus()),
                memoryMib.plus(sign * demand.resources().memoryMib()),
                diskGib.plus(sign * demand.resources().diskGib()),
                uplinks,
                counted,
                qualification);
    }
}
