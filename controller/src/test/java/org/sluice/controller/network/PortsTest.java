package org.sluice.controller.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sluice.controller.network.port.FixedIps;
import org.sluice.controller.network.port.NetworkFacts;
import org.sluice.controller.network.port.NewPort;
import org.sluice.controller.network.port.PortMaking;
import org.sluice.model.NetworkId;
import tools.jackson.databind.JsonNode;

/** Ports as a user makes and changes them. */
final class PortsTest {
    private static final String NONE = "00000000-0000-0000-0000-000000000000";

    @RegisterExtension
    static final NetworkApi api = new NetworkApi();

    private String network = "";
    private String subnet = "";

    @BeforeEach
    void makeNetwork() {
        api.clear();
        network = api.network("n");
        subnet = api.subnet(network, "10.0.0.0/24");
    }

    @Test
    void aPlainPortHasAnAddressAMacAndTheDefaultGroup() {
        JsonNode port = api.port(network, "'name': 'vm_nic0'");
        assertThat(port.path("mac_address").asString()).startsWith("fa:16:3e:");
        assertThat(port.path("fixed_ips").get(0).path("subnet_id").asString()).isEqualTo(subnet);
        assertThat(port.path("status").asString()).isEqualTo("DOWN");
        assertThat(port.path("binding:vif_type").asString()).isEqualTo("unbound");
        assertThat(api.get("/v2.0/security-groups/"
                                + port.path("security_groups").get(0).asString())
                        .expect(200, "security_group")
                        .path("name")
                        .asString())
                .isEqualTo("default");
    }

    /** What was looked up may be gone when the port refers to it: then it is looked up again. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "delete from subnet where network_id = '%1$s'; delete from network where id = '%1$s' | NetworkNotFound",
                "delete from security_group where id = '%2$s' | SecurityGroupNotFound"
            })
    void whatGoesWhileAPortIsMadeIsNotFound(String deletion, String fault) throws Exception {
        String group = api.post("/v2.0/security-groups", "{'security_group': {'name': 'g'}}")
                .expect(201, "security_group")
                .path("id")
                .asString();
        try (Handle other = api.jdbi().open();
                ExecutorService threads = Executors.newSingleThreadExecutor()) {
            other.begin();
            other.execute(deletion.formatted(network, group));

            Future<NetworkApi.Answer> made = threads.submit(() -> api.post(
                    "/v2.0/ports",
                    "{'port': {'network_id': '%s', 'security_groups': ['%s']}}".formatted(network, group)));
            api.awaitLock();
            other.commit();

            assertThat(made.get().status()).isEqualTo(404);
            assertThat(made.get().body().at("/NeutronError/type").asString()).isEqualTo(fault);
        }
    }

    @Test
    void bindingIsForAdminsButTheVnicTypeIsForAll() {
        api.put("/v2.0/networks/" + network, "{'network': {'shared': true}}").expect(200, "network");
        JsonNode port = member("'binding:vnic_type': 'direct'").expect(201, "port");
        assertThat(port.path("binding:vnic_type").asString()).isEqualTo("direct");
        assertThat(port.has("binding:host_id")).isFalse();
        member("'binding:host_id': 'compute01'")
                .expectFault(403, "PolicyNotAuthorized", "rule:create_port:binding:host_id is disallowed by policy");
        member("'mac_address': 'fa:16:3e:00:00:01'")
                .expectFault(403, "PolicyNotAuthorized", "rule:create_port:mac_address is disallowed by policy");
        member("'fixed_ips': [{'ip_address': '10.0.0.9'}]")
                .expectFault(
                        403, "PolicyNotAuthorized", "rule:create_port:fixed_ips:ip_address is disallowed by policy");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'binding:vnic_type': 'macvtap' | Invalid input for binding:vnic_type. Reason: 'macvtap' is not in ['normal', 'direct'].",
                "'mac_address': 'nonsense'      | Invalid input for mac_address. Reason: 'nonsense' is not a valid MAC address: write it as in fa:16:3e:00:00:01.",
                "'mac_address': '00:00:00:00:00:00' | Invalid input for mac_address. Reason: '00:00:00:00:00:00' is the address of no NIC: leave it out for a random one.",
                "'mac_address': '01:00:5e:00:00:01' | Invalid input for mac_address. Reason: '01:00:5e:00:00:01' is a multicast address, which no NIC can have.",
                "'admin_state_up': 'perhaps'    | Invalid input for admin_state_up. Reason: 'perhaps' cannot be converted to boolean.",
                "'name': 7                      | Invalid input for name. Reason: '7' is not a valid string.",
                "'security_groups': 'SG'        | Invalid input for security_groups. Reason: 'SG' is not a list.",
                "'security_groups': ['SG']      | Invalid input for security_groups. Reason: 'SG' is not a valid UUID.",
                "'fixed_ips': [7]               | Invalid input for fixed_ips. Reason: '7' is not a dictionary.",
                "'fixed_ips': [{'ip_address': 'x'}] | Invalid input for fixed_ips. Reason: 'x' is not a valid IP address.",
                "'binding:profile': 'x'         | Invalid input for binding:profile. Reason: 'x' is not a dictionary.",
                "'allowed_address_pairs': [{'ip_address': '10.0.0.1'}] | Invalid input for allowed_address_pairs. Reason: allowed address pairs are not offered.",
                "'status': 'ACTIVE'             | Attribute 'status' not allowed in POST",
                "'colour': 'red'                | Unrecognized attribute(s) 'colour'"
            })
    void aFieldThatMakesNoSenseIsNamed(String attribute, String message) {
        create(attribute).expectFault(400, "HTTPBadRequest", message);
        assertThat(api.get("/v2.0/ports").expect(200, "ports")).isEmpty();
    }

    @Test
    void fixedIpsAreTakenAsAsked() {
        JsonNode port = api.port(network, "'fixed_ips': [{'subnet_id': '" + subnet + "', 'ip_address': '10.0.0.200'}]");
        assertThat(port.path("fixed_ips").get(0).path("ip_address").asString()).isEqualTo("10.0.0.200");
        create("'fixed_ips': [{'ip_address': '10.0.0.200'}]")
                .expectFault(
                        409,
                        "IpAddressAlreadyAllocated",
                        "IP address 10.0.0.200 already allocated in subnet " + subnet);
        create("'fixed_ips': [{'ip_address': '10.1.0.1'}]")
                .expectFault(
                        400,
                        "InvalidIpForNetwork",
                        "IP address 10.1.0.1 is not a valid IP for any of the subnets on the specified network.");
        create("'fixed_ips': [{'subnet_id': '" + subnet + "', 'ip_address': '10.1.0.1'}]")
                .expectFault(
                        400, "InvalidIpForSubnet", "IP address 10.1.0.1 is not a valid IP for the specified subnet.");
        create("'fixed_ips': [{'subnet_id': '" + NONE + "'}]")
                .expectFault(
                        400,
                        "InvalidInput",
                        "Invalid input for operation: Failed to create port on network " + network
                                + ", because fixed_ips included invalid subnet " + NONE + ".");
        assertThat(api.port(network, "'fixed_ips': []").path("fixed_ips")).isEmpty();
    }

    @Test
    void aMacIsThereOnceOnAPhysicalNetwork() {
        api.port(network, "'mac_address': 'FA:16:3E:00:00:01'");
        String sibling = api.network("sibling");
        api.post("/v2.0/ports", "{'port': {'network_id': '" + sibling + "', 'mac_address': 'fa:16:3e:00:00:01'}}")
                .expectFault(
                        409,
                        "MacAddressInUse",
                        "Unable to complete operation for network " + sibling
                                + ". The mac address fa:16:3e:00:00:01 is in use.");
        String elsewhere =
                api.network("e", "'provider:network_type': 'vlan', 'provider:physical_network': 'sriovnet0'");
        api.port(elsewhere, "'mac_address': 'fa:16:3e:00:00:01'");
        String other = api.port(network).path("id").asString();
        assertThat(api.put("/v2.0/ports/" + other, "{'port': {'mac_address': 'fa:16:3e:00:00:01'}}")
                        .status())
                .isEqualTo(409);
    }

    @Test
    void aPortIsInAHundredGroupsAtMost() {
        StringBuilder groups = new StringBuilder();
        for (int number = 0; number <= 100; number++) {
            groups.append(number == 0 ? "'" : ", '").append(UUID.randomUUID()).append('\'');
        }
        NetworkApi.Answer refused = create("'security_groups': [" + groups + "]");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.body().toString()).contains("security_groups").contains("100");
    }

    @Test
    void whatIsNotThereIsNotFound() {
        api.post("/v2.0/ports", "{'port': {'network_id': '" + NONE + "'}}")
                .expectFault(404, "NetworkNotFound", "Network " + NONE + " could not be found.");
        create("'security_groups': ['" + NONE + "']")
                .expectFault(404, "SecurityGroupNotFound", "Security group " + NONE + " does not exist");
        api.get("/v2.0/ports/vm_nic1").expectFault(404, "PortNotFound", "Port vm_nic1 could not be found.");
        api.put("/v2.0/ports/" + NONE, "{'port': {}}")
                .expectFault(404, "PortNotFound", "Port " + NONE + " could not be found.");
        assertThat(api.delete("/v2.0/ports/" + NONE).status()).isEqualTo(404);
    }

    @Test
    void anUpdateReplacesAddressesAndGroups() {
        JsonNode port = api.port(network);
        String id = port.path("id").asString();
        String old = port.path("fixed_ips").get(0).path("ip_address").asString();
        JsonNode changed = api.put(
                        "/v2.0/ports/" + id,
                        "{'port': {'fixed_ips': [{'ip_address': '10.0.0.77'}, {'subnet_id': '" + subnet
                                + "'}], 'security_groups': [], 'name': 'x', 'port_security_enabled': false}}")
                .expect(200, "port");
        assertThat(changed.path("fixed_ips"))
                .extracting(ip -> ip.path("ip_address").asString())
                .containsExactly(old, "10.0.0.77");
        assertThat(changed.path("security_groups")).isEmpty();
        assertThat(changed.path("port_security_enabled").asBoolean()).isFalse();
        assertThat(changed.path("revision_number").asInt()).isEqualTo(2);
    }

    @Test
    void portSecurityAndGroupsGoTogether() {
        String id = api.port(network).path("id").asString();
        api.put("/v2.0/ports/" + id, "{'port': {'port_security_enabled': false}}")
                .expectFault(
                        409,
                        "PortSecurityPortHasSecurityGroup",
                        "Port has security group associated. Cannot disable port security or IP address until security"
                                + " group is removed.");
        assertThat(api.port(network, "'port_security_enabled': false").path("security_groups"))
                .isEmpty();
    }

    @Test
    void listsAreFilteredSortedAndPaged() {
        String b = api.port(network, "'name': 'b'").path("id").asString();
        String a = api.port(network, "'name': 'a', 'device_id': 'd'").path("id").asString();
        String c = api.port(network, "'name': 'c'").path("id").asString();
        assertThat(ids("?name=a&name=b")).containsExactlyInAnyOrder(a, b);
        assertThat(ids("?device_id=d")).containsExactly(a);
        assertThat(ids("?network_id=" + NONE)).isEmpty();
        assertThat(ids("?id=nonsense")).isEmpty();
        assertThat(ids("?fixed_ips=ip_address%3D10.0.0.3")).containsExactly(a);
        assertThat(ids("?fixed_ips=ip_address_substr%3D10.0.0")).hasSize(3);
        assertThat(ids("?sort_key=name&sort_dir=desc")).containsExactly(c, b, a);
        NetworkApi.Answer first = api.get("/v2.0/ports?limit=2&sort_key=name&sort_dir=asc");
        assertThat(first.expect(200, "ports")).hasSize(2);
        String next = first.body().path("ports_links").get(0).path("href").asString();
        assertThat(first.body().path("ports_links").get(0).path("rel").asString())
                .isEqualTo("next");
        NetworkApi.Answer second = api.get(next.substring((api.base() + "/network").length()));
        assertThat(second.expect(200, "ports").get(0).path("id").asString()).isEqualTo(c);
        assertThat(second.body().path("ports_links")).hasSize(1);
        assertThat(ids("?limit=2&sort_key=name&marker=" + c + "&page_reverse=True"))
                .containsExactly(a, b);
        api.get("/v2.0/ports?colour=red")
                .expectFault(
                        400,
                        "HTTPBadRequest",
                        "Invalid input for operation: 'colour' is an invalid attribute for filtering.");
        api.get("/v2.0/ports?sort_key=colour")
                .expectFault(400, "HTTPBadRequest", "'colour' is an invalid attribute for sort key");
    }

    @Test
    void tagsAreReplacedAndFilteredBy() {
        String id = api.port(network).path("id").asString();
        assertThat(api.put("/v2.0/ports/" + id + "/tags", "{'tags': ['x', 'y']}")
                        .expect(200, "tags")
                        .toString())
                .isEqualTo("[\"x\",\"y\"]");
        assertThat(api.send("admin", "PUT", "/v2.0/ports/" + id + "/tags/z", null)
                        .status())
                .isEqualTo(201);
        assertThat(api.delete("/v2.0/ports/" + id + "/tags/x").status()).isEqualTo(204);
        assertThat(api.delete("/v2.0/ports/" + id + "/tags/x").status()).isEqualTo(404);
        assertThat(ids("?tags=y,z")).containsExactly(id);
        assertThat(ids("?tags=x")).isEmpty();
        assertThat(ids("?not-tags-any=y")).isEmpty();
        assertThat(api.get("/v2.0/ports/" + id + "/tags").expect(200, "tags")).hasSize(2);
    }

    @Test
    void malformedJsonIsABadRequest() {
        api.post("/v2.0/ports", "{'port': ").expectFault(400, "HTTPBadRequest", "Malformed JSON in request body.");
        api.post("/v2.0/ports", "{'port': {}} {'x': 1}")
                .expectFault(400, "HTTPBadRequest", "Malformed JSON in request body.");
        api.post("/v2.0/ports", "{'port': {'name': 'a', 'name': 'b'}}")
                .expectFault(
                        400,
                        "HTTPBadRequest",
                        "An object of the request body has the name 'name' twice; leave one of them out.");
        api.post("/v2.0/ports", "[]").expectFault(400, "HTTPBadRequest", "The request body must be a JSON object.");
        api.post("/v2.0/ports", "{'network': {}}")
                .expectFault(400, "HTTPBadRequest", "Unable to find 'port' in request body");
    }

    @Test
    void othersDoNotSeeThePort() {
        String id = api.port(network).path("id").asString();
        assertThat(api.send("stranger", "GET", "/v2.0/ports/" + id, null).status())
                .isEqualTo(404);
        assertThat(api.send("stranger", "DELETE", "/v2.0/ports/" + id, null).status())
                .isEqualTo(404);
        api.post(
                        "/v2.0/ports",
                        "{'port': {'network_id': '" + network + "', 'project_id': '" + NetworkApi.STRANGER.projectId()
                                + "'}}")
                .expect(201, "port");
        assertThat(api.send("stranger", "GET", "/v2.0/ports", null).expect(200, "ports"))
                .hasSize(1);
    }

    private static java.util.List<String> ids(String query) {
        java.util.List<String> ids = new java.util.ArrayList<>();
        api.get("/v2.0/ports" + query)
                .expect(200, "ports")
                .forEach(port -> ids.add(port.path("id").asString()));
        return ids;
    }

    private NetworkApi.Answer create(String attribute) {
        return api.post("/v2.0/ports", "{'port': {'network_id': '" + network + "', " + attribute + "}}");
    }

    private NetworkApi.Answer member(String attribute) {
        return api.send(
                "member", "POST", "/v2.0/ports", "{'port': {'network_id': '" + network + "', " + attribute + "}}");
    }

    @ParameterizedTest
    @CsvSource({"10.7.0.0/24, 10.7.0.0", "10.7.0.0/24, 10.7.0.255", "10.7.0.0/30, 10.7.0.3", "fd00::/64, fd00::"})
    void theEdgesOfASubnetAreNoHosts(String cidr, String address) {
        String edge = api.subnet(network, cidr, "'gateway_ip': null");
        create("'fixed_ips': [{'ip_address': '" + address + "'}]")
                .expectFault(
                        400,
                        "InvalidIpForNetwork",
                        "IP address " + address
                                + " is not a valid IP for any of the subnets on the specified network.");
        String named = "'fixed_ips': [{'subnet_id': '" + edge + "', 'ip_address': '" + address + "'}]";
        String sentence = "IP address " + address + " is not a valid IP for the specified subnet.";
        create(named).expectFault(400, "InvalidIpForSubnet", sentence);
        String port = api.port(network).path("id").asString();
        api.put("/v2.0/ports/" + port, "{'port': {" + named + "}}").expectFault(400, "InvalidIpForSubnet", sentence);
    }

    @ParameterizedTest
    @CsvSource({"10.7.0.0/31, 10.7.0.0", "10.7.0.0/31, 10.7.0.1", "10.7.0.7/32, 10.7.0.7", "fd00::4/127, fd00::4"})
    void subnetsOfOneOrTwoAddressesHaveNoEdges(String cidr, String address) {
        String tiny = api.subnet(network, cidr, "'gateway_ip': null");
        JsonNode port = api.port(network, "'fixed_ips': [{'ip_address': '" + address + "'}]");
        assertThat(port.path("fixed_ips").get(0).path("subnet_id").asString()).isEqualTo(tiny);
    }

    @Test
    void aRouterMayHaveTheAnycastAddress() {
        api.subnet(network, "fd00::/64", "'gateway_ip': 'fd00::'");
        JsonNode port = api.port(
                network, "'device_owner': 'network:router_interface', 'fixed_ips': [{'ip_address': 'fd00::'}]");
        assertThat(port.path("fixed_ips").get(0).path("ip_address").asString()).isEqualTo("fd00::");
    }

    @ParameterizedTest
    @CsvSource({
        "FA:16:3E:AA:BB:01, fa:16:3e:aa:bb:01",
        "FA-16-3E-AA-BB-02, fa:16:3e:aa:bb:02",
        "fa163eaabb03,      fa:16:3e:aa:bb:03",
        "fa16.3eaa.bb04,    fa:16:3e:aa:bb:04",
        "fa163e-aabb05,     fa:16:3e:aa:bb:05",
        "2:1:2:3:4:5b,      02:01:02:03:04:5b"
    })
    void aMacIsTakenInEveryFormAndShownInOne(String given, String shown) {
        assertThat(api.port(network, "'mac_address': '" + given + "'")
                        .path("mac_address")
                        .asString())
                .isEqualTo(shown);
        assertThat(api.get("/v2.0/ports?mac_address=" + given).expect(200, "ports"))
                .hasSize(1);
        assertThat(create("'mac_address': '" + shown + "'").status()).isEqualTo(409);
    }

    @Test
    void aPortThatMerelySaysItServesDhcpIsAPort() {
        String says = "'device_owner': 'network:dhcp'";
        String port = api.port(network, says).path("id").asString();
        assertThat(api.delete("/v2.0/ports/" + port).status()).isEqualTo(204);
        api.port(network, says);
        assertThat(api.delete("/v2.0/subnets/" + subnet).status()).isEqualTo(204);
        api.port(network, says);
        assertThat(api.delete("/v2.0/networks/" + network).status()).isEqualTo(204);
    }

    @Test
    void manyPortsOfOneRequestTakeFewLocks() {
        api.subnet(network, "10.4.0.0/20");
        api.jdbi().useTransaction(handle -> {
            NetworkFacts facts = NetworkFacts.find(handle, NetworkId.parse(network), NetworkApi.ADMIN.projectId())
                    .orElseThrow();
            PortMaking making = new PortMaking(new java.util.Random(3));
            for (int i = 0; i < 200; i++) {
                making.make(
                        handle,
                        NewPort.plain(facts.id(), NetworkApi.ADMIN.projectId(), java.util.List.of()),
                        facts.fabric(),
                        FixedIps.any(facts),
                        (row, context) -> row.getString("id"),
                        wanted -> FixedIps.unavailable(facts.id(), wanted));
            }
            assertThat(handle.createQuery("""
                            select count(*) from pg_locks where pid = pg_backend_pid() and locktype = 'advisory'""").mapTo(Integer.class).one()).isEqualTo(64);
            assertThat(handle.createQuery("select count(distinct address) from ip_allocation")
                            .mapTo(Integer.class)
                            .one())
                    .isEqualTo(200);
        });
        String many = String.join(",", java.util.Collections.nCopies(1_001, "{}"));
        api.post("/v2.0/ports", "{'ports': [" + many + "]}")
                .expectFault(
                        400,
                        "HTTPBadRequest",
                        "One request can make 1000 ports at most, and this one asks for 1001; send several requests.");
    }
}
