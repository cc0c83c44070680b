package org.sluice.agent;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.sluice.model.ImageId;
import org.sluice.model.MacAddress;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.DiskWish;
import org.sluice.model.protocol.FixedAddress;
import org.sluice.model.protocol.PhysicalFunctionKey;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.VirtualFunctionLease;

/** Servers as a controller would describe them, for tests of the host's parts. */
public final class TestServers {
    public static final NetworkId NETWORK = new NetworkId(UUID.fromString("aaaaaaaa-0000-0000-0000-000000000001"));
    public static final PortId BRIDGE_PORT = new PortId(UUID.fromString("bbbbbbbb-0000-0000-0000-000000000001"));
    public static final PortId DIRECT_PORT = new PortId(UUID.fromString("cccccccc-0000-0000-0000-000000000001"));

    private TestServers() {}

    /** A NIC on an untagged bridge network 10.0.0.0/24 with DHCP. */
    public static DesiredInterface.Bridge bridge(PortId port, String mac, String address, String uplink) {
        FixedAddress fixed = new FixedAddress(
                address, "10.0.0.0/24", Optional.of("10.0.0.1"), List.of("10.0.0.53"), List.of(), true);
        FixedAddress service = new FixedAddress(
                "10.0.0.2", "10.0.0.0/24", Optional.of("10.0.0.1"), List.of("10.0.0.53"), List.of(), true);
        return new DesiredInterface.Bridge(
                port,
                NETWORK,
                new MacAddress(mac),
                0,
                1500,
                List.of(fixed),
                "physnet0",
                uplink,
                Optional.of(new DesiredInterface.ServicePort(
                        new PortId(UUID.fromString("dddddddd-0000-0000-0000-000000000001")),
                        new MacAddress("fa:16:3e:00:00:02"),
                        List.of(service))));
    }

    /** A NIC on a VF in VLAN 2401. */
    public static DesiredInterface.Direct direct() {
        return new DesiredInterface.Direct(
                DIRECT_PORT,
                new NetworkId(UUID.fromString("aaaaaaaa-0000-0000-0000-000000000002")),
                new MacAddress("fa:16:3e:00:01:01"),
                2401,
                1500,
                List.of(new FixedAddress(
                        "10.1.0.5",
                        "10.1.0.0/24",
                        Optional.of("10.1.0.1"),
                        List.of(),
                        List.of(new FixedAddress.HostRoute("10.9.0.0/16", "10.1.0.9")),
                        true)),
                new VirtualFunctionLease(new PhysicalFunctionKey("0050c2aabb01", 0), 3, 7),
                DesiredInterface.DirectAttributes.DEFAULT);
    }

    /** A server with those NICs, a key and user data. */
    public static DesiredServer server(ServerId id, DesiredServer.Image image, List<DesiredInterface> nics) {
        return new DesiredServer(
                id,
                Optional.empty(),
                "instance-00000007",
                DesiredServer.Presence.PRESENT,
                Power.ON,
                "vm00",
                "vm00",
                "6163728b1cbe45f3a72fc2bb0cfab848",
                "43f59b70c95747779f1aef376afc312c",
                "rack0",
                1,
                192,
                0,
                image,
                DesiredServer.RootDisk.FIRST,
                false,
                Optional.of(
                        Base64.getEncoder().encodeToString("#!/bin/sh\necho hello\n".getBytes(StandardCharsets.UTF_8))),
                Map.of("dev001", "ssh-ed25519 AAAAC3Nza dev001"),
                Map.of("role", "router"),
                nics,
                Optional.of(new DesiredServer.Launch(2, "r-gbxb12pu", "m1.small", List.of("SG", "default"))),
                Optional.of("req-0000000c-0000-0000-0000-00000000000d"),
                Optional.of("req-0000000e-0000-0000-0000-00000000000f"),
                DiskWish.NONE);
    }

    /** An image of no particular content. */
    public static DesiredServer.Image image() {
        return new DesiredServer.Image(ImageId.random(), "qcow2", 0, "0".repeat(128));
    }
}
