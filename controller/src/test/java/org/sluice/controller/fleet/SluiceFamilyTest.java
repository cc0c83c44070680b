package org.sluice.controller.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.agents.TestFleet;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.HostId;
import org.sluice.model.PortId;
import org.sluice.model.VnicType;
import tools.jackson.databind.JsonNode;

/** What {@code /sluice/v1} takes, and how it lists. */
final class SluiceFamilyTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private final TestFleet fleet = new TestFleet(postgres.database());
    private FleetApi api;

    @BeforeEach
    void start() {
        fleet.clear();
        api = new FleetApi(postgres.database());
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void unknownMembersAreRefusedByName() {
        fleet.host("node1", 1);
        Map<String, String> bodies = Map.of(
                "/physical-networks/net",
                "{\"mtu\":1500,\"nonsense\":1}",
                "/hosts/node1/physical-functions/ens1f0",
                "{\"physical_network\":null,\"nonsense\":1}",
                "/hosts/node1/uplinks/" + TestFleet.UPLINK_NETWORK,
                "{\"interface\":\"eth1\",\"nonsense\":1}");
        bodies.forEach((path, body) -> assertRefused(api.put(path, body), "The field 'nonsense' of "));
        assertRefused(
                api.put("/physical-networks/net", "{\"vlan_ranges\":[{\"first\":1,\"last\":2,\"nonsense\":1}]}"),
                "The field 'nonsense' of ");
        assertRefused(api.post("/join-tokens", "{\"valid\":1}"), "The field 'valid' of body is not known.");
        assertRefused(api.post("/import", "{\"settings\":[],\"nonsense\":1}"), "The field 'nonsense' of ");
        assertThat(api.get("/physical-networks/net").status()).isEqualTo(404);
    }

    @Test
    void aPhysicalNetworkGoesOnceNothingIsOnIt() {
        fleet.host("node1", 1);
        Answer used = api.delete("/physical-networks/" + TestFleet.VF_NETWORK);
        assertThat(used.status()).isEqualTo(409);
        assertThat(used.text()).contains("The physical network '" + TestFleet.VF_NETWORK + "' has physical functions.");
        assertThat(api.put("/physical-networks/spare", "{\"vlan_ranges\":[{\"first\":1,\"last\":9}]}")
                        .status())
                .isEqualTo(200);
        assertThat(api.delete("/physical-networks/spare").status()).isEqualTo(204);
        assertThat(api.delete("/physical-networks/spare").status()).isEqualTo(404);
        assertThat(fleet.count("select count(*) from vlan_range")).isZero();
    }

    @Test
    void textsAndListsAreBounded() {
        fleet.host("node1", 1);
        String path = "/hosts/node1/uplinks/" + TestFleet.UPLINK_NETWORK;
        assertRefused(
                api.put(path, "{\"interface\":\"" + "x".repeat(256) + "\"}"),
                "The field 'interface' must have at most 255 characters or items.");
        assertRefused(
                api.put(path, "{\"interface\":\"a\\u0000b\"}"), "The field 'interface' must not have NUL characters");
        String range = "{\"first\":1,\"last\":1},".repeat(4_095);
        assertRefused(
                api.put("/physical-networks/net", "{\"vlan_ranges\":[" + range.substring(0, range.length() - 1) + "]}"),
                "The field 'vlan_ranges' must have at most 4094 characters or items.");
        assertRefused(api.post("/import", "{\"settings\":[null]}"), "The field 'settings' must be an object.");
        assertRefused(api.post("/import", "{}"), "The field 'settings' of body is required.");
        assertRefused(
                api.post("/import", "{\"settings\":[{\"file\":\"f\"}]}"), "The field 'line' of settings is required.");
        assertRefused(api.post("/import", "{\"settings\":[],\"hosts\":[7]}"), "The field 'hosts' must be a string.");
        assertThat(api.post(
                                "/import",
                                "{\"settings\":[{\"file\":\"f\",\"line\":1,\"section\":\"s\",\"name\":\"n\","
                                        + "\"value\":\"\"}],\"hosts\":[]}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void anUplinkIsTakenAwayUnlessItIsUsed() {
        fleet.host("node1", 1);
        String path = "/hosts/node1/uplinks/" + TestFleet.UPLINK_NETWORK;
        PortId bridged = fleet.port(fleet.network(TestFleet.UPLINK_NETWORK, 2001), VnicType.NORMAL);
        assertThat(fleet.boot(bridged).isPlaced()).isTrue();

        Answer used = api.delete(path);
        assertThat(used.status()).isEqualTo(409);
        assertThat(used.text()).contains("1 bridge ports on " + TestFleet.UPLINK_NETWORK + " are bound to node1");

        postgres.database().jdbi().useHandle(handle -> handle.execute("delete from port_binding"));
        Answer removed = api.delete(path);
        assertThat(removed.status()).isEqualTo(200);
        assertThat(removed.json().at("/host/uplinks").has(TestFleet.UPLINK_NETWORK))
                .isFalse();
        assertThat(api.delete(path).status()).isEqualTo(404);
        assertThat(api.delete("/hosts/none/uplinks/net").status()).isEqualTo(404);
    }

    @Test
    void anUplinkIsGivenWhereThereIsNoneWhateverIsBound() {
        HostId host = fleet.host("node1", 1);
        String path = "/hosts/node1/uplinks/" + TestFleet.UPLINK_NETWORK;
        PortId bridged = fleet.port(fleet.network(TestFleet.UPLINK_NETWORK, 2001), VnicType.NORMAL);
        assertThat(fleet.boot(bridged).isPlaced()).isTrue();
        assertThat(api.put(path, "{\"interface\":\"eth1\"}").status())
                .as("another one than the port stands on")
                .isEqualTo(409);
        postgres.database().jdbi().useHandle(handle -> handle.execute("delete from bridge_uplink"));
        long before = fleet.count("select desired_revision from host where id = ?", host.value());

        Answer given = api.put(path, "{\"interface\":\"eth1\"}");

        assertThat(given.status()).as(given.text()).isEqualTo(200);
        assertThat(given.json().at("/host/uplinks/" + TestFleet.UPLINK_NETWORK).asString())
                .isEqualTo("eth1");
        assertThat(fleet.count("select desired_revision from host where id = ?", host.value()))
                .as("the host hears of it")
                .isEqualTo(before + 1);
    }

    @Test
    void joinTokensAreListedAndRevoked() {
        JsonNode token =
                api.post("/join-tokens", "{\"valid_seconds\":60}").json().get("join_token");
        String id = token.get("id").asString();

        JsonNode listed = api.get("/join-tokens").json().get("join_tokens");
        assertThat(listed).hasSize(1);
        assertThat(listed.get(0).get("id").asString()).isEqualTo(id);
        assertThat(listed.get(0).get("expires_at").asString())
                .isEqualTo(token.get("expires_at").asString());
        assertThat(listed.get(0).get("used_at").isNull()).isTrue();
        // The secret is shown once.
        assertThat(listed.toString()).doesNotContain(token.get("token").asString());

        assertThat(api.delete("/join-tokens/" + id).status()).isEqualTo(204);
        assertThat(api.delete("/join-tokens/" + id).status()).isEqualTo(404);
        assertThat(api.get("/join-tokens").json().get("join_tokens")).isEmpty();
        assertThat(api.as("member", "GET", "/join-tokens", "").status()).isEqualTo(403);
    }

    @Test
    void listsComeInPages() {
        fleet.host("node1", 3);
        fleet.host("node2", 2);
        for (int number = 0; number < 3; number++) {
            api.put("/physical-networks/net" + number, "{}");
            api.post("/join-tokens", "{}");
        }
        for (String list : List.of("hosts", "physical-networks", "virtual-functions", "join-tokens")) {
            String member = list.replace('-', '_');
            JsonNode whole = api.get("/" + list).json();
            assertThat(whole.has("next")).as(list).isFalse();
            List<JsonNode> walked = new ArrayList<>();
            String next = "/" + list + "?limit=1";
            while (!next.isEmpty()) {
                JsonNode page = api.get(next).json();
                // The last full page may be followed by one that is empty.
                assertThat(page.get(member)).as(next).hasSize(page.has("next") ? 1 : 0);
                page.get(member).forEach(walked::add);
                next = page.path("next").asString("").replaceFirst("^/sluice/v1", "");
            }
            assertThat(walked).as(list).containsExactlyElementsOf(whole.get(member));
        }
        assertThat(api.get("/virtual-functions?host=node2").json().get("virtual_functions"))
                .hasSize(2);
        for (String wrong : List.of("limit=-1", "limit=many", "marker=node1", "marker=node1/ens1f0/x", "hots=node1")) {
            assertThat(api.get("/virtual-functions?" + wrong).status())
                    .as(wrong)
                    .isEqualTo(400);
        }
    }

    @Test
    void everyRuleInForceIsShown() {
        JsonNode rules = api.get("/policy").json().get("rules");

        List<String> names = new ArrayList<>();
        rules.forEach(rule -> names.add(rule.get("name").asString()));
        assertThat(names).isSorted().contains("admin", "project_reader", "sluice:hosts:list", "sluice:policy:show");
        JsonNode own = rules.get(names.indexOf("sluice:policy:show"));
        assertThat(own.get("check").asString()).isEqualTo("rule:admin");
        assertThat(own.get("default").asString()).isEqualTo("rule:admin");
        assertThat(own.get("overridden").asBoolean()).isFalse();
        assertThat(own.get("sentence").asString()).endsWith(".");
        assertThat(api.as("reader", "GET", "/policy", "").status()).isEqualTo(403);
    }

    private static void assertRefused(Answer answer, String sentence) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.text()).contains(sentence);
    }
}
