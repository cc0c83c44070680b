package org.sluice.agent.metadata;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sluice.agent.TestServers;
import org.sluice.agent.wire.ProtocolJson;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredServer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class MetadataTreeTest {
    private final ServerId id = ServerId.random();
    private final MetadataTree tree = MetadataTree.of(TestServers.server(
            id,
            TestServers.image(),
            List.of(
                    TestServers.bridge(TestServers.BRIDGE_PORT, "fa:16:3e:00:00:10", "10.0.0.10", "eth0"),
                    TestServers.direct())));

    private String text(String path) {
        return new String(tree.file(path).orElseThrow(), UTF_8);
    }

    private JsonNode json(String path) {
        return new JsonMapper().readTree(text(path));
    }

    @Test
    void tellsTheGuestWhoItIs() {
        JsonNode metadata = json("openstack/latest/meta_data.json");

        assertThat(metadata.at("/uuid").asString()).isEqualTo(id.toString());
        assertThat(metadata.at("/hostname").asString()).isEqualTo("vm00");
        assertThat(metadata.at("/public_keys/dev001").asString()).startsWith("ssh-ed25519");
        assertThat(metadata.at("/keys/0/name").asString()).isEqualTo("dev001");
        assertThat(metadata.at("/meta/role").asString()).isEqualTo("router");
        assertThat(text("latest/meta-data/instance-id")).isEqualTo("i-00000007");
        assertThat(text("latest/meta-data/local-hostname")).isEqualTo("vm00");
        assertThat(text("latest/meta-data/local-ipv4")).isEqualTo("10.0.0.10");
        assertThat(text("latest/user-data")).isEqualTo("#!/bin/sh\necho hello\n");
        assertThat(text("openstack/latest/user_data")).isEqualTo("#!/bin/sh\necho hello\n");
    }

    @Test
    void describesABridgePortAsServedByDhcpAndAVirtualFunctionAsStatic() {
        JsonNode data = json("openstack/latest/network_data.json");

        assertThat(data.at("/links/0/ethernet_mac_address").asString()).isEqualTo("fa:16:3e:00:00:10");
        assertThat(data.at("/networks/0/type").asString()).isEqualTo("ipv4_dhcp");
        assertThat(data.at("/links/1/ethernet_mac_address").asString()).isEqualTo("fa:16:3e:00:01:01");
        assertThat(data.at("/networks/1/type").asString()).isEqualTo("ipv4");
        assertThat(data.at("/networks/1/link").asString())
                .isEqualTo(data.at("/links/1/id").asString());
        assertThat(data.at("/networks/1/ip_address").asString()).isEqualTo("10.1.0.5");
        assertThat(data.at("/networks/1/netmask").asString()).isEqualTo("255.255.255.0");
        assertThat(data.at("/networks/1/routes/0/gateway").asString()).isEqualTo("10.1.0.1");
        assertThat(data.at("/networks/1/routes/1/netmask").asString()).isEqualTo("255.255.0.0");
        assertThat(data.at("/services/0/address").asString()).isEqualTo("10.0.0.53");
    }

    @Test
    void listsFoldersAsTheMetadataAddressDoes() {
        assertThat(tree.list("")).contains("latest/", "openstack/");
        assertThat(tree.list("latest")).containsExactly("meta-data/", "user-data");
        assertThat(tree.list("latest/meta-data")).contains("instance-id", "public-keys/");
        assertThat(tree.list("latest/meta-data/public-keys/0")).containsExactly("openssh-key");
        assertThat(tree.list("latest/no-such")).isEmpty();
    }

    @Test
    void listsKeysAndVersionsAsNovaDoes() {
        assertThat(tree.list("latest/meta-data/public-keys")).containsExactly("0=dev001");
        assertThat(tree.list("2009-04-04/meta-data/public-keys")).containsExactly("0=dev001");
        assertThat(tree.list("openstack")).containsExactly("2018-08-27", "latest");
        assertThat(text("latest/meta-data/public-keys/0/openssh-key")).isEqualTo("ssh-ed25519 AAAAC3Nza dev001");
    }

    @Test
    void aKeysNameIsNoPath() {
        for (String name : List.of("a=b", "a/b", "a b", "../x", "me@example.org")) {
            MetadataTree named = MetadataTree.of(withKeys(Map.of(name, "ssh-ed25519 AAAA")));

            assertThat(named.list("latest/meta-data/public-keys")).containsExactly("0=" + name);
            assertThat(named.list("latest/meta-data/public-keys/0")).containsExactly("openssh-key");
            assertThat(named.configDrive().keySet()).noneMatch(path -> path.contains(name));
        }
    }

    @Test
    void aServerWithoutAKeyHasNoFolderOfKeys() {
        MetadataTree bare = MetadataTree.of(withKeys(Map.of()));

        assertThat(bare.list("latest/meta-data/public-keys")).isEmpty();
        assertThat(bare.list("latest/meta-data")).contains("instance-id").doesNotContain("public-keys/");
    }

    @Test
    void saysWhichOfItsRequestsServersItIs() {
        assertThat(json("openstack/latest/meta_data.json").at("/launch_index").asInt())
                .isEqualTo(2);
        assertThat(text("latest/meta-data/ami-launch-index")).isEqualTo("2");
        assertThat(text("latest/meta-data/instance-type")).isEqualTo("m1.small");
        assertThat(text("latest/meta-data/reservation-id")).isEqualTo("r-gbxb12pu");
        assertThat(text("latest/meta-data/security-groups")).isEqualTo("SG\ndefault");
        assertThat(text("latest/meta-data/placement/availability-zone")).isEqualTo("rack0");
    }

    /** Agents have written journals since before there was this member. */
    @Test
    void aJournalWithoutTheLaunchIsReadAsTheFirstServer() {
        DesiredServer server = withKeys(Map.of());
        ObjectNode written = ProtocolJson.MAPPER.valueToTree(server);
        written.remove("launch");

        DesiredServer read = ProtocolJson.MAPPER.treeToValue(written, DesiredServer.class);

        assertThat(read.launch()).isEmpty();
        assertThat(new String(
                        MetadataTree.of(read)
                                .file("latest/meta-data/ami-launch-index")
                                .orElseThrow(),
                        UTF_8))
                .isEqualTo("0");
    }

    @Test
    void theConfigDriveHasEc2MetadataInFolders() {
        JsonNode ec2 = new JsonMapper().readTree(tree.configDrive().get("ec2/latest/meta-data.json"));

        assertThat(ec2.at("/placement/availability-zone").asString()).isEqualTo("rack0");
        assertThat(ec2.at("/public-keys/0/openssh-key").asString()).startsWith("ssh-ed25519");
        assertThat(ec2.at("/instance-type").asString()).isEqualTo("m1.small");
    }

    private static DesiredServer withKeys(Map<String, String> keys) {
        DesiredServer server = TestServers.server(ServerId.random(), TestServers.image(), List.of());
        return new DesiredServer(
                server.id(),
                server.claim(),
                server.instanceName(),
                server.presence(),
                server.power(),
                server.hostname(),
                server.name(),
                server.projectId(),
                server.userId(),
                server.availabilityZone(),
                server.vcpus(),
                server.memoryMib(),
                server.diskGib(),
                server.image(),
                server.rootDisk(),
                server.configDrive(),
                server.userData(),
                keys,
                server.metadata(),
                server.interfaces(),
                server.launch(),
                server.requestId(),
                server.globalRequestId(),
                server.diskWish());
    }

    @Test
    void putsBothTreesOnAConfigDrive() {
        assertThat(tree.configDrive().keySet())
                .contains(
                        "openstack/latest/meta_data.json",
                        "openstack/latest/network_data.json",
                        "openstack/latest/user_data",
                        "ec2/latest/meta-data.json",
                        "ec2/latest/user-data")
                .noneMatch(path -> path.startsWith("latest/"));
        assertThat(new JsonMapper()
                        .readTree(tree.configDrive().get("ec2/latest/meta-data.json"))
                        .at("/instance-id")
                        .asString())
                .isEqualTo("i-00000007");
    }

    @Test
    void writesMasks() {
        assertThat(NetworkData.netmask(0, false)).isEqualTo("0.0.0.0");
        assertThat(NetworkData.netmask(20, false)).isEqualTo("255.255.240.0");
        assertThat(NetworkData.netmask(32, false)).isEqualTo("255.255.255.255");
        assertThat(NetworkData.netmask(64, true)).isEqualTo("ffff:ffff:ffff:ffff:0:0:0:0");
    }
}
