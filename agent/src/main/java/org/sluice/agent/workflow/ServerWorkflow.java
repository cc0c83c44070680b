package org.sluice.agent.workflow;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.agent.attachment.Attachment;
import org.sluice.agent.attachment.Attachments;
import org.sluice.agent.functions.FunctionLocks;
import org.sluice.agent.host.Disks;
import org.sluice.agent.host.Host;
import org.sluice.agent.host.Hypervisor;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.journal.Entry.FoundFunction;
import org.sluice.agent.step.Step;
import org.sluice.model.PortId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.ServerReport.InterfaceState;

/**
 * One server on one host, as steps. Booting applies them; deleting undoes all of them in reverse, and so does a boot that
 * fails: domain gone, VFs neutral, DHCP and metadata without it, taps and bridges away, files removed.
 *
 * <p>The steps hand values on to later ones (the disk's path to the domain), so they are applied in order and on one
 * thread. Undoing needs none of these values.
 */
public final class ServerWorkflow {
    private static final Logger LOG = LoggerFactory.getLogger(ServerWorkflow.class);

    private final Host host;
    private final DesiredServer server;
    private final List<Attachment> attachments;
    private Disks.@Nullable RootDisk rootDisk;
    private Optional<Disks.RootDisk> rescueDisk = Optional.empty();
    private Optional<Path> configDrive = Optional.empty();
    private boolean domainIsOn;

    /**
     * @param host where it runs
     * @param attachments what its NICs take there
     * @param server what is to be built, or was
     */
    public ServerWorkflow(Host host, Attachments attachments, DesiredServer server) {
        this.host = requireNonNull(host, "host is null");
        this.server = requireNonNull(server, "server is null");
        this.attachments = attachments.of(server);
    }

    /** The steps that build the server with its guest, in the order in which they are applied; its root disk is made. */
    public List<Step> steps() {
        return steps(host.disks()::ensureRoot);
    }

    /** The steps that build the server as one whose guest has ended: with all that a domain takes, and without a domain. */
    public List<Step> stepsWithoutGuest() {
        List<Step> steps = preparation(host.disks()::ensureRoot);
        // Its guest may have been wished on when an agent that was killed began to build it.
        steps.add(domain(() -> {}));
        return List.copyOf(steps);
    }

    /** The steps that start the guest of a server that stands: the same on the root disk that it has. */
    public List<Step> start() {
        return steps(host.disks()::requireRoot);
    }

    private List<Step> steps(Function<DesiredServer, Disks.RootDisk> root) {
        List<Step> steps = preparation(root);
        steps.add(domain(() -> host.hypervisor().start(domain())));
        attachments.forEach(attachment -> steps.addAll(attachment.activate()));
        return List.copyOf(steps);
    }

    private Step domain(Step.Action apply) {
        return new Step("domain", apply, () -> host.hypervisor().destroy(server.id()));
    }

    /** All that a domain takes, before there is one. */
    private List<Step> preparation(Function<DesiredServer, Disks.RootDisk> root) {
        List<Step> steps = new ArrayList<>();
        // Nothing is changed by looking. An agent killed after the start of the domain finds it running, with its VFs
        // programmed and read back before; from then on they are the guest's and must not be programmed again.
        steps.add(Step.withoutUndo(
                "look for the domain",
                () -> domainIsOn = host.hypervisor().state(server.id()).isOn()));
        steps.add(new Step(
                "root disk",
                () -> rootDisk = root.apply(server),
                () -> host.disks().remove(server.id())));
        // Their files go with the root disk's: removing a server's files removes all of them.
        steps.add(
                Step.withoutUndo("rescue disk", () -> rescueDisk = host.disks().ensureRescue(server)));
        steps.add(Step.withoutUndo(
                "config drive", () -> configDrive = host.disks().ensureConfigDrive(server)));
        // A stable sort: among those of one kind the order of the guest.
        attachments.stream()
                .sorted(Comparator.comparing(Attachment::precedence))
                .forEach(attachment -> steps.addAll(attachment.prepare(() -> domainIsOn)));
        return steps;
    }

    /** Brings the guest back from its memory, standing still, to where everything that it had is prepared anew. */
    public List<Step> restore(Path memory) {
        List<Step> steps = preparation(host.disks()::requireRoot);
        steps.add(Step.withoutUndo(
                "the guest back from its memory", () -> host.hypervisor().restore(server.id(), memory)));
        return List.copyOf(steps);
    }

    /** Gives a guest that is on the NICs that it lacks. */
    public List<Step> replug() {
        List<Step> steps = new ArrayList<>();
        for (Attachment attachment : attachments) {
            steps.add(Step.withoutUndo(
                    "port " + attachment.nic().port() + " into the domain",
                    () -> host.hypervisor().attach(server.id(), attachment.define())));
            steps.addAll(attachment.activate());
        }
        return List.copyOf(steps);
    }

    /** The NICs that a guest must give up before its memory can be saved. */
    public List<Hypervisor.NicKey> unsaveable() {
        return attachments.stream()
                .filter(attachment -> !attachment.isSaveable())
                .map(attachment -> new Hypervisor.NicKey(
                        attachment.nic().port(), attachment.nic().mac()))
                .toList();
    }

    /** The VFs of a server as they are now. */
    public List<FoundFunction> look() {
        return attachments.stream()
                .flatMap(attachment -> attachment.look().stream())
                .toList();
    }

    /**
     * What was read back of a server's NICs.
     *
     * @param interfaces those that are as they should be
     * @param deviations what is wrong with the others, in the order of the guest
     */
    public record ReadBack(List<InterfaceState> interfaces, List<Deviation> deviations) {
        public ReadBack {
            interfaces = List.copyOf(interfaces);
            deviations = List.copyOf(deviations);
        }

        /** What is wrong with the first that is not as it should be; empty when there is none. */
        public Optional<RuntimeException> deviation() {
            return deviations.stream().findFirst().map(Deviation::reason);
        }
    }

    /** A NIC that is not as it should be. */
    public record Deviation(PortId port, RuntimeException reason) {}

    /** Reads back what the controller counts on, of a server whose guest is on. */
    public ReadBack readBack() {
        List<InterfaceState> interfaces = new ArrayList<>();
        List<Deviation> deviations = new ArrayList<>();
        for (Attachment attachment : attachments) {
            try {
                interfaces.add(attachment.verify());
            } catch (KernelException | ProblemException e) {
                deviations.add(new Deviation(attachment.nic().port(), e));
            }
        }
        return new ReadBack(interfaces, deviations);
    }

    /** Brings back what of its NICs has drifted, of a server whose guest is on; what came of it {@link #readBack} says. */
    public void repair() {
        for (Attachment attachment : attachments) {
            try {
                attachment.repair();
            } catch (KernelException | ProblemException e) {
                // What is still not as it should be is read back, and said once; why is in the log for who looks.
                LOG.debug("A NIC of server {} cannot be repaired.", server.named(), e);
            }
        }
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

    /** Takes the locks of a server's VFs. */
    public static FunctionLocks.Held hold(FunctionLocks locks, DesiredServer server) {
        return Attachments.hold(locks, server.leases());
    }

    private Hypervisor.Domain domain() {
        return new Hypervisor.Domain(
                server.id(),
                server.instanceName(),
                server.vcpus(),
                server.memoryMib(),
                requireNonNull(rootDisk, "the domain starts after the root disk was made"),
                rescueDisk,
                configDrive,
                host.disks().console(server.id()),
                attachments.stream().map(Attachment::define).toList());
    }
}
