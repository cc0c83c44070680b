package org.sluice.controller.network;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jdbi.v3.core.Jdbi;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Faults;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.controller.store.Transactions;

/** The Network API v2.0 at {@code /network} (OpenStack Networking API reference, v2.0). Thread-safe. */
public final class NetworkFamily implements ApiFamily {
    private final Jdbi jdbi;
    private final RandomGenerator random;
    private final InstantSource clock;

    /**
     * Serves networks from that database.
     *
     * @param random where MAC addresses come from; must be thread-safe
     * @param clock tells which agents are alive
     */
    public NetworkFamily(Jdbi jdbi, RandomGenerator random, InstantSource clock) {
        this.jdbi = requireNonNull(jdbi, "jdbi is null");
        this.random = requireNonNull(random, "random is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public String mount() {
        return "/network";
    }

    @Override
    public void routes(Routes routes) {
        versions(routes);
        Transactions transactions = new Transactions(jdbi);
        AffectedHosts hosts = new AffectedHosts();
        SecurityGroupRules rules = new SecurityGroupRules();
        List<Resource> tagged = List.of(
                new Networks(hosts),
                new Subnets(hosts),
                new Ports(random, hosts),
                new SecurityGroupObjects(new SecurityGroups(), rules));
        for (Resource resource : tagged) {
            new ResourceRoutes(transactions, resource).register(routes);
            new Tags(transactions, resource).register(routes);
        }
        new ResourceRoutes(transactions, rules).register(routes);
        new Extensions().register(routes);
        new Quotas().register(routes);
        new Agents(transactions, clock).register(routes);
        new IpAvailabilities(transactions).register(routes);
        // Networks reach every host that their physical network reaches; zones are a matter of the Compute API.
        routes.get("/v2.0/availability_zones", exchange -> Reply.ok(Map.of("availability_zones", List.of())));
    }

    @Override
    public Faults faults() {
        return new NetworkFaults();
    }

    @Override
    public Reply finish(Exchange exchange, Reply reply) {
        return reply.status() == 401
                ? reply.withHeader("WWW-Authenticate", "Keystone uri=\"" + exchange.baseUrl() + "/identity\"")
                : reply;
    }

    private static void versions(Routes routes) {
        for (String path : List.of("", "/")) {
            routes.publicRoute(
                    "GET",
                    path,
                    exchange -> Reply.ok(Map.of(
                            "versions",
                            List.of(Map.of(
                                    "id",
                                    "v2.0",
                                    "status",
                                    "CURRENT",
                                    "links",
                                    List.of(self(exchange, "/network/v2.0/")))))));
        }
        for (String path : List.of("/v2.0", "/v2.0/")) {
            routes.get(
                    path,
                    exchange -> Reply.ok(Map.of(
                            "resources",
                            List.of(
                                    resource(exchange, "network", "networks"),
                                    resource(exchange, "subnet", "subnets"),
                                    resource(exchange, "port", "ports")))));
        }
    }

    private static Map<String, Object> resource(Exchange exchange, String name, String collection) {
        return Map.of(
                "name", name,
                "collection", collection,
                "links", List.of(self(exchange, "/network/v2.0/" + collection)));
    }

    private static Map<String, String> self(Exchange exchange, String path) {
        return Map.of("rel", "self", "href", exchange.baseUrl() + path);
    }
}
