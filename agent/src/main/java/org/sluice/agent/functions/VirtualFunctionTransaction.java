package org.sluice.agent.functions;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.sluice.agent.functions.AttributeWriter.Wish;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.host.VirtualFunctions;
import org.sluice.agent.host.VirtualFunctions.LinkState;
import org.sluice.agent.host.VirtualFunctions.Setting;
import org.sluice.agent.host.VirtualFunctions.Tuple;
import org.sluice.agent.journal.Entry.FoundFunction;
import org.sluice.agent.journal.LeaseBook;
import org.sluice.agent.step.Patience;
import org.sluice.agent.step.Step;
import org.sluice.agent.step.StepObserver;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredInterface.Direct;
import org.sluice.model.protocol.DesiredInterface.DirectAttributes;
import org.sluice.model.protocol.PhysicalFunctionKey;
import org.sluice.model.protocol.ServerReport.VirtualFunctionState;
import org.sluice.model.protocol.VirtualFunctionLease;

/**
 * The steps that make a VF a VM's, around the start of its domain: {@link #lease} takes it, {@link #beforeDomain} programs it while its
 * link is down, {@link #afterDomain} lets the link up. The order is the hardware's: Intel's drivers want the PF up first and the
 * MAC before the spoof check; all want the VF off its host driver, which would answer to a reset in between.
 *
 * <p>Of these steps only the first has an undo, and it is {@link VirtualFunctionRelease}: the release has an order of its
 * own, which is not this one backwards, and it sets the whole tuple whichever step was reached.
 *
 * <p>Thread-safe for different VFs; the caller holds the lock of the VF ({@link FunctionLocks}).
 */
public final class VirtualFunctionTransaction {
    /** What to do where a card has no spoof check for a port that asked for it. */
    static final String WITHOUT_SPOOF_CHECK =
            "Map another card to the port's physical network, or take port security off"
                    + " the port (openstack port set --no-security-group --disable-port-security).";

    private final VirtualFunctions functions;
    private final Capabilities capabilities;
    private final AttributeWriter writer;
    private final LeaseBook leases;
    private final PhysicalFunctionSetup setup;
    private final VirtualFunctionRelease release;

    /**
     * @param functions the host's VFs, patient
     * @param capabilities what their drivers take
     * @param leases who holds which VF
     * @param setup sees to PFs that nobody has seen to yet
     * @param patience how long to wait for an address to read back
     * @param observer told of every change of a release
     * @param random makes an address where zero is refused
     */
    public VirtualFunctionTransaction(
            VirtualFunctions functions,
            Capabilities capabilities,
            LeaseBook leases,
            PhysicalFunctionSetup setup,
            Patience patience,
            StepObserver observer,
            RandomGenerator random) {
        this.functions = requireNonNull(functions, "functions is null");
        this.capabilities = requireNonNull(capabilities, "capabilities is null");
        this.leases = requireNonNull(leases, "leases is null");
        this.setup = requireNonNull(setup, "setup is null");
        this.writer = new AttributeWriter(functions, capabilities, patience);
        this.release = new VirtualFunctionRelease(functions, writer, leases, observer, random);
    }

    /** What the VF is like before anything is done to it. */
    public FoundFunction look(VirtualFunctionLease lease) {
        PhysicalFunctionKey physicalFunction = lease.physicalFunction();
        return new FoundFunction(
                lease,
                functions.read(physicalFunction, lease.index()),
                functions.driver(physicalFunction, lease.index()));
    }

    /** The step that writes down whose the VF is, before anything is done to it; undone, it releases the VF. */
    public Step lease(ServerId server, Direct nic) {
        return new Step(
                "VF " + nic.lease().index() + " lease",
                () -> {
                    demandCapabilities(nic);
                    leases.take(nic.lease(), server);
                },
                () -> release.release(server, nic.lease()));
    }

    /** The steps from there up to the point at which a domain may have the VF. */
    public List<Step> beforeDomain(Direct nic) {
        PhysicalFunctionKey physicalFunction = nic.lease().physicalFunction();
        int index = nic.lease().index();
        DirectAttributes wanted = nic.attributes();
        return Stream.of(
                        // The PF stays up and at its MTU: the host's own traffic and other VFs share it.
                        Step.withoutUndo("PF up", () -> setup.ready(nic)),
                        Step.withoutUndo("driver off", () -> functions.unbind(physicalFunction, index)),
                        Step.withoutUndo("link down", () -> writer.linkDownMeanwhile(physicalFunction, index)),
                        Step.withoutUndo(
                                "spoof check off", () -> writer.spoofCheckOffMeanwhile(physicalFunction, index)),
                        Step.withoutUndo("trust", () -> writer.trust(physicalFunction, index, wanted.trust())),
                        Step.withoutUndo("VLAN", () -> writer.vlan(physicalFunction, index, nic.vlan(), wanted.qos())),
                        Step.withoutUndo("MAC", () -> writer.mac(physicalFunction, index, nic.mac())),
                        Step.withoutUndo(
                                "rates",
                                () -> writer.rates(physicalFunction, index, wanted.minTxRate(), wanted.maxTxRate())),
                        Step.withoutUndo(
                                "spoof check as wanted",
                                () -> writer.spoofCheck(physicalFunction, index, wanted.spoofCheck(), Wish.REQUESTED)),
                        Step.withoutUndo("vfio-pci", () -> bind(physicalFunction, index)),
                        Step.withoutUndo("read back", () -> verified(nic)))
                .map(step -> new Step("VF " + index + " " + step.name(), step.apply(), step.undo()))
                .toList();
    }

    /** The step that lets the VM's link up, last of all: until here nothing it sends or gets can be another's. */
    public Step afterDomain(Direct nic) {
        PhysicalFunctionKey physicalFunction = nic.lease().physicalFunction();
        int index = nic.lease().index();
        return Step.withoutUndo("VF " + index + " link up", () -> {
            writer.link(physicalFunction, index, LinkState.AUTO);
            Optional<LinkState> state = functions.read(physicalFunction, index).linkState();
            if (state.equals(Optional.of(LinkState.DISABLE))) {
                throw differs(index, physicalFunction, "link state is DISABLE instead of AUTO", "");
            }
        });
    }

    /** PCI address of the leased VF now. */
    public String address(VirtualFunctionLease lease) {
        return functions.address(lease.physicalFunction(), lease.index());
    }

    /**
     * Reads the VF's tuple back and compares it with what the port asked for.
     *
     * @throws KernelException.Differs naming every difference
     */
    public VirtualFunctionState verified(Direct nic) {
        PhysicalFunctionKey physicalFunction = nic.lease().physicalFunction();
        Tuple tuple = functions.read(physicalFunction, nic.lease().index());
        Set<Attribute> refused = capabilities.refusedBy(physicalFunction);
        List<String> differences = TupleCheck.againstWanted(nic, tuple);
        if (!differences.isEmpty()) {
            boolean unsafe = nic.attributes().spoofCheck() && tuple.spoofCheck().equals(Optional.of(false));
            throw differs(
                    nic.lease().index(),
                    physicalFunction,
                    String.join(", ", differences),
                    unsafe ? " " + WITHOUT_SPOOF_CHECK : "");
        }
        return new VirtualFunctionState(
                nic.lease(),
                tuple.mac(),
                tuple.vlan(),
                tuple.qos(),
                tuple.spoofCheck(),
                tuple.trust(),
                tuple.minTxRate(),
                tuple.maxTxRate(),
                refused.stream()
                        .filter(attribute -> attribute != Attribute.SPOOF_CHECK
                                || !tuple.shows(
                                        new Setting.SpoofCheck(nic.attributes().spoofCheck())))
                        .sorted()
                        .map(Attribute::commandName)
                        .toList());
    }

    /**
     * Sets back what of a guest's VF has drifted and its isolation or its rates depend on. Its MAC is left as it is: a trusted guest
     * may have changed it, and drivers reset a VF whose address is set, so that taking it back would cut the guest off.
     */
    public void repair(Direct nic) {
        PhysicalFunctionKey physicalFunction = nic.lease().physicalFunction();
        int index = nic.lease().index();
        DirectAttributes wanted = nic.attributes();
        Tuple now = functions.read(physicalFunction, index);
        if (now.vlan() != nic.vlan() || now.qos() != wanted.qos()) {
            writer.vlan(physicalFunction, index, nic.vlan(), wanted.qos());
        }
        if (now.trust().equals(Optional.of(!wanted.trust()))) {
            writer.trust(physicalFunction, index, wanted.trust());
        }
        if (now.minTxRate() != wanted.minTxRate() || now.maxTxRate() != wanted.maxTxRate()) {
            writer.rates(physicalFunction, index, wanted.minTxRate(), wanted.maxTxRate());
        }
        if (now.spoofCheck().equals(Optional.of(!wanted.spoofCheck()))) {
            writer.spoofCheck(physicalFunction, index, wanted.spoofCheck(), Wish.REQUESTED);
        }
    }

    private void demandCapabilities(Direct nic) {
        PhysicalFunctionKey physicalFunction = nic.lease().physicalFunction();
        DirectAttributes wanted = nic.attributes();
        int index = nic.lease().index();
        Setting rates = new Setting.Rates(wanted.minTxRate(), wanted.maxTxRate());
        if (!wanted.spoofCheck()) {
            writer.demand(physicalFunction, index, Attribute.SPOOF_CHECK, new Setting.SpoofCheck(false));
        }
        if (wanted.trust()) {
            writer.demand(physicalFunction, index, Attribute.TRUST, new Setting.Trust(true));
        }
        if (wanted.minTxRate() > 0) {
            writer.demand(physicalFunction, index, Attribute.MIN_TX_RATE, rates);
        }
        if (wanted.maxTxRate() > 0) {
            writer.demand(physicalFunction, index, Attribute.MAX_TX_RATE, rates);
        }
        if (nic.vlan() > 0 || wanted.qos() > 0) {
            writer.demand(physicalFunction, index, Attribute.VLAN, new Setting.Vlan(nic.vlan(), wanted.qos()));
        }
    }

    private void bind(PhysicalFunctionKey physicalFunction, int index) {
        functions.bindToVfio(physicalFunction, index);
        Optional<String> driver = functions.driver(physicalFunction, index);
        if (!driver.equals(Optional.of("vfio-pci"))) {
            throw differs(
                    index, physicalFunction, "its driver is " + driver.orElse("none") + " instead of vfio-pci", "");
        }
    }

    private static KernelException differs(
            int index, PhysicalFunctionKey physicalFunction, String differences, String otherFix) {
        return new KernelException.Differs(
                "VfReadBackDiffers",
                "VF " + index + " of card " + physicalFunction.serial() + " does not read back as it was set: "
                        + differences + ".",
                Optional.of("Make sure that nothing else programs this VF, such as another agent or a network "
                        + "daemon of the host." + otherFix));
    }
}
