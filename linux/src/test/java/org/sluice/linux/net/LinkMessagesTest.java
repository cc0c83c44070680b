package org.sluice.linux.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sluice.linux.netlink.MessageWriter;
import org.sluice.linux.netlink.NetlinkMessage;

/** Messages for devices that not every kernel has, against the bytes that iproute2 6.1 sends. */
class LinkMessagesTest {
    private static final int LEFT = 3;
    private static final int BRIDGE = 4;
    private static final MacAddress NEIGHBOUR = MacAddress.parse("02:00:00:00:00:01");

    static List<Arguments> requestsOfIp() {
        return List.of(
                Arguments.of(
                        "ip link add link left name left.2001 type vlan protocol 802.1ad id 2001",
                        LinkMessages.createVlan("left.2001", LEFT, 2001, VlanProtocol.DOT1AD),
                        "5800000010000506" + "39a1036b00000000" + "00000000000000000000000000000000"
                                + "0800050003000000" + "0e0003006c6566742e32303031000000" + "20001200"
                                + "08000100766c616e" + "14000200" + "0600050088a80000" + "06000100d1070000"),
                Arguments.of(
                        "ip link add br1 type bridge ageing_time 12000 stp_state 0 vlan_filtering 1",
                        LinkMessages.createBridge("br1", true, Duration.ofMinutes(2)),
                        "5400000010000506" + "39a1036b00000000" + "00000000000000000000000000000000"
                                + "0800030062723100" + "2c001200" + "0a0001006272696467650000" + "1c000200"
                                + "08000400e02e0000" + "0800050000000000" + "0500070001000000"),
                Arguments.of(
                        "bridge vlan add dev left vid 2001 pvid untagged",
                        BridgeVlans.message(Rtnetlink.RTM_SETLINK, LEFT, 6, 2001, false),
                        "2c00000013000500" + "39a1036b00000000" + "07000000030000000000000000000000" + "0c001a00"
                                + "080002000600d107"),
                Arguments.of(
                        "bridge vlan del dev left vid 2001",
                        BridgeVlans.message(Rtnetlink.RTM_DELLINK, LEFT, 0, 2001, false),
                        "2c00000011000500" + "39a1036b00000000" + "07000000030000000000000000000000" + "0c001a00"
                                + "080002000000d107"),
                Arguments.of(
                        "ip neigh replace 198.18.0.2 lladdr 02:00:00:00:00:01 dev left nud permanent",
                        Neighbours.permanent(InetAddress.ofLiteral("198.18.0.2"), NEIGHBOUR, LEFT),
                        "300000001c000505" + "af44066b00000000" + "02000000030000008000000008000100c6120002"
                                + "0a00020002000000" + "00010000"),
                Arguments.of(
                        "ip neigh replace 2001:db8::2 lladdr 02:00:00:00:00:01 dev left nud permanent",
                        Neighbours.permanent(InetAddress.ofLiteral("2001:db8::2"), NEIGHBOUR, LEFT),
                        "3c0000001c000505" + "af44066b00000000" + "0a00000003000000" + "80000000" + "14000100"
                                + "20010db8000000000000000000000002" + "0a00020002000000" + "00010000"),
                Arguments.of(
                        "ip neigh del 198.18.0.2 dev left",
                        Neighbours.deletion(InetAddress.ofLiteral("198.18.0.2"), LEFT),
                        "240000001d000500" + "af44066b00000000" + "0200000003000000" + "00000000" + "08000100"
                                + "c6120002"),
                Arguments.of(
                        "bridge vlan add dev br0 vid 2001 self",
                        BridgeVlans.message(Rtnetlink.RTM_SETLINK, BRIDGE, 0, 2001, true),
                        "3400000013000500" + "39a1036b00000000" + "07000000040000000000000000000000" + "14001a00"
                                + "0600000002000000" + "080002000000d107"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requestsOfIp")
    void writesByteForByteWhatIpWrites(String command, MessageWriter message, String expected) {
        int sequence = ByteBuffer.wrap(HexFormat.of().parseHex(expected))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt(8);
        assertThat(HexFormat.of().formatHex(message.finish(sequence)))
                .as(command)
                .isEqualTo(expected);
    }

    @Test
    void readsBackWhatItWrites() {
        NetlinkMessage vlan = NetlinkMessage.parse(LinkMessages.createVlan("left.2001", LEFT, 2001, VlanProtocol.DOT1AD)
                        .finish(1))
                .getFirst();
        assertThat(LinkCodec.read(vlan).kind()).isEqualTo(new LinkKind.Vlan(2001, VlanProtocol.DOT1AD));
        assertThat(LinkCodec.read(vlan).parentIndex()).isEqualTo(LEFT);

        NetlinkMessage bridge = NetlinkMessage.parse(LinkMessages.createBridge("br1", true, Duration.ofMinutes(2))
                        .finish(1))
                .getFirst();
        assertThat(LinkCodec.read(bridge).kind()).isEqualTo(new LinkKind.Bridge(true, false, Duration.ofMinutes(2)));

        NetlinkMessage port = NetlinkMessage.parse(BridgeVlans.message(Rtnetlink.RTM_SETLINK, LEFT, 6, 2001, false)
                        .finish(1))
                .getFirst();
        List<BridgeVlan> vlans = new ArrayList<>();
        BridgeVlans.read(
                port.attributesAfter(Rtnetlink.INTERFACE_HEADER_LENGTH)
                        .find(Rtnetlink.IFLA_AF_SPEC)
                        .orElseThrow(),
                vlans);
        assertThat(vlans).containsExactly(BridgeVlan.access(2001));
    }
}
