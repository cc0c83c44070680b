package org.sluice.controller.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sluice.controller.compute.ComputeFamily;
import org.sluice.controller.http.ApiClient;
import org.sluice.controller.http.ApiServer;
import org.sluice.controller.http.Proxies;
import org.sluice.controller.http.RequestObserver;
import org.sluice.controller.http.RouteTable;
import org.sluice.controller.http.door.DoorLimits;
import org.sluice.controller.http.door.RateLimits;
import org.sluice.controller.identity.IdentityFamily;
import org.sluice.controller.identity.password.PasswordChecks;
import org.sluice.controller.identity.password.Passwords;
import org.sluice.controller.identity.token.Tokens;
import org.sluice.controller.image.ImageFamily;
import org.sluice.controller.image.data.ImageBytes;
import org.sluice.controller.image.data.ImageLimits;
import org.sluice.controller.image.data.ImageSweep;
import org.sluice.controller.image.data.UploadRoom;
import org.sluice.controller.image.image.ImageDepartures;
import org.sluice.controller.network.NetworkFamily;
import org.sluice.controller.network.binding.Bindings;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.controller.network.binding.ServicePorts;
import org.sluice.controller.operation.Operations;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.policy.Policy;
import org.sluice.controller.scheduling.FleetIndex;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.Problem;
import tools.jackson.databind.JsonNode;

/** An operator's overrides of rules that say who sees what: they hold in lists and in shows, to the narrow and to the wide. */
class OverriddenRulesTest {
    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    @TempDir
    static Path spool;

    private static final String OURS = "a".repeat(32);
    private static final String THEIRS = "b".repeat(32);

    /** Two of one project, one of another, one who has another role than those that the shipped rules know. */
    private static final Map<String, Caller> CALLERS = Map.of(
            "admin", caller("1", "c".repeat(32), "admin", "member", "reader"),
            "member", caller("2", OURS, "member", "reader"),
            "colleague", caller("3", OURS, "member", "reader"),
            "stranger", caller("4", THEIRS, "member", "reader"),
            "auditor", caller("5", THEIRS, "auditor"));

    private static Caller caller(String digit, String project, String... roles) {
        return new Caller(digit.repeat(32), "user " + digit, project, "project", Set.of(roles));
    }

    /** The APIs under a policy. */
    private static void under(Map<String, String> overrides, Consumer<Api> question) {
        InstantSource clock = InstantSource.system();
        Random random = new Random(1);
        ServerPorts ports = new ServerPorts(random);
        Scheduling scheduling = new Scheduling(new FleetIndex(), ports, new Bindings(), new ServicePorts(random));
        ImageBytes bytes = new ImageBytes(DATABASE.database());
        ImageSweep sweep = new ImageSweep(DATABASE.database());
        RouteTable table = RouteTable.of(List.of(
                new IdentityFamily(
                        DATABASE.database(),
                        new Tokens(DATABASE.database(), clock, random, Tokens.USUAL_LIFE),
                        new PasswordChecks(new Passwords(random), clock, PasswordChecks.LockOut.USUAL)),
                new NetworkFamily(jdbi(), random, clock),
                new ComputeFamily(
                        DATABASE.database(),
                        ports,
                        scheduling,
                        new Operations(scheduling),
                        (_, _, _, _) -> Optional.empty(),
                        clock,
                        random),
                new ImageFamily(
                        DATABASE.database(),
                        bytes,
                        sweep,
                        UploadRoom.in(spool, ImageLimits.USUAL, false),
                        ImageDepartures.UNHEARD,
                        clock)));
        try (ApiServer server = ApiServer.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        Optional.empty(),
                        OverriddenRulesTest::caller,
                        table,
                        table.policy().overriddenBy(overrides),
                        DoorLimits.ofHeap(Runtime.getRuntime().maxMemory()),
                        RateLimits.DEFAULT,
                        Proxies.NONE,
                        RequestObserver.NONE);
                ApiClient client = new ApiClient(server.address())) {
            question.accept(new Api(client, table.policy()));
        }
    }

    private static Caller caller(String token) {
        return Optional.ofNullable(CALLERS.get(token))
                .orElseThrow(() -> Problem.of(Problem.Kind.UNAUTHENTICATED, "Unauthorized", "Who?")
                        .asException());
    }

    /** A conversation with the APIs. */
    private record Api(ApiClient client, Policy policy) {
        private ApiClient.Answer send(String token, String method, String path, String json) {
            return client.send(
                    method,
                    path,
                    Map.of("X-Auth-Token", token, "OpenStack-API-Version", "compute 2.90"),
                    json.replace('\'', '"'));
        }

        private JsonNode make(String token, String path, String json) {
            ApiClient.Answer answer = send(token, "POST", path, json);
            assertThat(answer.status()).as(answer.text()).isEqualTo(201);
            return answer.json();
        }

        int show(String token, String path) {
            return send(token, "GET", path, "").status();
        }

        /** The names of all things that the list has, read page by page. */
        Set<String> list(String token, String path, String member) {
            Set<String> names = new TreeSet<>();
            String marker = "";
            while (true) {
                ApiClient.Answer answer =
                        send(token, "GET", path + (path.contains("?") ? "&" : "?") + "limit=1" + marker, "");
                assertThat(answer.status()).as(answer.text()).isEqualTo(200);
                JsonNode page = answer.json().path(member);
                if (page.isEmpty()) {
                    return names;
                }
                page.forEach(one -> names.add(
                        one.path("name").asString(one.path("description").asString(""))));
                marker = "&marker=" + page.get(0).path("id").asString();
            }
        }
    }

    private static Jdbi jdbi() {
        return DATABASE.database().jdbi();
    }

    private static String path(Map<String, String> ids, String collection, String name) {
        return collection + "/" + ids.get(name);
    }

    /** What was made: {@code "our port"} to its id. */
    private static final Map<String, String> IDS = new ConcurrentHashMap<>();

    private static final String NETWORKS = "/network/v2.0/networks";
    private static final String SUBNETS = "/network/v2.0/subnets";
    private static final String PORTS = "/network/v2.0/ports";
    private static final String GROUPS = "/network/v2.0/security-groups";
    private static final String GROUP_RULES = "/network/v2.0/security-group-rules";
    private static final String IMAGES = "/image/v2/images";
    private static final String SERVERS = "/compute/v2.1/servers";

    /**
     * Ours: a private network and a shared one, a subnet on each, a port on each, a group with a rule; an image, a community
     * image; two servers, one of a colleague. Theirs: a port on our shared network, and a network, a group with a rule, an image and a
     * server of their own. A public image of an admin.
     */
    @BeforeAll
    static void make() {
        jdbi().useHandle(handle -> handle.execute("""
                insert into physical_network values ('physnet0', 1500);
                insert into vlan_range values ('physnet0', 2000, 2010);
                insert into flavor (id, name, vcpus, memory_mib, disk_gib) values ('small', 'small', 1, 64, 1)"""));
        under(Map.of(), api -> {
            network(api, "member", "our network", "10.0.0.0/24");
            network(api, "member", "our shared network", "10.0.1.0/24");
            network(api, "stranger", "their network", "10.0.2.0/24");
            assertThat(api.send(
                                    "admin",
                                    "PUT",
                                    path(IDS, NETWORKS, "our shared network"),
                                    "{'network': {'shared': true}}")
                            .status())
                    .isEqualTo(200);
            port(api, "member", "our port", "our network");
            port(api, "stranger", "their port with us", "our shared network");
            port(api, "stranger", "their port", "their network");
            group(api, "member", "our group", "our rule");
            group(api, "stranger", "their group", "their rule");
            image(api, "member", "our image", "private");
            image(api, "member", "our community image", "community");
            image(api, "stranger", "their image", "private");
            image(api, "stranger", "their community image", "community");
            image(api, "admin", "public image", "public");
        });
        server("our server", "member");
        server("our colleague's server", "colleague");
        server("their server", "stranger");
        jdbi().useHandle(handle -> handle.execute("delete from port where device_owner <> ''"));
    }

    private static void network(Api api, String token, String name, String cidr) {
        String id = api.make(token, NETWORKS, "{'network': {'name': '" + name + "'}}")
                .at("/network/id")
                .asString();
        IDS.put(name, id);
        String subnet = name.replace("network", "subnet");
        IDS.put(
                subnet,
                api.make(
                                token,
                                SUBNETS,
                                "{'subnet': {'network_id': '" + id + "', 'name': '" + subnet
                                        + "', 'ip_version': 4, 'cidr': '" + cidr + "'}}")
                        .at("/subnet/id")
                        .asString());
    }

    private static void port(Api api, String token, String name, String network) {
        String json = "{'port': {'name': '" + name + "', 'network_id': '" + IDS.get(network) + "'}}";
        IDS.put(name, api.make(token, PORTS, json).at("/port/id").asString());
    }

    private static void group(Api api, String token, String name, String rule) {
        String id = api.make(token, GROUPS, "{'security_group': {'name': '" + name + "'}}")
                .at("/security_group/id")
                .asString();
        IDS.put(name, id);
        IDS.put(
                rule,
                api.make(
                                token,
                                GROUP_RULES,
                                "{'security_group_rule': {'security_group_id': '" + id
                                        + "', 'direction': 'ingress', 'protocol': 'icmp', 'description': '" + rule
                                        + "'}}")
                        .at("/security_group_rule/id")
                        .asString());
    }

    private static void image(Api api, String token, String name, String visibility) {
        IDS.put(
                name,
                api.make(token, IMAGES, "{'name': '" + name + "', 'visibility': '" + visibility + "'}")
                        .path("id")
                        .asString());
    }

    private static void server(String name, String token) {
        UUID id = UUID.randomUUID();
        IDS.put(name, id.toString());
        Caller owner = caller(token);
        jdbi().useHandle(handle -> handle.createUpdate("""
                        insert into server (id, project_id, user_id, name, hostname, status, image_id, flavor_id, flavor_name,
                            vcpus, memory_mib, disk_gib, image_facts, reservation_id)
                        values (:id, :project, :user, :name, 'host', 'ERROR', :id, '1', 'small', 1, 512, 1, '{}', 'r-1')""")
                .bind("id", id)
                .bind("project", owner.projectId())
                .bind("user", owner.userId())
                .bind("name", name)
                .execute());
    }

    /** What the caller sees of one kind: listed, and shown each by itself. */
    private static void sees(Api api, String token, String collection, String member, String... names) {
        Set<String> listed = api.list(token, collection, member);
        listed.removeAll(Set.of("default", ""));
        assertThat(listed).as("%s as %s", collection, token).containsExactlyInAnyOrder(names);
        kind(member)
                .forEach(name -> assertThat(api.show(token, path(IDS, collection, name)))
                        .as("%s as %s", name, token)
                        .isEqualTo(Set.of(names).contains(name) ? 200 : 404));
    }

    private static List<String> kind(String member) {
        return switch (member) {
            case "networks" -> List.of("our network", "our shared network", "their network");
            case "subnets" -> List.of("our subnet", "our shared subnet", "their subnet");
            case "ports" -> List.of("our port", "their port with us", "their port");
            case "security_groups" -> List.of("our group", "their group");
            case "security_group_rules" -> List.of("our rule", "their rule");
            default -> throw new AssertionError(member);
        };
    }

    @Test
    void asShipped() {
        under(Map.of(), api -> {
            sees(api, "member", NETWORKS, "networks", "our network", "our shared network");
            sees(api, "stranger", NETWORKS, "networks", "our shared network", "their network");
            sees(api, "stranger", SUBNETS, "subnets", "our shared subnet", "their subnet");
            sees(api, "member", PORTS, "ports", "our port", "their port with us");
            sees(api, "stranger", PORTS, "ports", "their port with us", "their port");
            sees(api, "member", GROUPS, "security_groups", "our group");
            sees(api, "member", GROUP_RULES, "security_group_rules", "our rule");
            sees(api, "admin", PORTS, "ports", "our port", "their port with us", "their port");
        });
    }

    @Test
    void narrowed() {
        under(
                Map.of(
                        "get_network", "rule:project_reader",
                        "get_subnet", "rule:project_reader",
                        "get_port", "rule:project_reader",
                        "get_security_group", "rule:admin",
                        "get_security_group_rule", "rule:project_manager"),
                api -> {
                    sees(api, "stranger", NETWORKS, "networks", "their network");
                    sees(api, "stranger", SUBNETS, "subnets", "their subnet");
                    sees(api, "member", PORTS, "ports", "our port");
                    assertThat(api.show("member", GROUPS)).isEqualTo(403);
                    assertThat(api.show("member", path(IDS, GROUPS, "our group")))
                            .isEqualTo(403);
                    assertThat(api.show("member", GROUP_RULES)).isEqualTo(403);
                    sees(api, "admin", GROUPS, "security_groups", "our group", "their group");
                });
    }

    @Test
    void widened() {
        under(
                Map.of(
                        "get_network", "role:auditor or rule:project_reader",
                        "get_subnet", "role:auditor",
                        "get_port", "not role:auditor or 'True':%(shared)s",
                        "get_security_group", "@",
                        "get_security_group_rule", "role:auditor and not project_id:%(project_id)s"),
                api -> {
                    sees(api, "auditor", NETWORKS, "networks", "our network", "our shared network", "their network");
                    sees(api, "member", NETWORKS, "networks", "our network", "our shared network");
                    sees(api, "auditor", SUBNETS, "subnets", "our subnet", "our shared subnet", "their subnet");
                    sees(api, "auditor", PORTS, "ports", "their port with us");
                    sees(api, "member", PORTS, "ports", "our port", "their port with us", "their port");
                    sees(api, "auditor", GROUPS, "security_groups", "our group", "their group");
                    sees(api, "auditor", GROUP_RULES, "security_group_rules", "our rule");
                });
    }

    @Test
    void whatIsNotSeenIsNeitherChangedNorTagged() {
        under(Map.of("get_network", "rule:admin or field:networks:shared=False", "update_network", "@"), api -> {
            String shared = path(IDS, NETWORKS, "our shared network");
            assertThat(api.show("member", shared + "/tags")).isEqualTo(404);
            assertThat(api.send("member", "PUT", shared, "{'network': {'name': 'x'}}")
                            .status())
                    .isEqualTo(404);
            assertThat(api.send(
                                    "member",
                                    "POST",
                                    PORTS,
                                    "{'port': {'network_id': '" + IDS.get("our shared network") + "'}}")
                            .status())
                    .isEqualTo(404);
            assertThat(api.show("stranger", path(IDS, NETWORKS, "our network") + "/tags"))
                    .isEqualTo(200);
        });
    }

    @Test
    void rulesAreMadeInTheGroupsThatOneSees() {
        String body = "{'security_group_rule': {'direction': 'ingress', 'protocol': 'tcp', 'security_group_id': '"
                + IDS.get("our group") + "'}}";
        under(
                Map.of("get_security_group", "rule:project_manager"),
                api -> assertThat(api.send("member", "POST", GROUP_RULES, body).status())
                        .isEqualTo(404));
    }

    @Test
    void membersAreShownOfTheThingsForWhichTheirRulesPass() {
        under(
                Map.of(
                        "get_network:provider:network_type", "rule:project_reader",
                        "get_port:binding:vif_type", "rule:project_reader"),
                api -> {
                    JsonNode networks =
                            api.send("stranger", "GET", NETWORKS, "").json().path("networks");
                    assertThat(networks).hasSize(2);
                    networks.forEach(network -> assertThat(network.has("provider:network_type"))
                            .as(network.path("name").asString())
                            .isEqualTo(network.path("name").asString().equals("their network")));
                    assertThat(api.list("stranger", NETWORKS + "?provider:network_type=vlan", "networks"))
                            .containsExactly("their network");
                    assertThat(api.send("stranger", "GET", path(IDS, PORTS, "their port with us"), "")
                                    .json()
                                    .path("port")
                                    .has("binding:vif_type"))
                            .isTrue();
                    assertThat(api.send("member", "GET", path(IDS, PORTS, "their port with us"), "")
                                    .json()
                                    .path("port")
                                    .has("binding:vif_type"))
                            .isFalse();
                });
    }

    @Test
    void addressCountsAreThoseOfTheNetworksThatPass() {
        String counts = "/network/v2.0/network-ip-availabilities";
        under(Map.of("get_network_ip_availability", "rule:project_reader"), api -> {
            assertThat(api.send("stranger", "GET", counts, "").json().path("network_ip_availabilities"))
                    .hasSize(1);
            assertThat(api.show("stranger", counts + "/" + IDS.get("their network")))
                    .isEqualTo(200);
            assertThat(api.show("stranger", counts + "/" + IDS.get("our network")))
                    .isEqualTo(404);
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            `(role:reader or role:member) and (project_id:%(project_id)s or 'public':%(visibility)s or 'community':%(visibility)s)` | our image, our community image, public image | their community image
            rule:project_reader                                         | our image, our community image                           | ``
            `rule:project_reader or 'public':%(visibility)s`            | our image, our community image, public image             | ``
            role:member                                                 | our image, our community image, public image, their image, their community image | ``
            `'community':%(visibility)s and not owner:%(owner)s`        | our community image | their community image
            """)
    void imagesAreListedByTheRuleThatShowsThem(String check, String usual, String onlyWhenAsked) {
        under(Map.of("get_image", check), api -> {
            Set<String> listed = new TreeSet<>(List.of(usual.split(", ")));
            assertThat(api.list("member", IMAGES, "images")).isEqualTo(listed);
            if (!onlyWhenAsked.isEmpty()) {
                listed.add(onlyWhenAsked);
            }
            assertThat(api.list("member", IMAGES + "?visibility=all", "images")).isEqualTo(listed);
            for (String name : List.of(
                    "our image", "our community image", "their image", "their community image", "public image")) {
                assertThat(api.show("member", path(IDS, IMAGES, name)))
                        .as(name)
                        .isEqualTo(listed.contains(name) ? 200 : 404);
                assertThat(api.send("member", "POST", SERVERS, boot(name)).text())
                        .as("a server from %s, which has no data", name)
                        .contains(listed.contains(name) ? "is not active" : "could not be found");
            }
        });
    }

    private static String boot(String image) {
        return "{'server': {'name': 'vm', 'flavorRef': 'small', 'networks': 'none', 'imageRef': '" + IDS.get(image)
                + "'}}";
    }

    @Test
    void serversAreListedByTheirRules() {
        String detail = SERVERS + "/detail";
        under(Map.of(), api -> {
            assertThat(api.list("member", SERVERS, "servers")).containsExactly("our colleague's server", "our server");
            assertThat(api.show("member", SERVERS + "?all_tenants=1")).isEqualTo(403);
            assertThat(api.list("admin", SERVERS + "?all_tenants=1", "servers")).hasSize(3);
        });
        under(
                Map.of(
                        "os_compute_api:servers:index",
                        "user_id:%(user_id)s",
                        "os_compute_api:servers:show",
                        "user_id:%(user_id)s",
                        "os_compute_api:servers:index:get_all_tenants",
                        "role:auditor",
                        "os_compute_api:servers:detail:get_all_tenants",
                        "rule:project_reader"),
                api -> {
                    assertThat(api.list("member", SERVERS, "servers")).containsExactly("our server");
                    assertThat(api.show("member", path(IDS, SERVERS, "our server")))
                            .isEqualTo(200);
                    assertThat(api.show("member", path(IDS, SERVERS, "our colleague's server")))
                            .isEqualTo(404);
                    assertThat(api.list("auditor", SERVERS + "?all_tenants=1", "servers"))
                            .containsExactly("our colleague's server", "our server", "their server");
                    assertThat(api.list("auditor", SERVERS + "?project_id=" + OURS, "servers"))
                            .containsExactly("our colleague's server", "our server");
                    assertThat(api.list("stranger", detail + "?all_tenants=1", "servers"))
                            .containsExactly("their server");
                });
    }

    @Test
    void usersProjectsAndRolesAreListedByTheirRules() {
        jdbi().useHandle(handle -> {
            for (Caller caller : List.of(caller("member"), caller("stranger"))) {
                handle.createUpdate("insert into project (id, name) values (:id, :id)")
                        .bind("id", caller.projectId())
                        .execute();
                handle.createUpdate("insert into account (id, name, password_hash) values (:id, :name, '')")
                        .bind("id", caller.userId())
                        .bind("name", caller.userName())
                        .execute();
                handle.createUpdate("""
                                insert into role (id, name) values ('r', 'some role') on conflict do nothing;
                                insert into role_assignment (account_id, project_id, role_id) values (:user, :project, 'r')""")
                        .bind("user", caller.userId())
                        .bind("project", caller.projectId())
                        .execute();
            }
        });
        String member = caller("member").userId();
        String stranger = caller("stranger").userId();
        under(
                Map.of(
                        "identity:list_users", "user_id:%(user_id)s",
                        "identity:list_projects", "project_id:%(project_id)s",
                        "identity:list_role_assignments", "project_id:%(project_id)s",
                        "identity:list_grants", "user_id:%(user_id)s",
                        "identity:create_grant", "rule:project_manager or user_id:%(user_id)s",
                        "identity:update_user", "user_id:%(user_id)s",
                        "identity:update_project", "project_id:%(project_id)s"),
                api -> {
                    String v3 = "/identity/v3";
                    assertThat(api.list("member", v3 + "/users", "users")).containsExactly("user 2");
                    assertThat(api.list("member", v3 + "/projects", "projects")).containsExactly(OURS);
                    JsonNode assigned = api.send("member", "GET", v3 + "/role_assignments", "")
                            .json()
                            .path("role_assignments");
                    assertThat(assigned).hasSize(1);
                    assertThat(assigned.at("/0/user/id").asString()).isEqualTo(member);
                    assertThat(api.show("member", v3 + "/projects/" + OURS + "/users/" + member + "/roles"))
                            .isEqualTo(200);
                    assertThat(api.show("member", v3 + "/projects/" + THEIRS + "/users/" + stranger + "/roles"))
                            .isEqualTo(403);
                    assertThat(api.send(
                                            "member",
                                            "PUT",
                                            v3 + "/projects/" + THEIRS + "/users/" + stranger + "/roles/r",
                                            "")
                                    .status())
                            .isEqualTo(403);
                    assertThat(api.send("member", "PATCH", v3 + "/users/" + stranger, "{'user': {'name': 'mine'}}")
                                    .status())
                            .isEqualTo(403);
                    assertThat(api.send("member", "PATCH", v3 + "/projects/" + THEIRS, "{'project': {'name': 'mine'}}")
                                    .status())
                            .isEqualTo(403);
                });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            get_network             | member | (n.project_id = :policy0 or n.shared or n.external)
            get_network             | admin  | true
            get_subnet              | member | (s.project_id = :policy0 or n.project_id = :policy0 or n.shared)
            get_port                | member | (p.project_id = :policy0 or n.project_id = :policy0)
            get_port                | admin  | true
            get_security_group      | member | g.project_id = :policy0
            get_security_group_rule | member | r.project_id = :policy0
            get_image               | member | (project_id = :policy0 or visibility = :policy1 or visibility = :policy2)
            get_image               | admin  | true
            os_compute_api:servers:index | member | s.project_id = :policy0
            os_compute_api:servers:index | admin  | true
            """)
    void theShippedRulesAskWhatIndexesServe(String rule, String token, String sql) {
        under(
                Map.of(),
                api -> assertThat(api.policy().lines().stream()
                                .map(Policy.Line::rule)
                                .filter(each -> each.name().equals(rule))
                                .map(each ->
                                        api.policy().rows(each, caller(token)).sql()))
                        .containsExactly(sql));
    }
}
