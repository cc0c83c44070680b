package org.sluice.controller.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.sluice.controller.agents.TestFleet;
import org.sluice.controller.http.ApiClient;
import org.sluice.controller.http.Json;
import org.sluice.controller.store.Database;
import org.sluice.model.protocol.JoinToken;
import tools.jackson.databind.JsonNode;

/**
 * One of everything, so that every route can be asked about a thing that exists: a cloud with two hosts, and what persona
 * {@code member} has in it. Things called spare are used by nothing, so that they can be deleted. All of it is made through
 * the APIs but for the users of the personas, whose ids are fixed.
 */
final class Things {
    static final String MEMBER_PASSWORD = "a password of many words";
    static final String CARD_CLASS = "8086:10c9:igb:1000:short";
    static final String MEASURED_AT = "2026-03-31T12:00:00Z";
    static final String PUBLIC_KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE4YbFIKgTEm7qB8mdbvE0ckEFLVrLKzvNOuEZmrwvXa test";
    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");

    private final ApiClient client;
    private final ApiClient agents;

    final String host;
    final String otherHost;
    final String network;
    final String spareNetwork;
    final String subnet;
    final String spareSubnet;
    final String port;
    final String serversPort;
    final String securityGroup;
    final String securityGroupRule;
    final String image;
    final String publicImage;
    final String emptyImage;
    final String flavor;
    final String largerFlavor;
    final String aggregate;
    final String spareAggregate;
    final String server;
    final String serversHost;
    final String instanceAction;
    final String user;
    final String project;
    final String role;
    final String adminRole;
    final String joinToken;

    Things(Database database, ApiClient client, ApiClient agents) {
        this.client = client;
        this.agents = agents;
        database.jdbi().useTransaction(handle -> {
            handle.execute(
                    "insert into project (id, name) values (?, 'project'), (?, 'other')",
                    Personas.PROJECT,
                    Personas.OTHER_PROJECT);
            Personas.all()
                    .values()
                    .forEach(caller -> handle.execute(
                            "insert into account (id, name, password_hash)"
                                    + " select ?, ?, password_hash from account where name = 'admin'",
                            caller.userId(),
                            caller.userId()));
        });

        send("PATCH", "/identity/v3/users/" + Personas.MEMBER, "{'user': {'password': '" + MEMBER_PASSWORD + "'}}");
        project = id(send("POST", "/identity/v3/projects", "{'project': {'name': 'spare'}}"));
        put("/identity/v3/projects/" + project + "/tags/red");
        put("/identity/v3/projects/" + Personas.PROJECT + "/tags/red");
        user = id(send("POST", "/identity/v3/users", "{'user': {'name': 'spare', 'password': 'a long password'}}"));
        role = role("member");
        adminRole = role("admin");
        put("/identity/v3/projects/" + Personas.PROJECT + "/users/" + user + "/roles/" + role);
        put("/identity/v3/domains/default/users/" + user + "/roles/" + role);
        put("/identity/v3/system/users/" + user + "/roles/" + role);

        for (String name : List.of("physnet0", "sriovnet0", "sparenet0")) {
            send(
                    "PUT",
                    "/sluice/v1/physical-networks/" + name,
                    "{'mtu': 9000, 'vlan_ranges': [{'first': 100, 'last': 4000}]}");
        }
        host = enrol(secret(), "node0");
        otherHost = enrol(secret(), "node1");
        for (String node : List.of("node0", "node1")) {
            report(node.equals("node0") ? host : otherHost, "PUT", "/inventory", inventory(node));
            send("PUT", "/sluice/v1/hosts/" + node + "/uplinks/physnet0", "{'interface': 'phys0'}");
        }
        send("PUT", "/sluice/v1/hosts/node0/physical-functions/ens1f0", "{'physical_network': 'sriovnet0'}");
        send("PUT", "/sluice/v1/hosts/node0/uplinks/sparenet0", "{'interface': 'eth1'}");
        joinToken = id(send("POST", "/sluice/v1/join-tokens", "{'valid_seconds': 3600}"));
        send("PUT", "/sluice/v1/qualification/baselines/" + CARD_CLASS, BASELINE);
        send("POST", "/sluice/v1/hosts/node0/qualifications", measurement(MEASURED_AT));

        network = id(as("member", "POST", "/network/v2.0/networks", "{'network': {'name': 'net'}}"));
        spareNetwork = id(as("member", "POST", "/network/v2.0/networks", "{'network': {'name': 'spare'}}"));
        subnet = id(as("member", "POST", "/network/v2.0/subnets", subnet(network, "10.1.0")));
        spareSubnet = id(as("member", "POST", "/network/v2.0/subnets", subnet(spareNetwork, "10.2.0")));
        securityGroup =
                id(as("member", "POST", "/network/v2.0/security-groups", "{'security_group': {'name': 'web'}}"));
        securityGroupRule = id(as("member", "POST", "/network/v2.0/security-group-rules", ruleOf(securityGroup, 80)));
        port = id(as("member", "POST", "/network/v2.0/ports", portOn(network)));
        for (String tagged : List.of(
                "networks/" + network, "subnets/" + subnet, "ports/" + port, "security-groups/" + securityGroup)) {
            as("member", "PUT", "/network/v2.0/" + tagged + "/tags/red", "");
        }

        image = id(as("member", "POST", "/image/v2/images", imageCalled("mine", "private")));
        upload(image);
        as("member", "PUT", "/image/v2/images/" + image + "/tags/red", "");
        publicImage = id(send("POST", "/image/v2/images", imageCalled("everybodys", "public")));
        upload(publicImage);
        emptyImage = id(as("member", "POST", "/image/v2/images", imageCalled("empty", "private")));

        flavor = id(send(
                "POST", "/compute/v2.1/flavors", "{'flavor': {'name': 'small', 'ram': 512, 'vcpus': 1, 'disk': 1}}"));
        largerFlavor = id(send(
                "POST", "/compute/v2.1/flavors", "{'flavor': {'name': 'larger', 'ram': 1024, 'vcpus': 2, 'disk': 2}}"));
        send(
                "POST",
                "/compute/v2.1/flavors/" + flavor + "/os-extra_specs",
                "{'extra_specs': {'hw:cpu_policy': 'shared'}}");
        aggregate = id(send("POST", "/compute/v2.1/os-aggregates", "{'aggregate': {'name': 'rack'}}"));
        send("POST", "/compute/v2.1/os-aggregates/" + aggregate + "/action", "{'add_host': {'host': 'node0'}}");
        send(
                "POST",
                "/compute/v2.1/os-aggregates/" + aggregate + "/action",
                "{'set_metadata': {'metadata': {'ssd': 'true'}}}");
        spareAggregate = id(send("POST", "/compute/v2.1/os-aggregates", "{'aggregate': {'name': 'spare'}}"));
        as(
                "member",
                "POST",
                "/compute/v2.1/os-keypairs",
                "{'keypair': {'name': 'key', 'type': 'ssh', 'public_key': '" + PUBLIC_KEY + "'}}");
        server = id(as(
                "member",
                "POST",
                "/compute/v2.1/servers",
                server(
                        "'key_name': 'key', 'networks': [{'uuid': '" + network
                                + "'}], 'metadata': {'stage': 'test'}, 'tags': ['red']",
                        image)));
        serversPort = as("member", "GET", "/compute/v2.1/servers/" + server + "/os-interface", "")
                .path("interfaceAttachments")
                .path(0)
                .path("port_id")
                .asString();
        serversHost = hostOf(server);
        report(serversHost, "POST", "/reports", running());
        assertThat(as("member", "GET", "/compute/v2.1/servers/" + server, "")
                        .at("/server/status")
                        .asString())
                .isEqualTo("ACTIVE");
        instanceAction = as("member", "GET", "/compute/v2.1/servers/" + server + "/os-instance-actions", "")
                .at("/instanceActions/0/request_id")
                .asString();
    }

    static final String BASELINE =
            "{'figures': [{'frame_bytes': 64, 'frames_per_second': 1000, 'p99_latency_ns': 20000}]}";

    static String measurement(String at) {
        return "{'physical_function': 'ens1f0', 'measured_at': '" + at + "', 'class': '" + CARD_CLASS
                + "', 'figures': [{'frame_bytes': 64, 'frames_per_second': 1000, 'p50_latency_ns': 9000,"
                + " 'p99_latency_ns': 20000, 'loss_ratio': 0, 'tester_limited': false}]}";
    }

    static String subnet(String network, String prefix) {
        return "{'subnet': {'network_id': '" + network + "', 'ip_version': 4, 'cidr': '" + prefix
                + ".0/24', 'name': 'sub', 'enable_dhcp': true, 'gateway_ip': '" + prefix
                + ".1', 'dns_nameservers': ['9.9.9.9'], 'allocation_pools': [{'start': '" + prefix + ".10', 'end': '"
                + prefix + ".200'}], 'host_routes': [{'destination': '192.0.2.0/24', 'nexthop': '" + prefix
                + ".1'}]}}";
    }

    static String ruleOf(String group, int port) {
        return "{'security_group_rule': {'security_group_id': '" + group
                + "', 'direction': 'ingress', 'ethertype': 'IPv4', 'protocol': 'tcp', 'port_range_min': " + port
                + ", 'port_range_max': " + port + ", 'remote_ip_prefix': '10.0.0.0/8', 'description': 'web'}}";
    }

    static String portOn(String network) {
        return "{'port': {'network_id': '" + network
                + "', 'name': 'nic', 'description': '', 'admin_state_up': true, 'binding:vnic_type': 'normal'}}";
    }

    static String imageCalled(String name, String visibility) {
        return "{'name': '" + name + "', 'visibility': '" + visibility
                + "', 'disk_format': 'raw', 'container_format': 'bare', 'min_disk': 0, 'min_ram': 0,"
                + " 'protected': false, 'tags': ['small'], 'colour': 'blue'}";
    }

    /** A body of {@code POST /servers}. */
    String server(String further, String bootedFrom) {
        return "{'server': {'name': 'vm', 'flavorRef': '" + flavor + "', 'imageRef': '" + bootedFrom + "', " + further
                + "}}";
    }

    String inventory(String node) {
        return Json.MAPPER.writeValueAsString(TestFleet.inventory(node, 2));
    }

    /** The id of the first thing of that list. */
    String first(String path, String plural) {
        return firstOf(path, plural, "id");
    }

    String firstOf(String path, String plural, String member) {
        return send("GET", path, "").at("/" + plural + "/0/" + member).asString();
    }

    /** What the host of the server would report of it. */
    String running() {
        return "[{'kind': 'observed', 'server': '" + server
                + "', 'generation': 0, 'power': 'RUNNING', 'interfaces': [{'port': '" + serversPort
                + "', 'device': 'tap0', 'virtualFunction': null}], 'failure': null}]";
    }

    /** A join token that nobody has spent. */
    String secret() {
        String token = send("POST", "/sluice/v1/join-tokens", "{'valid_seconds': 3600}")
                .at("/join_token/token")
                .asString();
        return JoinToken.parse(token).secret();
    }

    static String enrolment(String secret, String name) {
        return Json.MAPPER.writeValueAsString(
                Map.of("secret", secret, "hostname", name, "certificateRequestPem", certificateRequest()));
    }

    private String hostOf(String booted) {
        String node = send("GET", "/compute/v2.1/servers/" + booted, "")
                .at("/server/OS-EXT-SRV-ATTR:host")
                .asString();
        return node.equals("node0") ? host : otherHost;
    }

    private String enrol(String secret, String name) {
        ApiClient.Answer answer = agents.send("POST", "/agent/v1/enrol", JSON, enrolment(secret, name));
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.json().path("host").asString();
    }

    private static String certificateRequest() {
        try {
            KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
            keys.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = keys.generateKeyPair();
            StringWriter pem = new StringWriter();
            try (JcaPEMWriter writer = new JcaPEMWriter(pem)) {
                writer.writeObject(new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=host"), pair.getPublic())
                        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
            }
            return pem.toString();
        } catch (GeneralSecurityException | OperatorCreationException cause) {
            throw new IllegalStateException("no certificate request could be made", cause);
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    private void report(String from, String method, String path, String json) {
        ApiClient.Answer answer = agents.send(
                method,
                "/agent/v1" + path,
                Map.of(WholeApi.CERTIFICATE, from, "Content-Type", "application/json"),
                doubleQuoted(json));
        assertThat(answer.status()).as("%s %s: %s", method, path, answer.text()).isLessThan(300);
    }

    private void upload(String id) {
        ApiClient.Answer answer = client.send(
                "PUT",
                "/image/v2/images/" + id + "/file",
                Map.of("X-Auth-Token", "admin", "Content-Type", "application/octet-stream"),
                "bytes".repeat(200).getBytes(StandardCharsets.US_ASCII));
        assertThat(answer.status()).as(answer.text()).isEqualTo(204);
    }

    private String role(String name) {
        return send("GET", "/identity/v3/roles?name=" + name, "")
                .at("/roles/0/id")
                .asString();
    }

    private void put(String path) {
        send("PUT", path, "");
    }

    private JsonNode send(String method, String path, String json) {
        return as("admin", method, path, json);
    }

    private JsonNode as(String persona, String method, String path, String json) {
        ApiClient.Answer answer = client.send(
                method,
                path,
                Map.of(
                        "X-Auth-Token",
                        persona,
                        "Content-Type",
                        "application/json",
                        "OpenStack-API-Version",
                        "compute 2.96"),
                doubleQuoted(json));
        assertThat(answer.status()).as("%s %s: %s", method, path, answer.text()).isLessThan(300);
        return answer.body().length == 0 ? Json.MAPPER.createObjectNode() : answer.json();
    }

    /** The id of the thing, which stands alone or in the one member of the reply. */
    private static String id(JsonNode reply) {
        JsonNode thing = reply.has("id") ? reply : reply.values().iterator().next();
        String id = thing.path("id").asString("");
        assertThat(id).as(reply.toString()).isNotEmpty();
        return id;
    }

    /** Single quotes stand for double ones. */
    static String doubleQuoted(String json) {
        return json.replace('\'', '"');
    }
}
