package org.sluice.controller.network.address;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sluice.controller.http.Json;
import org.sluice.model.protocol.DesiredSegment;
import org.sluice.model.protocol.FixedAddress;
import tools.jackson.databind.JsonNode;

/** Reads a port's addresses with their subnets in one go: a JSON array, which the database's function {@code port_addresses} makes (V51). */
public final class AddressRows {
    /** The array, for a query in which the port is {@code p}. */
    public static final String SELECT = "port_addresses(p.id)";

    /** Shown as they were given; guests must not be told of them: dnsmasq would name itself instead (dnsmasq(8), option 6). */
    private static final Set<String> NO_NAME_SERVER = Set.of("0.0.0.0", "::");

    private AddressRows() {}

    /** The addresses of such an array. */
    public static List<FixedAddress> parse(String json) {
        List<FixedAddress> addresses = new ArrayList<>();
        for (JsonNode node : Json.MAPPER.readTree(json)) {
            addresses.add(subnet(node).with(node.path("address").asString()));
        }
        return addresses;
    }

    /** What such an array says of subnets, where it is of subnets. */
    public static List<DesiredSegment.Subnet> subnets(String json) {
        List<DesiredSegment.Subnet> subnets = new ArrayList<>();
        Json.MAPPER.readTree(json).forEach(node -> subnets.add(subnet(node)));
        return subnets;
    }

    private static DesiredSegment.Subnet subnet(JsonNode node) {
        JsonNode gateway = node.path("gateway");
        List<String> nameServers = new ArrayList<>();
        node.path("nameServers").forEach(server -> {
            if (!NO_NAME_SERVER.contains(server.asString())) {
                nameServers.add(server.asString());
            }
        });
        List<FixedAddress.HostRoute> routes = new ArrayList<>();
        node.path("hostRoutes")
                .forEach(route -> routes.add(new FixedAddress.HostRoute(
                        route.path("destination").asString(),
                        route.path("nexthop").asString())));
        return new DesiredSegment.Subnet(
                node.path("cidr").asString(),
                gateway.isString() ? Optional.of(gateway.asString()) : Optional.empty(),
                nameServers,
                routes,
                node.path("dhcp").asBoolean());
    }
}
