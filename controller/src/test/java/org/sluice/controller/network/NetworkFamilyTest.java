package org.sluice.controller.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.http.Json;
import org.sluice.model.HostId;
import tools.jackson.databind.JsonNode;

/** The rest of the Network API: versions, extensions, quotas, agents, availability of addresses. */
final class NetworkFamilyTest {
    @RegisterExtension
    static final NetworkApi api = new NetworkApi();

    @BeforeEach
    void clear() {
        api.clear();
    }

    @Test
    void theVersionDocumentIsForEveryone() {
        NetworkApi.Answer answer = api.send("nobody", "GET", "/", null);
        assertThat(answer.expect(200, "versions")
                        .get(0)
                        .path("links")
                        .get(0)
                        .path("href")
                        .asString())
                .isEqualTo(api.base() + "/network/v2.0/");
        assertThat(api.send("nobody", "GET", "", null).status()).isEqualTo(200);
        assertThat(api.get("/v2.0/").expect(200, "resources")).hasSize(3);
        assertThat(api.get("/v2.0").expect(200, "resources")).hasSize(3);
    }

    @Test
    void aBadTokenIsAnsweredAsTheTokenFilterDoes() {
        NetworkApi.Answer answer = api.send("nobody", "GET", "/v2.0/ports", null);
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.body().path("error").path("title").asString()).isEqualTo("Unauthorized");
        assertThat(answer.body().path("error").path("message").asString())
                .isEqualTo("The request you have made requires authentication.");
        assertThat(answer.response().headers().firstValue("WWW-Authenticate"))
                .contains("Keystone uri=\"" + api.base() + "/identity\"");
    }

    @Test
    void whatIsNotThereIsAFaultOfNeutronsForm() {
        api.get("/v2.0/nothing").expectFault(404, "HTTPNotFound", "The resource could not be found.");
        api.get("/v2.0/extensions/tag-ports-during-bulk-creation")
                .expectFault(404, "HTTPNotFound", "Extension with alias tag-ports-during-bulk-creation does not exist");
    }

    @Test
    void extensionsAreListedAndShown() {
        assertThat(api.get("/v2.0/extensions").expect(200, "extensions"))
                .extracting(extension -> extension.path("alias").asString())
                .contains("binding", "provider", "security-group")
                .doesNotContain("qos", "router", "allowed-address-pairs");
        assertThat(api.get("/v2.0/extensions/binding")
                        .expect(200, "extension")
                        .path("name")
                        .asString())
                .isEqualTo("Port Binding");
    }

    @Test
    void quotasAreUnlimitedAndCannotBeSetToWhatNobodyEnforces() {
        String project = NetworkApi.ADMIN.projectId();
        assertThat(api.get("/v2.0/quotas/tenant")
                        .expect(200, "tenant")
                        .path("tenant_id")
                        .asString())
                .isEqualTo(project);
        assertThat(api.get("/v2.0/quotas/" + project)
                        .expect(200, "quota")
                        .path("port")
                        .asInt())
                .isEqualTo(-1);
        assertThat(api.get("/v2.0/quotas/" + project + "/default").status()).isEqualTo(200);
        assertThat(api.put("/v2.0/quotas/" + project, "{'quota': {'port': -1}}").status())
                .isEqualTo(200);
        api.put("/v2.0/quotas/" + project, "{'quota': {'port': 5000}}")
                .expectFault(
                        400,
                        "HTTPBadRequest",
                        "Invalid input for port. Reason: Sluice does not enforce quotas, so only -1 (unlimited) can be"
                                + " set, not '5000'.");
        assertThat(api.send("member", "GET", "/v2.0/quotas/" + project, null).status())
                .isEqualTo(403);
    }

    @Test
    void agentsAreTheHosts() {
        HostId alive = HostId.random();
        HostId silent = HostId.random();
        api.jdbi().useHandle(handle -> {
            handle.execute("delete from host");
            handle.execute(
                    "insert into host (id, name, last_seen_at) values (?, 'a', now() - interval '46 seconds')",
                    alive.value());
            handle.execute(
                    "insert into host (id, name, last_seen_at) values (?, 'b', now() - interval '61 seconds')",
                    silent.value());
            handle.execute("insert into bridge_uplink values (?, 'physnet0', 'eno2')", alive.value());
        });
        JsonNode agent = api.get("/v2.0/agents/" + alive).expect(200, "agent");
        assertThat(agent.path("alive").asBoolean()).isTrue();
        assertThat(agent.path("configurations")
                        .path("interface_mappings")
                        .path("physnet0")
                        .asString())
                .isEqualTo("eno2");
        assertThat(api.get("/v2.0/agents").expect(200, "agents")).hasSize(2);
        assertThat(api.get("/v2.0/agents?host=b")
                        .expect(200, "agents")
                        .get(0)
                        .path("alive")
                        .asBoolean())
                .isFalse();
        assertThat(agents("?alive=true")).containsExactly("a");
        assertThat(agents("?alive=false")).containsExactly("b");
        assertThat(agents("?agent_type=Sluice%20agent&binary=sluice-agent&sort_key=host&sort_dir=desc"))
                .containsExactly("b", "a");
        assertThat(agents("?agent_type=Open%20vSwitch%20agent")).isEmpty();
        assertThat(agents("?id=" + silent)).containsExactly("b");
        api.get("/v2.0/agents?availability_zone=nova")
                .expectFault(
                        400,
                        "HTTPBadRequest",
                        "Invalid input for operation: 'availability_zone' is an invalid attribute for filtering.");
        assertThat(api.get("/v2.0/agents/nobody").status()).isEqualTo(404);
        api.send("member", "GET", "/v2.0/agents", null)
                .expectFault(403, "PolicyNotAuthorized", "rule:get_agent is disallowed by policy");
    }

    private static java.util.List<String> agents(String query) {
        java.util.List<String> hosts = new java.util.ArrayList<>();
        api.get("/v2.0/agents" + query)
                .expect(200, "agents")
                .forEach(agent -> hosts.add(agent.path("host").asString()));
        return hosts;
    }

    @Test
    void whatIsAdvertisedIsObeyed() {
        assertThat(api.get("/v2.0/extensions").expect(200, "extensions"))
                .extracting(extension -> extension.path("alias").asString())
                .contains("revision-if-match", "sort-key-validation", "standard-attr-timestamp")
                .doesNotContain("availability_zone", "network_availability_zone");
        assertThat(api.get("/v2.0/networks?changed_since=2099-01-01T00:00:00Z").expect(200, "networks"))
                .isEmpty();
        api.network("n");
        assertThat(api.get("/v2.0/networks?changed_since=2020-01-01T00:00:00Z").expect(200, "networks"))
                .hasSize(1);
        assertThat(api.get("/openapi.json").status()).isEqualTo(200);
    }

    @Test
    void quotasOfTheOwnProjectAreForItsReaders() {
        assertThat(api.send("reader", "GET", "/v2.0/quotas/" + NetworkApi.READER.projectId(), null)
                        .status())
                .isEqualTo(200);
        assertThat(api.send("reader", "GET", "/v2.0/quotas", null).body())
                .as("those of one's own that are not as everybody's")
                .isEqualTo(Json.MAPPER.readTree("{\"quotas\":[]}"));
    }

    @Test
    void aWrongMethodIsNotAllowed() {
        assertThat(api.put("/v2.0/security-group-rules/00000000-0000-0000-0000-000000000000", "{}")
                        .status())
                .isEqualTo(405);
    }

    @Test
    void addressesInUseAreCounted() {
        String network = api.network("n");
        api.subnet(network, "10.0.0.0/24");
        api.subnet(network, "fd00::/64");
        api.port(network);
        JsonNode availability =
                api.get("/v2.0/network-ip-availabilities/" + network).expect(200, "network_ip_availability");
        assertThat(availability.path("used_ips").asInt()).isEqualTo(2);
        JsonNode four = api.get("/v2.0/network-ip-availabilities?ip_version=4&network_id=" + network)
                .expect(200, "network_ip_availabilities")
                .get(0);
        assertThat(four.path("total_ips").asInt()).isEqualTo(253);
        assertThat(four.path("used_ips").asInt()).isEqualTo(1);
        assertThat(api.send("member", "GET", "/v2.0/network-ip-availabilities", null)
                        .status())
                .isEqualTo(403);
    }

    @Test
    void networksKnowNoZones() {
        assertThat(api.get("/v2.0/availability_zones").expect(200, "availability_zones"))
                .isEmpty();
        assertThat(api.get("/v2.0/availability_zones?name=nova&limit=1&sort_key=name&sort_dir=desc")
                        .expect(200, "availability_zones"))
                .isEmpty();
        api.get("/v2.0/availability_zones?marker=nova")
                .expectFault(404, "AvailabilityZoneNotFound", "AvailabilityZone nova could not be found.");
        assertThat(api.get("/v2.0/availability_zones?limit=one").status()).isEqualTo(400);
    }
}
