package org.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What users get wrong on the way to a VM: OpenStack's status and fault, and nothing half-made left behind. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputTest {
    private static final JsonMapper JSON = new JsonMapper();

    private RunningCloud cloud;
    private Api api;
    private String network;
    private String image;
    private String flavor;

    @BeforeAll
    void bringUp(@TempDir Path directory) throws Exception {
        cloud = RunningCloud.up(directory.resolve("data"), "simulated:1", Ports.free(), Duration.ofMinutes(3));
        api = Api.of(cloud);
        network = api.createNetwork("direct", "sriovnet0", "10.50.0.0/24");
        image = api.get("/image/v2/images").path("images").get(0).path("id").asString();
        flavor = api.createFlavor("small", 1, 64, 1);
    }

    @AfterAll
    void bringDown() {
        cloud.close();
    }

    private static void refused(HttpResponse<String> answer, int status, String member, String words) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        JsonNode fault = JSON.readTree(answer.body());
        assertThat(fault.propertyNames()).as(answer.body()).contains(member);
        assertThat(answer.body()).contains(words);
    }

    private HttpResponse<String> network(String segment) {
        return api.exchange("POST", "/network/v2.0/networks", "{\"network\": {\"name\": \"bad\", " + segment + "}}");
    }

    private HttpResponse<String> server(String nics) {
        return api.exchange("POST", "/compute/v2.1/servers", """
                {"server": {"name": "bad", "imageRef": "%s", "flavorRef": "%s", "networks": [%s]}}""".formatted(image, flavor, nics));
    }

    private int count(String path, String collection) {
        return api.get(path).path(collection).size();
    }

    @Test
    void segmentsThatCannotBe() {
        int before = count("/network/v2.0/networks", "networks");
        String vlan = "\"provider:network_type\": \"vlan\", \"provider:physical_network\": ";

        refused(network(vlan + "\"nowhere\""), 400, "NeutronError", "nowhere");
        refused(
                network(vlan + "\"sriovnet0\", \"provider:segmentation_id\": 4095"),
                400,
                "NeutronError",
                "segmentation_id out of range (1 through 4094)");
        String taken = vlan + "\"sriovnet0\", \"provider:segmentation_id\": 77";
        String id = JSON.readTree(network(taken).body()).at("/network/id").asString();
        refused(network(taken), 409, "NeutronError", "The VLAN 77 on physical network sriovnet0 is in use.");
        api.delete("/network/v2.0/networks/" + id);

        assertThat(count("/network/v2.0/networks", "networks")).isEqualTo(before);
    }

    @Test
    void portsAndNetworksThatAreNotThere() {
        String nowhere = UUID.randomUUID().toString();
        int before = count("/compute/v2.1/servers", "servers");

        refused(server("{\"port\": \"" + nowhere + "\"}"), 400, "badRequest", nowhere);
        refused(server("{\"uuid\": \"" + nowhere + "\"}"), 400, "badRequest", nowhere);
        refused(
                api.exchange("POST", "/network/v2.0/ports", "{\"port\": {\"network_id\": \"" + nowhere + "\"}}"),
                404,
                "NeutronError",
                nowhere);

        assertThat(count("/compute/v2.1/servers", "servers")).isEqualTo(before);
    }

    @Test
    void aPortThatAnotherServerHas() throws Exception {
        String port = api.createPort(network, "direct", "once");
        String server = api.createServer("first", image, flavor, port);

        HttpResponse<String> second = server("{\"port\": \"" + port + "\"}");

        assertThat(second.statusCode()).as(second.body()).isIn(400, 409);
        assertThat(second.body()).contains(port);
        api.delete("/compute/v2.1/servers/" + server);
    }

    @Test
    void malformedJsonAndBadTokens() {
        refused(api.exchange("POST", "/network/v2.0/ports", "{\"port\": "), 400, "NeutronError", "JSON");
        refused(api.exchange("POST", "/compute/v2.1/servers", "{\"server\": "), 400, "badRequest", "JSON");
        refused(api.getAs("no-token", "/compute/v2.1/servers"), 401, "error", "requires authentication");
        refused(api.getAs("no-token", "/network/v2.0/ports"), 401, "error", "requires authentication");
    }

    @Test
    void anImageThatIsNotWhatItClaims() {
        String id = api.post(
                        "/image/v2/images", Map.of("name", "liar", "disk_format", "qcow2", "container_format", "bare"))
                .path("id")
                .asString();

        HttpResponse<String> upload = api.upload("/image/v2/images/" + id + "/file", new byte[4096]);

        assertThat(upload.statusCode()).as(upload.body()).isBetween(400, 499);
        assertThat(upload.body()).contains("qcow2");
        assertThat(api.get("/image/v2/images/" + id).path("status").asString()).isEqualTo("queued");
        api.delete("/image/v2/images/" + id);
    }

    @Test
    void everyVirtualFunctionIsTakenOnceAndThenThereIsNone() throws Exception {
        String full = api.createNetwork("full", "sriovnet0", "10.51.0.0/16");
        List<String> servers = new ArrayList<>();
        JsonNode refused = null;
        while (refused == null) {
            String server = api.createServer(
                    "vf" + servers.size(), image, flavor, api.createPort(full, "direct", "vf" + servers.size()));
            servers.add(server);
            JsonNode shown = api.get("/compute/v2.1/servers/" + server).path("server");
            refused = shown.path("status").asString().equals("ERROR") ? shown : null;
            assertThat(servers).hasSizeLessThanOrEqualTo(65);
        }

        assertThat(refused.at("/fault/message").asString())
                .startsWith("No valid host was found.")
                .contains("PciPassthroughFilter");
        Command explain = cloud.type("sluice explain --data " + cloud.data() + " " + servers.getLast());
        assertThat(explain.succeeded()).contains("PciPassthroughFilter").contains("leased");
        for (String server : servers) {
            api.delete("/compute/v2.1/servers/" + server);
        }
    }

    @Test
    void whatTheClientsSayWhenItGoesWrong() {
        assertThat(cloud.type("neutron net-create x --provider:network_type vlan --provider:physical_network nowhere"
                                + " --provider:segmentation_id 5")
                        .failed())
                .contains("nowhere");
        assertThat(cloud.type("openstack server show no-such-server").failed())
                .contains("No server with a name or ID of 'no-such-server' exists.");
    }
}
