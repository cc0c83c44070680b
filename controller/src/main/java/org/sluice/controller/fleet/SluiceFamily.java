package org.sluice.controller.fleet;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Faults;
import org.sluice.controller.http.Handler;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.SluiceFaults;
import org.sluice.controller.pki.JoinTokens;
import org.sluice.controller.store.Database;
import org.sluice.model.Problem;
import org.sluice.model.protocol.JoinToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Sluice's own API, {@code /sluice/v1}, for callers with the admin role. Thread-safe. */
public final class SluiceFamily implements ApiFamily {
    private static final Duration TOKEN_VALIDITY = Duration.ofHours(1);
    private static final Duration LONGEST_VALIDITY = Duration.ofDays(30);

    private final Jdbi jdbi;
    private final JoinTokens tokens;
    private final InstantSource clock;
    private final FleetJson json = new FleetJson();
    private final PhysicalNetworks networks = new PhysicalNetworks();
    private final Mappings mappings = new Mappings();
    private final OpenstackImport openstackImport = new OpenstackImport();
    private final QualificationRoutes qualification;

    /** Shows and changes the fleet in that database; join tokens come from those. */
    public SluiceFamily(Database database, JoinTokens tokens, InstantSource clock) {
        this.jdbi = database.jdbi();
        this.tokens = requireNonNull(tokens, "tokens is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.qualification = new QualificationRoutes(jdbi, clock);
    }

    @Override
    public String mount() {
        return "/sluice/v1";
    }

    @Override
    public Faults faults() {
        return new SluiceFaults();
    }

    @Override
    public void routes(Routes routes) {
        routes.get("/hosts", admin(_ -> Reply.ok(Map.of("hosts", jdbi.withHandle(json::hosts)))))
                .get("/hosts/{name}", admin(this::host))
                .get(
                        "/physical-networks",
                        admin(_ -> Reply.ok(Map.of("physical_networks", jdbi.withHandle(json::physicalNetworks)))))
                .get("/physical-networks/{name}", admin(exchange -> physicalNetwork(exchange.path("name"))))
                .put("/physical-networks/{name}", admin(this::putPhysicalNetwork))
                .put("/hosts/{name}/physical-functions/{function}", admin(this::putPhysicalFunction))
                .put("/hosts/{name}/uplinks/{network}", admin(this::putUplink))
                .post("/join-tokens", admin(this::postJoinToken))
                .get("/virtual-functions", admin(this::virtualFunctions))
                .get("/servers/{id}/explain", admin(this::explain))
                .post("/import", admin(this::postImport));
        qualification.routes(routes, SluiceFamily::admin);
    }

    private static Handler admin(Handler handler) {
        return exchange -> {
            exchange.caller().requireAdmin("sluice:fleet");
            return handler.handle(exchange);
        };
    }

    private Reply host(Exchange exchange) {
        return host(exchange.path("name"));
    }

    private Reply host(String name) {
        return found(
                jdbi.withHandle(handle -> json.host(handle, name)),
                "host",
                "HostNotFound",
                "There is no host '" + name + "'.");
    }

    private Reply physicalNetwork(String name) {
        return found(
                jdbi.withHandle(handle -> json.physicalNetwork(handle, name)),
                "physical_network",
                "PhysicalNetworkNotFound",
                "There is no physical network '" + name + "'.");
    }

    private static Reply found(Optional<JsonNode> value, String member, String code, String sentence) {
        return value.map(found -> Reply.ok(Map.of(member, found)))
                .orElseThrow(
                        () -> Problem.of(Problem.Kind.NOT_FOUND, code, sentence).asException());
    }

    private Reply putPhysicalNetwork(Exchange exchange) {
        String name = exchange.path("name");
        ObjectNode body = exchange.bodyObject();
        Optional<Integer> mtu = Fields.integer(body, "mtu");
        Optional<List<VlanRange>> ranges = Fields.objects(body, "vlan_ranges").map(SluiceFamily::ranges);
        jdbi.useTransaction(handle -> {
            networks.ensure(handle, name);
            mtu.ifPresent(bytes -> networks.setMtu(handle, name, bytes));
            ranges.ifPresent(list -> networks.setRanges(handle, name, list));
        });
        return physicalNetwork(name);
    }

    private static List<VlanRange> ranges(List<ObjectNode> members) {
        List<VlanRange> ranges = new ArrayList<>();
        for (ObjectNode member : members) {
            ranges.add(new VlanRange(
                    Fields.require(Fields.integer(member, "first"), "vlan_ranges.first"),
                    Fields.require(Fields.integer(member, "last"), "vlan_ranges.last")));
        }
        return ranges;
    }

    private Reply putPhysicalFunction(Exchange exchange) {
        ObjectNode body = exchange.bodyObject();
        if (!body.has("physical_network")) {
            throw Fields.missing("physical_network");
        }
        Optional<String> network = Fields.text(body, "physical_network");
        jdbi.useTransaction(handle -> {
            network.ifPresent(name -> networks.require(handle, name));
            Card card = mappings.requireCard(handle, exchange.path("name"), exchange.path("function"));
            mappings.map(handle, card, network);
        });
        return host(exchange);
    }

    private Reply putUplink(Exchange exchange) {
        String wanted = Fields.require(Fields.text(exchange.bodyObject(), "interface"), "interface");
        jdbi.useTransaction(handle -> {
            networks.require(handle, exchange.path("network"));
            mappings.uplink(handle, exchange.path("name"), exchange.path("network"), wanted);
        });
        return host(exchange);
    }

    private Reply postJoinToken(Exchange exchange) {
        Optional<ObjectNode> wish =
                exchange.bodyBytes().length == 0 ? Optional.empty() : Optional.of(exchange.bodyObject());
        Duration validity = wish.flatMap(body -> Fields.integer(body, "valid_seconds"))
                .map(Duration::ofSeconds)
                .orElse(TOKEN_VALIDITY);
        Optional<String> host = wish.flatMap(body -> Fields.text(body, "host"));
        if (!validity.isPositive() || validity.compareTo(LONGEST_VALIDITY) > 0) {
            throw Problem.of(
                            Problem.Kind.BAD_REQUEST,
                            "BadRequest",
                            "Member 'valid_seconds' must be 1 to " + LONGEST_VALIDITY.toSeconds() + ".")
                    .asException();
        }
        JoinToken token = jdbi.inTransaction(handle -> tokens.issue(handle, validity, host));
        return Reply.json(
                201,
                Map.of(
                        "join_token",
                        Map.of(
                                "token",
                                token.text(),
                                "expires_at",
                                clock.instant().plus(validity).toString())));
    }

    private Reply virtualFunctions(Exchange exchange) {
        return Reply.ok(Map.of(
                "virtual_functions", jdbi.withHandle(handle -> json.virtualFunctions(handle, exchange.query("host")))));
    }

    private Reply explain(Exchange exchange) {
        String server = exchange.path("id");
        List<JsonNode> found = jdbi.withHandle(handle -> json.explanations(handle, server));
        if (found.size() > 1) {
            throw new Problem(
                            Problem.Kind.CONFLICT,
                            "ServerNameAmbiguous",
                            found.size() + " servers have the name '" + server + "'.",
                            Optional.of("Use the id of one of them."))
                    .asException();
        }
        return found(found.stream().findFirst(), "server", "ServerNotFound", "There is no server '" + server + "'.");
    }

    private Reply postImport(Exchange exchange) {
        ImportRequest request = exchange.bodyAs(ImportRequest.class);
        return Reply.ok(Map.of("notes", jdbi.inTransaction(handle -> openstackImport.apply(handle, request))));
    }
}
