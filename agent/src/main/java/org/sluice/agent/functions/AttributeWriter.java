package org.sluice.agent.functions;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.host.VirtualFunctions;
import org.sluice.agent.host.VirtualFunctions.CardModel;
import org.sluice.agent.host.VirtualFunctions.LinkState;
import org.sluice.agent.host.VirtualFunctions.Setting;
import org.sluice.agent.step.Patience;
import org.sluice.model.MacAddress;
import org.sluice.model.protocol.PhysicalFunctionKey;

/**
 * Sets one attribute of a VF, in the knowledge of what its driver takes. Whatever the kernel answers, an attribute that reads back as
 * wished is set: ixgbe and igb refuse even to take a rate limit away while the link is down. Where it does not, the answer says why.
 * What the driver does not know is learned, and tolerated where nobody asked for it; what the port asked for is a failure that names
 * the attribute.
 *
 * <p>Each verb says whether the driver took the value: false means that it does not know the attribute and nobody asked for it.
 */
final class AttributeWriter {
    private static final Logger LOG = LoggerFactory.getLogger(AttributeWriter.class);

    private static final String DEMANDS_A_LINK =
            "Some drivers take rates only while the PF's link is up, and ixgbe only"
                    + " at 10 Gbit/s: see the PF's carrier and speed, and whether the rates are below that speed.";

    /** What drivers answer that want a VF to have an address; others (ENOMEM) are not about the zero. */
    private static final Set<String> NO_ZERO_MAC = Set.of("EINVAL", "EOPNOTSUPP", "EADDRNOTAVAIL", "EPERM");

    /** What the next tenant must not find: that it was refused once says nothing of a VF that has it all the same. */
    private static final Set<Attribute> NEVER_LEFT = Set.of(Attribute.VLAN, Attribute.MAX_TX_RATE, Attribute.TRUST);

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

    /**
     * Takes the link down for as long as the VF is worked on. Where that is refused, the VF has its former link meanwhile, and no driver
     * behind it: a reason to go on, not to leave the VF as it is.
     */
    void linkDownMeanwhile(PhysicalFunctionKey physicalFunction, int index) {
        meanwhile(() -> link(physicalFunction, index, LinkState.DISABLE));
    }

    /** Takes the spoof check out of the way of a new address, which Intel's drivers want; what it is in the end is set later. */
    void spoofCheckOffMeanwhile(PhysicalFunctionKey physicalFunction, int index) {
        meanwhile(() -> spoofCheck(physicalFunction, index, false, Wish.NEUTRAL));
    }

    private static void meanwhile(BooleanSupplier write) {
        try {
            boolean _ = write.getAsBoolean();
        } catch (KernelException.Refused e) {
            LOG.debug("Not needed for what the VF is to be in the end: {}", e.getMessage());
        }
    }

    boolean link(PhysicalFunctionKey physicalFunction, int index, LinkState state) {
        return write(physicalFunction, index, Attribute.LINK_STATE, new Setting.Link(state), Wish.NEUTRAL);
    }

    boolean spoofCheck(PhysicalFunctionKey physicalFunction, int index, boolean on, Wish wish) {
        return write(physicalFunction, index, Attribute.SPOOF_CHECK, new Setting.SpoofCheck(on), wish);
    }

    boolean trust(PhysicalFunctionKey physicalFunction, int index, boolean on) {
        return write(physicalFunction, index, Attribute.TRUST, new Setting.Trust(on), Wish.requestedIf(on));
    }

    /** Sets VLAN and priority. A DPU lets nobody set VLAN 0 (EPERM), and has it at 0 already. */
    boolean vlan(PhysicalFunctionKey physicalFunction, int index, int vlan, int qos) {
        return write(
                physicalFunction,
                index,
                Attribute.VLAN,
                new Setting.Vlan(vlan, qos),
                Wish.requestedIf(vlan != 0 || qos != 0));
    }

    /**
     * Sets the MAC address until it reads back: some drivers take it while the VF is in reset, and forget it.
     *
     * @throws KernelException.Differs when it does not read back in time
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
                throw new KernelException.Differs(
                        "VfReadBackDiffers",
                        "The driver took MAC " + mac + " for VF " + index + ", but it still reads back " + actual + ".",
                        Optional.of("The VF may be stuck in reset: see dmesg of the PF's driver."));
            }
        }
    }

    /** Takes the MAC address away; false when the driver refuses a VF without one. */
    boolean noMac(PhysicalFunctionKey physicalFunction, int index) {
        Setting none = new Setting.Mac(MacAddress.ZERO);
        try {
            functions.set(physicalFunction, index, none);
            return true;
        } catch (KernelException.Busy | KernelException.Refused e) {
            if (readsBack(physicalFunction, index, none)) {
                return true;
            }
            if (e.errno().filter(NO_ZERO_MAC::contains).isPresent()) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Sets both rates. A driver without guaranteed rates refuses the pair, as it does a limit that it cannot keep now; setting the
     * limit alone tells which of the two it was.
     */
    boolean rates(PhysicalFunctionKey physicalFunction, int index, int minTxRate, int maxTxRate) {
        Setting both = new Setting.Rates(minTxRate, maxTxRate);
        try {
            if (minTxRate == 0) {
                return write(physicalFunction, index, Attribute.MAX_TX_RATE, both, Wish.requestedIf(maxTxRate > 0));
            }
            demand(physicalFunction, index, Attribute.MIN_TX_RATE, both);
            demand(physicalFunction, index, Attribute.MAX_TX_RATE, both);
            return guaranteed(physicalFunction, index, both, maxTxRate);
        } catch (KernelException.Refused e) {
            throw e.errno().equals(Optional.of("EINVAL"))
                    ? KernelException.answered("EINVAL", String.valueOf(e.getMessage()), Optional.of(DEMANDS_A_LINK), e)
                    : e;
        }
    }

    private boolean guaranteed(PhysicalFunctionKey physicalFunction, int index, Setting both, int maxTxRate) {
        try {
            functions.set(physicalFunction, index, both);
            return true;
        } catch (KernelException.Busy | KernelException.Refused refusal) {
            if (readsBack(physicalFunction, index, both)) {
                return true;
            }
            if (!(refusal instanceof KernelException.Refused refused)) {
                throw refusal;
            }
            functions.set(physicalFunction, index, new Setting.Rates(0, maxTxRate));
            capabilities.learnRefusal(physicalFunction, Attribute.MIN_TX_RATE, refused);
            throw refused(physicalFunction, index, Attribute.MIN_TX_RATE, both, refused);
        }
    }

    /** Fails when the driver is already known to refuse the attribute, and it does not have the value by itself. */
    void demand(PhysicalFunctionKey physicalFunction, int index, Attribute attribute, Setting wanted) {
        if (capabilities.isRefused(physicalFunction, attribute) && !readsBack(physicalFunction, index, wanted)) {
            throw refused(physicalFunction, index, attribute, wanted, null);
        }
    }

    private boolean write(
            PhysicalFunctionKey physicalFunction, int index, Attribute attribute, Setting setting, Wish wish) {
        // A spoof check that was asked for is asked of the driver every time: what was learned once, perhaps of another
        // of its kind, must not decide about a tenant's safety.
        boolean security = wish == Wish.REQUESTED && setting.equals(new Setting.SpoofCheck(true));
        if (!security && capabilities.isRefused(physicalFunction, attribute)) {
            if (wish == Wish.REQUESTED) {
                demand(physicalFunction, index, attribute, setting);
                return true;
            }
            if (!NEVER_LEFT.contains(attribute) || readsBack(physicalFunction, index, setting)) {
                return false;
            }
        }
        try {
            functions.set(physicalFunction, index, setting);
            return true;
        } catch (KernelException.Busy | KernelException.Refused answer) {
            if (readsBack(physicalFunction, index, setting)) {
                return true;
            }
            if (!(answer instanceof KernelException.Refused refusal)) {
                throw answer;
            }
            if (refusal.isUnsupported()) {
                capabilities.learnRefusal(physicalFunction, attribute, refusal);
            }
            // EINVAL may speak of the value; EOPNOTSUPP is about the driver, and so is any refusal of a plain switch.
            if (security || (refusal.isUnsupported() && wish == Wish.REQUESTED)) {
                throw refused(physicalFunction, index, attribute, setting, refusal);
            }
            if (!refusal.isUnsupported()) {
                throw refusal;
            }
            return false;
        }
    }

    private boolean readsBack(PhysicalFunctionKey physicalFunction, int index, Setting setting) {
        return functions.read(physicalFunction, index).shows(setting);
    }

    private KernelException refused(
            PhysicalFunctionKey physicalFunction,
            int index,
            Attribute attribute,
            Setting wanted,
            KernelException.@Nullable Refused refusal) {
        CardModel model = functions.model(physicalFunction);
        return KernelException.Refused.because(
                "VfAttributeRefused",
                "The driver " + model.driver() + " of card " + model.vendorId() + ":" + model.deviceId()
                        + " (serial " + physicalFunction.serial() + ") does not take the attribute "
                        + attribute.commandName() + " of VF " + index + ", which the port asks for.",
                Optional.of(
                        wanted.equals(new Setting.SpoofCheck(true))
                                ? VirtualFunctionTransaction.WITHOUT_SPOOF_CHECK
                                : "Ask for the default of " + attribute.commandName()
                                        + " on the port, or map another card to its physical network."),
                refusal);
    }
}
