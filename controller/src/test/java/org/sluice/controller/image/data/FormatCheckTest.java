package org.sluice.controller.image.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sluice.controller.image.image.DiskFormat;
import org.sluice.model.ProblemException;

final class FormatCheckTest {
    private static final long GIB = 1L << 30;

    @Test
    void aRawImageIsAsLargeAsItIs() {
        assertThat(raw(new byte[65_536])).isEqualTo(65_536);
        assertThat(raw(new byte[1])).isEqualTo(1);
    }

    @Test
    void aQcowImageSaysHowLargeItsDiskIs() {
        assertThat(check(new QcowHeader(2, GIB))).isEqualTo(GIB);
        assertThat(check(new QcowHeader(3, 5 * GIB))).isEqualTo(5 * GIB);
        // Dirty and compressed clusters are QEMU's own business.
        assertThat(check(new QcowHeader(3, GIB).incompatibleFeatures(0b1001))).isEqualTo(GIB);
    }

    @Test
    void whatIsNotWhatItClaimsIsRefused() {
        assertRefused(() -> raw(new QcowHeader(3, GIB).image()), "claims the disk_format raw");
        assertRefused(() -> qcow2(new byte[4096]), "qcow2 header");
        assertRefused(() -> qcow2(new byte[1]), "qcow2 header");
        assertRefused(() -> raw(new byte[0]), "no bytes");
    }

    @Test
    void whatNamesOtherFilesIsRefused() {
        assertRefused(() -> check(new QcowHeader(2, GIB).backingFile(1024)), "backing file");
        assertRefused(() -> check(new QcowHeader(3, GIB).backingFile(1024)), "backing file");
        assertRefused(() -> check(new QcowHeader(3, GIB).incompatibleFeatures(0b100)), "another file");
    }

    @Test
    void whatNoHostCanReadIsRefused() {
        assertRefused(() -> check(new QcowHeader(1, GIB)), "version 1");
        assertRefused(() -> check(new QcowHeader(-1, GIB)), "version 4294967295");
        assertRefused(() -> check(new QcowHeader(3, GIB).encryption(2)), "encrypted");
        assertRefused(() -> check(new QcowHeader(3, 0)), "damaged");
        assertRefused(() -> check(new QcowHeader(3, -1)), "damaged");
        assertRefused(() -> check(new QcowHeader(3, GIB).clusterBits(8)), "damaged");
        assertRefused(() -> check(new QcowHeader(3, GIB).clusterBits(22)), "damaged");
    }

    @Test
    void aHeaderCutAnywhereIsRefusedAndNeverOverrun() {
        byte[] whole = new QcowHeader(3, GIB).image();
        for (int length = 1; length < 104; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> qcow2(cut)).isInstanceOf(ProblemException.class);
        }
    }

    @Test
    void archivesAndForeignDisksAreNoRawDisks() {
        Map<String, String> beginnings = Map.ofEntries(
                Map.entry("fd377a585a00", "an xz archive. Unpack it before the upload."),
                Map.entry("1f8b0800", "a gzip archive"),
                Map.entry("425a683931415926", "a bzip2 archive"),
                Map.entry("28b52ffd", "a zstd archive"),
                Map.entry("04224d18", "an lz4 archive"),
                Map.entry("377abcaf271c", "a 7z archive"),
                Map.entry("504b0304", "a zip archive"),
                Map.entry(
                        hex("KDMV"), "a VMDK image. Convert it with 'qemu-img convert -O qcow2', and set disk_format"),
                Map.entry(hex("COWD"), "a VMDK image"),
                Map.entry(hex("# Disk DescriptorFile\nversion=1"), "the description of a VMDK image"),
                Map.entry(hex("conectix"), "a VHD image"),
                Map.entry(hex("vhdxfile"), "a VHDX image"),
                Map.entry(hex("QED\0"), "a QED image"),
                Map.entry(hex("WithoutFreeSpace"), "a Parallels image"),
                Map.entry(hex("WithouFreSpacExt"), "a Parallels image"),
                Map.entry("4c554b53babe0001", "an encrypted LUKS volume"));
        beginnings.forEach((begin, what) -> assertRefused(() -> raw(with(0, begin)), "those of " + what));
        assertRefused(() -> raw(with(64, "7f10dabe")), "those of a VDI image");
        assertRefused(() -> raw(with(257, hex("ustar\000"))), "those of a tar archive, as OVA files are");
        // A fixed VHD begins as the disk does; what it is stands in its last sector.
        assertRefused(() -> raw(with(65_536 - 512, hex("conectix"))), "those of a VHD image");
        assertRefused(() -> qcow2(with(0, "1f8b0800")), "those of a gzip archive. Unpack it");
    }

    @Test
    void disksWithPartitionsAndHybridIsosAreRaw() {
        byte[] gpt = with(512, hex("EFI PART"));
        gpt[510] = 0x55;
        gpt[511] = (byte) 0xAA;
        assertThat(raw(gpt)).isEqualTo(65_536);
        assertThat(raw(with(0x8001, hex("CD001")))).isEqualTo(65_536);
        // The boot code of GRUB.
        assertThat(raw(with(0, "eb6390"))).isEqualTo(65_536);
    }

    @Test
    void unknownFeaturesOfQcowAreRefused() {
        assertThat(check(new QcowHeader(3, GIB).incompatibleFeatures(0b10001))).isEqualTo(GIB);
        assertRefused(() -> check(new QcowHeader(3, GIB).incompatibleFeatures(1 << 6)), "feature 6");
        assertRefused(() -> check(new QcowHeader(3, GIB).incompatibleFeatures(1L << 63)), "feature 63");
        assertRefused(() -> check(new QcowHeader(3, GIB).incompatibleFeatures(0b10)), "marked as corrupt");
    }

    @Test
    void compressionIsZlibOrZstd() {
        assertThat(check(new QcowHeader(3, GIB).compression(0b1000, 1))).isEqualTo(GIB);
        assertThat(check(new QcowHeader(3, GIB).compression(0b0000, 0))).isEqualTo(GIB);
        assertRefused(() -> check(new QcowHeader(3, GIB).compression(0b1000, 2)), "compressed in way 2");
        assertRefused(() -> check(new QcowHeader(3, GIB).compression(0b0000, 1)), "compressed in way 1");
    }

    @Test
    void headerExtensionsAreWalkedAndBounded() {
        assertThat(check(new QcowHeader(3, GIB).extension(0x6803F857, 96))).isEqualTo(GIB);
        assertRefused(() -> check(new QcowHeader(3, GIB).extension(0x44415441, 8)), "another file");
        assertRefused(() -> check(new QcowHeader(3, GIB).extension(0x0537BE77, 16)), "encrypted");
        assertRefused(() -> check(new QcowHeader(3, GIB).extension(0x12345678, -1)), "beyond its first cluster");
        assertRefused(() -> check(new QcowHeader(3, GIB).extension(0x12345678, 8192)), "beyond its first cluster");
        assertRefused(() -> check(new QcowHeader(3, GIB).headerLength(96)), "length cannot be 96");
        assertRefused(() -> check(new QcowHeader(3, GIB).headerLength(107)), "length cannot be 107");
        assertRefused(() -> check(new QcowHeader(3, GIB).headerLength(1 << 20)), "length cannot be 1048576");
    }

    private static long check(QcowHeader header) {
        return qcow2(header.image());
    }

    private static long raw(byte[] image) {
        return virtualSize(DiskFormat.RAW, image);
    }

    private static long qcow2(byte[] image) {
        return virtualSize(DiskFormat.QCOW2, image);
    }

    private static long virtualSize(DiskFormat format, byte[] image) {
        return FormatCheck.virtualSize(
                format,
                Arrays.copyOf(image, Math.min(image.length, FormatCheck.HEAD_BYTES)),
                Arrays.copyOfRange(image, Math.max(0, image.length - FormatCheck.TAIL_BYTES), image.length),
                image.length);
    }

    /** 64 KiB of a disk that has these bytes at that place. */
    private static byte[] with(int offset, String hex) {
        byte[] image = new byte[65_536];
        byte[] bytes = HexFormat.of().parseHex(hex);
        System.arraycopy(bytes, 0, image, offset, bytes.length);
        return image;
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable check, String reason) {
        assertThatThrownBy(check).isInstanceOf(ProblemException.class).hasMessageContaining(reason);
    }
}
