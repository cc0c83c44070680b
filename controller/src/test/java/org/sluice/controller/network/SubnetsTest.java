package org.sluice.controller.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Subnets: blocks, gateways, pools, and what is refused of them. */
final class SubnetsTest {
    @RegisterExtension
    static final NetworkApi api = new NetworkApi();

    private String network = "";

    @BeforeEach
    void makeNetwork() {
        api.clear();
        network = api.network("n");
    }

    @ParameterizedTest
    @CsvSource({
        "10.7.0.0/24,   10.7.0.1,    10.7.0.2,    10.7.0.254",
        "10.7.0.0/30,   10.7.0.1,    10.7.0.2,    10.7.0.2",
        "10.7.0.0/31,   10.7.0.1,    10.7.0.0,    10.7.0.0",
        "fd00::/64,     fd00::1,     fd00::2,     fd00::ffff:ffff:ffff:ffff",
        "fd00:0:0:9::/126, fd00:0:0:9::1, fd00:0:0:9::2, fd00:0:0:9::3"
    })
    void gatewayAndPoolHaveDefaults(String cidr, String gateway, String first, String last) {
        JsonNode subnet = show(api.subnet(network, cidr));
        assertThat(subnet.path("cidr").asString()).isEqualTo(cidr);
        assertThat(subnet.path("gateway_ip").asString()).isEqualTo(gateway);
        assertThat(subnet.path("allocation_pools")).hasSize(1);
        assertThat(subnet.path("allocation_pools").get(0).path("start").asString())
                .isEqualTo(first);
        assertThat(subnet.path("allocation_pools").get(0).path("end").asString())
                .isEqualTo(last);
    }

    @Test
    void aSubnetCanDoWithoutGateway() {
        JsonNode subnet = show(api.subnet(network, "10.1.0.0/16", "'gateway_ip': null", "'enable_dhcp': false"));
        assertThat(subnet.path("gateway_ip").isNull()).isTrue();
        assertThat(subnet.path("enable_dhcp").asBoolean()).isFalse();
        assertThat(subnet.path("allocation_pools").get(0).path("start").asString())
                .isEqualTo("10.1.0.1");
    }

    @Test
    void poolsOfASubnetAndSubnetsOfANetworkHaveABound() {
        StringBuilder pools = new StringBuilder();
        for (int number = 0; number < 33; number++) {
            String address = "10.0." + number + ".9'";
            pools.append(number == 0 ? "" : ", ").append("{'start': '" + address + ", 'end': '" + address + "}");
        }
        api.post(
                        "/v2.0/subnets",
                        "{'subnet': {'network_id': '" + network
                                + "', 'ip_version': 4, 'cidr': '10.0.0.0/16', 'allocation_pools': [" + pools + "]}}")
                .expectFault(
                        400,
                        "AllocationPoolsExhausted",
                        "Unable to complete operation for the subnet. The number of allocation pools exceeds the limit 32.");

        StringBuilder subnets = new StringBuilder();
        for (int number = 0; number < 65; number++) {
            subnets.append(number == 0 ? "" : ", ")
                    .append("{'network_id': '" + network + "', 'ip_version': 4, 'cidr': '10.0." + number + ".0/24'}");
        }
        api.post("/v2.0/subnets", "{'subnets': [" + subnets + "]}")
                .expectFault(
                        409,
                        "TooManySubnets",
                        "Network " + network + " would have more than 64 subnets, which is the most that one network"
                                + " may have; use another network, or larger subnets.");
        assertThat(api.get("/v2.0/subnets?network_id=" + network).expect(200, "subnets"))
                .isEmpty();
    }

    @Test
    void aGatewayInTheMiddleSplitsThePool() {
        JsonNode pools = show(api.subnet(network, "10.0.0.0/29", "'gateway_ip': '10.0.0.3'"))
                .path("allocation_pools");
        assertThat(pools.toString()).isEqualTo("""
                        [{"end":"10.0.0.2","start":"10.0.0.1"},{"end":"10.0.0.6","start":"10.0.0.4"}]""");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "4|10.0.0.0    | HTTPBadRequest | Invalid input for cidr. Reason: '10.0.0.0' is not a valid IP subnet.",
                "4|10.0.0.0/33 | HTTPBadRequest | Invalid input for cidr. Reason: '10.0.0.0/33' is not a valid IP subnet.",
                "4|host/24     | HTTPBadRequest | Invalid input for cidr. Reason: 'host/24' is not a valid IP subnet.",
                "6|10.0.0.0/24 | InvalidInput   | Invalid input for operation: cidr '10.0.0.0/24' does not match the ip_version '6'.",
                "5|10.0.0.0/24 | HTTPBadRequest | Invalid input for ip_version. Reason: '5' is not in [4, 6].",
                "4|169.254.0.0/16| InvalidInput | Invalid input for operation: cidr '169.254.0.0/16' overlaps with 169.254.169.254/32, whose addresses no host can have.",
                "4|224.0.0.0/24| InvalidInput   | Invalid input for operation: cidr '224.0.0.0/24' overlaps with 224.0.0.0/4, whose addresses no host can have.",
                "4|10.9.0.0/16 | InvalidInput   | Invalid input for operation: Requested subnet with cidr: 10.9.0.0/16 for network: NETWORK overlaps with another subnet."
            })
    void aBlockThatMakesNoSenseIsRefused(int version, String cidr, String type, String message) {
        api.subnet(network, "10.9.7.0/24");
        create("'cidr': '" + cidr + "', 'ip_version': " + version)
                .expectFault(400, type, message.replace("NETWORK", network));
    }

    @Test
    void poolsAndGatewayMustFit() {
        create("'cidr': '10.0.0.0/24', 'ip_version': 4, 'allocation_pools': [{'start': '10.0.1.1', 'end': '10.0.1.9'}]")
                .expectFault(
                        400,
                        "OutOfBoundsAllocationPool",
                        "The allocation pool 10.0.1.1-10.0.1.9 spans beyond the subnet cidr 10.0.0.0/24.");
        create("'cidr': '10.0.0.0/24', 'ip_version': 4, 'allocation_pools': [{'start': '10.0.0.9', 'end': '10.0.0.2'}]")
                .expectFault(400, "InvalidAllocationPool", "The allocation pool 10.0.0.9-10.0.0.2 is not valid.");
        create("'cidr': '10.0.0.0/24', 'ip_version': 4, 'allocation_pools': [{'start': '10.0.0.2', 'end': '10.0.0.9'},"
                        + " {'start': '10.0.0.9', 'end': '10.0.0.10'}]")
                .expectFault(
                        409,
                        "OverlappingAllocationPools",
                        "Found overlapping allocation pools: 10.0.0.2-10.0.0.9 10.0.0.9-10.0.0.10 for subnet"
                                + " 10.0.0.0/24.");
        create("'cidr': '10.0.0.0/24', 'ip_version': 4, 'gateway_ip': '10.0.0.5',"
                        + " 'allocation_pools': [{'start': '10.0.0.2', 'end': '10.0.0.9'}]")
                .expectFault(
                        409,
                        "GatewayConflictWithAllocationPools",
                        "Gateway ip 10.0.0.5 conflicts with allocation pool 10.0.0.2-10.0.0.9.");
        create("'cidr': '10.0.0.0/24', 'ip_version': 4, 'gateway_ip': '10.0.0.255'")
                .expectFault(400, "InvalidInput", "Invalid input for operation: Gateway is not valid on subnet.");
        create("'cidr': '10.0.0.0/24', 'ip_version': 4, 'dns_nameservers': ['dns.example']")
                .expectFault(
                        400,
                        "HTTPBadRequest",
                        "Invalid input for dns_nameservers. Reason: 'dns.example' is not a valid nameserver: it must be an"
                                + " IP address.");
        create("'cidr': 'fd00::/64', 'ip_version': 6, 'ipv6_ra_mode': 'slaac'")
                .expectFault(
                        400,
                        "HTTPBadRequest",
                        "Invalid input for ipv6_ra_mode. Reason: router advertisements are not offered; leave it unset.");
        assertThat(api.get("/v2.0/subnets").expect(200, "subnets")).isEmpty();
    }

    @Test
    void hostBitsOfABlockAreDropped() {
        assertThat(show(api.subnet(network, "10.99.99.0/16")).path("cidr").asString())
                .isEqualTo("10.99.0.0/16");
        assertThat(show(api.subnet(network, "fd00::7/64")).path("cidr").asString())
                .isEqualTo("fd00::/64");
    }

    @Test
    void aGatewayOutsideOfTheSubnetIsTakenAndOneThatNoRouterCanHaveIsNot() {
        String id = api.subnet(network, "10.8.0.0/24", "'gateway_ip': '192.0.2.1'");
        assertThat(show(id).path("gateway_ip").asString()).isEqualTo("192.0.2.1");
        assertThat(show(id).path("allocation_pools").get(0).path("start").asString())
                .isEqualTo("10.8.0.1");
        for (String none : new String[] {"10.8.0.0", "10.8.0.255", "0.0.0.0", "224.0.0.1", "127.0.0.1"}) {
            api.put("/v2.0/subnets/" + id, "{'subnet': {'gateway_ip': '" + none + "'}}")
                    .expectFault(400, "InvalidInput", "Invalid input for operation: Gateway is not valid on subnet.");
        }
        // The subnet-router anycast address is a router's (RFC 4291, 2.6.1).
        String six = api.subnet(network, "fd00::/64", "'gateway_ip': 'fd00::'");
        assertThat(show(six).path("gateway_ip").asString()).isEqualTo("fd00::");
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/24, 10.0.0.0,  10.0.0.9",
        "10.0.0.0/24, 10.0.0.9,  10.0.0.255",
        "10.0.0.0/30, 10.0.0.0,  10.0.0.3",
        "fd00::/64,   fd00::,    fd00::9"
    })
    void poolsStayClearOfTheEdges(String cidr, String start, String end) {
        create("'cidr': '" + cidr + "', 'ip_version': " + (cidr.contains(":") ? 6 : 4)
                        + ", 'gateway_ip': null, 'allocation_pools': [{'start': '" + start + "', 'end': '" + end
                        + "'}]")
                .expectFault(
                        400,
                        "OutOfBoundsAllocationPool",
                        "The allocation pool " + start + "-" + end + " spans beyond the subnet cidr " + cidr + ".");
    }

    @Test
    void anUnknownNetworkIsNotFound() {
        String none = "00000000-0000-0000-0000-000000000000";
        api.post("/v2.0/subnets", "{'subnet': {'network_id': '" + none + "', 'ip_version': 4, 'cidr': '10.0.0.0/24'}}")
                .expectFault(404, "NetworkNotFound", "Network " + none + " could not be found.");
    }

    @Test
    void anUpdateTakesNameServersRoutesAndPools() {
        String id = api.subnet(network, "10.0.0.0/24");
        JsonNode subnet = api.put(
                        "/v2.0/subnets/" + id,
                        "{'subnet': {'dns_nameservers': ['10.0.0.3', '10.0.0.2'], 'enable_dhcp': false, 'gateway_ip': null,"
                                + " 'host_routes': [{'destination': '10.9.0.0/16', 'nexthop': '10.0.0.9'}],"
                                + " 'allocation_pools': [{'start': '10.0.0.100', 'end': '10.0.0.200'}]}}")
                .expect(200, "subnet");
        assertThat(subnet.path("dns_nameservers").toString()).isEqualTo("[\"10.0.0.3\",\"10.0.0.2\"]");
        assertThat(subnet.path("host_routes").get(0).path("nexthop").asString()).isEqualTo("10.0.0.9");
        assertThat(subnet.path("enable_dhcp").asBoolean()).isFalse();
        assertThat(subnet.path("gateway_ip").isNull()).isTrue();
        assertThat(subnet.path("revision_number").asInt()).isEqualTo(1);
        assertThat(api.port(network).path("fixed_ips").get(0).path("ip_address").asString())
                .isEqualTo("10.0.0.100");
        api.put("/v2.0/subnets/" + id, "{'subnet': {'cidr': '10.1.0.0/24'}}")
                .expectFault(400, "HTTPBadRequest", "Cannot update read-only attribute cidr");
    }

    @Test
    void aSubnetStaysWhilePortsHaveItsAddresses() {
        String id = api.subnet(network, "10.0.0.0/24");
        String port = api.port(network).path("id").asString();
        api.delete("/v2.0/subnets/" + id)
                .expectFault(
                        409,
                        "SubnetInUse",
                        "Unable to complete operation on subnet " + id
                                + ": One or more ports have an IP allocation from this subnet, or gave one up that a guest may still use.");
        api.put("/v2.0/ports/" + port, "{'port': {'fixed_ips': []}}").expect(200, "port");
        assertThat(api.delete("/v2.0/subnets/" + id).status()).isEqualTo(204);
    }

    @Test
    void theNetworkShowsItsSubnetsAndCountsThem() {
        String id = api.subnet(network, "10.0.0.0/24");
        JsonNode shown = api.get("/v2.0/networks/" + network).expect(200, "network");
        assertThat(shown.path("subnets").get(0).asString()).isEqualTo(id);
        assertThat(shown.path("revision_number").asInt()).isEqualTo(2);
        assertThat(api.get("/v2.0/subnets?fields=id&fields=cidr&id=" + id)
                        .expect(200, "subnets")
                        .toString())
                .isEqualTo("[{\"id\":\"" + id + "\",\"cidr\":\"10.0.0.0/24\"}]");
    }

    @Test
    void othersCannotTakePartInAForeignNetwork() {
        String body = "{'subnet': {'network_id': '" + network + "', 'ip_version': 4, 'cidr': '10.0.0.0/24'}}";
        assertThat(api.send("member", "POST", "/v2.0/subnets", body).status()).isEqualTo(404);
        api.put("/v2.0/networks/" + network, "{'network': {'shared': true}}").expect(200, "network");
        api.send("member", "POST", "/v2.0/subnets", body)
                .expectFault(403, "PolicyNotAuthorized", "rule:create_subnet is disallowed by policy");
    }

    private NetworkApi.Answer create(String attributes) {
        return api.post("/v2.0/subnets", "{'subnet': {'network_id': '" + network + "', " + attributes + "}}");
    }

    private static JsonNode show(String id) {
        return api.get("/v2.0/subnets/" + id).expect(200, "subnet");
    }
}
