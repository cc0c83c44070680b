package org.sluice.controller.network;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.sluice.controller.http.Absent;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Faults;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.Wording;
import org.sluice.controller.http.list.PageStyle;
import org.sluice.controller.network.agent.AgentRoutes;
import org.sluice.controller.network.availability.AvailabilityRoutes;
import org.sluice.controller.network.extension.ExtensionRoutes;
import org.sluice.controller.network.network.AffectedHosts;
import org.sluice.controller.network.network.NetworkRoutes;
import org.sluice.controller.network.port.PortRoutes;
import org.sluice.controller.network.quota.QuotaRoutes;
import org.sluice.controller.network.securitygroup.SecurityGroupRoutes;
import org.sluice.controller.network.securitygrouprule.SecurityGroupRuleRoutes;
import org.sluice.controller.network.subnet.SubnetRoutes;
import org.sluice.controller.network.wire.NetworkFaults;
import org.sluice.controller.network.wire.NetworkPages;
import org.sluice.controller.network.wire.NetworkWording;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;
import org.sluice.controller.store.Transactions;

/** The Network API v2.0 at {@code /network} (OpenStack Networking API reference, v2.0). Thread-safe. */
public final class NetworkFamily implements ApiFamily {
    private static final Rule DISCOVER =
            Rule.of("sluice:get_network_resources", Who.ANYONE, "Read what the Network API has.");
    private static final Rule GET_ZONES =
            Rule.of("get_availability_zone", Who.ANYONE, "List the availability zones of networks: there are none.");

    private final NetworkFaults faults = new NetworkFaults();
    private final NetworkWording wording = new NetworkWording();
    private final NetworkPages pages = new NetworkPages();
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
        new NetworkRoutes(transactions, hosts).routes(routes);
        new SubnetRoutes(transactions, hosts).routes(routes);
        new PortRoutes(transactions, random, hosts).routes(routes);
        new SecurityGroupRoutes(transactions).routes(routes);
        new SecurityGroupRuleRoutes(transactions).routes(routes);
        new AgentRoutes(transactions, clock).routes(routes);
        new AvailabilityRoutes(transactions).routes(routes);
        new QuotaRoutes().routes(routes);
        new ExtensionRoutes().routes(routes);
        // Networks reach every host that their physical network reaches; zones are a matter of the Compute API.
        routes.get("/v2.0/availability_zones", GET_ZONES, exchange -> Reply.ok(Map.of("availability_zones", List.of())))
                .asks("name", "resource", "state")
                .asks(pages.parameters().stream().sorted().toArray(String[]::new));
    }

    @Override
    public List<Rule> rules() {
        return Stream.concat(NetworkRoutes.rules().stream(), PortRoutes.rules().stream())
                .toList();
    }

    @Override
    public Wording wording() {
        return wording;
    }

    @Override
    public PageStyle pageStyle() {
        return pages;
    }

    @Override
    public List<Absent> absences() {
        return NetworkAbsences.ALL;
    }

    @Override
    public Optional<String> title() {
        return Optional.of("Networking API");
    }

    @Override
    public String version() {
        return "2.0";
    }

    @Override
    public Faults faults() {
        return faults;
    }

    @Override
    public Reply finish(Exchange exchange, Reply reply) {
        return reply.status() == 401
                ? reply.withHeader("WWW-Authenticate", "Keystone uri=\"" + exchange.baseUrl() + "/identity\"")
                : reply;
    }

    private static void versions(Routes routes) {
        for (String path : List.of("", "/")) {
            routes.open(
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
                    DISCOVER,
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
