package org.sluice.controller.edge;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.Route;
import org.sluice.controller.http.RouteTable;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.policy.Policy;
import org.sluice.controller.policy.Target;

/**
 * A good request for every route and every action of the tables. What needs neither a thing nor an entity is made from the
 * table alone; everything else stands here, and a route that is missing fails the tests that use this.
 */
final class Examples {
    /** What no rule that speaks of an owner passes. */
    private static final Target NOBODYS = new Target(Map.of());

    private final Things things;
    private final WholeApi api;
    private final List<Draft> drafts = new ArrayList<>();

    /** A thing that paths name, and how the family finds it for a caller. */
    private record Thing(Map<String, String> parameters, Optional<String> seenBy, Target target) {
        static Thing of(String name, String value) {
            return new Thing(Map.of(name, value), Optional.empty(), NOBODYS);
        }

        /** For whoever does not pass that rule for it, it is not there. */
        Thing seenBy(String rule, Target owned) {
            return new Thing(parameters, Optional.of(rule), owned);
        }

        Thing with(String name, String value) {
            Map<String, String> more = new LinkedHashMap<>(parameters);
            more.put(name, value);
            return new Thing(more, seenBy, target);
        }
    }

    /** One example that is being written. */
    private static final class Draft {
        private final ApiFamily family;
        private final Route route;
        private final Optional<Route.Action> action;
        private final int status;
        private Map<String, String> parameters = Map.of();
        private String query = "";
        private Supplier<Map<String, String>> headers = Map::of;
        private Supplier<byte[]> body = () -> new byte[0];
        private final List<Example.Condition> conditions = new ArrayList<>();
        private final List<Example.Shown> shown = new ArrayList<>();

        private Draft(ApiFamily family, Route route, Optional<Route.Action> action, int status) {
            this.family = family;
            this.route = route;
            this.action = action;
            this.status = status;
            action.ifPresent(named -> body("{'" + named.name() + "': null}"));
        }

        /** Asks about a thing that is hidden from some, and then by the rule of the route or action. */
        Draft of(Thing thing) {
            named(thing);
            thing.seenBy().ifPresent(rule -> {
                condition(rule, thing.target(), 404);
                condition(ruleName(), thing.target(), 403);
            });
            return this;
        }

        /** Names a thing in the path and asks nothing further about it. */
        Draft named(Thing thing) {
            parameters = thing.parameters();
            return this;
        }

        /** The rule of the route is asked about a thing of that owner. */
        Draft owned(Target target) {
            return condition(ruleName(), target, 403);
        }

        Draft condition(String rule, Target target, int otherwise) {
            return condition(Example.passing(rule, target), otherwise);
        }

        Draft condition(BiPredicate<Policy, Caller> passes, int otherwise) {
            conditions.add(new Example.Condition(passes, otherwise));
            return this;
        }

        Draft query(String text) {
            query = text;
            return this;
        }

        Draft headers(Supplier<Map<String, String>> made) {
            headers = made;
            return this;
        }

        Draft body(String json) {
            return body(() -> json);
        }

        Draft body(Supplier<String> json) {
            body = () -> Things.doubleQuoted(json.get()).getBytes(StandardCharsets.UTF_8);
            return this;
        }

        /** The reply has that in it for whoever passes the rule for that target, and for nobody else. */
        Draft shows(String text, String rule, Target target) {
            return shows(text, Example.passing(rule, target));
        }

        Draft shows(String text, BiPredicate<Policy, Caller> seenBy) {
            shown.add(new Example.Shown(text, seenBy));
            return this;
        }

        private String ruleName() {
            return example().rule().orElseThrow().name();
        }

        Example example() {
            return new Example(family, route, action, parameters, query, headers, body, status, conditions, shown);
        }
    }

    Examples(WholeApi api, Things things) {
        this.api = api;
        this.things = things;
        identity();
        network();
        compute();
        image();
        sluice();
        agents();
        fromTheTable(api.table());
        fromTheTable(api.agentsTable());
    }

    /** All of them. */
    List<Example> all() {
        return drafts.stream().map(Draft::example).toList();
    }

    /** Those of one listener. */
    List<Example> of(RouteTable table) {
        return all().stream()
                .filter(example -> table.families().contains(example.family()))
                .toList();
    }

    /** What the table lacks an example for: lists, and whatever else needs neither a thing nor an entity. */
    private void fromTheTable(RouteTable table) {
        for (ApiFamily family : table.families()) {
            for (Route route : table.routes(family)) {
                boolean plain = route.method().equals("GET") && !route.pattern().contains("{");
                if (plain && drafts.stream().noneMatch(draft -> draft.route.equals(route))) {
                    drafts.add(new Draft(family, route, Optional.empty(), 200));
                }
            }
        }
    }

    private Draft add(String method, String path, int status) {
        return add(method, path, "", status);
    }

    private Draft add(String method, String path, String action, int status) {
        for (RouteTable table : List.of(api.table(), api.agentsTable())) {
            for (ApiFamily family : table.families()) {
                for (Route route : table.routes(family)) {
                    boolean is = route.method().equals(method) && (family.mount() + route.pattern()).equals(path);
                    Optional<Route.Action> named = route.actions().stream()
                            .filter(each -> each.name().equals(action))
                            .findFirst();
                    if (is && (action.isEmpty() || named.isPresent())) {
                        Draft draft = new Draft(family, route, named, status);
                        drafts.add(draft);
                        return draft;
                    }
                }
            }
        }
        throw new IllegalArgumentException("no table has " + method + " " + path + " " + action);
    }

    private static Target project() {
        return Target.ofProject(Personas.PROJECT);
    }

    private static BiPredicate<Policy, Caller> inTheProject() {
        return (_, caller) -> caller.projectId().equals(Personas.PROJECT);
    }

    private void identity() {
        String v3 = "/identity/v3";
        add("GET", "/identity", 300);
        add("GET", "/identity/", 300);
        Supplier<Map<String, String>> subject = () -> Map.of("X-Subject-Token", api.token(Personas.MEMBER, "member"));
        add("POST", v3 + "/auth/tokens", 201)
                .body("{'auth': {'identity': {'methods': ['password'], 'password': {'user': {'id': '" + Personas.MEMBER
                        + "', 'password': '" + Things.MEMBER_PASSWORD + "'}}}}}");
        add("GET", v3 + "/auth/tokens", 200).headers(subject).owned(Target.ofUser(Personas.MEMBER));
        add("DELETE", v3 + "/auth/tokens", 204).headers(subject).owned(Target.ofUser(Personas.MEMBER));
        for (String list : List.of("domains", "regions", "services", "endpoints")) {
            Thing fixed = Thing.of(
                    "id",
                    switch (list) {
                        case "domains" -> "default";
                        case "regions" -> "RegionOne";
                        default -> things.first(v3 + "/" + list, list);
                    });
            add("GET", v3 + "/" + list + "/{id}", 200).named(fixed);
        }
        add("GET", v3 + "/roles/{id}", 200).named(Thing.of("id", things.role));
        for (String[] place : new String[][] {
            {"/projects/{place}", Personas.PROJECT}, {"/domains/{place}", "default"}, {"/system", "all"}
        }) {
            Thing grant = Thing.of("place", place[1]).with("user", things.user);
            String roles = v3 + place[0] + "/users/{user}/roles";
            add("GET", roles, 200).named(grant).shows(things.role, (_, _) -> true);
            add("GET", roles + "/{role}", 204).named(grant.with("role", things.role));
            add("PUT", roles + "/{role}", 204).named(grant.with("role", things.adminRole));
            add("DELETE", roles + "/{role}", 204).named(grant.with("role", things.role));
        }

        Thing own = Thing.of("id", Personas.PROJECT);
        Thing spare = Thing.of("id", things.project);
        add("POST", v3 + "/projects", 201)
                .body("{'project': {'name': 'new', 'description': 'x', 'enabled': true, 'tags': ['red']}}");
        add("GET", v3 + "/projects/{id}", 200).named(own).owned(project());
        add("PATCH", v3 + "/projects/{id}", 200)
                .named(spare)
                .body("{'project': {'name': 'renamed', 'description': 'x', 'enabled': false}}");
        add("DELETE", v3 + "/projects/{id}", 204).named(spare);
        add("GET", v3 + "/projects/{id}/tags", 200).named(own).owned(project());
        add("PUT", v3 + "/projects/{id}/tags", 200).named(spare).body("{'tags': ['blue', 'green']}");
        add("DELETE", v3 + "/projects/{id}/tags", 204).named(spare);
        add("GET", v3 + "/projects/{id}/tags/{tag}", 204)
                .named(own.with("tag", "red"))
                .owned(project());
        add("PUT", v3 + "/projects/{id}/tags/{tag}", 201).named(spare.with("tag", "blue"));
        add("DELETE", v3 + "/projects/{id}/tags/{tag}", 204).named(spare.with("tag", "red"));

        Thing user = Thing.of("id", things.user);
        Thing member = Thing.of("id", Personas.MEMBER);
        add("POST", v3 + "/users", 201)
                .body("{'user': {'name': 'new', 'password': 'a long password', 'enabled': true,"
                        + " 'default_project_id': '" + things.project + "'}}");
        add("GET", v3 + "/users/{id}", 200).named(member).owned(Target.ofUser(Personas.MEMBER));
        add("PATCH", v3 + "/users/{id}", 200)
                .named(user)
                .body("{'user': {'name': 'renamed', 'enabled': false, 'password': 'another password'}}");
        add("DELETE", v3 + "/users/{id}", 204).named(user);
        add("POST", v3 + "/users/{id}/password", 204)
                .named(member)
                .body("{'user': {'original_password': '" + Things.MEMBER_PASSWORD
                        + "', 'password': 'a new password'}}");
        add("GET", v3 + "/users/{id}/projects", 200).named(member).owned(Target.ofUser(Personas.MEMBER));
    }

    private void network() {
        String v2 = "/network/v2.0";
        Target owned =
                project().onNetworkOf(Personas.PROJECT).with("shared", "false").with("router:external", "false");
        add("POST", v2 + "/networks", 201)
                .body("{'network': {'name': 'new', 'description': 'x', 'admin_state_up': true, 'mtu': 1400,"
                        + " 'port_security_enabled': true}}");
        tagged(
                "networks",
                Thing.of("id", things.network).seenBy("get_network", owned),
                Thing.of("id", things.spareNetwork).seenBy("get_network", owned),
                "{'network': {'name': 'renamed', 'description': 'x', 'port_security_enabled': true}}");
        add("POST", v2 + "/subnets", 201)
                .body(Things.subnet(things.network, "10.3.0"))
                .condition("get_network", owned, 404)
                .owned(owned);
        tagged(
                "subnets",
                Thing.of("id", things.subnet).seenBy("get_subnet", owned),
                Thing.of("id", things.spareSubnet).seenBy("get_subnet", owned),
                "{'subnet': {'name': 'renamed', 'description': 'x', 'dns_nameservers': ['1.1.1.1'],"
                        + " 'host_routes': [{'destination': '198.51.100.0/24', 'nexthop': '10.1.0.1'}]}}");
        add("POST", v2 + "/ports", 201)
                .body(Things.portOn(things.network))
                .condition("get_network", owned, 404)
                .owned(owned);
        tagged(
                "ports",
                Thing.of("id", things.port).seenBy("get_port", owned),
                Thing.of("id", things.port).seenBy("get_port", owned),
                "{'port': {'name': 'renamed', 'description': 'x', 'device_id': 'nothing', 'admin_state_up': false}}");
        add("POST", v2 + "/security-groups", 201)
                .body("{'security_group': {'name': 'new', 'description': 'x', 'stateful': true}}");
        tagged(
                "security-groups",
                Thing.of("id", things.securityGroup).seenBy("get_security_group", owned),
                Thing.of("id", things.securityGroup).seenBy("get_security_group", owned),
                "{'security_group': {'name': 'renamed', 'description': 'x'}}");
        Thing rule = Thing.of("id", things.securityGroupRule).seenBy("get_security_group_rule", owned);
        add("POST", v2 + "/security-group-rules", 201)
                .body(Things.ruleOf(things.securityGroup, 443))
                .condition("get_security_group", owned, 404)
                .owned(owned);
        add("GET", v2 + "/security-group-rules", 200).shows(things.securityGroupRule, "get_security_group_rule", owned);
        add("GET", v2 + "/security-group-rules/{id}", 200).of(rule);
        add("DELETE", v2 + "/security-group-rules/{id}", 204).of(rule);

        add("GET", v2 + "/agents/{id}", 200).named(Thing.of("id", things.first(v2 + "/agents", "agents")));
        add("GET", v2 + "/extensions/{alias}", 200)
                .named(Thing.of("alias", things.firstOf(v2 + "/extensions", "extensions", "alias")));
        add("GET", v2 + "/network-ip-availabilities/{id}", 200).named(Thing.of("id", things.network));
        add("GET", v2 + "/quotas", 200);
        Thing quota = Thing.of("project", Personas.PROJECT);
        add("GET", v2 + "/quotas/{project}", 200).named(quota).owned(project());
        add("GET", v2 + "/quotas/{project}/default", 200).named(quota).owned(project());
        add("PUT", v2 + "/quotas/{project}", 200).named(quota).body("{'quota': {'network': -1, 'port': -1}}");
        add("DELETE", v2 + "/quotas/{project}", 204).named(quota);
    }

    /** The routes that four resources of the Network API have alike. */
    private void tagged(String collection, Thing one, Thing spare, String change) {
        String all = "/network/v2.0/" + collection;
        String id = requireNonNull(one.parameters().get("id"));
        add("GET", all, 200).shows(id, one.seenBy().orElseThrow(), one.target());
        add("GET", all + "/{id}", 200).of(one).shows(id, (_, _) -> true);
        add("PUT", all + "/{id}", 200).of(one).body(change);
        add("DELETE", all + "/{id}", 204).of(spare);
        add("GET", all + "/{id}/tags", 200).of(one);
        add("PUT", all + "/{id}/tags", 200).of(one).body("{'tags': ['blue', 'green']}");
        add("DELETE", all + "/{id}/tags", 204).of(one);
        add("GET", all + "/{id}/tags/{tag}", 204).of(one.with("tag", "red"));
        add("PUT", all + "/{id}/tags/{tag}", 201).of(one.with("tag", "blue"));
        add("DELETE", all + "/{id}/tags/{tag}", 204).of(one.with("tag", "red"));
    }

    private void compute() {
        String v2 = "/compute/v2.1";
        flavors(v2 + "/flavors");
        aggregates(v2 + "/os-aggregates");

        add("GET", v2 + "/extensions/{alias}", 200)
                .named(Thing.of("alias", things.firstOf(v2 + "/extensions", "extensions", "alias")));
        String hypervisor = things.first(v2 + "/os-hypervisors", "hypervisors");
        add("GET", v2 + "/os-hypervisors/{id}", 200).named(Thing.of("id", hypervisor));
        add("GET", v2 + "/os-hypervisors/{id}/uptime", 501).named(Thing.of("id", hypervisor));
        add("GET", v2 + "/os-hypervisors/{id}/search", 200).named(Thing.of("id", "node0"));
        add("GET", v2 + "/os-hypervisors/{id}/servers", 200).named(Thing.of("id", "node0"));
        Thing service = Thing.of("id", things.first(v2 + "/os-services", "services"));
        add("PUT", v2 + "/os-services/{id}", 200)
                .named(service)
                .body("{'status': 'disabled', 'disabled_reason': 'repair'}");
        add("DELETE", v2 + "/os-services/{id}", 409).named(service);

        Target member = Target.ofUser(Personas.MEMBER);
        add("GET", v2 + "/os-keypairs", 200)
                .query("?user_id=" + Personas.MEMBER)
                .owned(member)
                .shows("\"key\"", (_, _) -> true);
        add("POST", v2 + "/os-keypairs", 201)
                .body("{'keypair': {'name': 'new', 'type': 'ssh', 'public_key': '" + Things.PUBLIC_KEY
                        + "', 'user_id': '" + Personas.MEMBER + "'}}")
                .owned(member);
        add("GET", v2 + "/os-keypairs/{name}", 200)
                .named(Thing.of("name", "key"))
                .query("?user_id=" + Personas.MEMBER)
                .owned(member);
        add("DELETE", v2 + "/os-keypairs/{name}", 204)
                .named(Thing.of("name", "key"))
                .query("?user_id=" + Personas.MEMBER)
                .owned(member);

        Thing quota = Thing.of("project", Personas.PROJECT);
        add("GET", v2 + "/os-quota-sets/{project}", 200).named(quota).owned(project());
        add("GET", v2 + "/os-quota-sets/{project}/detail", 200).named(quota).owned(project());
        add("GET", v2 + "/os-quota-sets/{project}/defaults", 200).named(quota);
        add("PUT", v2 + "/os-quota-sets/{project}", 501).named(quota).body("{'quota_set': {'cores': 1}}");
        add("GET", v2 + "/limits", 200)
                .query("?tenant_id=" + Personas.PROJECT)
                .condition(inTheProject().or(Example.passing("os_compute_api:limits:other_project", NOBODYS)), 403);
        servers(v2 + "/servers");
    }

    private void flavors(String root) {
        Thing flavor = Thing.of("id", things.flavor);
        String specs = root + "/{id}/os-extra_specs";
        add("POST", root, 200)
                .body("{'flavor': {'name': 'new', 'ram': 64, 'vcpus': 1, 'disk': 0, 'id': 'auto', 'swap': 0,"
                        + " 'rxtx_factor': 1.0, 'os-flavor-access:is_public': true, 'description': 'x'}}");
        add("GET", root + "/{id}", 200).named(flavor);
        add("PUT", root + "/{id}", 200).named(flavor).body("{'flavor': {'description': 'x'}}");
        add("DELETE", root + "/{id}", 202).named(flavor);
        add("GET", root + "/{id}/os-flavor-access", 404).named(flavor);
        for (String action : List.of("addTenantAccess", "removeTenantAccess")) {
            add("POST", root + "/{id}/action", action, 501)
                    .named(flavor)
                    .body("{'" + action + "': {'tenant': '" + Personas.PROJECT + "'}}");
        }
        add("GET", specs, 200).named(flavor);
        add("POST", specs, 200).named(flavor).body("{'extra_specs': {'hw:boot_menu': 'false'}}");
        add("GET", specs + "/{key}", 200).named(flavor.with("key", "hw:cpu_policy"));
        add("PUT", specs + "/{key}", 200)
                .named(flavor.with("key", "hw:boot_menu"))
                .body("{'hw:boot_menu': 'false'}");
        add("DELETE", specs + "/{key}", 200).named(flavor.with("key", "hw:cpu_policy"));
    }

    private void aggregates(String root) {
        Thing aggregate = Thing.of("id", things.aggregate);
        add("POST", root, 200).body("{'aggregate': {'name': 'new', 'availability_zone': 'az1'}}");
        add("GET", root + "/{id}", 200).named(aggregate);
        add("PUT", root + "/{id}", 200).named(aggregate).body("{'aggregate': {'name': 'renamed'}}");
        add("DELETE", root + "/{id}", 200).named(Thing.of("id", things.spareAggregate));
        add("POST", root + "/{id}/action", "add_host", 200).named(aggregate).body("{'add_host': {'host': 'node1'}}");
        add("POST", root + "/{id}/action", "remove_host", 200)
                .named(aggregate)
                .body("{'remove_host': {'host': 'node0'}}");
        add("POST", root + "/{id}/action", "set_metadata", 200)
                .named(aggregate)
                .body("{'set_metadata': {'metadata': {'ssd': 'false', 'fast': 'true'}}}");
    }

    private void servers(String root) {
        Thing server = Thing.of("id", things.server).seenBy("os_compute_api:servers:show", project());
        add("GET", root, 200).shows(things.server, inTheProject());
        add("GET", root + "/detail", 200).shows(things.server, inTheProject());
        add("GET", root + "/detail", 200)
                .query("?all_tenants=1")
                .condition("os_compute_api:servers:detail:get_all_tenants", NOBODYS, 403)
                .shows(things.server, (_, _) -> true);
        add("POST", root, 202)
                .body(things.server(
                        "'networks': 'none', 'metadata': {'stage': 'test'}, 'tags': ['red'], 'description': 'x',"
                                + " 'hostname': 'vm', 'min_count': 1, 'max_count': 1, 'user_data': 'aGVsbG8=',"
                                + " 'config_drive': true",
                        things.publicImage));
        add("POST", root, 202)
                .body(things.server("'networks': [{'uuid': '" + things.network + "'}]", things.publicImage))
                .condition("get_network", project(), 400);
        add("POST", root, 202)
                .body(things.server("'networks': [{'port': '" + things.port + "'}]", things.publicImage))
                .condition("get_port", project(), 400);
        add("POST", root, 202)
                .body(things.server("'networks': 'none'", things.image))
                .condition("get_image", project(), 400);
        add("GET", root + "/{id}", 200).of(server);
        add("PUT", root + "/{id}", 200)
                .of(server)
                .body("{'server': {'name': 'renamed', 'description': 'x', 'hostname': 'renamed'}}");
        add("DELETE", root + "/{id}", 204).of(server);
        String action = root + "/{id}/action";
        add("POST", action, "os-getConsoleOutput", 200).of(server).body("{'os-getConsoleOutput': {'length': 50}}");
        add("POST", action, "forceDelete", 202).of(server);
        add("POST", action, "os-stop", 202).of(server);
        add("POST", action, "reboot", 202).of(server).body("{'reboot': {'type': 'SOFT'}}");
        add("POST", action, "pause", 202).of(server);
        add("POST", action, "suspend", 202).of(server);
        // It runs, so there is nothing to do, which only those hear who might do it.
        add("POST", action, "os-start", 409).of(server);
        add("POST", action, "unpause", 409).of(server);
        add("POST", action, "resume", 409).of(server);
        add("POST", action, "confirmResize", 409).of(server);
        add("POST", action, "revertResize", 409).of(server);
        add("POST", action, "rebuild", 202)
                .of(server)
                .body("{'rebuild': {'imageRef': '" + things.publicImage
                        + "', 'name': 'again', 'metadata': {'stage': 'x'}}}");
        add("POST", action, "resize", 202).of(server).body("{'resize': {'flavorRef': '" + things.largerFlavor + "'}}");
        add("POST", action, "migrate", 202).of(server).body("{'migrate': {}}");
        add("POST", action, "rescue", 200)
                .of(server)
                .body("{'rescue': {'rescue_image_ref': '" + things.publicImage + "'}}");
        add("POST", action, "unrescue", 409).of(server);
        add("POST", action, "shelve", 202).of(server);
        add("POST", action, "shelveOffload", 409).of(server);
        add("POST", action, "unshelve", 409).of(server);
        add("POST", action, "createImage", 202)
                .of(server)
                .body("{'createImage': {'name': 'image of it', 'metadata': {'stage': 'x'}}}");
        add("POST", action, "createBackup", 202)
                .of(server)
                .body(
                        "{'createBackup': {'name': 'of today', 'backup_type': 'daily', 'rotation': 2, 'metadata': {'stage': 'x'}}}");
        // Its host is up.
        add("POST", action, "evacuate", 400).of(server).body("{'evacuate': {}}");
        add("POST", action, "lock", 202).of(server).body("{'lock': {'locked_reason': 'mine'}}");
        add("POST", action, "unlock", 202).of(server);
        add("POST", action, "os-resetState", 202).of(server).body("{'os-resetState': {'state': 'error'}}");
        Route actions = drafts.getLast().route;
        actions.actions().stream()
                .filter(each -> drafts.stream().noneMatch(draft -> draft.action.equals(Optional.of(each))))
                .forEach(each -> add("POST", action, each.name(), 501).of(server));

        add("GET", root + "/{id}/ips", 200).of(server);
        add("GET", root + "/{id}/ips/{network}", 200).of(server.with("network", "net"));
        add("GET", root + "/{id}/metadata", 200).of(server);
        add("POST", root + "/{id}/metadata", 200).of(server).body("{'metadata': {'more': 'x'}}");
        add("PUT", root + "/{id}/metadata", 200).of(server).body("{'metadata': {'other': 'x'}}");
        Thing item = server.with("key", "stage");
        add("GET", root + "/{id}/metadata/{key}", 200).of(item);
        add("PUT", root + "/{id}/metadata/{key}", 200).of(item).body("{'meta': {'stage': 'live'}}");
        add("DELETE", root + "/{id}/metadata/{key}", 204).of(item);
        add("GET", root + "/{id}/os-instance-actions", 200).of(server);
        add("GET", root + "/{id}/os-instance-actions/{request}", 200).of(server.with("request", things.instanceAction));
        Thing nic = server.with("port", things.serversPort);
        add("GET", root + "/{id}/os-interface", 200).of(server);
        add("GET", root + "/{id}/os-interface/{port}", 200).of(nic);
        add("POST", root + "/{id}/os-interface", 200)
                .of(server)
                .body("{'interfaceAttachment': {'port_id': '" + things.port + "'}}");
        add("DELETE", root + "/{id}/os-interface/{port}", 202).of(nic);
        add("GET", root + "/{id}/os-security-groups", 200).of(server);
        add("POST", root + "/{id}/remote-consoles", 400)
                .of(server)
                .body("{'remote_console': {'protocol': 'vnc', 'type': 'novnc'}}");
        Thing tag = server.with("tag", "red");
        add("GET", root + "/{id}/tags", 200).of(server);
        add("PUT", root + "/{id}/tags", 200).of(server).body("{'tags': ['blue', 'green']}");
        add("DELETE", root + "/{id}/tags", 204).of(server);
        add("GET", root + "/{id}/tags/{tag}", 204).of(tag);
        add("PUT", root + "/{id}/tags/{tag}", 201).of(server.with("tag", "blue"));
        add("DELETE", root + "/{id}/tags/{tag}", 204).of(tag);
    }

    private void image() {
        String root = "/image/v2/images";
        add("GET", "/image", 300);
        add("GET", "/image/", 300);
        Target owned = project().with("owner", Personas.PROJECT).with("visibility", "private");
        Thing image = Thing.of("id", things.image).seenBy("get_image", owned);
        Thing empty = Thing.of("id", things.emptyImage).seenBy("get_image", owned);
        add("GET", root, 200).shows(things.image, "get_image", owned).shows(things.publicImage, (_, _) -> true);
        add("POST", root, 201).body(Things.imageCalled("new", "private"));
        add("GET", root + "/{id}", 200).of(image);
        add("PATCH", root + "/{id}", 200)
                .of(image)
                .body("[{'op': 'replace', 'path': '/name', 'value': 'renamed'},"
                        + " {'op': 'add', 'path': '/colour', 'value': 'red'}]");
        add("DELETE", root + "/{id}", 204).of(image);
        add("POST", root + "/{id}/actions/deactivate", 204).of(image);
        add("POST", root + "/{id}/actions/reactivate", 204).of(image);
        add("GET", root + "/{id}/file", 200).of(image);
        add("PUT", root + "/{id}/file", 204).of(empty).body("bytes");
        add("PUT", root + "/{id}/tags/{tag}", 204).of(image.with("tag", "blue"));
        add("DELETE", root + "/{id}/tags/{tag}", 204).of(image.with("tag", "red"));
    }

    private void sluice() {
        String root = "/sluice/v1";
        Thing host = Thing.of("name", "node0");
        add("GET", root + "/hosts/{name}", 200).named(host);
        add("PUT", root + "/hosts/{name}/physical-functions/{function}", 200)
                .named(host.with("function", "ens1f0"))
                .body("{'physical_network': 'physnet0'}");
        // It has the one server of the example.
        add("DELETE", root + "/hosts/{name}", 409).named(host);
        add("GET", root + "/hosts/{name}/servers", 200).named(host);
        add("GET", root + "/hosts/{name}/refusals", 200).named(host);
        add("DELETE", root + "/hosts/{name}/refusals", 200).named(host);
        add("GET", root + "/hosts/{name}/qualifications", 200).named(host);
        add("POST", root + "/hosts/{name}/qualifications", 201)
                .named(host)
                .body(Things.measurement("2026-04-01T12:00:00Z"));
        add("PUT", root + "/hosts/{name}/uplinks/{network}", 200)
                .named(host.with("network", "sparenet0"))
                .body("{'interface': 'phys0'}");
        add("DELETE", root + "/hosts/{name}/uplinks/{network}", 200).named(host.with("network", "sparenet0"));
        add("POST", root + "/import", 200)
                .body("{'settings': [{'file': 'ml2_conf.ini', 'line': 1, 'section': 'ml2_type_vlan', 'name':"
                        + " 'network_vlan_ranges', 'value': 'physnet9:100:200'}], 'hosts': ['node0']}");
        add("POST", root + "/join-tokens", 201).body("{'valid_seconds': 60, 'host': 'node7'}");
        add("DELETE", root + "/join-tokens/{id}", 204).named(Thing.of("id", things.joinToken));
        Thing physicalNetwork = Thing.of("name", "physnet0");
        add("GET", root + "/physical-networks/{name}", 200).named(physicalNetwork);
        add("PUT", root + "/physical-networks/{name}", 200)
                .named(physicalNetwork)
                .body("{'mtu': 9100, 'vlan_ranges': [{'first': 100, 'last': 4050}]}");
        add("DELETE", root + "/physical-networks/{name}", 409).named(physicalNetwork);
        add("PUT", root + "/qualification", 200)
                .body("{'policy': 'advisory', 'required_share': 0.8, 'allowed_p99_factor': 2.0}");
        Thing cardClass = Thing.of("class", Things.CARD_CLASS);
        add("GET", root + "/qualification/baselines/{class}", 200).named(cardClass);
        add("PUT", root + "/qualification/baselines/{class}", 200)
                .named(cardClass)
                .body(Things.BASELINE);
        add("DELETE", root + "/qualification/baselines/{class}", 200).named(cardClass);
        add("GET", root + "/servers/{id}/explain", 200).named(Thing.of("id", things.server));
    }

    private void agents() {
        String root = "/agent/v1";
        Supplier<Map<String, String>> certificate = () -> Map.of(WholeApi.CERTIFICATE, things.serversHost);
        add("POST", root + "/enrol", 201).body(() -> Things.enrolment(things.secret(), "node9"));
        add("PUT", root + "/inventory", 204)
                .headers(certificate)
                .body(() -> things.inventory(things.serversHost.equals(things.host) ? "node0" : "node1"));
        add("GET", root + "/member", 204).headers(certificate);
        add("GET", root + "/desired", 200).headers(certificate);
        add("POST", root + "/reports", 204).headers(certificate).body(things::running);
        add("GET", root + "/images/{id}/file", 200).headers(certificate).named(Thing.of("id", things.image));
        // Nobody wishes a copy, as is the case for all but the one host that is asked for it.
        add("PUT", root + "/images/{id}/file", 404)
                .headers(() ->
                        Map.of(WholeApi.CERTIFICATE, things.serversHost, "Content-Type", "application/octet-stream"))
                .named(Thing.of("id", things.image))
                .body("a disk");
        String query = "9f3f8a52-1df5-4a0c-9d0e-0f4b8a0a4c11";
        add("POST", root + "/queries/{id}", 204)
                .headers(certificate)
                .named(Thing.of("id", query))
                .body("{'id': '" + query + "', 'text': 'login: '}");
    }
}
