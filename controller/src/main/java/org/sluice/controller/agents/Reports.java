package org.sluice.controller.agents;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.controller.network.binding.AttachedPort;
import org.sluice.controller.network.binding.Bindings;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.controller.operation.Operations;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.server.DiskCopies;
import org.sluice.controller.server.ServerState;
import org.sluice.controller.server.ServerStatus;
import org.sluice.controller.server.Servers;
import org.sluice.controller.server.Task;
import org.sluice.model.HostId;
import org.sluice.model.PortId;
import org.sluice.model.Problem;
import org.sluice.model.ServerId;
import org.sluice.model.VnicType;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport;
import org.sluice.model.protocol.VirtualFunctionLease;

/**
 * Takes what agents say about servers. A report about a server that is not, or no longer, on the host that sends it is void, as is
 * one about an earlier claim of it there, and one that does not fit the leases as they are now; the reason is logged. While such a report keeps a server
 * from what was asked for the agent is to send it again, since what it did not fit may have been on its way; after
 * {@link Servers#LONGEST_DOUBT} the reason is the server's fault. Taking a report twice changes nothing.
 * Thread-safe; the caller owns the transaction.
 */
public final class Reports {
    private static final Logger log = LoggerFactory.getLogger(Reports.class);

    private final Scheduling scheduling;
    private final ServerPorts serverPorts;
    private final Bindings bindings;
    private final Operations operations;
    private final Drifts drifts = new Drifts();
    private final InterfaceReports interfaces;
    private final Servers servers = new Servers();
    private final DiskCopies copies = new DiskCopies();

    /** Writes through the rules of scheduling and network, and takes operations on. */
    public Reports(Scheduling scheduling, ServerPorts serverPorts, Bindings bindings, Operations operations) {
        this.scheduling = requireNonNull(scheduling, "scheduling is null");
        this.operations = requireNonNull(operations, "operations is null");
        this.serverPorts = requireNonNull(serverPorts, "serverPorts is null");
        this.bindings = requireNonNull(bindings, "bindings is null");
        this.interfaces = new InterfaceReports(scheduling, serverPorts, bindings);
    }

    /** Takes one report of that host; a problem when it did not count and should be sent again. */
    public Optional<Problem> take(Handle handle, HostId host, ServerReport report) {
        return switch (report) {
            case ServerReport.Observed observed -> observed(handle, host, observed);
            case ServerReport.Failed failed -> {
                failed(handle, host, failed);
                yield Optional.empty();
            }
            case ServerReport.Absent absent -> {
                scheduling.released(handle, host, absent);
                // It may be what a server on its way back waits for.
                boolean _ = operations.advance(handle, absent.server());
                yield Optional.empty();
            }
            case ServerReport.NotCopied notCopied -> {
                notCopied(handle, host, notCopied);
                yield Optional.empty();
            }
        };
    }

    private Optional<Problem> observed(Handle handle, HostId host, ServerReport.Observed report) {
        Optional<Servers.Held> held = hold(handle, host, report);
        if (held.isEmpty()) {
            return Optional.empty();
        }
        Servers.Held server = held.get();
        if (Servers.listens(server)) {
            drifts.take(handle, server.id(), report.drifts());
            Map<PortId, VirtualFunctionLease> leases = leases(handle, host, server.id());
            interfaces.take(
                    handle,
                    host,
                    server,
                    report,
                    (port, state) -> objection(port, leases, state).isEmpty());
        }
        if (!Servers.counts(server, report)) {
            log.debug(
                    "Host {} reports server {} {} at wish {}; it is {} at wish {} by now, and nothing changes.",
                    host,
                    server.id(),
                    report.power(),
                    report.generation(),
                    server.state().shown(),
                    server.power().generation());
            return Optional.empty();
        }
        // What comes and goes is no part of what stands.
        List<AttachedPort> ports = serverPorts.of(handle, List.of(server.id())).stream()
                .filter(port -> port.wish().equals(DesiredInterface.Wish.THERE))
                .toList();
        Map<PortId, ServerReport.InterfaceState> states = report.interfaces().stream()
                .collect(Collectors.toMap(ServerReport.InterfaceState::port, Function.identity(), (first, _) -> first));
        Optional<String> objection =
                stands(report) ? objection(handle, host, server.id(), ports, states) : Optional.empty();
        if (objection.isPresent()) {
            log.warn(
                    "Host {} reports server {} {}, which does not count: {}",
                    host,
                    server.id(),
                    report.power(),
                    objection.get());
            if (server.state().task().filter(Task::startsGuest).isPresent()) {
                return doubted(handle, server, report, objection.get());
            }
            if (server.state().status() != ServerStatus.ERROR) {
                // What is wrong with a NIC says nothing against what is seen of the guest.
                settle(handle, server, report);
            }
            return Optional.empty();
        }
        settle(handle, server, report);
        if (stands(report)) {
            activate(handle, host, ports, states);
        } else if (isOff(report)) {
            ports.forEach(port -> bindings.markDown(handle, port.port()));
        }
        return Optional.empty();
    }

    /** It may be what an operation waits for; what there is of the server is not decided before that has come to its end. */
    private void settle(Handle handle, Servers.Held server, ServerReport.Observed report) {
        boolean isStep = server.state().task().filter(Task::isOperation).isPresent();
        if (server.state().equals(ServerState.at(ServerStatus.SUSPENDED)) && report.power() == PowerState.STOPPED) {
            // Nobody asked for anything, so no record of an action has it.
            log.warn(
                    "Server {} was suspended, and its memory is not on its host any more: it is off, and its disk is as after a"
                            + " loss of power.",
                    server.id());
        }
        if (!isStep || !operations.heard(handle, report)) {
            servers.observed(handle, server, report);
        }
    }

    /** Whether it says of every NIC that it is as it was asked for. */
    private static boolean stands(ServerReport.Observed report) {
        return report.failure().isEmpty() && !isOff(report);
    }

    private static boolean isOff(ServerReport.Observed report) {
        return switch (report.power()) {
            case RUNNING, PAUSED -> false;
            case STOPPED, SUSPENDED, CRASHED -> true;
        };
    }

    /** Nothing else would ever end what is under way. */
    private Optional<Problem> doubted(
            Handle handle, Servers.Held server, ServerReport.Observed report, String objection) {
        String sentence = "The host reports the server running, which does not count: " + objection;
        if (!servers.doubted(handle, server.id())) {
            return Optional.of(Problem.of(Problem.Kind.CONFLICT, "ReportDoesNotCount", sentence));
        }
        ServerReport.Failure failure = new ServerReport.Failure(
                "ReportDoesNotCount",
                sentence,
                Optional.of("See the log of the host's agent, delete the server and create it again."));
        if (server.state().status() == ServerStatus.BUILD || server.isShelved()) {
            failed(handle, server, failure);
        } else {
            settle(
                    handle,
                    server,
                    new ServerReport.Observed(
                                    server.id(), report.generation(), report.power(), List.of(), Optional.of(failure))
                            .about(report.claim()));
        }
        return Optional.empty();
    }

    private void activate(
            Handle handle, HostId host, List<AttachedPort> ports, Map<PortId, ServerReport.InterfaceState> states) {
        for (AttachedPort port : ports) {
            if (port.vnicType() == VnicType.DIRECT) {
                bindings.found(
                        handle,
                        port.port(),
                        host,
                        requireNonNull(states.get(port.port())).device());
            }
            bindings.markActive(handle, port.port());
        }
    }

    /** Why the report is no proof that the server runs as it should; empty when it is one. */
    private static Optional<String> objection(
            Handle handle,
            HostId host,
            ServerId server,
            List<AttachedPort> ports,
            Map<PortId, ServerReport.InterfaceState> states) {
        Map<PortId, VirtualFunctionLease> leases = leases(handle, host, server);
        for (AttachedPort port : ports) {
            ServerReport.@Nullable InterfaceState state = states.get(port.port());
            if (state == null) {
                return Optional.of("port " + port.port() + " is missing.");
            }
            Optional<String> objection = objection(port, leases, state);
            if (objection.isPresent()) {
                return objection;
            }
        }
        return Optional.empty();
    }

    private static Map<PortId, VirtualFunctionLease> leases(Handle handle, HostId host, ServerId server) {
        Map<PortId, VirtualFunctionLease> leases = new HashMap<>();
        handle.createQuery(Leases.SELECT + " where vf.leased_server_id = :server and vf.leased_host_id = :host")
                .bind("server", server.value())
                .bind("host", host.value())
                .map((row, _) -> Map.entry(new PortId(row.getObject("leased_port_id", UUID.class)), Leases.read(row)))
                .forEach(lease -> leases.put(lease.getKey(), lease.getValue()));
        return leases;
    }

    private static Optional<String> objection(
            AttachedPort port, Map<PortId, VirtualFunctionLease> leases, ServerReport.InterfaceState state) {
        return switch (port.vnicType()) {
            case NORMAL -> Optional.empty();
            case DIRECT -> objection(port, leases.get(port.port()), state.virtualFunction());
        };
    }

    private static Optional<String> objection(
            AttachedPort port,
            @Nullable VirtualFunctionLease lease,
            Optional<ServerReport.VirtualFunctionState> reported) {
        if (reported.isEmpty()) {
            return Optional.of("port " + port.port() + " is direct and no virtual function was read back for it.");
        }
        ServerReport.VirtualFunctionState state = reported.get();
        if (!state.lease().equals(lease)) {
            return Optional.of("port " + port.port() + " holds " + lease + " and not " + state.lease() + ".");
        }
        if (!state.mac().equals(port.mac()) || state.vlan() != port.vlan().orElse(0)) {
            return Optional.of("port " + port.port() + " reads back MAC " + state.mac() + " and VLAN " + state.vlan()
                    + ", and should have MAC " + port.mac() + " and VLAN "
                    + port.vlan().orElse(0) + ".");
        }
        return Optional.empty();
    }

    /** The claim stays until the agent has reported the server absent; from now on that is what it is told to be. */
    private void failed(Handle handle, HostId host, ServerReport.Failed report) {
        Optional<Servers.Held> held = hold(handle, host, report);
        if (held.isEmpty()) {
            return;
        }
        if (held.get().isPresent()) {
            failed(handle, held.get(), report.failure());
        } else {
            log.info(
                    "Host {} reports server {} failed, which is on its way out already.",
                    host,
                    held.get().id());
        }
    }

    /** Told twice, or of a copy that nobody awaits any more, it changes nothing. */
    private void notCopied(Handle handle, HostId host, ServerReport.NotCopied report) {
        copies.hold(handle, host, report.image())
                .filter(server -> server.id().equals(report.server()) && server.isSubjectOf(host, report))
                .ifPresent(server -> {
                    copies.failed(handle, server, report.failure());
                    boolean _ = operations.fail(handle, server.id(), report.failure());
                });
    }

    /** The host of a server has brought the copy of its root disk that is to become an image. */
    public void brought(Handle handle, Servers.Held server) {
        copies.arrived(handle, server);
        boolean _ = operations.advance(handle, server.id());
    }

    /** Where it was going to, it may go back. */
    private void failed(Handle handle, Servers.Held server, ServerReport.Failure failure) {
        boolean isStep = server.state().task().filter(Task::isOperation).isPresent();
        if (isStep && operations.fail(handle, server.id(), failure)) {
            return;
        }
        servers.failed(handle, server, failure);
        serverPorts.of(handle, List.of(server.id())).forEach(port -> bindings.markError(handle, port.port()));
    }

    private Optional<Servers.Held> hold(Handle handle, HostId host, ServerReport report) {
        Optional<Servers.Held> held = servers.hold(handle, report.server())
                .filter(server -> server.host().equals(Optional.of(host)));
        if (held.isEmpty()) {
            log.info(
                    "Host {} reports server {}, which is not its own any more; nothing changes.",
                    host,
                    report.server());
            return held;
        }
        Optional<Servers.Held> subject = held.filter(server -> server.isSubjectOf(host, report));
        if (subject.isEmpty()) {
            log.info(
                    "Host {} reports server {}, of an earlier claim than the one it has now; nothing changes.",
                    host,
                    report.server());
        }
        return subject;
    }
}
