package org.sluice.controller.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sluice.controller.network.securitygroup.SecurityGroups;
import tools.jackson.databind.JsonNode;

/** Security groups and their rules, as objects. */
final class SecurityGroupsTest {
    @RegisterExtension
    static final NetworkApi api = new NetworkApi();

    @BeforeEach
    void clear() {
        api.clear();
    }

    @Test
    void aProjectHasADefaultGroupFromTheFirstLook() {
        JsonNode groups =
                api.send("member", "GET", "/v2.0/security-groups", null).expect(200, "security_groups");
        assertThat(groups).hasSize(1);
        assertThat(groups.get(0).path("name").asString()).isEqualTo("default");
        assertThat(groups.get(0).path("description").asString()).isEqualTo("Default security group");
        assertThat(groups.get(0).path("security_group_rules"))
                .extracting(rule -> rule.path("direction").asString()
                        + rule.path("ethertype").asString())
                .containsExactlyInAnyOrder("egressIPv4", "egressIPv6", "ingressIPv4", "ingressIPv6");
        String id = groups.get(0).path("id").asString();
        api.send("member", "DELETE", "/v2.0/security-groups/" + id, null)
                .expectFault(
                        409,
                        "SecurityGroupCannotRemoveDefault",
                        "Insufficient rights for removing default security group.");
        api.send("member", "PUT", "/v2.0/security-groups/" + id, "{'security_group': {'name': 'mine'}}")
                .expectFault(409, "SecurityGroupCannotUpdateDefault", "Updating default security group not allowed.");
        api.send("member", "POST", "/v2.0/security-groups", "{'security_group': {'name': 'default'}}")
                .expectFault(409, "SecurityGroupDefaultAlreadyExists", "Default security group already exists.");
    }

    @Test
    void manyWhoLookAtOnceFindOneDefaultGroup() throws InterruptedException, ExecutionException {
        SecurityGroups groups = new SecurityGroups();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            Future<?>[] looking = new Future<?>[8];
            for (int i = 0; i < looking.length; i++) {
                looking[i] = threads.submit(() ->
                        api.jdbi().inTransaction(handle -> groups.ensureDefault(handle, "9".repeat(32))));
            }
            Object first = looking[0].get();
            for (Future<?> one : looking) {
                assertThat(one.get()).isEqualTo(first);
            }
        }
    }

    @Test
    void aNewGroupLetsEverythingOut() {
        JsonNode group = group("SG");
        assertThat(group.path("stateful").asBoolean()).isTrue();
        assertThat(group.path("revision_number").asInt()).isEqualTo(1);
        assertThat(group.path("security_group_rules"))
                .extracting(rule -> rule.path("direction").asString())
                .containsExactly("egress", "egress");
    }

    @Test
    void aGroupHasAThousandRulesAndNoMore() {
        String id = group("SG").path("id").asString();
        StringBuilder rules = new StringBuilder();
        // With the two that let everything out: two too many.
        for (int port = 1; port <= 1_000; port++) {
            rules.append(port == 1 ? "" : ", ")
                    .append("{'security_group_id': '")
                    .append(id)
                    .append("', 'direction': 'ingress', 'protocol': 'tcp', 'port_range_min': ")
                    .append(port)
                    .append(", 'port_range_max': ")
                    .append(port)
                    .append('}');
        }
        api.post("/v2.0/security-group-rules", "{'security_group_rules': [" + rules + "]}")
                .expectFault(
                        409,
                        "TooManySecurityGroupRules",
                        "Security group " + id + " would have more than 1000 rules, which is the most that one group"
                                + " may have; use another group, or wider prefixes.");
        assertThat(api.get("/v2.0/security-groups/" + id)
                        .expect(200, "security_group")
                        .path("security_group_rules"))
                .hasSize(2);
    }

    @Test
    void aListOfGroupsWithManyRulesComesWholeInBatches() {
        for (int number = 0; number < 4; number++) {
            String id = group("many" + number).path("id").asString();
            api.jdbi()
                    .useHandle(handle -> handle.createUpdate("""
                            insert into security_group_rule (id, security_group_id, project_id, direction, ethertype,
                                protocol, port_range_min, port_range_max, description)
                            select gen_random_uuid(), g.id, g.project_id, 'ingress', 'IPv4', 'tcp', i, i, ''
                            from security_group g, generate_series(1, 998) i where g.id = cast(:id as uuid)""").bind("id", id).execute());
        }
        JsonNode groups = api.get("/v2.0/security-groups").expect(200, "security_groups");
        assertThat(groups).hasSize(5);
        assertThat(groups.valueStream()
                        .mapToInt(group -> group.path("security_group_rules").size())
                        .sum())
                .isEqualTo(4 + 4 * 1_000);
    }

    @Test
    void aRuleIsMadeOnceAndShown() {
        String id = group("SG").path("id").asString();
        String ssh = "'direction': 'ingress', 'ethertype': 'IPv4', 'protocol': 'tcp', 'port_range_min': '22',"
                + " 'port_range_max': '22', 'remote_ip_prefix': '0.0.0.0/0'";
        JsonNode rule = rule(id, ssh).expect(201, "security_group_rule");
        assertThat(rule.path("port_range_min").asInt()).isEqualTo(22);
        assertThat(rule.path("normalized_cidr").asString()).isEqualTo("0.0.0.0/0");
        rule(id, ssh)
                .expectFault(
                        409,
                        "SecurityGroupRuleExists",
                        "Security group rule already exists. Rule id is "
                                + rule.path("id").asString() + ".");
        assertThat(api.get("/v2.0/security-group-rules?security_group_id=" + id).expect(200, "security_group_rules"))
                .hasSize(3);
        assertThat(api.delete("/v2.0/security-group-rules/" + rule.path("id").asString())
                        .status())
                .isEqualTo(204);
        assertThat(api.get("/v2.0/security-group-rules/" + rule.path("id").asString())
                        .status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'direction': 'sideways' | HTTPBadRequest | Invalid input for direction. Reason: 'sideways' is not in ['ingress', 'egress'].",
                "'direction': 'ingress', 'ethertype': 'ARP' | SecurityGroupRuleInvalidEtherType | Security group rule for ethertype 'ARP' not supported. Allowed values are ['IPv4', 'IPv6'].",
                "'direction': 'ingress', 'protocol': 'tcp', 'port_range_min': 5, 'port_range_max': 4 | SecurityGroupInvalidPortRange | For TCP/UDP protocols, port_range_min must be <= port_range_max",
                "'direction': 'ingress', 'protocol': 'tcp', 'port_range_min': 5, 'port_range_max': 70000 | SecurityGroupInvalidPortValue | Invalid value for port 70000 (port_range_max). It must be 1 to 65535.",
                "'direction': 'ingress', 'port_range_min': 5, 'port_range_max': 6 | SecurityGroupProtocolRequiredWithPorts | Must also specify protocol if port range is given.",
                "'direction': 'ingress', 'protocol': 'icmp', 'port_range_max': 6 | SecurityGroupMissingIcmpType | ICMP code (port-range-max) 6 is provided but ICMP type (port-range-min) is missing.",
                "'direction': 'ingress', 'protocol': 'icmp', 'port_range_min': 256 | SecurityGroupInvalidIcmpValue | Invalid value for ICMP type (port_range_min) 256. It must be 0 to 255.",
                "'direction': 'ingress', 'protocol': 'gre', 'port_range_min': 1, 'port_range_max': 1 | SecurityGroupInvalidProtocolForPort | Invalid protocol gre for port range, only supported for TCP, UDP, UDPLITE, SCTP and DCCP.",
                "'direction': 'ingress', 'remote_ip_prefix': 'fd00::/64' | SecurityGroupRuleParameterConflict | Conflicting value ethertype IPv4 for CIDR fd00::/64",
                "'direction': 'ingress', 'remote_ip_prefix': 'x' | HTTPBadRequest | Invalid input for remote_ip_prefix. Reason: 'x' is not a valid IP subnet.",
                "'ethertype': 'IPv4' | HTTPBadRequest | Failed to parse request. Required attribute 'direction' not specified"
            })
    void aRuleThatMakesNoSenseIsRefused(String attributes, String type, String message) {
        rule(group("SG").path("id").asString(), attributes).expectFault(400, type, message);
    }

    @Test
    void anUnknownProtocolIsRefusedByName() {
        NetworkApi.Answer answer =
                rule(group("SG").path("id").asString(), "'direction': 'ingress', 'protocol': 'carrier-pigeon'");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body().path("NeutronError").path("type").asString())
                .isEqualTo("SecurityGroupRuleInvalidProtocol");
        rule(group("other").path("id").asString(), "'direction': 'ingress', 'protocol': 47")
                .expect(201, "security_group_rule");
    }

    @Test
    void aGroupInUseStays() {
        String group = group("SG").path("id").asString();
        String network = api.network("n");
        String port = api.port(network, "'security_groups': ['" + group + "']")
                .path("id")
                .asString();
        api.delete("/v2.0/security-groups/" + group)
                .expectFault(409, "SecurityGroupInUse", "Security Group " + group + " in use.");
        assertThat(api.delete("/v2.0/ports/" + port).status()).isEqualTo(204);
        assertThat(api.delete("/v2.0/security-groups/" + group).status()).isEqualTo(204);
    }

    @Test
    void groupsOfOtherProjectsAreNotThere() {
        String group = group("SG").path("id").asString();
        api.send("stranger", "GET", "/v2.0/security-groups/" + group, null)
                .expectFault(404, "SecurityGroupNotFound", "Security group " + group + " does not exist");
        api.send(
                        "stranger",
                        "POST",
                        "/v2.0/security-group-rules",
                        "{'security_group_rule': {'security_group_id': '" + group + "', 'direction': 'ingress'}}")
                .expectFault(404, "SecurityGroupNotFound", "Security group " + group + " does not exist");
        api.send("reader", "POST", "/v2.0/security-groups", "{'security_group': {}}")
                .expectFault(403, "PolicyNotAuthorized", "rule:create_security_group is disallowed by policy");
    }

    private static JsonNode group(String name) {
        return api.post("/v2.0/security-groups", "{'security_group': {'name': '" + name + "'}}")
                .expect(201, "security_group");
    }

    private static NetworkApi.Answer rule(String group, String attributes) {
        return api.post(
                "/v2.0/security-group-rules",
                "{'security_group_rule': {'security_group_id': '" + group + "', " + attributes + "}}");
    }

    @Test
    void aTokenWithoutAProjectHasNoGroupsAndMakesNone() {
        // Who has no role has none anywhere: the rule asks for a reader of the project.
        api.send("unscoped", "GET", "/v2.0/security-groups", null)
                .expectFault(403, "PolicyNotAuthorized", "rule:get_security_group is disallowed by policy");
        assertThat(api.get("/v2.0/security-groups?project_id=").expect(200, "security_groups"))
                .isEmpty();
    }
}
