package org.sluice.controller.scheduling;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.http.Json;
import org.sluice.controller.network.binding.AttachedPort;
import org.sluice.controller.network.binding.InterfaceChanges;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.controller.network.binding.ServicePorts;
import org.sluice.controller.server.Claim;
import org.sluice.controller.server.ServerActions;
import org.sluice.controller.server.Servers;
import org.sluice.controller.server.Task;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.model.HostId;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.ServerReport;
import org.sluice.model.protocol.VirtualFunctionLease;

/** Takes claims back. Locks in the order server, host, virtual function, port, like {@link Claims}. Stateless. */
final class Releases {
    private static final Logger log = LoggerFactory.getLogger(Releases.class);

    private final ServerPorts serverPorts;
    private final ServicePorts servicePorts;
    private final Decisions decisions;
    private final Claims claims = new Claims();
    private final Servers servers = new Servers();
    private final InterfaceChanges changes = new InterfaceChanges();
    private final ServerActions actions = new ServerActions();

    Releases(ServerPorts serverPorts, ServicePorts servicePorts, Decisions decisions) {
        this.serverPorts = serverPorts;
        this.servicePorts = servicePorts;
        this.decisions = decisions;
    }

    void request(Handle handle, ServerId server) {
        Optional<Servers.Held> held = servers.hold(handle, server);
        if (held.isEmpty()) {
            return;
        }
        List<HostId> hosts = held.get().claims().stream().map(Claim::host).toList();
        if (hosts.isEmpty()) {
            serverPorts.detach(handle, server);
            delete(handle, server);
        } else if (servers.leave(handle, server)) {
            Hosts.changed(handle, hosts, List.of(server));
        }
    }

    void released(Handle handle, HostId host, ServerReport.Absent report) {
        ServerId server = report.server();
        Optional<Servers.Held> held = servers.hold(handle, server);
        Optional<Claim> claim = held.flatMap(found -> found.on(host));
        if (claim.isEmpty()) {
            log.info("Host {} reports server {} absent, which is not its own any more; nothing changes.", host, server);
        } else if (!held.get().isSubjectOf(host, report)) {
            log.info(
                    "Host {} reports server {} absent, of an earlier claim than the one it has now; nothing changes.",
                    host,
                    server);
        } else if (claim.get().isPresent()) {
            log.info("Host {} reports server {} absent, which is wanted there; nothing changes.", host, server);
        } else {
            release(handle, held.orElseThrow(), claim.get(), report.released());
        }
    }

    private void release(Handle handle, Servers.Held held, Claim claim, List<VirtualFunctionLease> leases) {
        ServerId server = held.id();
        HostId host = claim.host();
        lockHost(handle, host);
        endLeases(handle, host, server, Optional.empty(), leases);
        List<String> kept = keptLeases(handle, host, server, Optional.empty());
        if (!kept.isEmpty()) {
            log.warn(
                    "Host {} reports server {} absent without giving up {}; its claim stays.",
                    host,
                    server,
                    String.join(", ", kept));
            return;
        }
        Set<NetworkId> bridged = Scheduling.bridgedNetworks(serverPorts.of(handle, List.of(server)));
        end(handle, held, claim, held.isShelved(), () -> servers.left(handle, server));
        if (held.isShelved() && (isLast(held) || claim.role() == Claim.Role.CURRENT)) {
            servers.offloaded(handle, server);
        }
        for (NetworkId network : bridged) {
            servicePorts.releaseUnused(handle, network, host);
        }
        Hosts.left(handle, host, server);
        ChangeFeed.announce(handle, FleetIndex.TOPIC);
    }

    /**
     * Ends a claim on which no lease hangs any more. With the last one its ports are free, or wait for it to come again, and a server that was
     * to go is gone.
     *
     * @param comesAgain whether its ports stay its own
     * @param left done where it was the current one
     */
    void end(Handle handle, Servers.Held held, Claim claim, boolean comesAgain, Runnable left) {
        boolean isLast = isLast(held);
        if (isLast && comesAgain) {
            serverPorts.unplug(handle, held.id());
        } else if (isLast) {
            serverPorts.detach(handle, held.id());
        } else if (claim.role() == Claim.Role.CURRENT) {
            serverPorts.unbind(handle, held.id());
        }
        if (claim.role() == Claim.Role.CURRENT) {
            left.run();
        }
        claims.end(handle, held.id(), claim);
        if (!isLast) {
            freeGone(handle, held, claim);
        } else if (held.state().is(Task.DELETING)) {
            delete(handle, held.id());
        }
    }

    /** Whether it has that one place alone. */
    static boolean isLast(Servers.Held held) {
        return held.claims().size() == 1;
    }

    /**
     * Takes an agent's word that nothing is left of one of the server's NICs on its host; false when it is not free for that: the
     * lease of its virtual function is not named with its present generation, or a host where the server was before has not given
     * one up yet. It is told again then.
     */
    boolean unplugged(Handle handle, HostId host, AttachedPort port, List<VirtualFunctionLease> released) {
        ServerId server = port.server();
        lockHost(handle, host);
        endLeases(handle, host, server, Optional.of(port.port()), released);
        List<String> kept = keptLeases(handle, host, server, Optional.of(port.port()));
        if (!kept.isEmpty()) {
            log.warn(
                    "Host {} reports port {} of server {} gone without giving up {}; it keeps that.",
                    host,
                    port.port(),
                    server,
                    String.join(", ", kept));
            return false;
        }
        if (isLeasedElsewhere(handle, port)) {
            // Of a host where the server was before: until that gives its function up, the port is nobody else's.
            log.info(
                    "Port {} of server {} is gone from host {}; it is free when the host where the server was before has given it"
                            + " up.",
                    port.port(),
                    server,
                    host);
            ChangeFeed.announce(handle, FleetIndex.TOPIC);
            return false;
        }
        serverPorts.detach(handle, server, port.port());
        for (NetworkId network : Scheduling.bridgedNetworks(List.of(port))) {
            servicePorts.releaseUnused(handle, network, host);
        }
        Hosts.changed(handle, host, server);
        ChangeFeed.announce(handle, FleetIndex.TOPIC);
        return true;
    }

    /** Direct ports that were to go, and waited for nothing but a function of the host that was just left. */
    private void freeGone(Handle handle, Servers.Held held, Claim ended) {
        ServerId server = held.id();
        List<AttachedPort> ports = serverPorts.of(handle, List.of(server));
        boolean freed = false;
        for (InterfaceChanges.Change change : changes.of(handle, server)) {
            Optional<AttachedPort> free = ports.stream()
                    .filter(port -> port.port().equals(change.port()) && Demand.isDirect(port))
                    .filter(_ -> change.kind() == InterfaceChanges.Kind.DETACH)
                    .filter(port -> !isLeasedElsewhere(handle, port))
                    .findFirst();
            if (free.isPresent()) {
                serverPorts.detach(handle, server, change.port());
                change.action().ifPresent(action -> actions.finish(handle, action, Optional.empty()));
                freed = true;
            }
        }
        if (freed) {
            Hosts.changed(handle, held.besides(ended.host()), List.of(server));
        }
    }

    private static boolean isLeasedElsewhere(Handle handle, AttachedPort port) {
        return handle.createQuery("select exists (select 1 from virtual_function where leased_port_id = :port)")
                .bind("port", port.port().value())
                .mapTo(Boolean.class)
                .one();
    }

    private static void lockHost(Handle handle, HostId host) {
        handle.createQuery("select true from host where id = :host for update")
                .bind("host", host.value())
                .mapTo(Boolean.class)
                .one();
    }

    /** Ends the leases that are named with their present generation, and those of cards that are gone. */
    private static void endLeases(
            Handle handle, HostId host, ServerId server, Optional<PortId> port, List<VirtualFunctionLease> leases) {
        handle.createUpdate("""
                        update virtual_function vf
                        set leased_port_id = null, leased_server_id = null, leased_host_id = null
                        from physical_function pf
                        where pf.id = vf.physical_function_id and pf.host_id = :host and vf.leased_server_id = :server
                          and vf.leased_port_id = coalesce(cast(:port as uuid), vf.leased_port_id)
                          and (not vf.present or not pf.present or exists (
                              select 1 from jsonb_to_recordset(cast(:leases as jsonb))
                                  as l("physicalFunction" jsonb, index integer, generation bigint)
                              where l."physicalFunction" ->> 'serial' = pf.serial
                                and cast(l."physicalFunction" ->> 'port' as integer) = pf.port
                                and l.index = vf.index and l.generation = vf.generation))""")
                .bind("host", host.value())
                .bind("server", server.value())
                .bind("port", port.map(PortId::value).orElse(null))
                .bind("leases", Json.MAPPER.writeValueAsString(leases))
                .execute();
    }

    private static List<String> keptLeases(Handle handle, HostId host, ServerId server, Optional<PortId> port) {
        return handle.createQuery("""
                        select pf.name || ' VF ' || vf.index || ' generation ' || vf.generation
                        from virtual_function vf join physical_function pf on pf.id = vf.physical_function_id
                        where vf.leased_server_id = :server and vf.leased_host_id = :host
                          and vf.leased_port_id = coalesce(cast(:port as uuid), vf.leased_port_id) order by 1""")
                .bind("port", port.map(PortId::value).orElse(null))
                .bind("server", server.value())
                .bind("host", host.value())
                .mapTo(String.class)
                .list();
    }

    private void delete(Handle handle, ServerId server) {
        decisions.forget(handle, server);
        servers.delete(handle, server);
    }
}
