package org.sluice.controller.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may do what on whose network, as Neutron's default policies say. */
final class NetworkPolicyTest {
    @RegisterExtension
    static final NetworkApi api = new NetworkApi();

    private String network = "";
    private String subnet = "";

    /** A network of the member's project that is open to all. */
    @BeforeEach
    void makeNetwork() {
        api.clear();
        network = api.send("member", "POST", "/v2.0/networks", "{'network': {'name': 'ours'}}")
                .expect(201, "network")
                .path("id")
                .asString();
        subnet = api.send(
                        "member",
                        "POST",
                        "/v2.0/subnets",
                        "{'subnet': {'network_id': '" + network + "', 'ip_version': 4, 'cidr': '10.0.0.0/24'}}")
                .expect(201, "subnet")
                .path("id")
                .asString();
        api.put("/v2.0/networks/" + network, "{'network': {'shared': true}}").expect(200, "network");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'mac_address': 'fa:16:3e:00:00:01'         | create_port:mac_address",
                "'fixed_ips': [{'ip_address': '10.0.0.9'}]  | create_port:fixed_ips:ip_address",
                "'port_security_enabled': false             | create_port:port_security_enabled",
                "'device_owner': 'network:router_interface' | create_port:device_owner"
            })
    void whoseNetworkItIsDecidesAboutAddresses(String attribute, String rule) {
        create("stranger", attribute)
                .expectFault(403, "PolicyNotAuthorized", "rule:" + rule + " is disallowed by policy");
        create("member", attribute).expect(201, "port");
        create("admin", attribute.replace("00:01", "00:02").replace("0.9", "0.8"))
                .expect(201, "port");
    }

    @Test
    void onASharedNetworkOneMayChooseTheSubnet() {
        create("stranger", "'fixed_ips': [{'subnet_id': '" + subnet + "'}]").expect(201, "port");
    }

    @Test
    void whoseNetworkItIsSeesAndDeletesItsPortsButChangesNone() {
        String port = "/v2.0/ports/"
                + create("stranger", "'name': 'theirs'")
                        .expect(201, "port")
                        .path("id")
                        .asString();
        assertThat(api.send("member", "GET", port, null).status()).isEqualTo(200);
        assertThat(api.send("reader", "GET", port, null).status()).isEqualTo(200);
        api.send("member", "PUT", port, "{'port': {'name': 'ours'}}")
                .expectFault(403, "PolicyNotAuthorized", "rule:update_port is disallowed by policy");
        api.send("member", "PUT", port + "/tags", "{'tags': ['ours']}")
                .expectFault(403, "PolicyNotAuthorized", "rule:update_port:tags is disallowed by policy");
        api.send("reader", "DELETE", port, null)
                .expectFault(403, "PolicyNotAuthorized", "rule:delete_port is disallowed by policy");
        assertThat(api.send("member", "DELETE", port, null).status()).isEqualTo(204);
    }

    @Test
    void aMacIsChangedByOperatorsOnly() {
        String port = "/v2.0/ports/"
                + create("member", "'name': 'n'").expect(201, "port").path("id").asString();
        String change = "{'port': {'mac_address': 'fa:16:3e:00:00:07'}}";
        api.send("member", "PUT", port, change)
                .expectFault(403, "PolicyNotAuthorized", "rule:update_port:mac_address is disallowed by policy");
        assertThat(api.put(port, change).expect(200, "port").path("mac_address").asString())
                .isEqualTo("fa:16:3e:00:00:07");
    }

    @Test
    void subnetsComeFromThoseWhoseNetworkItIs() {
        api.send(
                        "stranger",
                        "POST",
                        "/v2.0/subnets",
                        "{'subnet': {'network_id': '" + network + "', 'ip_version': 4, 'cidr': '10.1.0.0/24'}}")
                .expectFault(403, "PolicyNotAuthorized", "rule:create_subnet is disallowed by policy");
        api.send("stranger", "PUT", "/v2.0/subnets/" + subnet, "{'subnet': {'name': 'x'}}")
                .expectFault(403, "PolicyNotAuthorized", "rule:update_subnet is disallowed by policy");
        api.send("stranger", "DELETE", "/v2.0/subnets/" + subnet, null)
                .expectFault(403, "PolicyNotAuthorized", "rule:delete_subnet is disallowed by policy");
    }

    @Test
    void whatOneMayNotSeeOneMayNotFilterBy() {
        assertThat(api.send("member", "GET", "/v2.0/networks?fields=provider:segmentation_id", null)
                        .expect(200, "networks")
                        .get(0))
                .isEmpty();
        api.send("member", "GET", "/v2.0/networks?provider:segmentation_id=2010", null)
                .expectFault(
                        403,
                        "PolicyNotAuthorized",
                        "rule:get_network:provider:segmentation_id is disallowed by policy");
        api.send("member", "GET", "/v2.0/ports?binding:host_id=compute01", null)
                .expectFault(403, "PolicyNotAuthorized", "rule:get_port:binding:host_id is disallowed by policy");
    }

    @Test
    void thingsForAnotherProjectAreMadeByOperatorsOnly() {
        String other = NetworkApi.STRANGER.projectId();
        for (String body : new String[] {
            "networks {'network': {'project_id': 'P'}}",
            "security-groups {'security_group': {'project_id': 'P'}}",
            "ports {'port': {'network_id': 'N', 'tenant_id': 'P'}}"
        }) {
            String path = "/v2.0/" + body.substring(0, body.indexOf(' '));
            String json =
                    body.substring(body.indexOf(' ') + 1).replace("P", other).replace("N", network);
            api.send("member", "POST", path, json)
                    .expectFault(
                            400,
                            "HTTPBadRequest",
                            "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request"
                                    + " requires admin privileges");
            assertThat(api.post(path, json).status()).isEqualTo(201);
        }
        api.post("/v2.0/networks", "{'network': {'project_id': 'a', 'tenant_id': 'b'}}")
                .expectFault(400, "HTTPBadRequest", "'project_id' and 'tenant_id' do not match");
    }

    private NetworkApi.Answer create(String token, String attribute) {
        return api.send(token, "POST", "/v2.0/ports", "{'port': {'network_id': '" + network + "', " + attribute + "}}");
    }
}
