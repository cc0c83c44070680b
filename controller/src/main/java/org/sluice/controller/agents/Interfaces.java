package org.sluice.controller.agents;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sluice.controller.network.binding.AttachedPort;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.VirtualFunctionLease;

/**
 * What turns a port into a NIC of one host. Pure.
 *
 * @param uplinks netdevs that reach physical networks, by physical network
 * @param leases the host's leases, by port
 * @param services where the host serves DHCP and metadata, by network
 */
record Interfaces(
        Map<String, String> uplinks,
        Map<PortId, VirtualFunctionLease> leases,
        Map<NetworkId, DesiredInterface.ServicePort> services) {
    List<DesiredInterface> of(List<AttachedPort> ports) {
        List<DesiredInterface> interfaces = new ArrayList<>(ports.size());
        for (AttachedPort port : ports) {
            switch (port.vnicType()) {
                case NORMAL -> interfaces.add(bridge(port));
                // A direct port without a lease has given it up already; the server is on its way out.
                case DIRECT ->
                    Optional.ofNullable(leases.get(port.port()))
                            .ifPresent(lease -> interfaces.add(direct(port, lease)));
            }
        }
        return interfaces;
    }

    private DesiredInterface bridge(AttachedPort port) {
        return new DesiredInterface.Bridge(
                port.port(),
                port.network(),
                port.mac(),
                port.vlan().orElse(0),
                port.mtu(),
                port.addresses(),
                port.physicalNetwork(),
                uplinks.getOrDefault(port.physicalNetwork(), DesiredInterface.Bridge.NO_UPLINK),
                Optional.ofNullable(services.get(port.network())),
                port.wish());
    }

    private static DesiredInterface direct(AttachedPort port, VirtualFunctionLease lease) {
        return new DesiredInterface.Direct(
                port.port(),
                port.network(),
                port.mac(),
                port.vlan().orElse(0),
                port.mtu(),
                port.addresses(),
                lease,
                new DesiredInterface.DirectAttributes(0, port.portSecurity(), false, 0, 0),
                port.wish());
    }
}
