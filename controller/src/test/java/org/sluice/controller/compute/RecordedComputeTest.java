package org.sluice.controller.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.http.RecordedExchange;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.HostId;
import tools.jackson.databind.JsonNode;

/** The same requests as were recorded from OpenStack Zed get the same status and a body of the same shape. */
class RecordedComputeTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static ComputeCloud cloud;
    private static HostId host;
    private static String flavor;
    private static UUID image;
    private static String server;
    private static Answer created;

    @BeforeAll
    static void boot() {
        cloud = new ComputeCloud(postgres.database());
        host = cloud.host("compute02", 7);
        cloud.zone("rack0", host);
        flavor = cloud.flavor("m1.standard", 2, 4096, 20);
        image = cloud.newImage();
        UUID nic0 = cloud.port(cloud.network("NET0", "physnet0", 2001, "10.0.3"), "normal", "10.0.3.76");
        UUID nic1 = cloud.port(cloud.network("NET1", "sriovnet0", 2401, "10.1.0"), "direct", "10.1.0.209");
        RecordedExchange keypair = recorded("keypair-create");
        Answer key =
                cloud.admin().post("/v2.1/os-keypairs", keypair.requestBody().toString());
        assertThat(key.status()).isEqualTo(keypair.status());
        Shapes.assertSame(keypair.body(), key.json());
        assertThat(key.json().at("/keypair/fingerprint"))
                .isEqualTo(keypair.body().at("/keypair/fingerprint"));
        created = cloud.admin()
                .post(
                        "/v2.1/servers",
                        ComputeCloud.boot(
                                "vm00",
                                flavor,
                                image,
                                "'key_name': 'dev001', 'min_count': 1, 'max_count': 1, 'security_groups': [{'name': 'default'}],"
                                        + "'availability_zone': 'rack0', 'networks': [{'port': '" + nic0
                                        + "'}, {'port': '" + nic1 + "'}]"));
        server = created.json().at("/server/id").asString();
        cloud.running(server);
    }

    @AfterAll
    static void stop() {
        cloud.close();
    }

    private static RecordedExchange recorded(String name) {
        return RecordedExchange.of("compute", name);
    }

    private static void same(String name, Answer answer, String... except) {
        RecordedExchange recorded = recorded(name);
        assertThat(answer.status()).as(answer.text()).isEqualTo(recorded.status());
        if (!recorded.body().isNull()) {
            Shapes.assertSame(recorded.body(), answer.json(), except);
        }
        String version = recorded.headers().get("OpenStack-API-Version");
        if (version != null && !version.equals("compute 2.200")) {
            assertThat(answer.headers()).containsKeys("OpenStack-API-Version", "X-OpenStack-Nova-API-Version", "Vary");
        }
        assertThat(answer.header("x-compute-request-id")).isEqualTo(answer.header("x-openstack-request-id"));
    }

    @Test
    void versionDocumentsNeedNoToken() {
        for (String path : new String[] {"", "/"}) {
            same("versions", cloud.as("", "").get(path));
        }
        for (String path : new String[] {"/v2.1", "/v2.1/"}) {
            Answer answer = cloud.as("", "").get(path);
            same("version", answer);
            assertThat(answer.json().at("/version/links/0/href").asString()).isEqualTo(cloud.base() + "/compute/v2.1/");
        }
    }

    @Test
    void createAnswersAsNovaDoes() {
        // As a nova whose option enable_instance_password is off: there is no password to be shown.
        same("server-create", created, ".server.adminPass");
        assertThat(created.header("Location")).isEqualTo(cloud.base() + "/compute/v2.1/servers/" + server);
    }

    @Test
    void serversLookAsInNova() {
        same("server-show", cloud.admin().get("/v2.1/servers/" + server));
        same("server-show-2.1", cloud.as("admin", "").get("/v2.1/servers/" + server), ".server.metadata.role");
        same("server-list-detail", cloud.admin().get("/v2.1/servers/detail"));
        same("server-list", cloud.admin().get("/v2.1/servers?name=vm00"));
        same("server-interfaces", cloud.admin().get("/v2.1/servers/" + server + "/os-interface"));
        same("server-actions", cloud.admin().get("/v2.1/servers/" + server + "/os-instance-actions"));
        same("server-unknown", cloud.admin().get("/v2.1/servers/vm00"));
        same(
                "server-update-2.1",
                cloud.as("admin", "").put("/v2.1/servers/" + server, "{'server': {'name': 'vm00'}}"),
                ".server.metadata.");
    }

    @Test
    void theSameValuesAreInTheSamePlaces() {
        JsonNode shown = cloud.admin().get("/v2.1/servers/" + server).json().required("server");
        JsonNode theirs = recorded("server-show").body().required("server");
        for (String member : new String[] {
            "name",
            "status",
            "tenant_id",
            "user_id",
            "flavor",
            "progress",
            "OS-EXT-AZ:availability_zone",
            "config_drive",
            "key_name",
            "OS-EXT-SRV-ATTR:host",
            "OS-EXT-SRV-ATTR:hostname",
            "OS-EXT-STS:task_state",
            "OS-EXT-STS:vm_state",
            "OS-EXT-STS:power_state",
            "host_status",
            "locked",
            "tags",
            "hostId",
            "description",
            "OS-DCF:diskConfig"
        }) {
            assertThat(shown.required(member)).as(member).isEqualTo(theirs.required(member));
        }
        assertThat(shown.at("/addresses/NET0/0/addr").asString()).isEqualTo("10.0.3.76");
        assertThat(shown.at("/addresses/NET1/0/addr").asString()).isEqualTo("10.1.0.209");
        assertThat(shown.required("OS-EXT-SRV-ATTR:instance_name").asString()).matches("instance-[0-9a-f]{8}");
    }

    @Test
    void consoleOutput() {
        same(
                "console-output",
                cloud.admin().post("/v2.1/servers/" + server + "/action", "{'os-getConsoleOutput': {'length': null}}"));
        assertThat(cloud.consoleLines(server)).isEqualTo(-1);
        cloud.admin().post("/v2.1/servers/" + server + "/action", "{'os-getConsoleOutput': {'length': '20'}}");
        assertThat(cloud.consoleLines(server)).isEqualTo(20);
        same(
                "remote-console",
                cloud.as("admin", "2.8")
                        .post(
                                "/v2.1/servers/" + server + "/remote-consoles",
                                "{'remote_console': {'type': 'novnc', 'protocol': 'vnc'}}"));
    }

    @Test
    void flavors() {
        same("flavor-list-detail", cloud.admin().get("/v2.1/flavors/detail"));
        same("flavor-list", cloud.admin().get("/v2.1/flavors?is_public=None"));
        same("flavor-show", cloud.admin().get("/v2.1/flavors/" + flavor));
        same("flavor-show-2.1", cloud.as("member", "").get("/v2.1/flavors/" + flavor));
        same("flavor-unknown", cloud.admin().get("/v2.1/flavors/m1.legacy"));
        Answer made = cloud.admin()
                .post("/v2.1/flavors", recorded("flavor-create").requestBody().toString());
        same("flavor-create", made);
        same(
                "flavor-delete",
                cloud.admin()
                        .delete("/v2.1/flavors/" + made.json().at("/flavor/id").asString()));
    }

    @Test
    void keyPairs() {
        same("keypair-list", cloud.admin().get("/v2.1/os-keypairs"));
        same("keypair-show", cloud.as("admin", "2.10").get("/v2.1/os-keypairs/dev001"));
        cloud.admin()
                .post(
                        "/v2.1/os-keypairs",
                        recorded("keypair-create").requestBody().toString().replace("dev001", "dev002"));
        same("keypair-delete", cloud.admin().delete("/v2.1/os-keypairs/dev002"));
    }

    @Test
    void hostsAndZones() {
        same("service-list", cloud.admin().get("/v2.1/os-services"));
        same("hypervisor-list", cloud.admin().get("/v2.1/os-hypervisors"));
        same("hypervisor-bad-id", cloud.admin().get("/v2.1/os-hypervisors/compute01"));
        same("hypervisor-unknown", cloud.as("admin", "").get("/v2.1/os-hypervisors/compute01"));
        same("hypervisor-detail-2.1", cloud.as("admin", "").get("/v2.1/os-hypervisors/detail"));
        same("hypervisor-statistics", cloud.as("admin", "").get("/v2.1/os-hypervisors/statistics"));
        same("aggregate-list", cloud.admin().get("/v2.1/os-aggregates"));
        same("aggregate-bad-id", cloud.admin().get("/v2.1/os-aggregates/rack9"));
        JsonNode theirs = recorded("zones-detail").body().at("/availabilityZoneInfo/1");
        JsonNode ours =
                cloud.admin().get("/v2.1/os-availability-zone/detail").json().at("/availabilityZoneInfo/0");
        assertThat(ours.required("zoneName")).isEqualTo(theirs.required("zoneName"));
        Shapes.assertSame(theirs.at("/hosts/compute02"), ours.at("/hosts/compute02"));
    }

    @Test
    void limitsAndQuotas() {
        same("limits", cloud.admin().get("/v2.1/limits"));
        same("limits-2.1", cloud.as("admin", "").get("/v2.1/limits"));
        same("quota-show", cloud.admin().get("/v2.1/os-quota-sets/" + ComputeCloud.PROJECT));
        same("quota-show-2.1", cloud.as("admin", "").get("/v2.1/os-quota-sets/" + ComputeCloud.PROJECT));
    }

    @Test
    void refusalsOfTheEdge() {
        Answer noToken = cloud.as("", "").get("/v2.1/servers");
        same("no-token", noToken);
        assertThat(noToken.json()).isEqualTo(recorded("no-token").body());
        assertThat(noToken.header("WWW-Authenticate")).isEqualTo("Keystone uri=\"" + cloud.base() + "/identity\"");
        Answer noRoute = cloud.as("admin", "").get("/v2.1/nothing");
        assertThat(noRoute.status()).isEqualTo(404);
        assertThat(noRoute.json()).isEqualTo(recorded("no-route").body());
        Answer malformed = cloud.as("admin", "2.3.4").get("/v2.1/servers");
        assertThat(malformed.status()).isEqualTo(400);
        assertThat(malformed.json()).isEqualTo(recorded("version-malformed").body());
        Answer notOffered = cloud.as("admin", "2.200").get("/v2.1/servers");
        same("version-not-offered", notOffered);
        assertThat(notOffered.header("OpenStack-API-Version")).isEqualTo("compute 2.200");
        Answer incomplete = cloud.as("admin", "").post("/v2.1/servers", "{'server': {'name': 'x'}}");
        assertThat(incomplete.status()).isEqualTo(400);
        assertThat(incomplete.json())
                .isEqualTo(recorded("create-without-flavor").body());
    }
}
