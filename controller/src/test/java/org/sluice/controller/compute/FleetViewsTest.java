package org.sluice.controller.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.HostId;
import tools.jackson.databind.JsonNode;

/** What operators see of hosts, and how they arrange them. */
class FleetViewsTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static ComputeCloud cloud;
    private static HostId first;
    private static HostId second;

    @BeforeAll
    static void furnish() {
        cloud = new ComputeCloud(postgres.database());
        first = cloud.host("compute01");
        second = cloud.host("compute02");
    }

    @AfterAll
    static void stop() {
        cloud.close();
    }

    @AfterEach
    void tidy() {
        cloud.execute("delete from aggregate");
        cloud.execute("update host set enabled = true, disabled_reason = null, last_seen_at = now()");
    }

    private static int aggregate(String name, String zone) {
        Answer answer = cloud.admin()
                .post(
                        "/v2.1/os-aggregates",
                        "{'aggregate': {'name': '" + name + "', 'availability_zone': " + zone + "}}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json().at("/aggregate/id").asInt();
    }

    private static Answer act(int aggregate, String action) {
        return cloud.admin().post("/v2.1/os-aggregates/" + aggregate + "/action", action);
    }

    @Test
    void aggregatesMakeZones() {
        int rack0 = aggregate("rack0", "'rack0'");
        int rack1 = aggregate("rack1", "'rack1'");
        JsonNode changed = act(rack0, "{'add_host': {'host': 'compute01'}}").json();
        assertThat(changed.at("/aggregate/hosts/0").asString()).isEqualTo("compute01");
        assertThat(act(rack0, "{'add_host': {'host': 'compute01'}}").status()).isEqualTo(409);
        assertThat(act(rack0, "{'add_host': {'host': 'nope'}}").status()).isEqualTo(404);
        assertThat(act(rack1, "{'add_host': {'host': 'compute01'}}").status())
                .as("a host is in one zone")
                .isEqualTo(409);
        assertThat(cloud.count("from aggregate_host"))
                .as("the refused one left nothing")
                .isEqualTo(1);
        assertThat(ComputeCloud.names(
                        cloud.as("reader", "2.92")
                                .get("/v2.1/os-availability-zone")
                                .json()
                                .required("availabilityZoneInfo"),
                        "zoneName"))
                .containsExactly("nova", "rack0");
        assertThat(act(rack0, "{'set_metadata': {'metadata': {'kind': 'test'}}}")
                        .json()
                        .at("/aggregate/metadata/kind")
                        .asString())
                .isEqualTo("test");
        assertThat(act(rack0, "{'set_metadata': {'metadata': {'kind': null}}}")
                        .json()
                        .at("/aggregate/metadata")
                        .has("kind"))
                .isFalse();
        assertThat(act(rack0, "{'explode': {}}").status()).isEqualTo(400);
        assertThat(cloud.admin().delete("/v2.1/os-aggregates/" + rack0).status())
                .as("it has a host")
                .isEqualTo(400);
        assertThat(act(rack0, "{'remove_host': {'host': 'compute01'}}").status())
                .isEqualTo(200);
        assertThat(act(rack0, "{'remove_host': {'host': 'compute01'}}").status())
                .isEqualTo(404);
        assertThat(cloud.admin().delete("/v2.1/os-aggregates/" + rack0).status())
                .isEqualTo(200);
        assertThat(cloud.admin().get("/v2.1/os-aggregates/" + rack0).status()).isEqualTo(404);
    }

    @Test
    void aggregatesAreNamedOnce() {
        int rack0 = aggregate("rack0", "null");
        aggregate("rack1", "null");
        assertThat(cloud.admin()
                        .post("/v2.1/os-aggregates", "{'aggregate': {'name': 'rack0'}}")
                        .status())
                .isEqualTo(409);
        assertThat(cloud.admin()
                        .put("/v2.1/os-aggregates/" + rack0, "{'aggregate': {'name': 'rack1'}}")
                        .status())
                .isEqualTo(409);
        assertThat(cloud.admin()
                        .put("/v2.1/os-aggregates/" + rack0, "{'aggregate': {'availability_zone': 'a:b'}}")
                        .status())
                .isEqualTo(400);
        JsonNode renamed = cloud.admin()
                .put("/v2.1/os-aggregates/" + rack0, "{'aggregate': {'name': 'rack7', 'availability_zone': 'z7'}}")
                .json();
        assertThat(renamed.at("/aggregate/availability_zone").asString()).isEqualTo("z7");
        assertThat(renamed.at("/aggregate/metadata/availability_zone").asString())
                .isEqualTo("z7");
    }

    @Test
    void aHostIsInOneZoneAlsoWhenTwoAskAtOnce() throws Exception {
        for (int round = 0; round < 10; round++) {
            int rack0 = aggregate("left" + round, "'left'");
            int rack1 = aggregate("right" + round, "'right'");
            try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<Answer>> answers = clients.invokeAll(List.of(
                        () -> act(rack0, "{'add_host': {'host': 'compute02'}}"),
                        () -> act(rack1, "{'add_host': {'host': 'compute02'}}")));
                assertThat(List.of(
                                answers.get(0).get().status(),
                                answers.get(1).get().status()))
                        .containsExactlyInAnyOrder(200, 409);
            }
            cloud.execute("delete from aggregate_host");
        }
        cloud.execute("delete from aggregate");
    }

    @Test
    void oneNameIsTakenOnceAlsoWhenTwoRenameAtOnce() throws Exception {
        List<Integer> aggregates = List.of(aggregate("one", "null"), aggregate("two", "null"));
        for (int round = 0; round < 10; round++) {
            String body = "{'aggregate': {'name': 'same" + round + "'}}";
            try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<Answer>> answers = clients.invokeAll(aggregates.stream()
                        .<Callable<Answer>>map(id -> () -> cloud.admin().put("/v2.1/os-aggregates/" + id, body))
                        .toList());
                assertThat(List.of(
                                answers.get(0).get().status(),
                                answers.get(1).get().status()))
                        .containsExactlyInAnyOrder(200, 409);
            }
        }
        cloud.execute("delete from aggregate");
    }

    @Test
    void aHostThatRunsServersStaysInItsZone() {
        UUID image = cloud.newImage();
        String flavor = cloud.flavor("zoned", 1, 512, 1);
        int rack0 = aggregate("rack0", "'rack0'");
        int more = aggregate("more", "'rack0'");
        int plain = aggregate("plain", "null");
        assertThat(act(rack0, "{'add_host': {'host': 'compute01'}}").status()).isEqualTo(200);
        cloud.admin()
                .post(
                        "/v2.1/servers",
                        ComputeCloud.boot(
                                "vm", flavor, image, "'networks': 'none'," + " 'availability_zone': 'nova:compute02'"));
        cloud.admin()
                .post(
                        "/v2.1/servers",
                        ComputeCloud.boot(
                                "vm",
                                flavor,
                                image,
                                "'networks': 'none'," + " 'availability_zone': 'rack0:compute01'"));
        assertThat(cloud.count("from server where host_id is not null")).isEqualTo(2);

        Answer moved = act(rack0, "{'add_host': {'host': 'compute02'}}");
        assertThat(moved.status()).isEqualTo(409);
        assertThat(moved.text()).contains("compute02 runs servers");
        assertThat(act(rack0, "{'remove_host': {'host': 'compute01'}}").status())
                .isEqualTo(409);
        assertThat(act(plain, "{'add_host': {'host': 'compute02'}}").status())
                .as("an aggregate without a zone changes none")
                .isEqualTo(200);
        assertThat(act(more, "{'add_host': {'host': 'compute01'}}").status()).isEqualTo(200);
        assertThat(act(rack0, "{'remove_host': {'host': 'compute01'}}").status())
                .as("another aggregate keeps it in the zone")
                .isEqualTo(200);
        cloud.forgetServers();
        cloud.execute("delete from aggregate_host");
        cloud.execute("delete from aggregate");
        cloud.execute("update host set vcpus_used = 0, memory_mib_used = 0, disk_gib_used = 0");
    }

    @Test
    void aZoneDoesNotChangeUnderABootThatIsOnItsWay() throws Exception {
        int rack0 = aggregate("rack0", "'rack0'");
        act(rack0, "{'add_host': {'host': 'compute01'}}");
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
                Handle boot = postgres.database().jdbi().open()) {
            boot.begin();
            boot.execute("update host set vcpus_used = vcpus_used + 1 where id = ?", first.value());
            boot.execute("""
                    insert into server (id, project_id, user_id, name, hostname, status, image_id, flavor_id,
                        flavor_name, vcpus, memory_mib, disk_gib, image_facts, reservation_id)
                    values (gen_random_uuid(), 'p', 'u', 'vm', 'vm', 'BUILD', gen_random_uuid(), '1', 'm1', 1, 1, 1,
                        '{}', 'r-1')""");
            boot.execute("""
                    insert into claim (server_id, host_id, role, generation, vcpus, memory_mib, disk_gib)
                    select id, ?, 'current', 1, 1, 1, 1 from server""", first.value());
            Future<Answer> renamed = clients.submit(
                    () -> act(rack0, "{'set_metadata': {'metadata':" + " {'availability_zone': 'rack1'}}}"));
            postgres.awaitSomebodyWhoWaitsForALock();
            boot.commit();

            assertThat(renamed.get().status()).as(renamed.get().text()).isEqualTo(400);
            assertThat(renamed.get().text()).contains("cannot change while servers are on compute01");
        }
        cloud.forgetServers();
        cloud.execute("delete from aggregate_host");
        cloud.execute("update host set vcpus_used = 0");
    }

    @Test
    void servicesAreDisabledWithAReason() {
        Answer disabled =
                cloud.admin().put("/v2.1/os-services/" + first, "{'status': 'disabled', 'disabled_reason': 'maint'}");
        assertThat(disabled.status()).as(disabled.text()).isEqualTo(200);
        assertThat(disabled.json().at("/service/status").asString()).isEqualTo("disabled");
        JsonNode services =
                cloud.admin().get("/v2.1/os-services?host=compute01").json().required("services");
        assertThat(services).hasSize(1);
        assertThat(services.at("/0/disabled_reason").asString()).isEqualTo("maint");
        assertThat(cloud.admin()
                        .put("/v2.1/os-services/" + first, "{'status': 'enabled', 'disabled_reason': 'x'}")
                        .status())
                .isEqualTo(400);
        assertThat(cloud.admin()
                        .put("/v2.1/os-services/" + first, "{'status': 'asleep'}")
                        .status())
                .isEqualTo(400);
        assertThat(cloud.admin()
                        .put("/v2.1/os-services/1", "{'status': 'enabled'}")
                        .status())
                .isEqualTo(400);
        assertThat(cloud.admin()
                        .put("/v2.1/os-services/" + HostId.random(), "{'status': 'enabled'}")
                        .status())
                .isEqualTo(404);
        assertThat(cloud.admin()
                        .put("/v2.1/os-services/" + first, "{'disabled_reason': 'x', 'forced_down': false}")
                        .status())
                .isEqualTo(400);
        assertThat(cloud.admin().put("/v2.1/os-services/" + first, "{}").text())
                .contains("Fields 'status' or 'forced_down' should be specified.");
        Answer old = cloud.as("admin", "2.1")
                .put("/v2.1/os-services/enable", "{'host': 'compute01', 'binary': 'nova-compute'}");
        assertThat(old.status()).as(old.text()).isEqualTo(200);
        assertThat(cloud.count("from host where not enabled")).isZero();
        assertThat(cloud.as("admin", "2.1")
                        .put("/v2.1/os-services/enable", "{'host': 'nope', 'binary': 'nova-compute'}")
                        .status())
                .isEqualTo(404);
        assertThat(cloud.admin()
                        .get("/v2.1/os-services?binary=nova-scheduler")
                        .json()
                        .required("services"))
                .isEmpty();
    }

    private String stateOf(String host) {
        JsonNode service =
                cloud.admin().get("/v2.1/os-services?host=" + host).json().at("/services/0");
        return service.path("state").asString() + " " + service.path("status").asString() + " "
                + service.path("forced_down").asBoolean();
    }

    @Test
    void aHostThatIsDeclaredDownIsDownUntilThatIsTakenBack() {
        Answer declared = cloud.admin().put("/v2.1/os-services/" + first, "{'forced_down': true}");
        assertThat(declared.status()).as(declared.text()).isEqualTo(200);
        assertThat(declared.json().at("/service/forced_down").asBoolean()).isTrue();
        assertThat(stateOf("compute01")).isEqualTo("down enabled true");
        assertThat(stateOf("compute02")).isEqualTo("up enabled false");
        assertThat(cloud.admin()
                        .get("/v2.1/os-hypervisors/" + first)
                        .json()
                        .at("/hypervisor/state")
                        .asString())
                .isEqualTo("down");
        assertThat(cloud.admin()
                        .put("/v2.1/os-services/" + first, "{'forced_down': false, 'status': 'disabled'}")
                        .status())
                .isEqualTo(200);
        assertThat(stateOf("compute01")).isEqualTo("up disabled false");
        assertThat(cloud.admin()
                        .put("/v2.1/os-services/" + first, "{'status': 'enabled'}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void itIsDeclaredByItsNameUntil252() {
        String body = "{'host': 'compute01', 'binary': 'nova-compute', 'forced_down': %s}";
        Answer declared = cloud.as("admin", "2.11").put("/v2.1/os-services/force-down", body.formatted("true"));
        assertThat(declared.status()).as(declared.text()).isEqualTo(200);
        assertThat(declared.json().required("service").toString())
                .isEqualTo("{\"binary\":\"nova-compute\",\"host\":\"compute01\",\"forced_down\":true}");
        assertThat(stateOf("compute01")).isEqualTo("down enabled true");
        assertThat(cloud.as("admin", "2.10")
                        .put("/v2.1/os-services/force-down", body.formatted("false"))
                        .status())
                .as("it came with 2.11")
                .isEqualTo(404);
        assertThat(cloud.as("admin", "2.52")
                        .put("/v2.1/os-services/force-down", "{'host': 'compute01', 'binary': 'nova-compute'}")
                        .status())
                .isEqualTo(400);
        assertThat(cloud.as("admin", "2.52")
                        .put("/v2.1/os-services/force-down", body.formatted("false"))
                        .status())
                .isEqualTo(200);
        assertThat(stateOf("compute01")).isEqualTo("up enabled false");
    }

    @Test
    void aHostIsUpForAMinuteAfterItsAgentWasHeardOf() {
        cloud.execute("update host set last_seen_at = now() - interval '46 seconds' where name = 'compute02'");
        assertThat(cloud.admin()
                        .get("/v2.1/os-services?host=compute02")
                        .json()
                        .at("/services/0/state")
                        .asString())
                .isEqualTo("up");
        cloud.execute("update host set last_seen_at = now() - interval '61 seconds' where name = 'compute02'");
        JsonNode services =
                cloud.admin().get("/v2.1/os-services?host=compute02").json();
        assertThat(services.at("/services/0/state").asString()).isEqualTo("down");
        JsonNode shown = cloud.admin().get("/v2.1/os-hypervisors/" + second).json();
        assertThat(shown.at("/hypervisor/state").asString()).isEqualTo("down");
    }

    @Test
    void hypervisorsByMicroversion() {
        JsonNode old = cloud.as("admin", "2.1")
                .get("/v2.1/os-hypervisors/detail")
                .json()
                .at("/hypervisors/0");
        assertThat(old.required("id").isInt()).isTrue();
        assertThat(old.required("cpu_info").isString()).isTrue();
        JsonNode middle = cloud.as("admin", "2.53")
                .get("/v2.1/os-hypervisors/detail")
                .json()
                .at("/hypervisors/0");
        assertThat(middle.required("id").asString()).isEqualTo(first.toString());
        assertThat(middle.required("cpu_info").isObject()).isTrue();
        JsonNode late = cloud.as("admin", "2.88")
                .get("/v2.1/os-hypervisors/detail")
                .json()
                .at("/hypervisors/0");
        assertThat(late.has("vcpus")).isFalse();
        assertThat(late.required("uptime").asString()).isEmpty();
        assertThat(cloud.as("admin", "2.88")
                        .get("/v2.1/os-hypervisors/statistics")
                        .status())
                .isEqualTo(404);
        JsonNode paged = cloud.admin().get("/v2.1/os-hypervisors?limit=1").json();
        assertThat(ComputeCloud.names(paged.required("hypervisors"), "hypervisor_hostname"))
                .containsExactly("compute01");
        String next = paged.at("/hypervisors_links/0/href").asString();
        assertThat(ComputeCloud.names(
                        cloud.admin()
                                .get(next.substring(cloud.base().length() + "/compute".length()))
                                .json()
                                .required("hypervisors"),
                        "hypervisor_hostname"))
                .containsExactly("compute02");
    }

    @Test
    void thereIsNoMigrationToGoOnAfter() {
        String migrations = "/v2.1/os-migrations";
        assertThat(cloud.admin().get(migrations).json().required("migrations")).isEmpty();
        assertThat(cloud.admin()
                        .get(migrations + "?status=done&hidden=false&limit=5&changes-since=2026-11-22")
                        .status())
                .isEqualTo(200);
        Answer marked = cloud.admin().get(migrations + "?marker=7");
        assertThat(marked.status()).isEqualTo(400);
        assertThat(marked.text()).contains("marker [7] not found");
        for (String query : new String[] {"limit=x", "hidden=perhaps", "changes-since=soon"}) {
            Answer refused = cloud.admin().get(migrations + "?" + query);
            assertThat(refused.status()).as(query).isEqualTo(400);
            assertThat(refused.text()).contains(query.split("=")[0]);
        }
        assertThat(cloud.as("admin", "2.58").get(migrations + "?marker=7").text())
                .contains("'marker' was unexpected");
    }

    @Test
    void operatorViewsAreForAdmins() {
        for (String path : new String[] {
            "/v2.1/os-services",
            "/v2.1/os-hypervisors",
            "/v2.1/os-hypervisors/detail",
            "/v2.1/os-aggregates",
            "/v2.1/os-availability-zone/detail",
            "/v2.1/os-migrations"
        }) {
            Answer answer = cloud.as("member", "2.92").get(path);
            assertThat(answer.status()).as(path).isEqualTo(403);
            assertThat(answer.json().at("/forbidden/message").asString()).startsWith("Policy doesn't allow");
        }
    }
}
