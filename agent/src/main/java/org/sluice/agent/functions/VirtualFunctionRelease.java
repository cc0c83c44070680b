package org.sluice.agent.functions;

import static java.util.Objects.requireNonNull;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.agent.functions.AttributeWriter.Wish;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.host.VirtualFunctions;
import org.sluice.agent.host.VirtualFunctions.LinkState;
import org.sluice.agent.journal.LeaseBook;
import org.sluice.agent.step.StepObserver;
import org.sluice.agent.step.StepObserver.Moment;
import org.sluice.model.MacAddress;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.PhysicalFunctionKey;
import org.sluice.model.protocol.VirtualFunctionLease;

/**
 * Makes a VF nobody's again: link down first, then off its driver, then every attribute to neutral, read back. It sets the
 * whole tuple whatever was reached before, so that it undoes half a boot as well as a full one, and it can be repeated
 * from any point. Only a VF that the lease book says the server holds is touched. A free VF keeps no driver: on the host's
 * own it would be a netdev that somebody's DHCP client takes for the host's.
 *
 * <p>The caller holds the VF's lock, and has made sure that no VM has the VF.
 */
final class VirtualFunctionRelease {
    private static final Logger LOG = LoggerFactory.getLogger(VirtualFunctionRelease.class);

    private final VirtualFunctions functions;
    private final AttributeWriter writer;
    private final LeaseBook leases;
    private final StepObserver observer;
    private final RandomGenerator random;

    VirtualFunctionRelease(
            VirtualFunctions functions,
            AttributeWriter writer,
            LeaseBook leases,
            StepObserver observer,
            RandomGenerator random) {
        this.functions = requireNonNull(functions, "functions is null");
        this.writer = requireNonNull(writer, "writer is null");
        this.leases = requireNonNull(leases, "leases is null");
        this.observer = requireNonNull(observer, "observer is null");
        this.random = requireNonNull(random, "random is null");
    }

    /**
     * Releases the VF that the server holds under this lease; nothing happens when it holds none such.
     *
     * @throws KernelException.Differs when the VF does not read back neutral
     * @throws KernelException when the VF cannot be read, so that nobody knows whose it is; it stays the server's then. So it does when
     *     an attribute does not become neutral and the kernel says why
     */
    void release(ServerId server, VirtualFunctionLease lease) {
        if (!leases.holds(lease, server)) {
            return;
        }
        try {
            neutralise(lease.physicalFunction(), lease.index());
        } catch (KernelException.Gone e) {
            // What left with its card comes back from the driver as new, so there is nothing of the tenant's on it.
            LOG.info("VF {} is released without being neutralised: {}", lease.index(), e.getMessage());
        }
        leases.giveBack(lease, server);
    }

    private void neutralise(PhysicalFunctionKey physicalFunction, int index) {
        Set<Attribute> untaken = EnumSet.noneOf(Attribute.class);
        change(index, "link down", () -> writer.linkDownMeanwhile(physicalFunction, index));
        change(index, "unbind", () -> functions.unbind(physicalFunction, index));
        // Intel's drivers want the spoof check out of the way before the address goes.
        change(index, "spoof check off", () -> writer.spoofCheckOffMeanwhile(physicalFunction, index));
        Optional<MacAddress> stoodInForZero = clearMac(physicalFunction, index);
        change(index, "VLAN 0", () -> writer.vlan(physicalFunction, index, 0, 0));
        change(index, "trust off", () -> {
            if (!writer.trust(physicalFunction, index, false)) {
                untaken.add(Attribute.TRUST);
            }
        });
        change(index, "no rates", () -> writer.rates(physicalFunction, index, 0, 0));
        change(index, "spoof check on", () -> {
            if (!writer.spoofCheck(physicalFunction, index, true, Wish.NEUTRAL)) {
                untaken.add(Attribute.SPOOF_CHECK);
            }
        });
        change(index, "link as the PF's", () -> {
            if (!writer.link(physicalFunction, index, LinkState.AUTO)) {
                untaken.add(Attribute.LINK_STATE);
            }
        });
        List<String> differences =
                TupleCheck.againstNeutral(functions.read(physicalFunction, index), untaken, stoodInForZero);
        if (!differences.isEmpty()) {
            throw new KernelException.Differs(
                    "VfNotNeutral",
                    "VF " + index + " of card " + physicalFunction.serial()
                            + " was released but does not read back neutral: " + String.join(", ", differences) + ".",
                    Optional.of("Make sure that nothing else programs this VF, such as another agent or a "
                            + "network daemon of the host."));
        }
    }

    /** Sets the MAC to zero, or to a random address where the driver refuses zero; says which one if not zero. */
    private Optional<MacAddress> clearMac(PhysicalFunctionKey physicalFunction, int index) {
        observer.reached(Moment.BEFORE_UNDO, name(index, "no MAC"));
        Optional<MacAddress> standIn = Optional.empty();
        if (!writer.noMac(physicalFunction, index)) {
            MacAddress substitute = locallyAdministered();
            writer.mac(physicalFunction, index, substitute);
            standIn = Optional.of(substitute);
        }
        observer.reached(Moment.AFTER_UNDO, name(index, "no MAC"));
        return standIn;
    }

    /** A unicast address with the local bit (IEEE 802-2014, 8.2.2), which is no tenant's. */
    private MacAddress locallyAdministered() {
        byte[] tail = new byte[5];
        random.nextBytes(tail);
        return new MacAddress("02:%02x:%02x:%02x:%02x:%02x".formatted(tail[0], tail[1], tail[2], tail[3], tail[4]));
    }

    private void change(int index, String what, Runnable change) {
        String name = name(index, what);
        observer.reached(Moment.BEFORE_UNDO, name);
        change.run();
        observer.reached(Moment.AFTER_UNDO, name);
    }

    private static String name(int index, String what) {
        return "release of VF " + index + ": " + what;
    }
}
