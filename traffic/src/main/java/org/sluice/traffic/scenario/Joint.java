package org.sluice.traffic.scenario;

import java.util.List;
import org.sluice.traffic.engine.PortName;

/** How an end of the path is joined to a router that is a namespace. Every device that it makes is up afterwards. */
enum Joint {
    /** A veth pair from the one to the other. */
    DIRECT {
        @Override
        List<String> furtherRoles() {
            return List.of();
        }

        @Override
        void join(MadeNamespaces made, String end, String device, String router, String routerDevice) {
            made.links(end).createVeth(device, routerDevice, made.in(router));
            made.links(end).setUp(device);
            made.links(router).setUp(routerDevice);
        }

        @Override
        List<PortName> ports(MadeNamespaces made, String end) {
            return List.of();
        }
    },

    /** A bridge with a veth pair to each of the two. */
    BRIDGED {
        @Override
        List<String> furtherRoles() {
            return List.of(Bridges.HOST);
        }

        @Override
        void join(MadeNamespaces made, String end, String device, String router, String routerDevice) {
            Bridges bridges = new Bridges(made);
            bridges.make(end, device);
            made.links(Bridges.HOST).createVeth(Bridges.inside(end), routerDevice, made.in(router));
            made.links(router).setUp(routerDevice);
            bridges.join(end);
            bridges.awaitForwarding(end);
        }

        @Override
        List<PortName> ports(MadeNamespaces made, String end) {
            return new Bridges(made).ports(end);
        }
    };

    /** Roles of namespaces that it needs besides the ends' and the router's. */
    abstract List<String> furtherRoles();

    /**
     * Makes the join.
     *
     * @param end role of the end's namespace
     * @param device the name of the interface that it makes there
     * @param router role of the router's namespace
     * @param routerDevice the name of the interface that it makes there
     */
    abstract void join(MadeNamespaces made, String end, String device, String router, String routerDevice);

    /** The bridge's ports, on the end's side first; none without a bridge. */
    abstract List<PortName> ports(MadeNamespaces made, String end);
}
