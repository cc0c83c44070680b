package org.sluice.linux.ethtool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.sluice.linux.netlink.MalformedMessageException;

/** The structures against bytes that a Linux 6.18 kernel filled for a C program built with its headers. */
@EnabledIf(value = "littleEndian", disabledReason = "The bytes were captured on a little-endian machine.")
class EthtoolCodecTest {
    static boolean littleEndian() {
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    }

    /** The features of a veth: a header, then per 32 features the changeable, requested, active and never changed ones. */
    private static final byte[] VETH_FEATURES =
            bytes("3a00000002000000" + "e949dd4fe909dd4fe909dd4f00040000" + "2e63000a2e6100002e61000000000000");

    private static final List<String> NAMES = new ArrayList<>(Collections.nCopies(64, ""));

    @BeforeAll
    static void nameTheBitsThatMatter() {
        NAMES.set(0, "tx-scatter-gather");
        NAMES.set(1, "tx-checksum-ipv4");
        NAMES.set(14, "rx-gro");
        NAMES.set(15, "rx-lro");
        NAMES.set(33, "tx-udp-segmentation");
    }

    @Test
    void readsTheDriver() {
        byte[] answer = new byte[196];
        put(answer, 0, "03000000" + "76697274696f5f6e6574");
        put(answer, 36, "312e302e30");
        put(answer, 100, "303030303a30303a30332e30");

        assertThat(EthtoolCodec.readDriverInfo(answer))
                .isEqualTo(new DriverInfo("virtio_net", "1.0.0", "", "0000:00:03.0"));
        assertThat(EthtoolCodec.askDriverInfo()).hasSize(196).startsWith(3, 0, 0, 0);
    }

    @Test
    void changesTwoNumbersOfTheRingsAndKeepsTheOthers() {
        byte[] answer = bytes("1000000000010000020000000300000000020000" + "40000000050000000600000080000000");

        assertThat(EthtoolCodec.readRings(answer)).isEqualTo(new Rings(64, 128, 256, 512));
        assertThat(HexFormat.of().formatHex(EthtoolCodec.setRings(answer, 256, 512)))
                .isEqualTo("1100000000010000020000000300000000020000" + "00010000050000000600000000020000");
        assertThat(EthtoolCodec.askRings()).hasSize(36);
    }

    @Test
    void changesSomeNumbersOfTheCoalescingAndKeepsTheOthers() {
        byte[] answer = new byte[92];
        put(answer, 0, "0e000000" + "03000000" + "01000000" + "09000000");
        put(answer, 20, "0500000006000000");
        put(answer, 40, "0100000000000000");

        assertThat(EthtoolCodec.readCoalescing(answer)).isEqualTo(new Coalescing(3, 1, 5, 6, true, false));

        byte[] message = EthtoolCodec.setCoalescing(answer, new Coalescing(0, 1, 8, 6, false, true));
        put(answer, 0, "0f00000000000000");
        put(answer, 20, "08000000");
        put(answer, 40, "0000000001000000");
        assertThat(message).isEqualTo(answer);
        assertThat(EthtoolCodec.askCoalescing()).hasSize(92);
    }

    @Test
    void asksForTheLengthOfTheMasksBeforeTheSpeed() {
        byte[] handshake = bytes("4c0000000000000000000000000000fc" + "00".repeat(32));
        assertThat(EthtoolCodec.readMaskWords(handshake)).isEqualTo(4);
        assertThat(EthtoolCodec.askLinkSettings(4)).hasSize(96).startsWith(0x4C, 0, 0, 0);
        assertThat(EthtoolCodec.askLinkSettings(4)[15]).isEqualTo((byte) 4);

        assertThat(EthtoolCodec.readLinkSettings(bytes("4c000000102700000100000000000004" + "00".repeat(80))))
                .isEqualTo(new LinkSpeed(OptionalInt.of(10_000), Optional.of(Duplex.FULL)));
        assertThat(EthtoolCodec.readLinkSettings(bytes("4c0000000a0000000000000000000004" + "00".repeat(80))))
                .isEqualTo(new LinkSpeed(OptionalInt.of(10), Optional.of(Duplex.HALF)));
        assertThat(EthtoolCodec.readLinkSettings(bytes("4c000000ffffffffffff000000000004" + "00".repeat(80))))
                .isEqualTo(new LinkSpeed(OptionalInt.empty(), Optional.empty()));
        assertThatThrownBy(() -> EthtoolCodec.readMaskWords(new byte[48]))
                .isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void readsTheNamesOfTheFeatures() {
        assertThat(EthtoolCodec.readFeatureCount(bytes("3700000000000000100000000000000040000000")))
                .isEqualTo(64);
        assertThat(HexFormat.of().formatHex(EthtoolCodec.askFeatureCount()))
                .isEqualTo("3700000000000000100000000000000000000000");
        assertThatThrownBy(() -> EthtoolCodec.readFeatureCount(new byte[20]))
                .isInstanceOf(MalformedMessageException.class);

        byte[] names = EthtoolCodec.askFeatureNames(2);
        assertThat(names).hasSize(12 + 64).startsWith(0x1B, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0);
        put(names, 12 + 32, "72782d67726f");
        assertThat(EthtoolCodec.readFeatureNames(names)).containsExactly("", "rx-gro");
    }

    @Test
    void readsWhichFeaturesAreOnWishedForAndChangeable() {
        assertThat(EthtoolCodec.askFeatures(64)).hasSize(8 + 32).startsWith(0x3A, 0, 0, 0, 2, 0, 0, 0);
        assertThat(EthtoolCodec.readFeatures(VETH_FEATURES, NAMES))
                .containsExactly(
                        new Feature("tx-scatter-gather", true, true, true),
                        new Feature("tx-checksum-ipv4", false, false, false),
                        new Feature("rx-gro", false, false, true),
                        new Feature("rx-lro", false, false, false),
                        new Feature("tx-udp-segmentation", true, true, true));
    }

    @Test
    void setsOnlyTheBitsThatAreMeant() {
        assertThat(HexFormat.of()
                        .formatHex(EthtoolCodec.setFeatures(
                                NAMES,
                                Map.of("rx-gro", true, "tx-scatter-gather", false, "tx-udp-segmentation", true))))
                .isEqualTo("3b00000002000000" + "0140000000400000" + "0200000002000000");
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static void put(byte[] into, int offset, String hex) {
        byte[] bytes = bytes(hex);
        System.arraycopy(bytes, 0, into, offset, bytes.length);
    }
}
