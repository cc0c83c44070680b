package org.sluice.controller.scheduling;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.network.binding.AttachedPort;
import org.sluice.controller.network.binding.Bindings;
import org.sluice.controller.network.binding.ServicePorts;
import org.sluice.controller.network.network.NetworkGate;
import org.sluice.model.HostId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * Ports on the hosts that their servers have a place on. Locks in the order server, host, virtual function, like {@link Claims}.
 * Stateless.
 */
final class Plugs {
    private final Bindings bindings;
    private final ServicePorts servicePorts;

    Plugs(Bindings bindings, ServicePorts servicePorts) {
        this.bindings = bindings;
        this.servicePorts = servicePorts;
    }

    /** Gives a server one NIC more on its host. */
    void plug(Handle handle, HostId host, String zone, AttachedPort port) {
        NetworkGate.come(handle, List.of(port.network()));
        servicePorts.ensure(handle, Scheduling.bridgedNetworks(List.of(port)));
        String hostName = handle.createQuery("select name from host where id = :host for update")
                .bind("host", host.value())
                .mapTo(String.class)
                .one();
        Map<String, Object> functions = switch (port.vnicType()) {
            case NORMAL -> {
                requireUplink(handle, host, port);
                yield Map.of();
            }
            case DIRECT -> Claims.lease(handle, port.server(), port, host).orElseThrow(() -> withoutFunction(port));
        };
        bind(handle, port, host, hostName, zone, functions);
        Hosts.changed(handle, host, port.server());
    }

    /**
     * Binds a port to its server's host.
     *
     * @param functions what {@code binding:profile} shows of the VF of a direct port
     */
    void bind(
            Handle handle,
            AttachedPort port,
            HostId host,
            String hostName,
            String zone,
            Map<String, Object> functions) {
        switch (port.vnicType()) {
            case NORMAL -> bindings.bindNormal(handle, port.port(), host, hostName, zone);
            case DIRECT -> bindings.bindDirect(handle, port.port(), host, hostName, zone, functions);
        }
    }

    /** Binds a port to a host that its server is going to; what is shown of it stays until it is there. */
    void reserve(Handle handle, AttachedPort port, HostId host, Map<String, Object> functions) {
        switch (port.vnicType()) {
            case NORMAL -> bindings.reserveNormal(handle, port.port(), host);
            case DIRECT -> bindings.reserveDirect(handle, port.port(), host, functions);
        }
    }

    private static void requireUplink(Handle handle, HostId host, AttachedPort port) {
        boolean reaches = handle.createQuery("""
                        select exists (select 1 from bridge_uplink
                            where host_id = :host and physical_network = :network)""")
                .bind("host", host.value())
                .bind("network", port.physicalNetwork())
                .mapTo(Boolean.class)
                .one();
        if (!reaches) {
            throw refused(
                    port,
                    "its host has no uplink to physical network " + port.physicalNetwork() + ".",
                    "Use a port of another network, or a new server, which is placed where there is one.");
        }
    }

    private static ProblemException withoutFunction(AttachedPort port) {
        return refused(
                port,
                "its host has no virtual function of physical network " + port.physicalNetwork() + " left.",
                "Use a port of type normal, or a new server, which is placed where there is one.");
    }

    private static ProblemException refused(AttachedPort port, String reason, String fix) {
        return new Problem(
                        Problem.Kind.BAD_REQUEST,
                        "InterfaceAttachFailed",
                        "Failed to attach port " + port.port() + " to instance " + port.server() + ": " + reason,
                        Optional.of(fix))
                .asException();
    }
}
