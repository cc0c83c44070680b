package org.sluice.agent.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
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
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.agent.TestServers;
import org.sluice.agent.bridge.LinuxBridges;
import org.sluice.agent.host.Bridges.Segment;
import org.sluice.agent.host.SegmentServices.Client;
import org.sluice.agent.journal.DurableDirectory;
import org.sluice.agent.journal.Ownership;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.IpPrefix;
import org.sluice.linux.net.Links;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.process.RunningProcess;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.FixedAddress;

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
    private Ownership ownership;
    private LinuxSegmentServices services;

    @BeforeEach
    void makeHostAndGuest() {
        assumeTrue("root".equals(System.getProperty("user.name")), "making network namespaces needs root");
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/dnsmasq")), "dnsmasq (package dnsmasq-base) is not installed");
        hostNamespace = NetworkNamespace.createNameless();
        guest = NetworkNamespace.createNameless();
        host = Links.in(hostNamespace);
        host.createVeth("up0", "wire0");
        ownership = new Ownership(new DurableDirectory(directory.resolve("made")), "boot-1");
        bridges = new LinuxBridges(host, ownership);
        services = services();
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

    private LinuxSegmentServices services() {
        return new LinuxSegmentServices(host, directory.resolve("services"), ownership);
    }

    private Client client(String mac, String address, ServerId server) {
        DesiredInterface.Bridge nic = TestServers.bridge(new PortId(UUID.randomUUID()), mac, address, "up0");
        return new Client(nic, TestServers.server(server, TestServers.image(), List.of(nic)));
    }

    /** The same guest, which is told that the network is served from another address, or of another name server. */
    private static Client withService(Client client, String address, String nameServer) {
        DesiredInterface.Bridge nic = client.nic();
        DesiredInterface.ServicePort before = nic.services().orElseThrow();
        FixedAddress service =
                new FixedAddress(address, "10.0.0.0/24", Optional.of("10.0.0.1"), List.of(nameServer), List.of(), true);
        return new Client(
                new DesiredInterface.Bridge(
                        nic.port(),
                        nic.network(),
                        nic.mac(),
                        nic.vlan(),
                        nic.mtu(),
                        nic.addresses(),
                        nic.physicalNetwork(),
                        nic.uplink(),
                        Optional.of(new DesiredInterface.ServicePort(before.port(), before.mac(), List.of(service)))),
                client.server());
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
                    server.claim(),
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
                    server.globalRequestId(),
                    server.diskWish());
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

        services = services();
        assertThat(services.served()).containsExactly(entry(network, List.of("10.0.0.2")));
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
    void whoIsForgottenGetsNeitherAddressNorMetadataAndTheOthersDo() throws Exception {
        Client leaving = client(GUEST_MAC, "10.0.0.10", ServerId.random());
        Client other = client("fa:16:3e:00:00:77", "10.0.0.77", ServerId.random());
        services.serve(segment, List.of(leaving, other));
        giveGuest("10.0.0.10/24");
        assertThat(statusAndBody("/latest/meta-data/instance-id", new StringBuilder()))
                .isEqualTo(200);

        services.forget(segment, leaving.nic());
        services.forget(segment, leaving.nic());

        assertThat(DhcpClient.discover(guest, guestMac())).isEmpty();
        assertThat(statusAndBody("/latest/meta-data/instance-id", new StringBuilder()))
                .isEqualTo(404);
        assertThat(DhcpClient.discover(
                        guest, MacAddress.parse("fa:16:3e:00:00:77").bytes()))
                .contains(InetAddress.getByName("10.0.0.77"));
        services.forget(segment, other.nic());
        services.serve(segment, List.of(other));
        assertThat(services.served()).containsKey(network);
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
        assertThat(bridges.removeIfUnused(segment.network())).isTrue();
    }

    @Test
    void theEndOfDhcpIsToldAndItBeginsAnew() throws Exception {
        BlockingQueue<NetworkId> told = new LinkedBlockingQueue<>();
        services.watch(told::add);
        Client client = client(GUEST_MAC, "10.0.0.10", ServerId.random());
        services.serve(segment, List.of(client));
        int pid = Integer.parseInt(readPid());
        try (RunningProcess dnsmasq = RunningProcess.open(pid).orElseThrow()) {
            dnsmasq.kill();
        }

        assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo(network);
        services.serve(segment, List.of(client));

        assertThat(Integer.parseInt(readPid())).isNotEqualTo(pid);
        assertThat(DhcpClient.discover(guest, guestMac())).contains(InetAddress.getByName("10.0.0.10"));
        services.serve(segment, List.of(client, client("fa:16:3e:00:00:11", "10.0.0.11", ServerId.random())));
        services.withdraw(network);
        assertThat(told).as("what was ended on purpose").isEmpty();
    }

    @Test
    void whatDnsmasqDoesNotTakeHarmsNobodyWhoIsServedAlready() throws Exception {
        Client client = client(GUEST_MAC, "10.0.0.10", ServerId.random());
        services.serve(segment, List.of(client));
        String pid = readPid();
        Client bad = withService(client("fa:16:3e:00:00:11", "10.0.0.11", ServerId.random()), "10.0.0.2", "10.0.0.300");

        assertThatThrownBy(() -> services.serve(segment, List.of(client, bad)))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("dnsmasq does not take what it should serve")
                .hasMessageContaining("It goes on with what it has served before.");

        assertThat(readPid()).isEqualTo(pid);
        assertThat(DhcpClient.discover(guest, guestMac())).contains(InetAddress.getByName("10.0.0.10"));
        services.serve(segment, List.of(client));
        assertThat(readPid()).isEqualTo(pid);
    }

    @Test
    void anAddressThatIsNoneDoesNotReachDnsmasq() throws Exception {
        Client client = client(GUEST_MAC, "10.0.0.10", ServerId.random());
        services.serve(segment, List.of(client));
        Client bad = client("fa:16:3e:00:00:11", "10.0.0.11\ndhcp-host=x", ServerId.random());

        assertThatThrownBy(() -> services.serve(segment, List.of(client, bad)))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("which is none, so DHCP and metadata do not serve it.");
        assertThat(DhcpClient.discover(guest, guestMac())).contains(InetAddress.getByName("10.0.0.10"));
    }

    @Test
    void anAddressThatTwoHaveForAMomentIsTheNewerOnes() throws Exception {
        services.serve(
                segment,
                List.of(
                        client("fa:16:3e:00:00:77", "10.0.0.10", ServerId.random()),
                        client(GUEST_MAC, "10.0.0.10", ServerId.random())));

        assertThat(DhcpClient.discover(guest, guestMac())).contains(InetAddress.getByName("10.0.0.10"));
    }

    /** One address and one MAC on both hosts, and one wire between them. */
    @Test
    void hostsServeUnderOneAddressAndNeitherHearsTheOther() throws Exception {
        NetworkId there = NetworkId.random();
        Segment other = new Segment(there, "up0", 0, 1500);
        try (NetworkNamespace otherHost = NetworkNamespace.createNameless();
                NetworkNamespace otherGuest = NetworkNamespace.createNameless();
                Links links = Links.in(otherHost)) {
            host.moveTo("wire0", otherHost);
            links.rename("wire0", "up0");
            Ownership made = new Ownership(new DurableDirectory(directory.resolve("made there")), "boot-1");
            try (LinuxSegmentServices others =
                    new LinuxSegmentServices(links, directory.resolve("services there"), made)) {
                new LinuxBridges(links, made).ensure(other);
                links.createVeth("guest0", "eth0", otherGuest);
                links.setMaster("guest0", other.bridgeName());
                links.setUp("guest0");
                String otherMac = "fa:16:3e:00:00:11";
                try (Links inside = Links.in(otherGuest)) {
                    inside.setMac("eth0", MacAddress.parse(otherMac));
                    inside.setUp("eth0");
                    inside.routes().replaceDirect(IpPrefix.parse("0.0.0.0/0"), "eth0");
                }
                // Each host knows both guests, so that an answer of the other one would be seen.
                List<Client> both = List.of(
                        client(GUEST_MAC, "10.0.0.10", ServerId.random()),
                        client(otherMac, "10.0.0.11", ServerId.random()));
                others.serve(other, both);

                assertThat(DhcpClient.discover(guest, guestMac()))
                        .as("from the other host")
                        .isEmpty();
                giveGuest("10.0.0.10/24");
                assertThatThrownBy(() -> statusAndBody("/latest/meta-data/", new StringBuilder()))
                        .isInstanceOf(IOException.class);

                services.serve(segment, both);

                assertThat(DhcpClient.discover(
                                otherGuest, MacAddress.parse(otherMac).bytes()))
                        .contains(InetAddress.getByName("10.0.0.11"));
                assertThat(statusAndBody("/latest/meta-data/", new StringBuilder()))
                        .isEqualTo(200);
                try (Links inside = Links.in(otherGuest)) {
                    inside.addresses().add("eth0", IpPrefix.parse("10.0.0.11/24"));
                }
                assertThat(guest.call(() -> InetAddress.getByName("10.0.0.11").isReachable(2_000)))
                        .as("the guests reach each other")
                        .isTrue();
                others.withdraw(there);
            }
        }
    }

    @Test
    void anAddressThatTheNetworkGaveUpIsNotServedAnyMore() throws Exception {
        Client client = client(GUEST_MAC, "10.0.0.10", ServerId.random());
        services.serve(segment, List.of(client));
        services.serve(segment, List.of(withService(client, "10.0.0.3", "10.0.0.53")));

        giveGuest("10.0.0.10/24");
        assertThat(guest.call(() -> InetAddress.getByName("10.0.0.3").isReachable(2_000)))
                .isTrue();
        assertThat(guest.call(() -> InetAddress.getByName("10.0.0.2").isReachable(500)))
                .isFalse();
    }

    @Test
    void filesOfOthersInItsFolderAreLeftAlone() throws Exception {
        Files.writeString(directory.resolve("services").resolve("notes.txt"), "of the operator");
        services.serve(segment, List.of(client(GUEST_MAC, "10.0.0.10", ServerId.random())));
        Path note = directory.resolve("services").resolve(network.toString()).resolve("notes.txt");
        Files.writeString(note, "of the operator");

        assertThat(services.served()).containsOnlyKeys(network);
        services.withdraw(network);

        assertThat(services.served()).isEmpty();
        assertThat(note).exists();
    }

    @Test
    void itsLogIsBounded() throws Exception {
        services.serve(segment, List.of(client(GUEST_MAC, "10.0.0.10", ServerId.random())));
        Path log = pidFile().resolveSibling("dnsmasq.log");
        Files.write(log, new byte[2 * 1024 * 1024]);

        services.trim();

        assertThat(log).hasSize(0);
        assertThat(DhcpClient.discover(guest, guestMac())).isPresent();
        assertThat(Files.size(log)).isBetween(1L, 4096L);
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
