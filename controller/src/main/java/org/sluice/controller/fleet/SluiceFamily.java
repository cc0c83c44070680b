package org.sluice.controller.fleet;

import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.Faults;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.SluiceFaults;
import org.sluice.controller.pki.JoinTokens;
import org.sluice.controller.policy.Scope;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Transactions;

/** Sluice's own API, {@code /sluice/v1}, for operators. Thread-safe. */
public final class SluiceFamily implements ApiFamily {
    private static final Duration TOKEN_VALIDITY = Duration.ofHours(1);
    private static final Duration LONGEST_VALIDITY = Duration.ofDays(30);

    private final Jdbi jdbi;
    private final Transactions transactions;
    private final JoinTokens tokens;
    private final FleetJson json = new FleetJson();
    private final PhysicalNetworks networks = new PhysicalNetworks();
    private final Mappings mappings = new Mappings();
    private final OpenstackImport openstackImport = new OpenstackImport();
    private final QualificationRoutes qualification;
    private final Consumer<Routes> further;

    /** Shows and changes the fleet in that database; join tokens come from those. */
    public SluiceFamily(Database database, JoinTokens tokens, InstantSource clock) {
        this(database, tokens, clock, _ -> {});
    }

    /** The same with further routes, which another room adds below the same mount. */
    public SluiceFamily(Database database, JoinTokens tokens, InstantSource clock, Consumer<Routes> further) {
        this.further = requireNonNull(further, "further is null");
        this.jdbi = database.jdbi();
        this.transactions = new Transactions(jdbi);
        this.tokens = requireNonNull(tokens, "tokens is null");
        this.qualification = new QualificationRoutes(jdbi, clock);
    }

    @Override
    public String mount() {
        return "/sluice/v1";
    }

    /** Hosts, cards and physical networks belong to the cloud. */
    @Override
    public boolean takes(Scope scope) {
        return true;
    }

    @Override
    public Optional<String> title() {
        return Optional.of("Sluice API");
    }

    @Override
    public Faults faults() {
        return new SluiceFaults();
    }

    @Override
    public void routes(Routes routes) {
        routes.get("/hosts", admin(exchange -> page(exchange, "hosts", json::hosts)))
                .get("/hosts/{name}", admin(this::host))
                .get(
                        "/physical-networks",
                        admin(exchange -> page(exchange, "physical_networks", json::physicalNetworks)))
                .get(
                        "/physical-networks/{name}",
                        admin(exchange -> jdbi.withHandle(handle -> physicalNetwork(handle, exchange.path("name")))))
                .put("/physical-networks/{name}", admin(this::putPhysicalNetwork))
                .delete("/physical-networks/{name}", admin(this::deletePhysicalNetwork))
                .put("/hosts/{name}/physical-functions/{function}", admin(this::putPhysicalFunction))
                .put("/hosts/{name}/uplinks/{network}", admin(this::putUplink))
                .delete("/hosts/{name}/uplinks/{network}", admin(this::deleteUplink))
                .get("/join-tokens", admin(this::joinTokens))
                .post("/join-tokens", admin(this::postJoinToken))
                .delete("/join-tokens/{id}", admin(this::deleteJoinToken))
                .get(
                        "/virtual-functions",
                        admin(exchange -> page(
                                exchange,
                                "virtual_functions",
                                (handle, page) -> json.virtualFunctions(handle, exchange.query("host"), page))))
                .get("/servers/{id}/explain", admin(this::explain))
                .post("/import", admin(this::postImport));
        qualification.routes(routes, SluiceFamily::admin);
        further.accept(routes);
    }

    private static Handler admin(Handler handler) {
        return exchange -> {
            exchange.caller().requireAdmin("sluice:fleet");
            return handler.handle(exchange);
        };
    }

    /** One page of a list. */
    private interface Listed {
        List<FleetPage.Row> of(Handle handle, FleetPage page);
    }

    private Reply page(Exchange exchange, String member, Listed listed) {
        FleetPage page = FleetPage.of(exchange);
        return Reply.ok(page.body(member, jdbi.withHandle(handle -> listed.of(handle, page))));
    }

    private Reply host(Exchange exchange) {
        return jdbi.withHandle(handle -> host(handle, exchange.path("name")));
    }

    private Reply host(Handle handle, String name) {
        return found(json.host(handle, name), "host", "HostNotFound", "There is no host '" + name + "'.");
    }

    private Reply physicalNetwork(Handle handle, String name) {
        return found(
                json.physicalNetwork(handle, name),
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
        Fields.onlyKnows(body, "mtu", "vlan_ranges");
        Optional<Integer> mtu = Fields.integer(body, "mtu");
        Optional<List<VlanRange>> ranges = Fields.objects(body, "vlan_ranges").map(SluiceFamily::ranges);
        return transactions.run(handle -> {
            networks.ensure(handle, name);
            mtu.ifPresent(bytes -> networks.setMtu(handle, name, bytes));
            ranges.ifPresent(list -> networks.setRanges(handle, name, list));
            return physicalNetwork(handle, name);
        });
    }

    private Reply deletePhysicalNetwork(Exchange exchange) {
        transactions.use(handle -> networks.delete(handle, exchange.path("name")));
        return Reply.empty(204);
    }

    private static List<VlanRange> ranges(List<ObjectNode> members) {
        List<VlanRange> ranges = new ArrayList<>();
        for (ObjectNode member : members) {
            Fields.onlyKnows(member, "first", "last");
            ranges.add(new VlanRange(
                    Fields.require(Fields.integer(member, "first"), "vlan_ranges.first"),
                    Fields.require(Fields.integer(member, "last"), "vlan_ranges.last")));
        }
        return ranges;
    }

    private Reply putPhysicalFunction(Exchange exchange) {
        ObjectNode body = exchange.bodyObject();
        Fields.onlyKnows(body, "physical_network");
        if (!body.has("physical_network")) {
            throw Fields.missing("physical_network");
        }
        Optional<String> network = Fields.text(body, "physical_network");
        return transactions.run(handle -> {
            network.ifPresent(name -> networks.require(handle, name));
            Card card = mappings.requireCard(handle, exchange.path("name"), exchange.path("function"));
            mappings.map(handle, card, network);
            return host(handle, exchange.path("name"));
        });
    }

    private Reply putUplink(Exchange exchange) {
        ObjectNode body = exchange.bodyObject();
        Fields.onlyKnows(body, "interface");
        String wanted = Fields.require(Fields.text(body, "interface"), "interface");
        return transactions.run(handle -> {
            networks.require(handle, exchange.path("network"));
            mappings.uplink(handle, exchange.path("name"), exchange.path("network"), wanted);
            return host(handle, exchange.path("name"));
        });
    }

    private Reply deleteUplink(Exchange exchange) {
        return transactions.run(handle -> {
            mappings.removeUplink(handle, exchange.path("name"), exchange.path("network"));
            return host(handle, exchange.path("name"));
        });
    }

    private Reply joinTokens(Exchange exchange) {
        FleetPage page = FleetPage.of(exchange);
        List<FleetPage.Row> rows =
                jdbi.withHandle(handle -> tokens.list(handle, page.after(), page.limit() + 1)).stream()
                        .map(token -> new FleetPage.Row(token.id(), Json.MAPPER.valueToTree(shown(token))))
                        .toList();
        return Reply.ok(page.body("join_tokens", rows));
    }

    private static Map<String, Object> shown(JoinTokens.Issued token) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("id", token.id());
        shown.put("created_at", token.createdAt().toString());
        shown.put("expires_at", token.expiresAt().toString());
        shown.put("used_at", token.usedAt().map(Instant::toString));
        shown.put("host", token.host());
        return shown;
    }

    private Reply deleteJoinToken(Exchange exchange) {
        transactions.run(handle -> {
            tokens.revoke(handle, exchange.path("id"));
            return handle;
        });
        return Reply.empty(204);
    }

    private Reply postJoinToken(Exchange exchange) {
        Duration validity = TOKEN_VALIDITY;
        Optional<String> host = Optional.empty();
        if (exchange.bodyBytes().length > 0) {
            ObjectNode body = exchange.bodyObject();
            Fields.onlyKnows(body, "valid_seconds", "host");
            validity = Fields.integer(body, "valid_seconds")
                    .map(Duration::ofSeconds)
                    .orElse(TOKEN_VALIDITY);
            host = Fields.text(body, "host");
        }
        if (!validity.isPositive() || validity.compareTo(LONGEST_VALIDITY) > 0) {
            throw Problem.of(
                            Problem.Kind.BAD_REQUEST,
                            "BadRequest",
                            "Member 'valid_seconds' must be 1 to " + LONGEST_VALIDITY.toSeconds() + ".")
                    .asException();
        }
        Duration valid = validity;
        Optional<String> only = host;
        return transactions.run(handle -> {
            JoinToken token = tokens.issue(handle, valid, only);
            JoinTokens.Issued issued = tokens.show(handle, token);
            return Reply.json(
                    201,
                    Map.of(
                            "join_token",
                            Map.of(
                                    "id",
                                    issued.id(),
                                    "token",
                                    token.text(),
                                    "expires_at",
                                    issued.expiresAt().toString())));
        });
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
        ImportRequest request = importRequest(exchange.bodyObject());
        return Reply.ok(Map.of("notes", transactions.run(handle -> openstackImport.apply(handle, request))));
    }

    private static ImportRequest importRequest(ObjectNode body) {
        Fields.onlyKnows(body, "settings", "hosts");
        List<ObjectNode> settings = Fields.require(Fields.objects(body, "settings"), "settings");
        return new ImportRequest(
                settings.stream().map(SluiceFamily::setting).toList(),
                Fields.texts(body, "hosts").orElse(List.of()));
    }

    private static ConfigSetting setting(ObjectNode member) {
        Fields.onlyKnows(member, "file", "line", "section", "name", "value");
        return new ConfigSetting(
                Fields.require(Fields.text(member, "file"), "settings.file"),
                Fields.require(Fields.integer(member, "line"), "settings.line"),
                Fields.require(Fields.text(member, "section"), "settings.section"),
                Fields.require(Fields.text(member, "name"), "settings.name"),
                Fields.require(Fields.longText(member, "value"), "settings.value"));
    }
}
