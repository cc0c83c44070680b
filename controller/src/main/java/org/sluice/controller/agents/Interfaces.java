package org.sluice.controller.agents;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sluice.controller.network.binding.AttachedPort;
import org.sluice.model.PortId;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.VirtualFunctionLease;

/**
 * What turns a port into a NIC of one host, told without what its segment says. Pure.
 *
 * @param leases the host's leases, by port
 */
record Interfaces(Map<PortId, VirtualFunctionLease> leases) {
    List<DesiredInterface> of(List<AttachedPort> ports) {
        List<DesiredInterface> interfaces = new ArrayList<>(ports.size());
        for (AttachedPort port : ports) {
            switch (port.vnicType()) {
                case NORMAL -> interfaces.add(bridge(port).apart());
                // A direct port without a lease has given it up already; the server is on its way out.
                case DIRECT ->
                    Optional.ofNullable(leases.get(port.port()))
                            .ifPresent(
                                    lease -> interfaces.add(direct(port, lease).apart()));
            }
        }
        return interfaces;
    }

    private static DesiredInterface bridge(AttachedPort port) {
        return new DesiredInterface.Bridge(
                port.port(),
                port.network(),
                port.mac(),
                port.vlan().orElse(0),
                port.mtu(),
                port.addresses(),
                port.physicalNetwork(),
                DesiredInterface.Bridge.NO_UPLINK,
                Optional.empty(),
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
