package org.sluice.agent.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.agent.TestServers;
import org.sluice.agent.bridge.LinuxBridges;
import org.sluice.agent.host.Bridges.Segment;
import org.sluice.agent.host.SegmentServices.Client;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.IpPrefix;
import org.sluice.linux.net.Links;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.process.RunningProcess;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredServer;

/** A real bridge, a real dnsmasq and real metadata, in namespaces of the test's own; a guest is a namespace on a veth. */
class LinuxSegmentServicesTest {
    private static final String GUEST_MAC = "fa:16:3e:00:00:10";

    @TempDir
    Path directory;

    private final NetworkId network = NetworkId.random();
    private final Segment segment = new Segment(network, "up0", 0, 1500);
    private NetworkNamespace hostNamespace;
    private NetworkNamespace guest;
    private Links host;
    private LinuxBridges bridges;
    private LinuxSegmentServices services;

    @BeforeEach
    void makeHostAndGuest() {
        assumeTrue("root".equals(System.getProperty("user.name")), "making network namespaces needs root");
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/dnsmasq")), "dnsmasq (package dnsmasq-base) is not installed");
        hostNamespace = NetworkNamespace.createNameless();
        guest = NetworkNamespace.createNameless();
        host = Links.in(hostNamespace);
        host.createVeth("up0", "wire0");
        bridges = new LinuxBridges(host);
        services = new LinuxSegmentServices(host, directory.resolve("services"));
        bridges.ensure(segment);
        host.createVeth("guest0", "eth0", guest);
        host.setMaster("guest0", segment.bridgeName());
        host.setUp("guest0");
        try (Links inside = Links.in(guest)) {
            inside.setMac("eth0", MacAddress.parse(GUEST_MAC));
            inside.setUp("eth0");
            inside.routes().replaceDirect(IpPrefix.parse("0.0.0.0/0"), "eth0");
        }
    }

    @AfterEach
    void takeEverythingAway() {
        if (services != null) {
            services.withdraw(network);
            services.close();
            host.close();
            guest.close();
            hostNamespace.close();
        }
    }

    private Client client(String mac, String address, ServerId server) {
        DesiredInterface.Bridge nic = TestServers.bridge(new PortId(UUID.randomUUID()), mac, address, "up0");
        return new Client(nic, TestServers.server(server, TestServers.image(), List.of(nic)));
    }

    private byte[] guestMac() {
        return MacAddress.parse(GUEST_MAC).bytes();
    }

    private int statusAndBody(String path, StringBuilder body) throws IOException {
        return guest.call(() -> {
            HttpURLConnection connection = (HttpURLConnection)
                    URI.create("http://169.254.169.254" + path).toURL().openConnection();
            connection.setConnectTimeout(2_000);
            connection.setReadTimeout(2_000);
            int status = connection.getResponseCode();
            if (status == 200) {
                body.append(new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            }
            return status;
        });
    }

    private void giveGuest(String address) {
        try (Links inside = Links.in(guest)) {
            inside.addresses().add("eth0", IpPrefix.parse(address));
            inside.routes().replaceDirect(IpPrefix.parse("169.254.169.254/32"), "eth0");
        }
    }

    /** What dnsmasq may take for a lease time or for the word not to answer is a name all the same. */
    @Test
    void everyNameGivesAGuestItsAddress() throws Exception {
        for (String name : List.of("ignore", "infinite", "7", "5m", "a".repeat(64), "-x")) {
            Client client = client(GUEST_MAC, "10.0.0.10", ServerId.random());
            DesiredServer server = client.server();
            DesiredServer named = new DesiredServer(
                    server.id(),
                    server.instanceName(),
                    server.presence(),
                    server.power(),
                    name,
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
                    server.globalRequestId());
            services.serve(segment, List.of(new Client(client.nic(), named)));

            assertThat(DhcpClient.discover(guest, guestMac())).as(name).contains(InetAddress.getByName("10.0.0.10"));
        }
    }

    @Test
    void aGuestGetsItsFixedAddressAndThenItsOwnMetadata() throws Exception {
        ServerId server = ServerId.random();
        services.serve(segment, List.of(client(GUEST_MAC, "10.0.0.10", server)));

        assertThat(DhcpClient.discover(guest, guestMac())).contains(InetAddress.getByName("10.0.0.10"));

        giveGuest("10.0.0.10/24");
        StringBuilder body = new StringBuilder();
        assertThat(statusAndBody("/openstack/latest/meta_data.json", body)).isEqualTo(200);
        assertThat(body).contains(server.toString());
        body.setLength(0);
        assertThat(statusAndBody("/latest/meta-data/", body)).isEqualTo(200);
        assertThat(body.toString().lines()).contains("instance-id", "local-hostname", "public-keys/");
        assertThat(statusAndBody("/latest/meta-data/no-such-thing", body)).isEqualTo(404);
    }

    @Test
    void aStrangerGetsNeitherAddressNorMetadata() throws Exception {
        services.serve(segment, List.of(client("fa:16:3e:00:00:77", "10.0.0.77", ServerId.random())));

        assertThat(DhcpClient.discover(guest, guestMac())).isEmpty();

        giveGuest("10.0.0.10/24");
        assertThat(statusAndBody("/openstack/latest/meta_data.json", new StringBuilder()))
                .isEqualTo(404);
    }

    @Test
    void theNextAgentTakesUpWhatTheLastOneLeft() throws Exception {
        Client client = client(GUEST_MAC, "10.0.0.10", ServerId.random());
        services.serve(segment, List.of(client));
        String pid = Files.readString(pidFile());
        services.close();

        services = new LinuxSegmentServices(host, directory.resolve("services"));
        assertThat(services.served()).containsExactly(network);
        services.serve(segment, List.of(client));

        assertThat(Files.readString(pidFile())).isEqualTo(pid);
        giveGuest("10.0.0.10/24");
        assertThat(statusAndBody("/latest/meta-data/instance-id", new StringBuilder()))
                .isEqualTo(200);
    }

    @Test
    void anAddressThatChangedHandsIsOfferedToItsNewOwner() throws Exception {
        services.serve(segment, List.of(client("fa:16:3e:00:00:77", "10.0.0.10", ServerId.random())));
        services.serve(segment, List.of(client(GUEST_MAC, "10.0.0.10", ServerId.random())));

        assertThat(DhcpClient.discover(guest, guestMac())).contains(InetAddress.getByName("10.0.0.10"));
    }

    @Test
    void nothingIsLeftWhenTheLastClientGoes() {
        services.serve(segment, List.of(client(GUEST_MAC, "10.0.0.10", ServerId.random())));
        int pid = Integer.parseInt(readPid());

        services.serve(segment, List.of());

        assertThat(services.served()).isEmpty();
        assertThat(hasEnded(pid)).isTrue();
        assertThat(NetworkNamespace.names())
                .doesNotContain("sluice-" + network.toString().substring(0, 11));
        assertThat(host.list()).noneMatch(link -> link.name().startsWith("sdh"));
        host.delete("guest0");
        assertThat(bridges.removeIfUnused(segment)).isTrue();
    }

    private static boolean hasEnded(int pid) {
        return RunningProcess.open(pid)
                .map(process -> {
                    try (process) {
                        return process.awaitEnd(Duration.ZERO);
                    }
                })
                .orElse(true);
    }

    private String readPid() {
        try {
            return Files.readString(pidFile()).strip();
        } catch (IOException failure) {
            throw new AssertionError("dnsmasq wrote no pid file", failure);
        }
    }

    private Path pidFile() {
        return directory.resolve("services").resolve(network.toString()).resolve("dnsmasq.pid");
    }
}
