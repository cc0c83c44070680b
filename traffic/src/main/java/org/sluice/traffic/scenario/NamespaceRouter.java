package org.sluice.traffic.scenario;

import java.util.List;
import java.util.Optional;
import org.sluice.linux.net.IpPrefix;
import org.sluice.linux.net.Links;
import org.sluice.linux.net.MacAddress;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.machine.RouterNic;

/** A network namespace as router. */
final class NamespaceRouter {
    private final String namespace;

    /** @param namespace exists already, with both devices up */
    NamespaceRouter(String namespace) {
        this.namespace = namespace;
    }

    /** Forwards between a device on the left and one on the right. */
    void route(Network network, String left, MacAddress transmitter, String right, MacAddress receiver) {
        NamespaceSettings.route(namespace);
        try (Links links = Links.in(namespace)) {
            settle(links, left, network.left(), network.leftNeighbours(transmitter));
            settle(links, right, network.right(), network.rightNeighbours(receiver));
        }
    }

    private static void settle(Links links, String device, IpPrefix address, List<RouterNic.Neighbour> neighbours) {
        links.addresses().add(device, address);
        neighbours.forEach(
                neighbour -> links.neighbours().replacePermanent(neighbour.address(), neighbour.mac(), device));
    }

    PortName port(String device) {
        return new PortName(device, Optional.of(namespace));
    }
}
