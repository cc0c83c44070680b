package org.sluice.controller.agents;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sluice.controller.http.Json;
import org.sluice.model.HostId;
import org.sluice.model.ImageId;
import org.sluice.model.MacAddress;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredHost;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredPhysicalFunction;
import org.sluice.model.protocol.DesiredSegment;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.DiskWish;
import org.sluice.model.protocol.Enrolment;
import org.sluice.model.protocol.FixedAddress;
import org.sluice.model.protocol.HostQuery;
import org.sluice.model.protocol.PhysicalFunctionKey;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport;
import org.sluice.model.protocol.VirtualFunctionLease;

/** What one side writes the other reads back as the same value, every record of the protocol. */
class ProtocolJsonTest {
    private static final ServerId SERVER = new ServerId(new UUID(1, 2));
    private static final VirtualFunctionLease LEASE = new VirtualFunctionLease(TestFleet.key("node0"), 3, 7);
    private static final MacAddress MAC = new MacAddress("fa:16:3e:00:00:01");
    private static final FixedAddress ADDRESS = new FixedAddress(
            "10.0.0.5",
            "10.0.0.0/24",
            Optional.of("10.0.0.1"),
            List.of("9.9.9.9"),
            List.of(new FixedAddress.HostRoute("10.1.0.0/16", "10.0.0.254")),
            true);

    private static DesiredSegment segment(NetworkId network) {
        return new DesiredSegment(
                network,
                "physnet0",
                "eno2",
                2001,
                1500,
                List.of(new DesiredSegment.Subnet(
                        ADDRESS.cidr(), ADDRESS.gateway(), ADDRESS.nameServers(), ADDRESS.hostRoutes(), true)),
                Optional.of(new DesiredInterface.ServicePort(PortId.random(), MAC, List.of(ADDRESS.apart()))),
                Optional.of("req-0000000c-0000-0000-0000-00000000000d"),
                Optional.empty());
    }

    static List<Object> values() {
        PortId port = new PortId(new UUID(3, 4));
        NetworkId network = new NetworkId(new UUID(5, 6));
        DesiredInterface bridge = new DesiredInterface.Bridge(
                port,
                network,
                MAC,
                2001,
                1500,
                List.of(ADDRESS),
                "physnet0",
                "eno2",
                Optional.of(new DesiredInterface.ServicePort(port, MAC, List.of(ADDRESS))));
        DesiredInterface bare = new DesiredInterface.Bridge(
                port, network, MAC, 0, 1500, List.of(), "physnet0", "eno2", Optional.empty());
        DesiredInterface direct = new DesiredInterface.Direct(
                port, network, MAC, 2401, 9000, List.of(ADDRESS), LEASE, DesiredInterface.DirectAttributes.DEFAULT);
        DesiredInterface coming = direct.wished(new DesiredInterface.Wish(DesiredInterface.Presence.PRESENT, 1L << 40));
        DesiredInterface going = bare.wished(new DesiredInterface.Wish(DesiredInterface.Presence.ABSENT, 12));
        DesiredServer server = new DesiredServer(
                SERVER,
                Optional.of(3L),
                "instance-00000007",
                DesiredServer.Presence.PRESENT,
                new Power(Power.Level.PAUSED, 7, 2, Power.Ending.AT_ONCE),
                "vm00",
                "vm 00",
                TestFleet.PROJECT,
                "user",
                "rack0",
                2,
                2048,
                10,
                new DesiredServer.Image(new ImageId(new UUID(7, 8)), "qcow2", 1L << 33, "ab".repeat(64)),
                new DesiredServer.RootDisk(3, Optional.of(1), 3),
                true,
                Optional.of("I2Nsb3Vk"),
                Map.of("dev001", "ssh-ed25519 AAAA"),
                Map.of("role", "db"),
                List.of(bridge, bare, direct, coming, going),
                Optional.of(new DesiredServer.Launch(2, "r-gbxb12pu", "m1.small", List.of("default"))),
                Optional.of("req-0000000c-0000-0000-0000-00000000000d"),
                Optional.of("req-0000000e-0000-0000-0000-00000000000f"),
                DiskWish.NONE);
        HostQuery query = new HostQuery(
                new UUID(9, 10), SERVER, -1, Optional.of("req-0000000c-0000-0000-0000-00000000000d"), Optional.empty());
        return List.of(
                TestFleet.inventory("node0", 3),
                new DesiredHost(
                        42,
                        List.of(server),
                        List.of(query),
                        List.of(new DesiredPhysicalFunction(new PhysicalFunctionKey("SN1", 0), 9000))),
                new DesiredHost(
                        43,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        Optional.of(new UUID(11, 12)),
                        Optional.of(new DesiredHost.Part(42, List.of(SERVER), List.of(network))),
                        Optional.of(List.of(segment(network)))),
                new HostQuery.Answer(query.id(), "login:\n"),
                new ServerReport.Observed(
                        SERVER,
                        7,
                        PowerState.PAUSED,
                        List.of(
                                new ServerReport.InterfaceState(port, "tap0", Optional.empty()),
                                new ServerReport.InterfaceState(
                                        port,
                                        "0000:01:10.0",
                                        Optional.of(new ServerReport.VirtualFunctionState(
                                                LEASE, MAC, 2401, 0, Optional.of(true), Optional.empty(), 0, 0)))),
                        Optional.empty()),
                new ServerReport.Observed(
                        SERVER,
                        8,
                        PowerState.CRASHED,
                        List.of(),
                        Optional.of(new ServerReport.Failure("DomainRefused", "It was refused.", Optional.empty()))),
                new ServerReport.Observed(
                        SERVER,
                        9,
                        PowerState.RUNNING,
                        List.of(),
                        Optional.empty(),
                        List.of(new ServerReport.InterfaceGone(port, 12, List.of(LEASE))),
                        List.of(new ServerReport.InterfaceFailed(
                                port,
                                13,
                                new ServerReport.Failure("InterfaceNotGivenUp", "It clings.", Optional.empty())))),
                new ServerReport.Failed(
                        SERVER,
                        new ServerReport.Failure(
                                "VfAttributeRefused", "It was refused.", Optional.of("Ask for less."))),
                new ServerReport.Failed(
                        SERVER, new ServerReport.Failure("VfAttributeRefused", "It was refused.", Optional.empty())),
                new ServerReport.Absent(SERVER, List.of(LEASE)),
                new ServerReport.Absent(SERVER, List.of(), Optional.of(3L)),
                new Enrolment.Request("secret", "node0", "-----BEGIN"),
                new Enrolment.Grant(new HostId(new UUID(11, 12)), "cert", "ca"));
    }

    @ParameterizedTest
    @MethodSource("values")
    void readsBackWhatItWrote(Object value) {
        // Reports and interfaces are read by the interface that they implement, as the other side does.
        Class<?> type = value instanceof ServerReport ? ServerReport.class : value.getClass();

        assertThat((Object) Json.MAPPER.readValue(Json.MAPPER.writeValueAsBytes(value), type))
                .isEqualTo(value);
    }

    /** An agent or a controller of before NICs could come and go says nothing of that. */
    @Test
    void whatSaysNothingOfNicsThatComeAndGoSaysThatNoneDoes() {
        DesiredInterface there = new DesiredInterface.Bridge(
                new PortId(new UUID(3, 4)),
                new NetworkId(new UUID(5, 6)),
                MAC,
                0,
                1500,
                List.of(),
                "physnet0",
                "eno2",
                Optional.empty());
        String written = Json.MAPPER.writerFor(DesiredInterface.class).writeValueAsString(there);
        String old = written.replaceAll(",?\"wish\":\\{[^}]*}", "");
        assertThat(old).isNotEqualTo(written);
        assertThat(Json.MAPPER.readValue(old, DesiredInterface.class)).isEqualTo(there);

        ServerReport report = new ServerReport.Observed(SERVER, 8, PowerState.CRASHED, List.of(), Optional.empty());
        String told = Json.MAPPER.writerFor(ServerReport.class).writeValueAsString(report);
        String before = told.replaceAll(",?\"(gone|failed)\":\\[]", "");
        assertThat(before).doesNotContain("gone", "\"failed\"");
        assertThat(Json.MAPPER.readValue(before, ServerReport.class)).isEqualTo(report);
    }
}
