package org.sluice.controller.agents;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
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
import org.sluice.controller.host.Hosts;
import org.sluice.controller.network.binding.AttachedPort;
import org.sluice.controller.network.binding.Bindings;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.model.HostId;
import org.sluice.model.PortId;
import org.sluice.model.Problem;
import org.sluice.model.ServerId;
import org.sluice.model.ServerStatus;
import org.sluice.model.VnicType;
import org.sluice.model.protocol.ServerReport;
import org.sluice.model.protocol.VirtualFunctionLease;

/**
 * Takes what agents say about servers. A report about a server that is not, or no longer, on the host that sends it is void,
 * and so is one that does not fit the leases as they are now; the reason is logged. While such a report keeps a server in
 * BUILD the agent is to send it again, since what it did not fit may have been on its way; after {@link #LONGEST_DOUBT} the
 * reason is the server's fault. Taking a report twice changes nothing.
 * Thread-safe; the caller owns the transaction.
 */
public final class Reports {
    private static final Logger log = LoggerFactory.getLogger(Reports.class);

    /** An agent repeats a report within a minute, so this is several chances. */
    static final Duration LONGEST_DOUBT = Duration.ofMinutes(5);

    private final Scheduling scheduling;
    private final ServerPorts serverPorts;
    private final Bindings bindings;

    /** Writes through the rules of scheduling and network. */
    public Reports(Scheduling scheduling, ServerPorts serverPorts, Bindings bindings) {
        this.scheduling = requireNonNull(scheduling, "scheduling is null");
        this.serverPorts = requireNonNull(serverPorts, "serverPorts is null");
        this.bindings = requireNonNull(bindings, "bindings is null");
    }

    /** Takes one report of that host; a problem when it did not count and should be sent again. */
    public Optional<Problem> take(Handle handle, HostId host, ServerReport report) {
        return switch (report) {
            case ServerReport.Running running -> running(handle, host, running);
            case ServerReport.Failed failed -> {
                failed(handle, host, failed);
                yield Optional.empty();
            }
            case ServerReport.Absent absent -> {
                scheduling.released(handle, host, absent);
                yield Optional.empty();
            }
        };
    }

    private Optional<Problem> running(Handle handle, HostId host, ServerReport.Running report) {
        ServerId server = report.server();
        Optional<ServerStatus> status = lock(handle, host, server, "running");
        if (status.isEmpty()) {
            return Optional.empty();
        }
        return switch (status.get()) {
            case ERROR, DELETING -> {
                log.info("Host {} reports server {} running, which is on its way out; nothing changes.", host, server);
                yield Optional.empty();
            }
            case BUILD, ACTIVE -> {
                List<AttachedPort> ports = serverPorts.of(handle, List.of(server));
                Map<PortId, ServerReport.InterfaceState> states = report.interfaces().stream()
                        .collect(Collectors.toMap(
                                ServerReport.InterfaceState::port, Function.identity(), (first, _) -> first));
                Optional<String> objection = objection(handle, server, ports, states);
                if (objection.isPresent()) {
                    log.warn(
                            "Host {} reports server {} running, which does not count: {}",
                            host,
                            server,
                            objection.get());
                    yield status.get() == ServerStatus.BUILD
                            ? doubted(handle, host, server, objection.get())
                            : Optional.empty();
                }
                activate(handle, server, ports, states);
                yield Optional.empty();
            }
        };
    }

    /** Nothing else would ever take the server out of BUILD. */
    private Optional<Problem> doubted(Handle handle, HostId host, ServerId server, String objection) {
        String sentence = "The host reports the server running, which does not count: " + objection;
        boolean longEnough = handle.createQuery("""
                        update server set doubt_at = coalesce(doubt_at, now()) where id = :server
                        returning doubt_at < now() - make_interval(secs => :patience)""")
                .bind("server", server.value())
                .bind("patience", LONGEST_DOUBT.toSeconds())
                .mapTo(Boolean.class)
                .one();
        if (longEnough) {
            failed(
                    handle,
                    host,
                    new ServerReport.Failed(
                            server,
                            "ReportDoesNotCount",
                            sentence,
                            Optional.of("See the log of the host's agent, delete the server and create it again.")));
            return Optional.empty();
        }
        return Optional.of(Problem.of(Problem.Kind.CONFLICT, "ReportDoesNotCount", sentence));
    }

    private void activate(
            Handle handle, ServerId server, List<AttachedPort> ports, Map<PortId, ServerReport.InterfaceState> states) {
        for (AttachedPort port : ports) {
            if (port.vnicType() == VnicType.DIRECT) {
                ServerReport.InterfaceState state = requireNonNull(states.get(port.port()));
                // The address is an attribute: it may have changed with a reboot since the VF was leased.
                handle.createUpdate("""
                                update port set binding_facts = jsonb_set(binding_facts, '{pci_slot}',
                                    to_jsonb(cast(:address as text)))
                                where id = :port and binding_facts ->> 'pci_slot' is distinct from :address""")
                        .bind("port", port.port().value())
                        .bind("address", state.device())
                        .execute();
            }
            bindings.markActive(handle, port.port());
        }
        handle.createUpdate("""
                        update server set status = 'ACTIVE', task_state = null, doubt_at = null,
                            launched_at = coalesce(launched_at, now()), updated_at = now()
                        where id = :server and status = 'BUILD'""").bind("server", server.value()).execute();
    }

    /** Why the report is no proof that the server runs as it should; empty when it is one. */
    private static Optional<String> objection(
            Handle handle, ServerId server, List<AttachedPort> ports, Map<PortId, ServerReport.InterfaceState> states) {
        Map<PortId, VirtualFunctionLease> leases = new HashMap<>();
        handle.createQuery(Leases.SELECT + " where vf.leased_server_id = :server")
                .bind("server", server.value())
                .map((row, _) -> Map.entry(new PortId(row.getObject("leased_port_id", UUID.class)), Leases.read(row)))
                .forEach(lease -> leases.put(lease.getKey(), lease.getValue()));
        for (AttachedPort port : ports) {
            ServerReport.@Nullable InterfaceState state = states.get(port.port());
            if (state == null) {
                return Optional.of("port " + port.port() + " is missing.");
            }
            Optional<String> objection = switch (port.vnicType()) {
                case NORMAL -> Optional.empty();
                case DIRECT -> objection(port, leases.get(port.port()), state.virtualFunction());
            };
            if (objection.isPresent()) {
                return objection;
            }
        }
        return Optional.empty();
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
        ServerId server = report.server();
        Optional<ServerStatus> status = lock(handle, host, server, "failed");
        if (status.isEmpty()) {
            return;
        }
        switch (status.get()) {
            case ERROR, DELETING ->
                log.info("Host {} reports server {} failed, which is on its way out already.", host, server);
            case BUILD, ACTIVE -> {
                handle.createUpdate("""
                                update server set status = 'ERROR', task_state = null, fault_code = :code,
                                    fault_message = :message, fault_details = :details, fault_at = now(),
                                    updated_at = now()
                                where id = :server""")
                        .bind("server", server.value())
                        .bind("code", StorableText.of(report.code()))
                        .bind("message", StorableText.of(report.reason()))
                        .bind("details", StorableText.of(report.fix().orElse("")))
                        .execute();
                serverPorts.of(handle, List.of(server)).forEach(port -> bindings.markError(handle, port.port()));
                Hosts.changed(handle, host);
            }
        }
    }

    private static Optional<ServerStatus> lock(Handle handle, HostId host, ServerId server, String what) {
        Optional<ServerStatus> status = handle.createQuery("""
                        select status from server where id = :server and host_id = :host for update""")
                .bind("server", server.value())
                .bind("host", host.value())
                .mapTo(String.class)
                .findOne()
                .map(ServerStatus::valueOf);
        if (status.isEmpty()) {
            log.info(
                    "Host {} reports server {} {}, which is not its own any more; nothing changes.",
                    host,
                    server,
                    what);
        }
        return status;
    }
}
