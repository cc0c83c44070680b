package org.sluice.agent.boot;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sluice.agent.functions.FunctionLocks;
import org.sluice.agent.functions.VirtualFunctionTransaction;
import org.sluice.agent.host.Bridges;
import org.sluice.agent.host.Disks;
import org.sluice.agent.host.Host;
import org.sluice.agent.host.Hypervisor;
import org.sluice.agent.host.Hypervisor.Nic;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.journal.Entry.FoundFunction;
import org.sluice.agent.journal.LeaseBook.Function;
import org.sluice.agent.step.Step;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredInterface.Bridge;
import org.sluice.model.protocol.DesiredInterface.Direct;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.ServerReport.InterfaceState;
import org.sluice.model.protocol.VirtualFunctionLease;

/**
 * One server on one host, as steps. Booting applies them; deleting undoes all of them in reverse, and so does a boot that
 * fails: domain gone, VFs neutral, DHCP and metadata without it, taps and bridges away, files removed.
 *
 * <p>The steps hand values on to later ones (the disk's path to the domain), so they are applied in order and on one
 * thread. Undoing needs none of these values.
 */
public final class ServerWorkflow {
    private final Host host;
    private final Segments segments;
    private final VirtualFunctionTransaction functions;
    private final DesiredServer server;
    private Disks.@Nullable RootDisk rootDisk;
    private Optional<Path> configDrive = Optional.empty();
    private boolean domainIsOn;

    /**
     * @param host where it runs
     * @param segments what it shares with the host's other servers
     * @param functions the VF transaction
     * @param server what is to be built, or was
     */
    public ServerWorkflow(Host host, Segments segments, VirtualFunctionTransaction functions, DesiredServer server) {
        this.host = requireNonNull(host, "host is null");
        this.segments = requireNonNull(segments, "segments is null");
        this.functions = requireNonNull(functions, "functions is null");
        this.server = requireNonNull(server, "server is null");
    }

    /** The steps, in the order in which they are applied. */
    public List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        // Nothing is changed by looking. An agent killed after the start of the domain finds it running, with its VFs
        // programmed and read back before; from then on they are the guest's and must not be programmed again.
        steps.add(Step.withoutUndo(
                "look for the domain",
                () -> domainIsOn = host.hypervisor().state(server.id()).isOn()));
        steps.add(new Step(
                "root disk",
                () -> rootDisk = host.disks().ensureRoot(server),
                () -> host.disks().remove(server.id())));
        // Its file goes with the root disk's: removing a server's files removes all of them.
        steps.add(Step.withoutUndo(
                "config drive", () -> configDrive = host.disks().ensureConfigDrive(server)));
        for (Bridge nic : bridgeNics(server)) {
            steps.add(new Step("tap of port " + nic.port(), () -> segments.plug(nic), () -> segments.unplug(nic)));
        }
        for (Bridge nic : bridgeNics(server)) {
            steps.add(new Step(
                    "DHCP and metadata of port " + nic.port(),
                    () -> segments.join(nic, server),
                    () -> segments.leave(nic)));
        }
        for (Direct nic : directNics(server)) {
            // Of a domain that the journal did not know, too: what is not in the lease book cannot be released.
            steps.add(functions.lease(server.id(), nic));
            for (Step step : functions.beforeDomain(nic)) {
                steps.add(new Step(step.name(), () -> unlessDomainIsOn(step), step.undo()));
            }
        }
        steps.add(new Step(
                "domain",
                () -> host.hypervisor().start(domain()),
                () -> host.hypervisor().destroy(server.id())));
        for (Direct nic : directNics(server)) {
            steps.add(functions.afterDomain(nic));
        }
        return List.copyOf(steps);
    }

    /** The VFs of a server as they are now. */
    public List<FoundFunction> look() {
        return directNics(server).stream()
                .map(nic -> functions.look(nic.lease()))
                .toList();
    }

    /**
     * What was read back of a server's NICs.
     *
     * @param interfaces those that are as they should be
     * @param deviation what is wrong with the first of the others; empty when there is none
     */
    public record ReadBack(List<InterfaceState> interfaces, Optional<RuntimeException> deviation) {
        public ReadBack {
            interfaces = List.copyOf(interfaces);
        }
    }

    /** Reads back what the controller counts on, of a server whose guest is on. */
    public ReadBack readBack() {
        List<InterfaceState> interfaces = new ArrayList<>();
        RuntimeException deviation = null;
        for (DesiredInterface nic : server.interfaces()) {
            try {
                interfaces.add(readBack(nic));
            } catch (KernelException | ProblemException e) {
                deviation = deviation == null ? e : deviation;
            }
        }
        return new ReadBack(interfaces, Optional.ofNullable(deviation));
    }

    private InterfaceState readBack(DesiredInterface nic) {
        return switch (nic) {
            case Bridge bridge -> new InterfaceState(bridge.port(), segments.plugged(bridge), Optional.empty());
            case Direct direct ->
                new InterfaceState(
                        direct.port(), functions.address(direct.lease()), Optional.of(functions.verified(direct)));
        };
    }

    /**
     * Reads back everything that the controller counts on, of a server that was just built.
     *
     * @throws org.sluice.model.ProblemException when something is not as it should be
     */
    public List<InterfaceState> verified() {
        Hypervisor.State state = host.hypervisor().state(server.id());
        if (!state.isOn()) {
            throw new Problem(
                            Problem.Kind.CONFLICT,
                            "DomainNotRunning",
                            "The domain " + server.instanceName() + " was started, but the hypervisor says it is "
                                    + state + ".",
                            Optional.of("See the hypervisor's log of this domain."))
                    .asException();
        }
        ReadBack readBack = readBack();
        if (readBack.deviation().isPresent()) {
            throw readBack.deviation().get();
        }
        return readBack.interfaces();
    }

    /** NICs of a server that are taps. */
    public static List<Bridge> bridgeNics(DesiredServer server) {
        return server.interfaces().stream()
                .filter(Bridge.class::isInstance)
                .map(Bridge.class::cast)
                .toList();
    }

    /** NICs of a server that are VFs. */
    public static List<Direct> directNics(DesiredServer server) {
        return server.interfaces().stream()
                .filter(Direct.class::isInstance)
                .map(Direct.class::cast)
                .toList();
    }

    /** Leases of a server's VFs. */
    public static List<VirtualFunctionLease> leases(DesiredServer server) {
        return directNics(server).stream().map(Direct::lease).toList();
    }

    /** Takes the locks of a server's VFs. */
    public static FunctionLocks.Held hold(FunctionLocks locks, DesiredServer server) {
        return locks.hold(leases(server).stream().map(Function::of).toList());
    }

    private void unlessDomainIsOn(Step step) {
        if (!domainIsOn) {
            step.apply().run();
        }
    }

    private Hypervisor.Domain domain() {
        List<Nic> nics = new ArrayList<>();
        for (DesiredInterface nic : server.interfaces()) {
            nics.add(
                    switch (nic) {
                        case Bridge bridge ->
                            new Nic.Tap(bridge.mac(), Bridges.Segment.tapName(bridge.port()), bridge.mtu());
                        case Direct direct ->
                            new Nic.Vfio(direct.mac(), functions.address(direct.lease()), direct.vlan());
                    });
        }
        return new Hypervisor.Domain(
                server.id(),
                server.instanceName(),
                server.vcpus(),
                server.memoryMib(),
                requireNonNull(rootDisk, "the domain starts after the root disk was made"),
                configDrive,
                host.disks().console(server.id()),
                nics);
    }
}
