package org.sluice.traffic.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.sluice.linux.net.MacAddress;

/** Test frames byte for byte, and which of them is in which slot of a ring. */
class FrameLayoutTest {
    private static final String MACS = "525400000002" + "525400000001";

    @Test
    void writesTheSmallestIpv4Frame() {
        byte[] frame = Frames.frame(Frames.ipv4(), 64);
        assertThat(HexFormat.of().formatHex(frame))
                .isEqualTo(MACS + "0800"
                        // 46 bytes, do not fragment, time to live 64, UDP. 4500 + 002e + 4000 + 4011 + c612 + 0002 +
                        // c613
                        // + 0002 = 2 5168, folded 516a, complement ae95.
                        + "4500002e000040004011" + "ae95" + "c6120002" + "c6130002"
                        // Ports 49184 and 7, 26 bytes. c612 + 0002 + c613 + 0002 (addresses) + 0011 + 001a (protocol,
                        // length) + c020 + 0007 + 001a = 2 4c95, folded 4c97, complement b368; the signature adds
                        // nothing.
                        + "c0200007001a" + "b368" + "534c5543" + "00" + "00" + "00000000" + "000000000000"
                        + "5770");
    }

    @Test
    void writesIpv6WithHopLimitAndBytesThatCountUpBehindTheSignature() {
        byte[] frame = Frames.frame(Frames.ipv6().withDscp(46).withTimeToLive(200), 88);
        assertThat(HexFormat.of().formatHex(frame, 0, 54))
                .isEqualTo(MACS + "86dd" + "6b800000" + "001e" + "11" + "c8" + "20010002000000000000000000000002"
                        + "20010002000000010000000000000002");
        assertThat(HexFormat.of().formatHex(frame, 54, 60)).isEqualTo("c0200007001e");
        assertThat(HexFormat.of().formatHex(frame, 80, 84)).isEqualTo("00010203");
        assertThat(Frames.udpError(frame, 14)).isZero();
    }

    @Test
    void putsTagsBeforeTheTypeOuterFirst() {
        byte[] one = Frames.frame(Frames.ipv4().withTags(List.of(VlanTag.of(100))), 68);
        assertThat(HexFormat.of().formatHex(one, 0, 19)).isEqualTo(MACS + "81000064" + "0800" + "45");
        assertThat(one).hasSize(64);
        byte[] two = Frames.frame(Frames.ipv4().withTags(Frames.QINQ), 72);
        assertThat(HexFormat.of().formatHex(two, 0, 23)).isEqualTo(MACS + "88a867d1" + "81000064" + "0800" + "45");
        assertThat(Frames.udpError(two, 22)).isZero();
        assertThat(Signature.isPresent(MemorySegment.ofArray(two), 50)).isTrue();
    }

    @Test
    void hasRightChecksumsInEverySizeOddOnesToo() {
        for (int size = 64; size <= 1518; size++) {
            byte[] frame = Frames.frame(Frames.ipv4().withDscp(size % 64), size);
            assertThat(frame).hasSize(size - 4);
            assertThat(Frames.checksum(frame, 14, 20, 0)).isZero();
            assertThat(Frames.udpError(frame, 14)).isZero();
            assertThat(Frames.word(frame, 16)).isEqualTo(size - 18);
            assertThat(Frames.word(frame, 38)).isEqualTo(size - 38);
        }
        byte[] jumbo = Frames.frame(Frames.ipv6(), 9216);
        assertThat(Frames.udpError(jumbo, 14)).isZero();
    }

    @Test
    void sendsAllOnesForAChecksumOfZeroBecauseZeroSaysNone() {
        // From the frame above: the source port that the rest adds up to FFFF with.
        FrameSpec spec = Frames.ipv4();
        int others = 0xFFFF - Frames.word(Frames.frame(spec, 64), 40) - 0xC020;
        int port = Math.floorMod(-others, 0xFFFF);
        byte[] frame = Frames.frame(spec.withPorts(port, 7), 64);
        assertThat(Frames.word(frame, 40)).isEqualTo(0xFFFF);
        assertThat(Frames.udpError(frame, 14)).isZero();
    }

    @Test
    void varies1024PortsThenTheAddress() {
        FrameLayout layout = FrameLayout.of(Frames.ipv4().withFlows(4096), FrameMix.of(64), 1);
        assertThat(layout.slots()).isEqualTo(4096);
        Set<String> flows = new HashSet<>();
        byte[] frame = new byte[60];
        for (int i = 0; i < layout.slots(); i++) {
            layout.copyTo(i, MemorySegment.ofArray(frame), 0);
            assertThat(Frames.checksum(frame, 14, 20, 0)).isZero();
            assertThat(Frames.udpError(frame, 14)).isZero();
            assertThat(flows.add(HexFormat.of().formatHex(frame, 26, 36))).isTrue();
        }
        assertThat(HexFormat.of().formatHex(frame, 26, 36)).isEqualTo("c6120005" + "c6130002" + "c41f");
    }

    @Test
    void repeatsTheMixAndAllFlowsInWholeRounds() {
        FrameLayout layout = FrameLayout.of(Frames.ipv4().withFlows(8), FrameMix.IMIX, 100);
        assertThat(layout.slots()).isEqualTo(120);
        assertThat(layout.largest()).isEqualTo(1514);
        assertThat(layout.signatureOffset()).isEqualTo(42);
        long large =
                IntStream.range(0, 120).filter(i -> layout.length(i) == 1514).count();
        assertThat(large).isEqualTo(10);
        byte[] ring = new byte[3000];
        layout.copyTo(9, MemorySegment.ofArray(ring), 1000);
        assertThat(Frames.word(ring, 1034)).isEqualTo(0xC021);
    }

    @Test
    void prefersWholeCyclesOfTheMixWhenAllFlowsTooWouldMakeTheRingMuchLarger() {
        assertThat(FrameLayout.of(Frames.ipv4().withFlows(4093), FrameMix.IMIX, 1000)
                        .slots())
                .isEqualTo(4104);
    }

    @Test
    void refusesFramesWithoutRoomAndRingsWithoutSlots() {
        assertThatThrownBy(() -> FrameLayout.of(Frames.ipv6(), FrameMix.of(64), 1))
                .hasMessage(
                        "Frames of 64 bytes have no room for IPv6 headers with 0 VLAN tags and the signature: use at"
                                + " least 84 bytes.");
        assertThatThrownBy(() -> FrameLayout.of(Frames.ipv4().withTags(Frames.QINQ), FrameMix.of(71), 1))
                .hasMessageContaining("use at least 72 bytes");
        assertThatThrownBy(() -> FrameLayout.of(Frames.ipv4(), FrameMix.of(64), 0))
                .hasMessage("A ring has at least one slot; 0 are asked for.");
    }

    @Test
    void refusesHeadersThatCannotBe() {
        FrameSpec spec = Frames.ipv4();
        assertThatThrownBy(() -> spec.withPorts(0, 7))
                .hasMessage("The source UDP port 0 is out of range: use 1 to 65535.");
        assertThatThrownBy(() -> spec.withPorts(1, 65536))
                .hasMessage("The destination UDP port 65536 is out of range: use 1 to 65535.");
        assertThatThrownBy(() -> spec.withPorts(65535, 7).withFlows(2))
                .hasMessage("The source UDP port 65535 leaves no ports for 2 flows: use at most 65534.");
        assertThatThrownBy(() -> spec.withDscp(64)).hasMessage("The DSCP 64 is out of range: use 0 to 63.");
        assertThatThrownBy(() -> spec.withFlows(4097))
                .hasMessage("The number of flows 4097 is out of range: use 1 to 4096.");
        assertThatThrownBy(() -> spec.withTimeToLive(0))
                .hasMessage("The time to live 0 is out of range: use 1 to 255.");
        assertThatThrownBy(() -> spec.withTags(List.of(VlanTag.of(1), VlanTag.of(2), VlanTag.of(3))))
                .hasMessage("A frame has at most two VLAN tags; 3 are given.");
        assertThatThrownBy(() -> VlanTag.of(4095)).hasMessage("The VLAN id 4095 is out of range: use 1 to 4094.");
        assertThatThrownBy(() -> new VlanTag(Frames.QINQ.getFirst().protocol(), 1, 8))
                .hasMessage("The VLAN priority 8 is out of range: use 0 to 7.");
        assertThatThrownBy(() -> from("198.18.0.252").withFlows(4096))
                .hasMessage(
                        "The source address 198.18.0.252 leaves no addresses for 4096 flows: use one whose last byte"
                                + " is at most 251.");
        assertThatThrownBy(() -> from("224.0.0.1"))
                .hasMessage(
                        "The source address 224.0.0.1 is no host's own: use one that is neither zero nor multicast.");
        assertThatThrownBy(() -> from("2001:2::1"))
                .hasMessage("The source address 2001:2:0:0:0:0:0:1 and the destination address 198.19.0.2 are of"
                        + " different families: use two of IPv4 or two of IPv6.");
        InetAddress zero = Frames.address("0.0.0.0");
        assertThatThrownBy(() -> FrameSpec.of(Frames.SENDER, Frames.RECEIVER, spec.source(), zero))
                .hasMessage("The destination address 0.0.0.0 is no host's own: use the receiver's.");
        assertThatThrownBy(() -> spec.withDestinationMac(MacAddress.ZERO))
                .hasMessage("The destination MAC address is zero: use the receiver's or the router's.");
        assertThatThrownBy(() -> spec.withDestinationMac(MacAddress.parse("ff:ff:ff:ff:ff:ff"))
                        .reversed())
                .hasMessage(
                        "The source MAC address ff:ff:ff:ff:ff:ff is no interface's own: use one that is neither zero"
                                + " nor multicast.");
    }

    @Test
    void turnsRound() {
        FrameSpec back = Frames.ipv4().reversed();
        assertThat(back.sourceMac()).isEqualTo(Frames.RECEIVER);
        assertThat(back.source()).isEqualTo(Frames.ipv4().destination());
        assertThat(back.reversed()).isEqualTo(Frames.ipv4());
    }

    private static FrameSpec from(String source) {
        return FrameSpec.of(Frames.SENDER, Frames.RECEIVER, Frames.address(source), Frames.address("198.19.0.2"));
    }
}
