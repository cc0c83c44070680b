package org.sluice.controller.compute.server;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.view.View;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.controller.store.Transactions;

/**
 * What a server is attached to: {@code /servers/ID/ips}, {@code /os-interface}, {@code /os-security-groups} (Compute API
 * reference, "Servers IPs", "Port interfaces", "Servers with security groups").
 */
final class InterfaceRoutes {
    private static final View<InterfaceStore.Interface> INTERFACE = View.<InterfaceStore.Interface>of(
                    "interfaceAttachment", "interfaceAttachments")
            .member("net_id", InterfaceStore.Interface::network)
            .member("port_id", InterfaceStore.Interface::port)
            .member("mac_addr", InterfaceStore.Interface::mac)
            .member("port_state", InterfaceStore.Interface::status)
            .member("fixed_ips", InterfaceRoutes::addresses)
            .member("tag", nic -> null)
            .since(70)
            .build();

    private static final View<InterfaceStore.Group> GROUP = View.<InterfaceStore.Group>of(
                    "security_group", "security_groups")
            .member("id", InterfaceStore.Group::id)
            .member("name", InterfaceStore.Group::name)
            .member("description", InterfaceStore.Group::description)
            .member("tenant_id", InterfaceStore.Group::project)
            // Rules are objects of the Network API; here they are read by nobody since nova-network went.
            .member("rules", group -> List.of())
            .build();

    private final Transactions transactions;
    private final ServerLookup lookup;
    private final ServerPorts ports;
    private final InstantSource clock;
    private final InterfaceStore store = new InterfaceStore();

    InterfaceRoutes(Transactions transactions, ServerLookup lookup, ServerPorts ports, InstantSource clock) {
        this.transactions = transactions;
        this.lookup = lookup;
        this.ports = ports;
        this.clock = clock;
    }

    void routes(Routes routes) {
        String server = Links.VERSION_PATH + "/servers/{id}";
        String interfaces = server + "/os-interface";
        routes.get(server + "/ips", ServerRules.IPS_INDEX, this::addresses);
        routes.get(server + "/ips/{network}", ServerRules.IPS_SHOW, this::addressesOf);
        routes.get(interfaces, ServerRules.INTERFACES_LIST, this::interfaces);
        routes.get(interfaces + "/{port}", ServerRules.INTERFACES_SHOW, this::show);
        routes.post(interfaces, ServerRules.INTERFACES_CREATE, this::notAttached)
                .refused();
        routes.delete(interfaces + "/{port}", ServerRules.INTERFACES_DELETE, this::notAttached)
                .refused();
        routes.get(server + "/os-security-groups", ServerRules.GROUPS_LIST, this::groups);
    }

    private Reply addresses(Exchange exchange) {
        return Reply.ok(Map.of("addresses", ServerWire.plainAddresses(whole(exchange))));
    }

    private Whole whole(Exchange exchange) {
        return transactions.run(handle -> {
            Server server = lookup.find(handle, exchange);
            return new Whole(server, ports.of(handle, List.of(server.id())), clock.instant());
        });
    }

    private Reply addressesOf(Exchange exchange) {
        String network = exchange.path("network");
        Map<String, List<Map<String, Object>>> all = ServerWire.plainAddresses(whole(exchange));
        List<Map<String, Object>> addresses = all.get(network);
        if (addresses == null) {
            throw Problems.notFound("NetworkNotFound", "Instance does not have any addresses on network " + network);
        }
        return Reply.ok(Map.of(network, addresses));
    }

    private Reply interfaces(Exchange exchange) {
        return INTERFACE.replyAll(200, found(exchange), exchange);
    }

    private List<InterfaceStore.Interface> found(Exchange exchange) {
        return transactions.run(
                handle -> store.interfaces(handle, lookup.find(handle, exchange).id()));
    }

    private Reply show(Exchange exchange) {
        String port = exchange.path("port");
        InterfaceStore.Interface nic = found(exchange).stream()
                .filter(each -> each.port().toString().equalsIgnoreCase(port))
                .findFirst()
                .orElseThrow(() -> Problems.notFound(
                        "PortNotFound", "Instance " + exchange.path("id") + " does not have a port with id " + port));
        return INTERFACE.ok(nic, exchange);
    }

    private static List<Map<String, String>> addresses(InterfaceStore.Interface nic) {
        List<Map<String, String>> addresses = new ArrayList<>();
        for (int i = 0; i < nic.ips().size(); i++) {
            addresses.add(Map.of(
                    "subnet_id", nic.subnets().get(i), "ip_address", nic.ips().get(i)));
        }
        return addresses;
    }

    private Reply notAttached(Exchange exchange) {
        transactions.use(handle -> lookup.find(handle, exchange));
        throw Problems.notOffered(
                "Attaching interfaces to a running server and detaching them is not offered; name its ports when you"
                        + " create it.");
    }

    private Reply groups(Exchange exchange) {
        List<InterfaceStore.Group> groups = transactions.run(
                handle -> store.groups(handle, lookup.find(handle, exchange).id()));
        return GROUP.replyAll(200, groups, exchange);
    }
}
