package org.sluice.controller.compute.attachment;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sluice.controller.compute.server.Server;
import org.sluice.controller.compute.server.ServerLookup;
import org.sluice.controller.compute.server.Whole;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.view.View;
import org.sluice.controller.network.binding.NicRequest;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.store.Transactions;
import org.sluice.model.PortId;
import org.sluice.model.ProblemException;

/**
 * What a server is attached to: {@code /servers/ID/ips}, {@code /os-interface}, {@code /os-security-groups} (Compute API
 * reference, "Servers IPs", "Port interfaces", "Servers with security groups"). Thread-safe.
 */
public final class AttachmentRoutes implements ResourceRoutes {
    private static final View<AttachmentStore.Interface> INTERFACE = View.<AttachmentStore.Interface>of(
                    "interfaceAttachment", "interfaceAttachments")
            .member("net_id", AttachmentStore.Interface::network)
            .member("port_id", AttachmentStore.Interface::port)
            .member("mac_addr", AttachmentStore.Interface::mac)
            .member("port_state", AttachmentStore.Interface::status)
            .member("fixed_ips", AttachmentRoutes::addresses)
            .member("tag", nic -> null)
            .since(70)
            .build();

    private static final View<AttachmentStore.Group> GROUP = View.<AttachmentStore.Group>of(
                    "security_group", "security_groups")
            .member("id", AttachmentStore.Group::id)
            .member("name", AttachmentStore.Group::name)
            .member("description", AttachmentStore.Group::description)
            .member("tenant_id", AttachmentStore.Group::project)
            // Rules are objects of the Network API; here they are read by nobody since nova-network went.
            .member("rules", group -> List.of())
            .build();

    private final Transactions transactions;
    private final ServerLookup lookup = new ServerLookup();
    private final ServerPorts ports;
    private final InterfaceAttaching attaching;
    private final InstantSource clock;
    private final AttachmentStore store = new AttachmentStore();

    /**
     * Wires them.
     *
     * @param ports the servers' NICs
     * @param scheduling gives NICs their place on the servers' hosts
     * @param clock when a server is looked at
     */
    public AttachmentRoutes(Transactions transactions, ServerPorts ports, Scheduling scheduling, InstantSource clock) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.ports = requireNonNull(ports, "ports is null");
        this.attaching = new InterfaceAttaching(ports, scheduling, clock);
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public void routes(Routes routes) {
        String server = Links.VERSION_PATH + "/servers/{id}";
        String interfaces = server + "/os-interface";
        routes.get(server + "/ips", AttachmentRules.IPS_INDEX, this::addresses);
        routes.get(server + "/ips/{network}", AttachmentRules.IPS_SHOW, this::addressesOf);
        routes.get(interfaces, AttachmentRules.INTERFACES_LIST, this::interfaces);
        routes.get(interfaces + "/{port}", AttachmentRules.INTERFACES_SHOW, this::show);
        routes.post(interfaces, AttachmentRules.INTERFACES_CREATE, this::attach);
        routes.delete(interfaces + "/{port}", AttachmentRules.INTERFACES_DELETE, this::detach);
        routes.get(server + "/os-security-groups", AttachmentRules.GROUPS_LIST, this::groups);
    }

    private Reply addresses(Exchange exchange) {
        return Reply.ok(Map.of("addresses", plainAddresses(whole(exchange))));
    }

    /** Addresses by network name. */
    private static Map<String, List<Map<String, Object>>> plainAddresses(Whole whole) {
        Map<String, List<Map<String, Object>>> plain = new LinkedHashMap<>();
        whole.addresses()
                .forEach((network, addresses) -> plain.put(
                        network,
                        addresses.stream()
                                .map(address ->
                                        Map.<String, Object>of("version", address.version(), "addr", address.text()))
                                .toList()));
        return plain;
    }

    private Whole whole(Exchange exchange) {
        return transactions.run(handle -> {
            Server server = lookup.find(handle, exchange);
            return new Whole(server, ports.shown(handle, List.of(server.id())), clock.instant());
        });
    }

    private Reply addressesOf(Exchange exchange) {
        String network = exchange.path("network");
        Map<String, List<Map<String, Object>>> all = plainAddresses(whole(exchange));
        List<Map<String, Object>> addresses = all.get(network);
        if (addresses == null) {
            throw Problems.notFound("NetworkNotFound", "Instance does not have any addresses on network " + network);
        }
        return Reply.ok(Map.of(network, addresses));
    }

    private Reply interfaces(Exchange exchange) {
        return INTERFACE.replyAll(200, found(exchange), exchange);
    }

    private List<AttachmentStore.Interface> found(Exchange exchange) {
        return transactions.run(
                handle -> store.interfaces(handle, lookup.find(handle, exchange).id()));
    }

    private Reply show(Exchange exchange) {
        String port = exchange.path("port");
        AttachmentStore.Interface nic = found(exchange).stream()
                .filter(each -> each.port().toString().equalsIgnoreCase(port))
                .findFirst()
                .orElseThrow(() -> noSuchPort(exchange));
        return INTERFACE.ok(nic, exchange);
    }

    static ProblemException noSuchPort(Exchange exchange) {
        return Problems.notFound(
                "PortNotFound",
                "Instance " + exchange.path("id") + " does not have a port with id " + exchange.path("port"));
    }

    private static List<Map<String, String>> addresses(AttachmentStore.Interface nic) {
        List<Map<String, String>> addresses = new ArrayList<>();
        for (int i = 0; i < nic.ips().size(); i++) {
            addresses.add(Map.of(
                    "subnet_id", nic.subnets().get(i), "ip_address", nic.ips().get(i)));
        }
        return addresses;
    }

    private Reply attach(Exchange exchange) {
        Optional<NicRequest> request = InterfaceRequestReader.read(exchange);
        AttachmentStore.Interface attached = transactions.run(handle -> {
            PortId port = attaching.attach(handle, exchange, request);
            return store.interfaces(handle, lookup.find(handle, exchange).id()).stream()
                    .filter(nic -> nic.port().equals(port.value()))
                    .findFirst()
                    .orElseThrow();
        });
        return INTERFACE.ok(attached, exchange);
    }

    private Reply detach(Exchange exchange) {
        transactions.use(handle -> attaching.detach(handle, exchange));
        return Reply.empty(202);
    }

    private Reply groups(Exchange exchange) {
        List<AttachmentStore.Group> groups = transactions.run(
                handle -> store.groups(handle, lookup.find(handle, exchange).id()));
        return GROUP.replyAll(200, groups, exchange);
    }
}
