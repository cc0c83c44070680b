package org.sluice.agent.functions;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.host.VirtualFunctions;
import org.sluice.agent.host.VirtualFunctions.LinkState;
import org.sluice.agent.host.VirtualFunctions.Setting;
import org.sluice.agent.step.Patience;
import org.sluice.model.MacAddress;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.protocol.PhysicalFunctionKey;

/**
 * Sets one attribute of a VF, in the knowledge of what its driver takes. A refusal of what nobody asked for is learned and
 * tolerated; of what the port asked for it is a failure that names the attribute.
 */
final class AttributeWriter {
    /** Whether the port asked for the value, or it is only the neutral one that is always written. */
    enum Wish {
        REQUESTED,
        NEUTRAL;

        static Wish requestedIf(boolean condition) {
            return condition ? REQUESTED : NEUTRAL;
        }
    }

    private final VirtualFunctions functions;
    private final Capabilities capabilities;
    private final Patience patience;

    AttributeWriter(VirtualFunctions functions, Capabilities capabilities, Patience patience) {
        this.functions = requireNonNull(functions, "functions is null");
        this.capabilities = requireNonNull(capabilities, "capabilities is null");
        this.patience = requireNonNull(patience, "patience is null");
    }

    void link(PhysicalFunctionKey physicalFunction, int index, LinkState state) {
        write(physicalFunction, index, Attribute.LINK_STATE, new Setting.Link(state), Wish.NEUTRAL);
    }

    void spoofCheck(PhysicalFunctionKey physicalFunction, int index, boolean on, Wish wish) {
        write(physicalFunction, index, Attribute.SPOOF_CHECK, new Setting.SpoofCheck(on), wish);
    }

    void trust(PhysicalFunctionKey physicalFunction, int index, boolean on) {
        write(physicalFunction, index, Attribute.TRUST, new Setting.Trust(on), Wish.requestedIf(on));
    }

    /** Sets VLAN and priority; a card that lets nobody set VLAN 0 (a DPU answers EPERM) has it at 0 already. */
    void vlan(PhysicalFunctionKey physicalFunction, int index, int vlan, int qos) {
        Wish wish = Wish.requestedIf(vlan != 0 || qos != 0);
        try {
            write(physicalFunction, index, Attribute.VLAN, new Setting.Vlan(vlan, qos), wish);
        } catch (KernelException e) {
            if (wish == Wish.NEUTRAL && e.errno().equals("EPERM")) {
                return;
            }
            throw e;
        }
    }

    /**
     * Sets the MAC address until it reads back: some drivers take it while the VF is in reset, and forget it.
     *
     * @throws KernelException {@code EAGAIN} when it does not read back in time
     */
    void mac(PhysicalFunctionKey physicalFunction, int index, MacAddress mac) {
        Patience.Series pauses = patience.begin();
        while (true) {
            write(physicalFunction, index, Attribute.MAC, new Setting.Mac(mac), Wish.REQUESTED);
            MacAddress actual = functions.read(physicalFunction, index).mac();
            if (actual.equals(mac)) {
                return;
            }
            if (!pauses.pause()) {
                throw new KernelException(
                        "EAGAIN",
                        "The driver took MAC " + mac + " for VF " + index + ", but it still reads back " + actual + ".",
                        Optional.of("The VF may be stuck in reset: see dmesg of the PF's driver."),
                        null);
            }
        }
    }

    /**
     * Sets both rates. A driver without guaranteed rates answers EINVAL to the pair, as it does to a limit beyond the
     * link's speed; setting the limit alone tells which of the two it was.
     */
    void rates(PhysicalFunctionKey physicalFunction, int index, int minTxRate, int maxTxRate) {
        if (minTxRate > 0 && capabilities.isRefused(physicalFunction, Attribute.MIN_TX_RATE)) {
            throw refused(physicalFunction, index, Attribute.MIN_TX_RATE, null);
        }
        try {
            write(
                    physicalFunction,
                    index,
                    Attribute.MAX_TX_RATE,
                    new Setting.Rates(minTxRate, maxTxRate),
                    Wish.requestedIf(minTxRate > 0 || maxTxRate > 0));
        } catch (KernelException e) {
            if (!e.errno().equals("EINVAL") || minTxRate == 0) {
                throw e;
            }
            functions.set(physicalFunction, index, new Setting.Rates(0, maxTxRate));
            capabilities.learnRefusal(physicalFunction, Attribute.MIN_TX_RATE, e);
            throw refused(physicalFunction, index, Attribute.MIN_TX_RATE, e);
        }
    }

    /** Fails when the driver is already known to refuse the attribute. */
    void demand(PhysicalFunctionKey physicalFunction, int index, Attribute attribute) {
        if (capabilities.isRefused(physicalFunction, attribute)) {
            throw refused(physicalFunction, index, attribute, null);
        }
    }

    private void write(
            PhysicalFunctionKey physicalFunction, int index, Attribute attribute, Setting setting, Wish wish) {
        if (capabilities.isRefused(physicalFunction, attribute)) {
            if (wish == Wish.REQUESTED) {
                throw refused(physicalFunction, index, attribute, null);
            }
            return;
        }
        try {
            functions.set(physicalFunction, index, setting);
        } catch (KernelException e) {
            // EINVAL may speak of the value; EOPNOTSUPP is always about the driver.
            if (!e.errno().equals("EOPNOTSUPP")) {
                throw e;
            }
            capabilities.learnRefusal(physicalFunction, attribute, e);
            if (wish == Wish.REQUESTED) {
                throw refused(physicalFunction, index, attribute, e);
            }
        }
    }

    private ProblemException refused(
            PhysicalFunctionKey physicalFunction, int index, Attribute attribute, @Nullable KernelException refusal) {
        Capabilities.CardModel model = capabilities.model(physicalFunction);
        Problem problem = new Problem(
                Problem.Kind.CONFLICT,
                "VfAttributeRefused",
                "The driver " + model.driver() + " of card " + model.vendorId() + ":" + model.deviceId()
                        + " does not take the attribute " + attribute.commandName() + " of VF " + index
                        + ", which the port asks for.",
                Optional.of("Ask for the default of " + attribute.commandName()
                        + " on the port, or map another card to its physical network."));
        return refusal == null ? problem.asException() : new ProblemException(problem, refusal);
    }
}
