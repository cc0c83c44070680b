package org.sluice.controller.compute.attachment;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.compute.server.Askers;
import org.sluice.controller.compute.server.Server;
import org.sluice.controller.compute.server.ServerLookup;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.network.binding.AttachedPort;
import org.sluice.controller.network.binding.Bindings;
import org.sluice.controller.network.binding.InterfaceChanges;
import org.sluice.controller.network.binding.InterfaceChanges.Kind;
import org.sluice.controller.network.binding.NicRequest;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.server.ServerActions;
import org.sluice.controller.server.ServerLife;
import org.sluice.controller.server.ServerStatus;
import org.sluice.controller.server.Servers;
import org.sluice.model.HostId;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * Gives servers that stand NICs, and takes them away. What is asked for is written down with everything that it takes, in the
 * caller's transaction; it is done when the server's host has said so ({@code org.sluice.controller.agents.Reports}). Thread-safe.
 */
final class InterfaceAttaching {
    private static final String ATTACH = "attach_interface";
    private static final String DETACH = "detach_interface";

    /** What a server create answers 400 for, and this 404, as in Nova. */
    private static final Set<String> NOT_FOUND = Set.of("PortNotFound", "NetworkNotFound");

    private final ServerPorts ports;
    private final Scheduling scheduling;
    private final InstantSource clock;
    private final ServerLookup lookup = new ServerLookup();
    private final Servers servers = new Servers();
    private final ServerActions actions = new ServerActions();
    private final InterfaceChanges changes = new InterfaceChanges();
    private final Bindings bindings = new Bindings();

    InterfaceAttaching(ServerPorts ports, Scheduling scheduling, InstantSource clock) {
        this.ports = requireNonNull(ports, "ports is null");
        this.scheduling = requireNonNull(scheduling, "scheduling is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * Attaches a port, or a new one. The guest of a server that is off gets it at its next start, so that is done at once.
     *
     * @param request empty for a new port on the only network there is
     * @return the port
     * @throws ProblemException 409 for a state in which that cannot be, a host that is silent, a port in use; 404 for a port or network
     *     that is not there; 400 when the server's host cannot have it
     */
    PortId attach(Handle handle, Exchange exchange, Optional<NicRequest> request) {
        Server server = lookup.findToChange(handle, exchange);
        Servers.Held held = requireChangeable(handle, server, ATTACH);
        HostId host = held.host().orElseThrow();
        AttachedPort port = take(handle, exchange, server, request);
        scheduling.plug(handle, host, Objects.requireNonNullElse(server.availabilityZone(), ""), port);
        if (held.state().status() == ServerStatus.SHUTOFF) {
            bindings.markDown(handle, port.port());
            actions.done(handle, server.id(), ATTACH, Askers.of(exchange));
        } else {
            long action = actions.beginAside(handle, server.id(), ATTACH, Askers.of(exchange));
            changes.begin(handle, server.id(), port.port(), Kind.ATTACH, action);
        }
        return port.port();
    }

    /**
     * Detaches a port. It stays the server's until the host has said that nothing of it is left there.
     *
     * @throws ProblemException 409 for a state in which that cannot be, a host that is silent, a port that comes or goes already; 404
     *     when it is none of the server's
     */
    void detach(Handle handle, Exchange exchange) {
        Server server = lookup.findToChange(handle, exchange);
        Servers.Held held = requireChangeable(handle, server, DETACH);
        AttachedPort port = ports.of(handle, List.of(server.id())).stream()
                .filter(nic -> nic.port().toString().equalsIgnoreCase(exchange.path("port")))
                .findFirst()
                .orElseThrow(() -> AttachmentRoutes.noSuchPort(exchange));
        if (port.wish().change() != 0) {
            throw new Problem(
                            Problem.Kind.CONFLICT,
                            "PortInUse",
                            "Port " + port.port() + " is being " + (port.wish().goes() ? "detached" : "attached")
                                    + " already.",
                            Optional.of("See the server's events for what came of it (openstack server event list); a"
                                    + " guest that does not give its NIC up has it taken when the server is stopped."))
                    .asException();
        }
        long action = actions.beginAside(handle, server.id(), DETACH, Askers.of(exchange));
        changes.begin(handle, server.id(), port.port(), Kind.DETACH, action);
        Hosts.changed(handle, held.host().orElseThrow(), server.id());
    }

    private Servers.Held requireChangeable(Handle handle, Server server, String action) {
        Servers.Held held = servers.hold(handle, server.id()).orElseThrow();
        held.requireSomewhere(action);
        ServerLife.requireStanding(server.id(), held.state(), action);
        // After the state, which is more about the server than its host is.
        server.host().ifPresent(host -> lookup.requireHeard(server, host, action, clock.instant()));
        return held;
    }

    private AttachedPort take(Handle handle, Exchange exchange, Server server, Optional<NicRequest> request) {
        NicRequest wanted = request.orElseGet(
                () -> new NicRequest.ByNetwork(onlyNetwork(handle, server.projectId()), Optional.empty()));
        try {
            return ports.attach(handle, exchange.access(), server.projectId(), server.id(), wanted);
        } catch (ProblemException e) {
            Problem problem = e.problem();
            if (!NOT_FOUND.contains(problem.code())) {
                throw e;
            }
            throw new ProblemException(
                    new Problem(Problem.Kind.NOT_FOUND, problem.code(), problem.sentence(), problem.fix()), e);
        }
    }

    private NetworkId onlyNetwork(Handle handle, String project) {
        List<NetworkId> usable = ports.usableNetworks(handle, project);
        if (usable.size() > 1) {
            throw withoutNetwork(
                    "NetworkAmbiguous",
                    "More than one possible network found. Specify network ID(s) to select which one(s) to connect"
                            + " to.");
        }
        return usable.stream()
                .findFirst()
                .orElseThrow(() -> withoutNetwork(
                        "InterfaceAttachFailedNoNetwork",
                        "No specific network was requested and none are available for project '" + project + "'."));
    }

    /** The sentences are Nova's, which clients show. */
    private static ProblemException withoutNetwork(String code, String sentence) {
        return new Problem(
                        Problem.Kind.BAD_REQUEST,
                        code,
                        sentence,
                        Optional.of("Name a network in net_id, or a port in port_id."))
                .asException();
    }
}
