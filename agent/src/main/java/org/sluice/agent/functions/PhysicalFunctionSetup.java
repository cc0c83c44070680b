package org.sluice.agent.functions;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.host.VirtualFunctions;
import org.sluice.agent.host.VirtualFunctions.PortState;
import org.sluice.agent.journal.LeaseBook;
import org.sluice.model.protocol.DesiredInterface.Direct;
import org.sluice.model.protocol.DesiredPhysicalFunction;
import org.sluice.model.protocol.PhysicalFunctionKey;

/**
 * Brings PFs where the controller wants them, apart from any boot and before it: up, as wide as their physical network, and with
 * no driver for VFs that are made from now on. What was done is never taken back, since the host's own traffic shares the PF. The MTU is not
 * raised while a server has one of its VFs: several drivers reset the PF for it. Thread-safe for different PFs.
 */
public final class PhysicalFunctionSetup {
    private static final Logger LOG = LoggerFactory.getLogger(PhysicalFunctionSetup.class);

    private static final String VFIO = "vfio-pci";

    private final VirtualFunctions functions;
    private final LeaseBook leases;
    private final Map<PhysicalFunctionKey, ReentrantLock> turns = new ConcurrentHashMap<>();
    private final Map<PhysicalFunctionKey, String> said = new ConcurrentHashMap<>();

    /**
     * @param functions the host's PFs, patient
     * @param leases whether a server has a VF of one
     */
    public PhysicalFunctionSetup(VirtualFunctions functions, LeaseBook leases) {
        this.functions = requireNonNull(functions, "functions is null");
        this.leases = requireNonNull(leases, "leases is null");
    }

    /** Does what there is to do for one, and says so; what cannot be done is said once and tried again at the next call. */
    public void apply(DesiredPhysicalFunction wanted) {
        PhysicalFunctionKey key = wanted.key();
        ReentrantLock turn = turn(key);
        try {
            PortState now = functions.port(key);
            boolean waits = now.mtu() < wanted.mtu() && isUsed(key, leases.heldOn(key));
            if (waits) {
                say(
                        key,
                        "has an MTU of " + now.mtu() + " and should have " + wanted.mtu()
                                + ". It is raised once no server has a VF of it, since that may reset the PF");
            }
            if (!now.up() || now.autoprobe() || (now.mtu() < wanted.mtu() && !waits)) {
                functions.preparePhysicalFunction(key, waits ? now.mtu() : wanted.mtu());
                LOG.info(
                        "The PF of card {} with port {} is up with an MTU of at least {}, and gives new VFs to no driver.",
                        key.serial(),
                        key.port(),
                        waits ? now.mtu() : wanted.mtu());
            }
            if (!waits) {
                said.remove(key);
            }
        } catch (KernelException e) {
            say(key, "cannot be set up: " + e.getMessage());
        } finally {
            turn.unlock();
        }
    }

    /**
     * Where the PF is not set up yet, that may be done for the first of its VFs; to other servers' it may be a reset.
     *
     * @throws KernelException when it is too narrow, and others have VFs of it
     */
    void ready(Direct nic) {
        PhysicalFunctionKey key = nic.lease().physicalFunction();
        // In turn: of two servers that come at once one makes it wide enough for both.
        ReentrantLock turn = turn(key);
        try {
            PortState now = functions.port(key);
            Set<Integer> others = new HashSet<>(leases.heldOn(key));
            others.remove(nic.lease().index());
            if (now.mtu() < nic.mtu() && isUsed(key, others)) {
                throw tooNarrow(nic, now);
            }
            if (!now.up() || now.mtu() < nic.mtu()) {
                functions.preparePhysicalFunction(key, Math.max(now.mtu(), nic.mtu()));
            }
        } finally {
            turn.unlock();
        }
    }

    private static KernelException tooNarrow(Direct nic, PortState now) {
        return KernelException.Refused.because(
                "PfTooNarrow",
                "The PF of card " + nic.lease().physicalFunction().serial() + " has an MTU of " + now.mtu()
                        + ", and the network of port "
                        + nic.port() + " needs " + nic.mtu()
                        + "; it is not raised while other servers have VFs of it, since that may reset them.",
                Optional.of("Set the physical network's MTU before servers are on it (sluice fleet network --mtu), or"
                        + " take the other servers off the card; the agent raises it then."),
                null);
    }

    private ReentrantLock turn(PhysicalFunctionKey key) {
        ReentrantLock turn = turns.computeIfAbsent(key, _ -> new ReentrantLock());
        turn.lock();
        return turn;
    }

    /** Whether a guest has one of these VFs, or may: after a boot of the host none does until it is given one again. */
    private boolean isUsed(PhysicalFunctionKey key, Collection<Integer> held) {
        return held.stream().anyMatch(index -> functions.driver(key, index).equals(Optional.of(VFIO)));
    }

    private void say(PhysicalFunctionKey key, String sentence) {
        if (!sentence.equals(said.put(key, sentence))) {
            LOG.warn("The PF of card {} with port {} {}.", key.serial(), key.port(), sentence);
        }
    }
}
