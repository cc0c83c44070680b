package org.sluice.agent.attachment;

import static java.util.Objects.requireNonNull;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sluice.agent.host.Hypervisor;
import org.sluice.agent.journal.Journal;
import org.sluice.model.Problem;
import org.sluice.model.ServerId;

/**
 * Guests of ours that ran when the agent began and that its journal does not know: it was lost, or laid aside when the host joined anew. What
 * they have is in no lease book, and a VF that the kernel would let anybody program is theirs all the same. That a server could not be built
 * here says nothing about a guest of it that is on: what was begun for it then is undone. Thread-safe.
 */
public final class UnknownGuests {
    private final Hypervisor hypervisor;
    private final Journal journal;

    /** Those that are not known to have ended; null before the first look. None comes later: whatever the agent starts is in its journal. */
    private @Nullable Set<ServerId> guests;

    /** Guests of that hypervisor which are not in that journal. */
    public UnknownGuests(Hypervisor hypervisor, Journal journal) {
        this.hypervisor = requireNonNull(hypervisor, "hypervisor is null");
        this.journal = requireNonNull(journal, "journal is null");
    }

    /**
     * Sees to it that none of them has a VF.
     *
     * @param server whose VF it is to be
     * @param function its PCI address
     * @throws org.sluice.model.ProblemException when another one has it
     */
    synchronized void requireNoneHas(ServerId server, String function) {
        for (ServerId guest : guests()) {
            if (!guest.equals(server) && hypervisor.functions(guest).contains(function)) {
                throw new Problem(
                                Problem.Kind.CONFLICT,
                                "VirtualFunctionHeld",
                                "The guest of server " + guest
                                        + ", which this host has no record of, runs and has the VF " + function + ".",
                                Optional.of("End that guest on its host (virsh destroy " + guest + "), and ask again."))
                        .asException();
            }
        }
    }

    /** PCI addresses of the VFs that they have. */
    public synchronized Set<String> functions() {
        Set<String> functions = new HashSet<>();
        for (ServerId guest : guests()) {
            functions.addAll(hypervisor.functions(guest));
        }
        return functions;
    }

    private Set<ServerId> guests() {
        Set<ServerId> left = guests;
        if (left == null) {
            left = new HashSet<>(hypervisor.domains());
            guests = left;
        }
        left.removeIf(
                guest -> journal.hasBuilt(guest) || !hypervisor.state(guest).isOn());
        return left;
    }
}
