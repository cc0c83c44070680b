package org.sluice.agent;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.sluice.model.ImageId;
import org.sluice.model.MacAddress;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredHost;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredInterface.Bridge;
import org.sluice.model.protocol.DesiredInterface.Direct;
import org.sluice.model.protocol.DesiredInterface.DirectAttributes;
import org.sluice.model.protocol.DesiredSegment;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.DesiredServer.Presence;
import org.sluice.model.protocol.DiskWish;
import org.sluice.model.protocol.FixedAddress;
import org.sluice.model.protocol.PhysicalFunctionKey;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.VirtualFunctionLease;

/** Servers and NICs to test with. */
public final class Samples {
    /** The network of every bridge NIC made here. */
    public static final NetworkId NETWORK = new NetworkId(UUID.fromString("0a000000-0000-4000-8000-000000000001"));

    private Samples() {}

    /** A tap on VLAN 2001 of phys0. */
    public static Bridge bridgeNic(int number) {
        return new Bridge(
                new PortId(new UUID(0x1000_0000_0000_4000L + ((long) number << 48), 0x8000_0000_0000_0000L + number)),
                NETWORK,
                new MacAddress("fa:16:3e:00:01:%02x".formatted(number)),
                2001,
                1500,
                List.of(new FixedAddress(
                        "10.0.0." + (10 + number), "10.0.0.0/24", Optional.of("10.0.0.1"), List.of(), List.of(), true)),
                "physnet0",
                "phys0",
                Optional.empty());
    }

    /** What bridge NICs made here have in common, with that MTU, if they are on that network. */
    public static DesiredSegment segment(NetworkId network, int mtu, String... nameServers) {
        return new DesiredSegment(
                network,
                "physnet0",
                "phys0",
                2001,
                mtu,
                List.of(new DesiredSegment.Subnet(
                        "10.0.0.0/24", Optional.of("10.0.0.1"), List.of(nameServers), List.of(), true)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** A VF on VLAN 2401, MTU 9000. */
    public static Direct direct(PhysicalFunctionKey card, int index, long generation) {
        return direct(card, index, generation, DirectAttributes.DEFAULT);
    }

    /** A VF on VLAN 2401, MTU 9000, with wishes. */
    public static Direct direct(PhysicalFunctionKey card, int index, long generation, DirectAttributes attributes) {
        return new Direct(
                PortId.random(),
                NetworkId.random(),
                new MacAddress("fa:16:3e:00:02:%02x".formatted(index)),
                2401,
                9000,
                List.of(),
                new VirtualFunctionLease(card, index, generation),
                attributes);
    }

    /** A server that should run, with these NICs. */
    public static DesiredServer server(DesiredInterface... interfaces) {
        return new DesiredServer(
                ServerId.random(),
                Optional.empty(),
                "instance-00000001",
                Presence.PRESENT,
                Power.ON,
                "vm00",
                "vm00",
                "0123456789abcdef0123456789abcdef",
                "fedcba9876543210fedcba9876543210",
                "rack0",
                1,
                512,
                1,
                new DesiredServer.Image(new ImageId(new UUID(1, 2)), "qcow2", 1024, "0".repeat(128)),
                DesiredServer.RootDisk.FIRST,
                false,
                Optional.empty(),
                Map.of("dev001", "ssh-ed25519 AAAA dev001"),
                Map.of(),
                Arrays.asList(interfaces),
                Optional.of(new DesiredServer.Launch(2, "r-gbxb12pu", "m1.small", List.of("default"))),
                Optional.of("req-0000000c-0000-0000-0000-00000000000d"),
                Optional.of("req-0000000e-0000-0000-0000-00000000000f"),
                DiskWish.NONE);
    }

    /** The same server, under the so manyth claim of it that there was. */
    public static DesiredServer claimed(DesiredServer server, long claim) {
        return server.claimed(Optional.of(claim));
    }

    /** The same server, which should go. */
    public static DesiredServer absent(DesiredServer server) {
        return described(server, Presence.ABSENT, server.metadata(), server.requestId(), server.globalRequestId());
    }

    /** The same server with other metadata. */
    public static DesiredServer withMetadata(DesiredServer server, Map<String, String> metadata) {
        return described(server, server.presence(), metadata, server.requestId(), server.globalRequestId());
    }

    /** The same server with another name and other keys. */
    public static DesiredServer said(DesiredServer server, String name, Map<String, String> keys) {
        return described(
                server, name, keys, server.presence(), server.metadata(), server.requestId(), server.globalRequestId());
    }

    /** The same server of another flavor, with that root disk. */
    public static DesiredServer resized(
            DesiredServer server, int vcpus, int memoryMib, int diskGib, DesiredServer.RootDisk disk) {
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
                vcpus,
                memoryMib,
                diskGib,
                server.image(),
                disk,
                server.configDrive(),
                server.userData(),
                server.keys(),
                server.metadata(),
                server.interfaces(),
                server.launch(),
                server.requestId(),
                server.globalRequestId(),
                server.diskWish());
    }

    /** The same server with another NIC. */
    public static DesiredServer wired(DesiredServer server, DesiredInterface nic) {
        return server.wired(List.of(nic));
    }

    /** The same NIC, whose subnets have that name server, on a network that is served. */
    public static Bridge withNameServer(Bridge nic, String nameServer) {
        List<FixedAddress> addresses = withNameServer(nic.addresses(), nameServer);
        return new Bridge(
                nic.port(),
                nic.network(),
                nic.mac(),
                nic.vlan(),
                nic.mtu(),
                addresses,
                nic.physicalNetwork(),
                nic.uplink(),
                Optional.of(new DesiredInterface.ServicePort(
                        new PortId(new UUID(0x2000_0000_0000_4000L, 0x8000_0000_0000_0000L)),
                        new MacAddress("fa:16:3e:00:02:01"),
                        addresses)));
    }

    private static List<FixedAddress> withNameServer(List<FixedAddress> addresses, String nameServer) {
        return addresses.stream()
                .map(address -> new FixedAddress(
                        address.address(),
                        address.cidr(),
                        address.gateway(),
                        List.of(nameServer),
                        address.hostRoutes(),
                        address.dhcp()))
                .toList();
    }

    /** The same server, changed last for that request. */
    public static DesiredServer changedFor(DesiredServer server, String request, String globalRequest) {
        return described(
                server, server.presence(), server.metadata(), Optional.of(request), Optional.of(globalRequest));
    }

    /** A desired state. */
    public static DesiredHost state(long revision, DesiredServer... servers) {
        return new DesiredHost(revision, new ArrayList<>(Arrays.asList(servers)), List.of(), List.of());
    }

    private static DesiredServer described(
            DesiredServer server,
            Presence presence,
            Map<String, String> metadata,
            Optional<String> requestId,
            Optional<String> globalRequestId) {
        return described(server, server.name(), server.keys(), presence, metadata, requestId, globalRequestId);
    }

    private static DesiredServer described(
            DesiredServer server,
            String name,
            Map<String, String> keys,
            Presence presence,
            Map<String, String> metadata,
            Optional<String> requestId,
            Optional<String> globalRequestId) {
        return new DesiredServer(
                server.id(),
                server.claim(),
                server.instanceName(),
                presence,
                server.power(),
                server.hostname(),
                name,
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
                metadata,
                server.interfaces(),
                server.launch(),
                requestId,
                globalRequestId,
                server.diskWish());
    }
}
