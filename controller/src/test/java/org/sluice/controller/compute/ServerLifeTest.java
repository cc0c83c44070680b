package org.sluice.controller.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.HostId;
import tools.jackson.databind.JsonNode;

/** From create to gone, and what happens when it cannot be. */
class ServerLifeTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static final int FUNCTIONS = 3;

    private static ComputeCloud cloud;
    private static HostId host;
    private static String flavor;
    private static UUID image;
    private static UUID bridged;
    private static UUID direct;

    @BeforeAll
    static void furnish() {
        cloud = new ComputeCloud(postgres.database());
        host = cloud.host("compute01", FUNCTIONS);
        cloud.zone("rack0", host);
        flavor = cloud.flavor("m1.standard", 2, 4096, 20);
        image = cloud.newImage();
        bridged = cloud.network("NET0", "physnet0", 2001, "10.0.0");
        direct = cloud.network("NET1", "sriovnet0", 2401, "10.1.0");
    }

    @AfterAll
    static void stop() {
        cloud.close();
    }

    @AfterEach
    void tidy() {
        cloud.execute(
                "update virtual_function set leased_port_id = null, leased_server_id = null, leased_host_id = null");
        cloud.execute("delete from port");
        cloud.forgetServers();
        cloud.execute("update host set vcpus_used = 0, memory_mib_used = 0, disk_gib_used = 0");
    }

    private static Answer boot(ComputeCloud at, String name, String further) {
        return at.admin().post("/v2.1/servers", ComputeCloud.boot(name, flavor, image, further));
    }

    private static String id(Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        return answer.json().at("/server/id").asString();
    }

    private static JsonNode show(String id) {
        return cloud.admin().get("/v2.1/servers/" + id).json().required("server");
    }

    private static String nics(UUID... ports) {
        StringBuilder text = new StringBuilder("'networks': [");
        for (UUID port : ports) {
            text.append(text.charAt(text.length() - 1) == '[' ? "" : ",")
                    .append("{'port': '")
                    .append(port)
                    .append("'}");
        }
        return text.append("]").toString();
    }

    @Test
    void fromCreateToGone() {
        UUID nic0 = cloud.port(bridged, "normal", "10.0.0.10");
        UUID nic1 = cloud.port(direct, "direct", "10.1.0.10");
        String server = id(boot(cloud, "vm00", nics(nic0, nic1) + ", 'metadata': {'role': 'test'}"));

        JsonNode building = show(server);
        assertThat(building.required("status").asString()).isEqualTo("BUILD");
        assertThat(building.required("OS-EXT-STS:vm_state").asString()).isEqualTo("building");
        assertThat(building.required("OS-EXT-STS:task_state").asString()).isEqualTo("spawning");
        assertThat(building.required("OS-EXT-SRV-ATTR:host").asString()).isEqualTo("compute01");
        assertThat(building.required("OS-EXT-AZ:availability_zone").asString()).isEqualTo("rack0");
        assertThat(cloud.count("from virtual_function where leased_port_id = '" + nic1 + "'"))
                .isEqualTo(1);

        cloud.running(server);
        assertThat(show(server).required("status").asString()).isEqualTo("ACTIVE");

        assertThat(cloud.admin().delete("/v2.1/servers/" + server).status()).isEqualTo(204);
        assertThat(cloud.admin().delete("/v2.1/servers/" + server).status())
                .as("asking twice is as good as once")
                .isEqualTo(204);
        JsonNode going = show(server);
        assertThat(going.required("status").asString()).isEqualTo("ACTIVE");
        assertThat(going.required("OS-EXT-STS:task_state").asString()).isEqualTo("deleting");
        assertThat(ComputeCloud.names(
                        cloud.admin()
                                .get("/v2.1/servers/" + server + "/os-instance-actions")
                                .json()
                                .required("instanceActions"),
                        "action"))
                .containsExactly("delete", "create");
        assertThat(cloud.count("from virtual_function where leased_port_id is not null"))
                .as("the lease holds until the agent says that the VF is neutral")
                .isEqualTo(1);

        cloud.absent(host, server);
        assertThat(cloud.admin().get("/v2.1/servers/" + server).status()).isEqualTo(404);
        assertThat(cloud.count("from virtual_function where leased_port_id is not null"))
                .isZero();
        assertThat(cloud.count("from port where server_id is null and device_id = '' and id in ('" + nic0 + "', '"
                        + nic1 + "')"))
                .as("ports that the user made stay")
                .isEqualTo(2);
        assertThat(cloud.count("from host where vcpus_used = 0 and memory_mib_used = 0"))
                .isEqualTo(1);
    }

    @Test
    void withoutRoomItStaysInErrorWithTheReason() {
        String large = cloud.flavor("m1.huge", 1_000, 4096, 20);
        UUID nic = cloud.port(bridged, "normal", "10.0.0.11");
        Answer answer = cloud.admin().post("/v2.1/servers", ComputeCloud.boot("huge", large, image, nics(nic)));
        String server = id(answer);

        JsonNode shown = show(server);
        assertThat(shown.required("status").asString()).isEqualTo("ERROR");
        assertThat(shown.required("OS-EXT-STS:vm_state").asString()).isEqualTo("error");
        assertThat(shown.at("/fault/code").asInt()).isEqualTo(500);
        assertThat(shown.at("/fault/message").asString()).startsWith("No valid host was found.");
        assertThat(shown.at("/fault/details").asString()).contains("NoValidHost");
        assertThat(shown.required("OS-EXT-SRV-ATTR:host").isNull()).isTrue();
        assertThat(shown.has("progress")).isFalse();
        JsonNode forMembers =
                cloud.as("member", "2.92").get("/v2.1/servers/" + server).json().at("/server/fault");
        assertThat(forMembers.has("message")).isTrue();
        assertThat(forMembers.has("details")).as("details are for operators").isFalse();
        assertThat(cloud.count("from port where device_id = '' and id = '" + nic + "'"))
                .as("the port is free again")
                .isEqualTo(1);

        assertThat(cloud.admin().delete("/v2.1/servers/" + server).status()).isEqualTo(204);
        assertThat(cloud.admin().get("/v2.1/servers/" + server).status())
                .as("on no host, so it is gone at once")
                .isEqualTo(404);
    }

    @Test
    void aFailedBuildShowsItsFaultAlsoWhileItIsDeleted() {
        String server = id(boot(cloud, "broken", "'networks': 'none'"));
        cloud.failed(server, "VfAttributeRefused", "The card refused the rate.");
        assertThat(show(server).at("/fault/message").asString()).isEqualTo("The card refused the rate.");
        cloud.admin().delete("/v2.1/servers/" + server);
        assertThat(show(server).required("status").asString()).isEqualTo("ERROR");
        assertThat(show(server).required("OS-EXT-STS:task_state").asString()).isEqualTo("deleting");
        assertThat(ComputeCloud.names(
                        cloud.admin().get("/v2.1/servers?status=ERROR").json().required("servers"), "id"))
                .containsExactly(server);
    }

    @Test
    void twoControllersRaceForOnePort() throws Exception {
        UUID nic = cloud.port(direct, "direct", "10.1.0.12");
        try (Database second = postgres.another();
                ComputeCloud other = new ComputeCloud(second);
                ExecutorService clients = Executors.newFixedThreadPool(8)) {
            List<Callable<Answer>> boots = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                ComputeCloud at = i % 2 == 0 ? cloud : other;
                String name = "race-" + i;
                boots.add(() -> boot(at, name, nics(nic)));
            }
            List<Integer> statuses = new ArrayList<>();
            for (Future<Answer> answer : clients.invokeAll(boots)) {
                statuses.add(answer.get().status());
            }
            assertThat(statuses).containsOnlyOnce(202);
            assertThat(statuses.stream().filter(status -> status == 409 || status == 400))
                    .hasSize(7);
        }
        assertThat(cloud.count("from server")).as("the losers left nothing").isEqualTo(1);
        assertThat(cloud.count("from virtual_function where leased_port_id is not null"))
                .isEqualTo(1);
    }

    @Test
    void moreBootsThanFunctions() throws Exception {
        int boots = FUNCTIONS + 4;
        List<UUID> ports = new ArrayList<>();
        for (int i = 0; i < boots; i++) {
            ports.add(cloud.port(direct, "direct", "10.1.0." + (20 + i)));
        }
        try (ExecutorService clients = Executors.newFixedThreadPool(4)) {
            List<Callable<Answer>> requests = new ArrayList<>();
            for (UUID port : ports) {
                requests.add(() -> boot(cloud, "vf", nics(port)));
            }
            for (Future<Answer> answer : clients.invokeAll(requests)) {
                assertThat(answer.get().status()).isEqualTo(202);
            }
        }
        assertThat(cloud.count("from server where status = 'BUILD'")).isEqualTo(FUNCTIONS);
        assertThat(cloud.count("from server where status = 'ERROR' and fault_code = 'NoValidHost'"))
                .isEqualTo(boots - FUNCTIONS);
    }

    @Test
    void severalAtOnce() {
        Answer answer = boot(
                cloud,
                "multi",
                "'min_count': 2, 'max_count': 3, 'return_reservation_id': true, 'networks': [{'uuid': '" + bridged
                        + "'}]");
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        String reservation = answer.json().required("reservation_id").asString();
        JsonNode servers = cloud.admin()
                .get("/v2.1/servers/detail?sort_key=display_name&sort_dir=asc&reservation_id=" + reservation)
                .json()
                .required("servers");
        assertThat(ComputeCloud.names(servers, "name")).containsExactly("multi-1", "multi-2", "multi-3");
        assertThat(servers.at("/2/OS-EXT-SRV-ATTR:launch_index").asInt()).isEqualTo(2);
        assertThat(servers.at("/0/addresses/NET0/0/addr").asString()).startsWith("10.0.0.");
        String first = servers.at("/0/id").asString();
        cloud.admin().delete("/v2.1/servers/" + first);
        cloud.absent(host, first);
        assertThat(cloud.count("from port where made_for_server"))
                .as("ports made for a server go with it")
                .isEqualTo(2);
    }

    @Test
    void listsByPagesFiltersAndProjects() {
        for (String name : new String[] {"a1", "a2", "b1", "b2"}) {
            boot(cloud, name, "'networks': 'none'");
        }
        JsonNode first = cloud.admin()
                .get("/v2.1/servers?limit=3&sort_key=display_name&sort_dir=asc")
                .json();
        assertThat(ComputeCloud.names(first.required("servers"), "name")).containsExactly("a1", "a2", "b1");
        String next = first.at("/servers_links/0/href").asString();
        JsonNode second = cloud.admin()
                .get(next.substring(cloud.base().length() + "/compute".length()))
                .json();
        assertThat(ComputeCloud.names(second.required("servers"), "name")).containsExactly("b2");
        assertThat(second.has("servers_links")).isFalse();
        assertThat(ComputeCloud.names(
                        cloud.admin().get("/v2.1/servers?name=%5Ea").json().required("servers"), "name"))
                .containsExactly("a2", "a1");
        assertThat(cloud.as("admin", "2.37")
                        .get("/v2.1/servers?status=nope")
                        .json()
                        .required("servers"))
                .isEmpty();
        assertThat(cloud.as("stranger", "2.92")
                        .get("/v2.1/servers/detail")
                        .json()
                        .required("servers"))
                .isEmpty();
        assertThat(cloud.as("stranger", "2.92")
                        .get("/v2.1/servers?all_tenants=1")
                        .status())
                .isEqualTo(403);
        assertThat(cloud.admin().get("/v2.1/servers?all_tenants=1").json().required("servers"))
                .hasSize(4);
        assertThat(cloud.admin()
                        .get("/v2.1/servers?marker=" + UUID.randomUUID())
                        .status())
                .isEqualTo(400);
        assertThat(cloud.admin().get("/v2.1/servers?limit=-1").status()).isEqualTo(400);
        assertThat(cloud.admin().get("/v2.1/servers?name=%28").status()).isEqualTo(400);
        assertThat(cloud.admin().get("/v2.1/servers?what=1").status()).isEqualTo(400);
        assertThat(cloud.as("admin", "2.1").get("/v2.1/servers?what=1").text())
                .as("what is not known is refused by name in every version")
                .contains("'what' was unexpected");
    }

    @Test
    void whatTheHostIsToldOfAServerIsForTheRequestThatChangedItLast() {
        Answer booted = boot(cloud, "asked", "'networks': 'none'");
        String server = id(booted);
        String path = "/v2.1/servers/" + server;
        assertToldFor(server, booted);
        assertToldFor(server, cloud.admin().put(path, "{'server': {'name': 'renamed'}}"));
        assertToldFor(server, cloud.admin().post(path + "/metadata", "{'metadata': {'b': '2'}}"));
        assertToldFor(server, cloud.admin().delete(path));
    }

    private static void assertToldFor(String server, Answer answer) {
        assertThat(answer.status()).as(answer.text()).isBetween(200, 204);
        assertThat(cloud.count("from server_request where server_id = '" + server + "' and request_id = '"
                        + answer.header("x-openstack-request-id") + "'"))
                .isEqualTo(1);
    }

    @Test
    void whatIsSaidAboutPartitionsIsShownAgain() {
        Answer made = boot(cloud, "auto", "'networks': 'none', 'OS-DCF:diskConfig': 'AUTO'");
        String server = id(made);
        assertThat(made.json().at("/server/OS-DCF:diskConfig").asString()).isEqualTo("AUTO");
        assertThat(show(server).required("OS-DCF:diskConfig").asString()).isEqualTo("AUTO");

        String path = "/v2.1/servers/" + server;
        assertThat(cloud.admin()
                        .put(path, "{'server': {'name': 'other'}}")
                        .json()
                        .at("/server/OS-DCF:diskConfig")
                        .asString())
                .as("what is not named stays")
                .isEqualTo("AUTO");
        assertThat(cloud.admin()
                        .put(path, "{'server': {'OS-DCF:diskConfig': 'MANUAL'}}")
                        .json()
                        .at("/server/OS-DCF:diskConfig")
                        .asString())
                .isEqualTo("MANUAL");
        assertThat(cloud.admin()
                        .get("/v2.1/servers/detail")
                        .json()
                        .at("/servers/0/OS-DCF:diskConfig")
                        .asString())
                .isEqualTo("MANUAL");
        Answer refused = cloud.admin().put(path, "{'server': {'OS-DCF:diskConfig': 'auto'}}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text()).contains("OS-DCF:diskConfig");
        assertThat(show(id(boot(cloud, "usual", "'networks': 'none'")))
                        .required("OS-DCF:diskConfig")
                        .asString())
                .isEqualTo("MANUAL");
    }

    @Test
    void metadataReachesTheGuest() {
        String server = id(boot(cloud, "meta", "'networks': 'none', 'metadata': {'a': '1'}"));
        long before = cloud.count("from host where desired_revision > 0");
        assertThat(before).isEqualTo(1);
        cloud.execute("update host set desired_revision = 0");
        String path = "/v2.1/servers/" + server + "/metadata";
        assertThat(cloud.admin().post(path, "{'metadata': {'b': '2'}}").json().required("metadata"))
                .hasSize(2);
        assertThat(cloud.count("from host where desired_revision > 0"))
                .as("the agent is told")
                .isEqualTo(1);
        assertThat(cloud.admin()
                        .put(path + "/b", "{'meta': {'b': '3'}}")
                        .json()
                        .at("/meta/b")
                        .asString())
                .isEqualTo("3");
        assertThat(cloud.admin().put(path + "/b", "{'meta': {'c': '3'}}").text())
                .contains("\"code\":400", "'meta' must have 'b' alone, and has 'c'");
        assertThat(cloud.admin().delete(path + "/a").status()).isEqualTo(204);
        assertThat(cloud.admin().delete(path + "/a").status()).isEqualTo(404);
        assertThat(cloud.admin().get(path).json().at("/metadata/b").asString()).isEqualTo("3");
        assertThat(cloud.as("reader", "2.92")
                        .post(path, "{'metadata': {'b': '2'}}")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void aSilentHostIsNamedWhenTheConsoleIsAskedFor() {
        String server = id(boot(cloud, "quiet", "'networks': 'none'"));
        Answer answer =
                cloud.admin().post("/v2.1/servers/" + server + "/action", "{'os-getConsoleOutput': {'length': 404}}");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.json().at("/serviceUnavailable/message").asString())
                .startsWith("Host compute01 did not answer");
    }
}
