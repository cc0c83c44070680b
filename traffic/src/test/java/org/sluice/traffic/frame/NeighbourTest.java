package org.sluice.traffic.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.net.VlanProtocol;

/** ARP and Neighbor Discovery against what Linux 6.18 sent between two network namespaces. */
class NeighbourTest {
    /** Asks 198.18.0.2 for 198.18.0.1. */
    private static final String ARP_REQUEST =
            "ffffffffffff525400000001" + "08060001080006040001525400000001c6120002000000000000c6120001";

    private static final String ARP_REPLY =
            "525400000001525400000002" + "08060001080006040002525400000002c6120001525400000001c6120002";

    /** Asks 2001:2::2 for 2001:2::1. */
    private static final String SOLICITATION = "3333ff000001525400000001"
            + "86dd6000000000203aff20010002000000000000000000000002ff0200000000000000000001ff000001"
            + "8700e73f00000000200100020000000000000000000000010101525400000001";

    private static final String ADVERTISEMENT = "525400000001525400000002"
            + "86dd6000000000203aff2001000200000000000000000000000120010002000000000000000000000002"
            + "8800634060000000200100020000000000000000000000010201525400000002";

    /** Duplicate address detection for 2001:2::99, with the nonce of RFC 7527. */
    private static final String DUPLICATE_CHECK = "3333ff000099525400000001"
            + "86dd6000000000203aff00000000000000000000000000000000ff0200000000000000000001ff000099"
            + "8700a97300000000200100020000000000000000000000990e0119bee0cda76a";

    /** Ethernet's shortest frame has 60 bytes; the kernel leaves filling it up to the driver. */
    private static final String PADDING = "00".repeat(18);

    private static final String TAGS = "88a867d1" + "81000064";

    private static final NeighbourResponder RESPONDER = NeighbourResponder.of(
            Frames.RECEIVER,
            List.of(
                    Frames.address("198.18.0.7"),
                    Frames.address("198.18.0.1"),
                    Frames.address("2001:2::1"),
                    Frames.address("2001:2::99")),
            List.of());

    private static final NeighbourQuery IPV4 =
            NeighbourQuery.of(Frames.SENDER, Frames.address("198.18.0.2"), List.of());
    private static final NeighbourQuery IPV6 = NeighbourQuery.of(Frames.SENDER, Frames.address("2001:2::2"), List.of());

    @Test
    void answersAnArpRequestAsLinuxDoes() {
        assertThat(respond(RESPONDER, ARP_REQUEST)).isEqualTo(ARP_REPLY + PADDING);
        assertThat(respond(RESPONDER, ARP_REQUEST + PADDING)).isEqualTo(ARP_REPLY + PADDING);
    }

    @Test
    void answersASolicitationAsLinuxDoes() {
        assertThat(respond(RESPONDER, SOLICITATION)).isEqualTo(ADVERTISEMENT);
    }

    @Test
    void tellsEveryoneWhenSomeoneChecksForADuplicate() {
        String reply = respond(RESPONDER, DUPLICATE_CHECK);
        assertThat(reply)
                .startsWith("333300000001525400000002"
                        + "86dd6000000000203aff20010002000000000000000000000099ff020000000000000000000000000001"
                        + "8800")
                .endsWith("20000000200100020000000000000000000000990201525400000002");
        assertThat(ndError(reply)).isZero();
    }

    @Test
    void keepsTheTagsOfTheRequest() {
        assertThat(respond(RESPONDER, tagged(ARP_REQUEST))).isEqualTo(tagged(ARP_REPLY + PADDING));
        assertThat(respond(RESPONDER, tagged(SOLICITATION))).isEqualTo(tagged(ADVERTISEMENT));
    }

    @Test
    void putsBackTheOuterTagThatTheKernelTookOut() {
        List<VlanTag> tags =
                List.of(new VlanTag(VlanProtocol.DOT1AD, 2001, 3), new VlanTag(VlanProtocol.DOT1Q, 100, 0));
        NeighbourResponder responder =
                NeighbourResponder.of(Frames.RECEIVER, List.of(Frames.address("198.18.0.1")), tags);
        String stripped = ARP_REQUEST.substring(0, 24) + "81000064" + ARP_REQUEST.substring(24);
        assertThat(respond(responder, stripped)).isEqualTo(tagged(ARP_REPLY + PADDING));
        assertThat(respond(responder, ARP_REQUEST)).isEqualTo(tagged(ARP_REPLY + PADDING));
        assertThat(respond(responder, tagged(ARP_REQUEST))).isEqualTo(tagged(ARP_REPLY + PADDING));
    }

    @Test
    void staysSilentAboutAddressesOfOthersAndFramesThatAskNothing() {
        assertThat(respond(RESPONDER, ARP_REQUEST.replace("c6120001", "c6120003")))
                .isEmpty();
        assertThat(respond(RESPONDER, SOLICITATION.replace("0000000000010101", "0000000000030101")))
                .isEmpty();
        assertThat(respond(RESPONDER, ARP_REPLY)).isEmpty();
        assertThat(respond(RESPONDER, ADVERTISEMENT)).isEmpty();
        assertThat(respond(RESPONDER, ARP_REQUEST.substring(0, 82))).isEmpty();
        assertThat(respond(RESPONDER, "")).isEmpty();
        assertThat(respond(RESPONDER, HexFormat.of().formatHex(Frames.frame(Frames.ipv4(), 64))))
                .isEmpty();
    }

    @Test
    void staysSilentWhenItsOwnQuestionComesBack() {
        assertThat(respond(RESPONDER, ARP_REQUEST.replace("525400000001", "525400000002")))
                .isEmpty();
    }

    @Test
    void staysSilentAboutASolicitationWithAnyFlippedBit() {
        byte[] frame = HexFormat.of().parseHex(SOLICITATION);
        // Not protected are MAC addresses, traffic class and flow label.
        for (int bit = 12 * 8; bit < frame.length * 8; bit++) {
            boolean labelled = bit / 8 >= 15 && bit / 8 < 18;
            if (labelled || (bit / 8 == 14 && bit % 8 < 4)) {
                continue;
            }
            byte[] flipped = frame.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(respond(RESPONDER, HexFormat.of().formatHex(flipped)))
                    .as("bit %s", bit)
                    .isEmpty();
        }
    }

    @Test
    void readsNothingOutOfBoundsWhateverArrives() {
        SplittableRandom random = new SplittableRandom(3);
        List<byte[]> seeds = List.of(
                HexFormat.of().parseHex(tagged(ARP_REQUEST)),
                HexFormat.of().parseHex(SOLICITATION),
                HexFormat.of().parseHex(ADVERTISEMENT));
        byte[] reply = new byte[NeighbourResponder.LONGEST_REPLY];
        for (int i = 0; i < 30_000; i++) {
            byte[] seed = seeds.get(i % seeds.size());
            byte[] noise = Arrays.copyOf(seed, random.nextInt(seed.length + 10));
            if (noise.length > 0) {
                noise[random.nextInt(noise.length)] = (byte) random.nextInt();
            }
            MemorySegment memory = MemorySegment.ofArray(noise);
            assertThat(RESPONDER.respond(memory, 0, noise.length, MemorySegment.ofArray(reply), 0))
                    .isBetween(0, reply.length);
            assertThat(IPV6.answer(Frames.address("2001:2::77"), memory, 0, noise.length))
                    .isEmpty();
        }
    }

    @Test
    void asksAsLinuxDoes() {
        assertThat(question(IPV4, "198.18.0.1")).isEqualTo(ARP_REQUEST + PADDING);
        assertThat(question(IPV6, "2001:2::1")).isEqualTo(SOLICITATION);
        NeighbourQuery tagged = NeighbourQuery.of(Frames.SENDER, Frames.address("198.18.0.2"), Frames.QINQ);
        assertThat(question(tagged, "198.18.0.1")).isEqualTo(tagged(ARP_REQUEST + PADDING));
    }

    @Test
    void readsTheAnswersOfLinux() {
        assertThat(answer(IPV4, "198.18.0.1", ARP_REPLY)).isEqualTo("52:54:00:00:00:02");
        assertThat(answer(IPV6, "2001:2::1", ADVERTISEMENT)).isEqualTo("52:54:00:00:00:02");
        assertThat(answer(IPV6, "2001:2::1", tagged(ADVERTISEMENT))).isEqualTo("52:54:00:00:00:02");
    }

    @Test
    void takesTheSenderOfAnAdvertisementWithoutAddress() {
        // Eight bytes less: 8 from the length, and 0201 + 5254 + 0000 + 0002 and the length again from the checksum.
        String without = ADVERTISEMENT
                .substring(0, ADVERTISEMENT.length() - 16)
                .replace("6000000000203aff", "6000000000183aff")
                .replace("88006340", "8800b79f");
        assertThat(ndError(without)).isZero();
        assertThat(answer(IPV6, "2001:2::1", without)).isEqualTo("52:54:00:00:00:02");
    }

    @Test
    void readsNoAnswerInFramesAboutOthersOrFromGroups() {
        assertThat(answer(IPV4, "198.18.0.3", ARP_REPLY)).isEqualTo("none");
        assertThat(answer(IPV4, "198.18.0.1", ARP_REQUEST)).isEqualTo("none");
        assertThat(answer(IPV4, "198.18.0.1", "")).isEqualTo("none");
        assertThat(answer(IPV4, "198.18.0.1", ARP_REPLY.replace("525400000002", "ffffffffffff")))
                .isEqualTo("none");
        assertThat(answer(IPV6, "2001:2::3", ADVERTISEMENT)).isEqualTo("none");
        assertThat(answer(IPV6, "2001:2::1", ADVERTISEMENT.replace("3aff", "3afe")))
                .as("came over a router")
                .isEqualTo("none");
    }

    @Test
    void announcesItself() {
        byte[] frame = new byte[NeighbourResponder.LONGEST_REPLY];
        int length = IPV4.announcement(MemorySegment.ofArray(frame), 0);
        assertThat(HexFormat.of().formatHex(frame, 0, length))
                .isEqualTo("ffffffffffff525400000001" + "08060001080006040001525400000001c6120002000000000000c6120002"
                        + PADDING);
        length = IPV6.announcement(MemorySegment.ofArray(frame), 0);
        String advertisement = HexFormat.of().formatHex(frame, 0, length);
        assertThat(advertisement)
                .startsWith("333300000001525400000001"
                        + "86dd6000000000203aff20010002000000000000000000000002ff020000000000000000000000000001"
                        + "8800")
                .endsWith("20000000200100020000000000000000000000020201525400000001");
        assertThat(ndError(advertisement)).isZero();
    }

    @Test
    void letsBridgesLearnWithFramesToTheOtherPort() {
        byte[] frame = new byte[NeighbourResponder.LONGEST_REPLY];
        int _ = IPV4.learningFrame(Frames.RECEIVER, MemorySegment.ofArray(frame), 0);
        assertThat(HexFormat.of().formatHex(frame, 0, 14)).isEqualTo("525400000002525400000001" + "0806");
        int _ = IPV6.learningFrame(Frames.RECEIVER, MemorySegment.ofArray(frame), 0);
        assertThat(HexFormat.of().formatHex(frame, 0, 14)).isEqualTo("525400000002525400000001" + "86dd");
    }

    @Test
    void refusesAddressesThatNobodyHas() {
        assertThatThrownBy(() -> NeighbourResponder.of(Frames.SENDER, List.of(Frames.address("ff02::1")), List.of()))
                .hasMessage("The address ff02:0:0:0:0:0:0:1 is no host's own: answer for one that is neither zero nor"
                        + " multicast.");
        List<VlanTag> three = List.of(VlanTag.of(1), VlanTag.of(2), VlanTag.of(3));
        assertThatThrownBy(() -> NeighbourResponder.of(Frames.SENDER, List.of(), three))
                .hasMessage("A frame has at most two VLAN tags; 3 are given.");
        assertThatThrownBy(() -> NeighbourQuery.of(Frames.SENDER, Frames.address("198.18.0.2"), three))
                .hasMessage("A frame has at most two VLAN tags; 3 are given.");
        assertThatThrownBy(() -> question(IPV4, "2001:2::1"))
                .hasMessage(
                        "A port with the address 198.18.0.2 cannot ask for 2001:2:0:0:0:0:0:1: use two addresses of one"
                                + " family.");
    }

    private static String tagged(String frame) {
        return frame.substring(0, 24) + TAGS + frame.substring(24);
    }

    private static String respond(NeighbourResponder responder, String request) {
        byte[] bytes = HexFormat.of().parseHex(request);
        byte[] reply = new byte[NeighbourResponder.LONGEST_REPLY + 1];
        Arrays.fill(reply, (byte) 0xEE);
        int length = responder.respond(MemorySegment.ofArray(bytes), 0, bytes.length, MemorySegment.ofArray(reply), 1);
        return HexFormat.of().formatHex(reply, 1, 1 + length);
    }

    private static String question(NeighbourQuery query, String target) {
        byte[] frame = new byte[NeighbourResponder.LONGEST_REPLY];
        Arrays.fill(frame, (byte) 0xEE);
        int length = query.question(Frames.address(target), MemorySegment.ofArray(frame), 0);
        return HexFormat.of().formatHex(frame, 0, length);
    }

    private static String answer(NeighbourQuery query, String target, String frame) {
        byte[] bytes = HexFormat.of().parseHex(frame);
        return query.answer(Frames.address(target), MemorySegment.ofArray(bytes), 0, bytes.length)
                .map(MacAddress::toString)
                .orElse("none");
    }

    /** 0 when the checksum of an untagged message of Neighbor Discovery is right. */
    private static int ndError(String frame) {
        byte[] bytes = HexFormat.of().parseHex(frame);
        return Frames.checksum(bytes, 22, bytes.length - 22, 58 + bytes.length - 54);
    }
}
