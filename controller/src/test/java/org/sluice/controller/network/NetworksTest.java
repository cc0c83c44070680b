package org.sluice.controller.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Networks: their segments, who may set what, what stands in the way of deleting them. */
final class NetworksTest {
    private static final String PHYSNET0 =
            "'provider:network_type': 'vlan', 'provider:physical_network': 'physnet0', 'provider:segmentation_id': ";

    @RegisterExtension
    static final NetworkApi api = new NetworkApi();

    @BeforeEach
    void clear() {
        api.clear();
    }

    @Test
    void anExplicitSegmentIsTaken() {
        JsonNode network = api.post("/v2.0/networks", "{'network': {'name': 'n', " + PHYSNET0 + "'2200'}}")
                .expect(201, "network");
        assertThat(network.path("provider:segmentation_id").asInt()).isEqualTo(2200);
        assertThat(network.path("mtu").asInt()).isEqualTo(1500);
        api.post("/v2.0/networks", "{'network': {'name': 'dup', " + PHYSNET0 + "2200}}")
                .expectFault(
                        409,
                        "VlanIdInUse",
                        "Unable to create the network. The VLAN 2200 on physical network physnet0 is in use.");
    }

    @Test
    void withoutOneTheHighestFreeVlanOfTheRangesIsTaken() {
        api.network("explicit", PHYSNET0 + "2010");
        String id = api.network("n");
        JsonNode network = api.get("/v2.0/networks/" + id).expect(200, "network");
        assertThat(network.path("provider:physical_network").asString()).isEqualTo("physnet0");
        assertThat(network.path("provider:segmentation_id").asInt()).isEqualTo(2009);
    }

    @Test
    void aNetworkIsPutWhereAHostReachesIt() {
        api.jdbi().useHandle(handle -> handle.execute("""
                insert into host (id, name) values ('00000000-0000-4000-8000-000000000001', 'reaching');
                insert into bridge_uplink values ('00000000-0000-4000-8000-000000000001', 'tiny', 'eth1')"""));
        try {
            for (int vlan : new int[] {6, 5}) {
                JsonNode network = api.post("/v2.0/networks", "{'network': {}}").expect(201, "network");
                assertThat(network.path("provider:physical_network").asString()).isEqualTo("tiny");
                assertThat(network.path("provider:segmentation_id").asInt()).isEqualTo(vlan);
            }
            assertThat(api.post("/v2.0/networks", "{'network': {}}").status()).isEqualTo(503);
            String named = api.network("n", "'provider:network_type': 'vlan', 'provider:physical_network': 'physnet0'");
            assertThat(api.get("/v2.0/networks/" + named)
                            .expect(200, "network")
                            .path("provider:segmentation_id")
                            .asInt())
                    .isEqualTo(2010);
        } finally {
            api.jdbi().useHandle(handle -> handle.execute("delete from host where name = 'reaching'"));
        }
    }

    @Test
    void whomANetworkIsOpenToIsForAdmins() {
        String id = api.send("member", "POST", "/v2.0/networks", "{'network': {'name': 'mine'}}")
                .expect(201, "network")
                .path("id")
                .asString();
        api.put("/v2.0/networks/" + id, "{'network': {'shared': true}}").expect(200, "network");
        api.send("member", "PUT", "/v2.0/networks/" + id, "{'network': {'shared': false}}")
                .expectFault(403, "PolicyNotAuthorized", "rule:update_network:shared is disallowed by policy");
        api.send("member", "PUT", "/v2.0/networks/" + id, "{'network': {'router:external': true}}")
                .expectFault(403, "PolicyNotAuthorized", "rule:update_network:router:external is disallowed by policy");
        api.send("member", "PUT", "/v2.0/networks/" + id, "{'network': {'shared': true, 'name': 'ours'}}")
                .expect(200, "network");
    }

    @Test
    void oneRequestMakesABoundedNumber() {
        String hundredAndOne = String.join(",", java.util.Collections.nCopies(101, "{}"));
        api.post("/v2.0/networks", "{'networks': [" + hundredAndOne + "]}")
                .expectFault(
                        400,
                        "HTTPBadRequest",
                        "One request can make 100 networks at most, and this one asks for 101; send several requests.");
    }

    @Test
    void theRangeOfANamedPhysicalNetworkRunsOut() {
        String tiny = "'provider:network_type': 'vlan', 'provider:physical_network': 'tiny'";
        api.network("a", tiny);
        api.network("b", tiny);
        api.post("/v2.0/networks", "{'network': {" + tiny + "}}")
                .expectFault(
                        503,
                        "NoNetworkAvailable",
                        "Unable to create the network. No VLAN id is free in the ranges of the physical network.");
    }

    @Test
    void parallelCreatesGetDifferentVlans() throws InterruptedException, ExecutionException {
        List<Future<String>> made = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 11; i++) {
                made.add(threads.submit(() ->
                        api.network("n", "'provider:network_type': 'vlan', 'provider:physical_network': 'sriovnet0'")));
            }
            for (Future<String> one : made) {
                assertThat(one.get()).isNotEmpty();
            }
        }
        assertThat(api.get("/v2.0/networks?provider:physical_network=sriovnet0").expect(200, "networks"))
                .extracting(network -> network.path("provider:segmentation_id").asInt())
                .doesNotHaveDuplicates()
                .hasSize(11);
    }

    @Test
    void aPhysicalNetworkHasOneFlatNetwork() {
        String flat = "'provider:network_type': 'flat', 'provider:physical_network': 'bare'";
        JsonNode network =
                api.post("/v2.0/networks", "{'network': {" + flat + "}}").expect(201, "network");
        assertThat(network.path("provider:segmentation_id").isNull()).isTrue();
        api.post("/v2.0/networks", "{'network': {" + flat + "}}")
                .expectFault(
                        409, "FlatNetworkInUse", "Unable to create the flat network. Physical network bare is in use.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "vlan | physnet0 | 5000 | segmentation_id out of range (1 through 4094)",
                "vlan | physnet0 | 0    | segmentation_id out of range (1 through 4094)",
                "vlan | nowhere  | 10   | physical_network 'nowhere' unknown for VLAN provider network",
                "flat | nowhere  | null | physical_network 'nowhere' unknown for flat provider network",
                "flat | bare     | 10   | segmentation_id prohibited for flat provider network",
                "vxlan| physnet0 | 10   | network_type value 'vxlan' not supported",
                "vlan | bare     | null | Physical network bare requires segmentation_id to be specified when creating a provider network"
            })
    void aSegmentThatMakesNoSenseIsRefused(String type, String physicalNetwork, String vlan, String reason) {
        api.post(
                        "/v2.0/networks",
                        "{'network': {'provider:network_type': '" + type
                                + "', 'provider:physical_network': '" + physicalNetwork
                                + "', 'provider:segmentation_id': "
                                + vlan + "}}")
                .expectFault(400, "InvalidInput", "Invalid input for operation: " + reason + ".");
    }

    @Test
    void aSegmentationIdMustBeANumber() {
        api.post("/v2.0/networks", "{'network': {" + PHYSNET0 + "'many'}}")
                .expectFault(
                        400,
                        "HTTPBadRequest",
                        "Invalid input for provider:segmentation_id. Reason: 'many' is not an integer.");
    }

    @Test
    void providerAttributesAreForAdmins() {
        NetworkApi.Answer refused =
                api.send("member", "POST", "/v2.0/networks", "{'network': {'provider:segmentation_id': 2201}}");
        refused.expectFault(
                403, "PolicyNotAuthorized", "rule:create_network:provider:segmentation_id is disallowed by policy");
        JsonNode own = api.send("member", "POST", "/v2.0/networks", "{'network': {'name': 'mine'}}")
                .expect(201, "network");
        assertThat(own.has("provider:segmentation_id")).isFalse();
        assertThat(own.path("project_id").asString()).isEqualTo(NetworkApi.MEMBER.projectId());
        api.send("member", "POST", "/v2.0/networks", "{'network': {'shared': true}}")
                .expectFault(403, "PolicyNotAuthorized", "rule:create_network:shared is disallowed by policy");
    }

    @Test
    void theMtuIsTheWiresAtMost() {
        api.post("/v2.0/networks", "{'network': {'mtu': 1501}}")
                .expectFault(
                        400, "InvalidInput", "Invalid input for operation: Requested MTU is too big, maximum is 1500.");
        api.post("/v2.0/networks", "{'network': {'mtu': 67}}")
                .expectFault(
                        400,
                        "HTTPBadRequest",
                        "Invalid input for mtu. Reason: '67' is too small - must be at least '68'.");
        String id = api.network("small", "'mtu': 1400");
        assertThat(api.get("/v2.0/networks/" + id)
                        .expect(200, "network")
                        .path("mtu")
                        .asInt())
                .isEqualTo(1400);
    }

    @Test
    void anUpdateChangesWhatItNamesAndCountsARevision() {
        String id = api.network("n");
        JsonNode changed = api.put("/v2.0/networks/" + id, "{'network': {'description': 'hello'}}")
                .expect(200, "network");
        assertThat(changed.path("description").asString()).isEqualTo("hello");
        assertThat(changed.path("name").asString()).isEqualTo("n");
        assertThat(changed.path("revision_number").asInt()).isEqualTo(2);
        api.put("/v2.0/networks/" + id, "{'network': {'provider:segmentation_id': 7}}")
                .expectFault(
                        400,
                        "InvalidInput",
                        "Invalid input for operation: Plugin does not support updating the following provider network"
                                + " attributes: provider:segmentation_id.");
        api.put("/v2.0/networks/" + id, "{'network': {'id': 7}}")
                .expectFault(400, "HTTPBadRequest", "Cannot update read-only attribute id");
        api.put("/v2.0/networks/" + id, "{'network': {'colour': 7}}")
                .expectFault(400, "HTTPBadRequest", "Unrecognized attribute(s) 'colour'");
    }

    @Test
    void whoIsNotOfTheProjectSeesSharedNetworksOnlyAndChangesNone() {
        String own = api.network("own");
        String shared = api.network("shared", "'shared': true");
        api.send("member", "GET", "/v2.0/networks/" + own, null)
                .expectFault(404, "NetworkNotFound", "Network " + own + " could not be found.");
        assertThat(api.send("member", "GET", "/v2.0/networks", null).expect(200, "networks"))
                .extracting(network -> network.path("id").asString())
                .containsExactly(shared);
        api.send("member", "DELETE", "/v2.0/networks/" + shared, null)
                .expectFault(403, "PolicyNotAuthorized", "rule:delete_network is disallowed by policy");
        api.send("member", "DELETE", "/v2.0/networks/" + own, null)
                .expectFault(404, "NetworkNotFound", "Network " + own + " could not be found.");
    }

    @Test
    void aReaderReads() {
        api.send("reader", "POST", "/v2.0/networks", "{'network': {}}")
                .expectFault(403, "PolicyNotAuthorized", "rule:create_network is disallowed by policy");
        assertThat(api.send("reader", "GET", "/v2.0/networks", null).status()).isEqualTo(200);
    }

    @Test
    void aNetworkGoesWhenItsPortsAreGoneAndTakesItsSubnets() {
        String id = api.network("n");
        String subnet = api.subnet(id, "10.0.0.0/24");
        String port = api.port(id).path("id").asString();
        api.delete("/v2.0/networks/" + id)
                .expectFault(
                        409,
                        "NetworkInUse",
                        "Unable to complete operation on network " + id
                                + ". There are one or more ports still in use on the network.");
        assertThat(api.delete("/v2.0/ports/" + port).status()).isEqualTo(204);
        assertThat(api.delete("/v2.0/networks/" + id).status()).isEqualTo(204);
        assertThat(api.get("/v2.0/subnets/" + subnet).status()).isEqualTo(404);
        assertThat(api.delete("/v2.0/networks/" + id).status()).isEqualTo(404);
    }

    @Test
    void sharingEndsOnlyWhenNoOtherProjectIsOnIt() {
        String id = api.network("n", "'shared': true");
        api.send("member", "POST", "/v2.0/ports", "{'port': {'network_id': '" + id + "'}}")
                .expect(201, "port");
        api.put("/v2.0/networks/" + id, "{'network': {'shared': false}}")
                .expectFault(
                        409,
                        "InvalidSharedSetting",
                        "Unable to reconfigure sharing settings for network " + id
                                + ". Multiple tenants are using it.");
    }

    @Test
    void manyAreMadeInOneRequestOrNone() {
        assertThat(api.post("/v2.0/networks", "{'networks': [{'name': 'a'}, {'name': 'b'}]}")
                        .expect(201, "networks"))
                .hasSize(2);
        assertThat(api.post("/v2.0/networks", "{'networks': [{'name': 'c'}, {'mtu': 1}]}")
                        .status())
                .isEqualTo(400);
        assertThat(api.get("/v2.0/networks?name=c").expect(200, "networks")).isEmpty();
    }
}
