package org.sluice.agent.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.agent.TestServers;
import org.sluice.agent.host.SegmentServices.Client;
import org.sluice.model.PortId;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.FixedAddress;

class DhcpConfigurationTest {
    private static Client client(String mac, String address) {
        DesiredInterface.Bridge nic = TestServers.bridge(PortId.random(), mac, address, "up0");
        return new Client(nic, TestServers.server(ServerId.random(), TestServers.image(), List.of(nic)));
    }

    private static String text(DesiredInterface.ServicePort service, Client... clients) {
        return new DhcpConfiguration("serve0", service, 1450, List.of(clients)).text(Path.of("/d"));
    }

    @Test
    void answersNamedClientsAndNobodyElse() {
        Client client = client("fa:16:3e:00:00:10", "10.0.0.10");

        assertThat(text(client.nic().services().orElseThrow(), client))
                .contains("dhcp-ignore=tag:!known\n")
                .contains("dhcp-host=fa:16:3e:00:00:10,10.0.0.10,vm00\n")
                .contains("dhcp-range=set:subnet0,10.0.0.0,static,255.255.255.0,86400s\n")
                .contains("dhcp-option=option:mtu,1450\n");
    }

    private static String hostLine(String hostname) {
        Client client = client("fa:16:3e:00:00:10", "10.0.0.10");
        DesiredServer server = client.server();
        Client named = new Client(
                client.nic(),
                new DesiredServer(
                        server.id(),
                        server.claim(),
                        server.instanceName(),
                        server.presence(),
                        server.power(),
                        hostname,
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
                        server.keys(),
                        server.metadata(),
                        server.interfaces(),
                        server.launch(),
                        server.requestId(),
                        server.globalRequestId(),
                        server.diskWish()));
        return text(client.nic().services().orElseThrow(), named)
                .lines()
                .filter(line -> line.startsWith("dhcp-host="))
                .findFirst()
                .orElseThrow()
                .substring("dhcp-host=fa:16:3e:00:00:10,10.0.0.10,".length());
    }

    @Test
    void writesNoNameThatDnsmasqWouldTakeForSomethingElse() {
        for (String word : List.of("ignore", "infinite", "7", "5m", "12h", "7d", "1w", "86400s", "IGNORE")) {
            assertThat(hostLine(word)).isEqualTo(word.toLowerCase(Locale.ROOT) + ".invalid");
        }
        assertThat(hostLine("5m.example.org")).isEqualTo("5m.invalid");
        assertThat(hostLine("5mm")).isEqualTo("5mm");
        assertThat(hostLine("m")).isEqualTo("m");
        assertThat(hostLine("*")).isEqualTo("host");
        assertThat(hostLine("set:tag")).isEqualTo("set-tag");
        assertThat(hostLine("id:*")).isEqualTo("id");
    }

    @Test
    void writesNoNameThatWouldKeepDnsmasqFromStarting() {
        assertThat(hostLine("a".repeat(64))).isEqualTo("a".repeat(63));
        assertThat(hostLine("-x-")).isEqualTo("x");
        assertThat(hostLine("---")).isEqualTo("host");
        assertThat(hostLine("b".repeat(62) + "-c")).isEqualTo("b".repeat(62));
    }

    /** dnsmasq's own word on the whole file, where it is installed. */
    @Test
    void isTakenByDnsmasqWhateverTheNames(@TempDir Path directory) throws Exception {
        Path dnsmasq = Path.of("/usr/sbin/dnsmasq");
        assumeTrue(Files.isExecutable(dnsmasq), "dnsmasq (package dnsmasq-base) is not installed");
        List<String> names = List.of("ignore", "infinite", "7", "5m", "a".repeat(64), "-x", "x-", "---", "web.example");
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < names.size(); i++) {
            lines.append("dhcp-host=fa:16:3e:00:00:%02x,10.0.0.%d,%s\n".formatted(i, 10 + i, hostLine(names.get(i))));
        }
        Path file = Files.writeString(directory.resolve("dnsmasq.conf"), lines);

        Process test = new ProcessBuilder(dnsmasq.toString(), "--test", "--conf-file=" + file)
                .redirectErrorStream(true)
                .start();

        assertThat(new String(test.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("syntax check OK");
        assertThat(test.waitFor()).isZero();
    }

    @Test
    void repeatsTheDefaultRouteBesideTheOneToMetadata() {
        Client client = client("fa:16:3e:00:00:10", "10.0.0.10");

        assertThat(text(client.nic().services().orElseThrow(), client))
                .contains("option:classless-static-route,169.254.169.254/32,10.0.0.2,0.0.0.0/0,10.0.0.1\n")
                .contains("option:router,10.0.0.1\n")
                .contains("option:dns-server,10.0.0.53\n");
    }

    @Test
    void neverNamesItselfAsRouterOrNameServer() {
        FixedAddress bare = new FixedAddress("10.0.0.2", "10.0.0.0/24", Optional.empty(), List.of(), List.of(), true);
        Client client = client("fa:16:3e:00:00:10", "10.0.0.10");
        DesiredInterface.ServicePort service =
                new DesiredInterface.ServicePort(PortId.random(), client.mac(), List.of(bare));

        assertThat(text(service, client))
                .contains("option:router\n")
                .contains("option:dns-server\n")
                .contains("option:classless-static-route,169.254.169.254/32,10.0.0.2\n");
    }

    private static String routesOf(Optional<String> gateway, FixedAddress.HostRoute... routes) {
        FixedAddress address = new FixedAddress("10.0.0.2", "10.0.0.0/24", gateway, List.of(), List.of(routes), true);
        return text(new DesiredInterface.ServicePort(
                        PortId.random(),
                        client("fa:16:3e:00:00:10", "10.0.0.10").mac(),
                        List.of(address)))
                .lines()
                .filter(line -> line.contains("static-route") || line.contains("option:router"))
                .map(line -> line.substring(line.indexOf("option:")))
                .reduce("", (all, line) -> all + line + "\n");
    }

    @Test
    void tellsOneDefaultRouteAndOneRouteToMetadata() {
        FixedAddress.HostRoute everywhere = new FixedAddress.HostRoute("0.0.0.0/0", "10.0.0.9");
        FixedAddress.HostRoute metadata = new FixedAddress.HostRoute("169.254.169.254/32", "10.0.0.9");

        assertThat(routesOf(Optional.of("10.0.0.1"), everywhere, metadata)).isEqualTo("""
                option:classless-static-route,169.254.169.254/32,10.0.0.2,0.0.0.0/0,10.0.0.1
                option:router,10.0.0.1
                """);
        assertThat(routesOf(Optional.empty(), everywhere)).isEqualTo("""
                option:classless-static-route,169.254.169.254/32,10.0.0.2,0.0.0.0/0,10.0.0.9
                option:router,10.0.0.9
                """);
    }

    @Test
    void reachesAGatewayOutsideOfTheSubnetOnTheLink() {
        assertThat(routesOf(Optional.of("192.0.2.1"))).isEqualTo("""
                option:classless-static-route,169.254.169.254/32,10.0.0.2,192.0.2.1/32,0.0.0.0,0.0.0.0/0,192.0.2.1
                option:router,192.0.2.1
                """);
    }
}
