package org.sluice.controller.scheduling;

import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.network.binding.AttachedPort;
import org.sluice.controller.network.binding.Bindings;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.controller.network.binding.ServicePorts;
import org.sluice.controller.server.Claim;
import org.sluice.controller.server.ServerAction;
import org.sluice.controller.server.ServerActions.Asker;
import org.sluice.controller.server.Servers;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.model.HostId;
import org.sluice.model.NetworkId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredInterface;

/**
 * Servers with a place on two hosts, on their way from one to the other and back. Who holds both hosts does so after {@link
 * Scheduling#lockOutClaims}'s lock. Stateless.
 */
final class Moves {
    private final ServerPorts serverPorts;
    private final ServicePorts servicePorts;
    private final Bindings bindings;
    private final Claims claims = new Claims();
    private final Servers servers = new Servers();

    /** A host as ports show it. */
    private record Place(String host, String zone) {}

    Moves(ServerPorts serverPorts, ServicePorts servicePorts, Bindings bindings) {
        this.serverPorts = serverPorts;
        this.servicePorts = servicePorts;
        this.bindings = bindings;
    }

    /** Refuses a server that is somewhere else still, or whose NICs come or go. */
    static void requireSettled(Servers.Held server, List<AttachedPort> ports, String action) {
        requireOnePlace(server, action);
        ports.stream()
                .filter(port -> !port.wish().equals(DesiredInterface.Wish.THERE))
                .findFirst()
                .ifPresent(port -> {
                    throw new Problem(
                                    Problem.Kind.CONFLICT,
                                    "InterfaceChanging",
                                    "Cannot '" + action + "' instance " + server.id() + " now: its port " + port.port()
                                            + " is being attached or detached.",
                                    Optional.of("Ask again when that is done: openstack server event list "
                                            + server.id() + "."))
                            .asException();
                });
    }

    static void requireOnePlace(Servers.Held server, String action) {
        if (server.claims().size() > 1) {
            throw stillElsewhere(server, action);
        }
    }

    private static ProblemException stillElsewhere(Servers.Held server, String action) {
        return new Problem(
                        Problem.Kind.CONFLICT,
                        "InstanceStillElsewhere",
                        "Cannot '" + action + "' instance " + server.id()
                                + " now: a host where it was before has not given it up yet.",
                        Optional.of("When that machine is off for good: sluice fleet remove --lost HOST."))
                .asException();
    }

    /** It is where it has a place; where it was is kept, and keeps what it has of it. */
    void arrive(Handle handle, Servers.Held server) {
        HostId to = server.claim(Claim.Role.INCOMING).orElseThrow().host();
        Place place = place(handle, to);
        servers.arrived(handle, server.id(), to, place.zone());
        show(handle, server, to, place);
    }

    /** It is where it was; where it went to gives up what it has of it. Nothing happens to one that is there. */
    void goBack(Handle handle, Servers.Held server) {
        server.claim(Claim.Role.OUTGOING).filter(Claim::isPresent).ifPresent(old -> {
            Place place = place(handle, old.host());
            servers.wentBack(handle, server.id(), old.host(), place.zone());
            show(handle, server, old.host(), place);
        });
    }

    private void show(Handle handle, Servers.Held server, HostId host, Place place) {
        bindings.activate(handle, server.id(), host, place.host(), place.zone());
        changed(handle, server);
    }

    private static Place place(Handle handle, HostId host) {
        return handle.createQuery("""
                        select h.name, coalesce(z.zone, :default) as zone
                        from host h left join host_zone z on z.host_id = h.id where h.id = :host""")
                .bind("host", host.value())
                .bind("default", HostState.DEFAULT_ZONE)
                .map((row, _) -> new Place(row.getString("name"), row.getString("zone")))
                .one();
    }

    /** The host where it was gives up what it has of it. */
    void giveUpOldPlace(Handle handle, Servers.Held server) {
        servers.leftForGood(handle, server.id());
        changed(handle, server);
    }

    /** One that is shelved is on no host from now on; the host that it was leaving gives up what it has of it when it is back. */
    void leaveBehind(Handle handle, Servers.Held server, Asker asker) {
        requireOnePlace(server, ServerAction.EVACUATE.text());
        servers.leftBehind(handle, server, asker);
        serverPorts.unbind(handle, server.id());
        changed(handle, server);
    }

    /** Takes back a place that its host was never told of, with its leases: nothing was ever programmed for them. */
    void giveUpReserved(Handle handle, Servers.Held server) {
        server.claim(Claim.Role.INCOMING).ifPresent(claim -> {
            handle.createUpdate("""
                            update virtual_function
                            set leased_port_id = null, leased_server_id = null, leased_host_id = null
                            where leased_server_id = :server and leased_host_id = :host""")
                    .bind("server", server.id().value())
                    .bind("host", claim.host().value())
                    .execute();
            claims.end(handle, server.id(), claim);
            for (NetworkId network : Scheduling.bridgedNetworks(serverPorts.of(handle, List.of(server.id())))) {
                servicePorts.releaseUnused(handle, network, claim.host());
            }
            ChangeFeed.announce(handle, FleetIndex.TOPIC);
        });
    }

    static boolean mayRunElsewhere(Handle handle, ServerId server) {
        return handle.createQuery("select " + Scheduling.MAY_RUN_ELSEWHERE.formatted(":server"))
                .bind("server", server.value())
                .mapTo(Boolean.class)
                .one();
    }

    private static void changed(Handle handle, Servers.Held server) {
        Hosts.changed(handle, server.claims().stream().map(Claim::host).toList(), List.of(server.id()));
    }
}
