package org.sluice.controller.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.sluice.model.ProblemException;

final class FormatCheckTest {
    private static final long GIB = 1L << 30;

    @Test
    void aRawImageIsAsLargeAsItIs() {
        assertThat(FormatCheck.virtualSize(DiskFormat.RAW, new byte[104], 65_536))
                .isEqualTo(65_536);
        assertThat(FormatCheck.virtualSize(DiskFormat.RAW, new byte[1], 1)).isEqualTo(1);
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
        assertRefused(
                () -> FormatCheck.virtualSize(DiskFormat.RAW, new QcowHeader(3, GIB).image(), 4096),
                "claims the disk_format raw");
        assertRefused(() -> FormatCheck.virtualSize(DiskFormat.QCOW2, new byte[104], 4096), "qcow2 header");
        assertRefused(() -> FormatCheck.virtualSize(DiskFormat.QCOW2, new byte[1], 1), "qcow2 header");
        assertRefused(() -> FormatCheck.virtualSize(DiskFormat.RAW, new byte[0], 0), "no bytes");
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
        for (int length = 1; length < FormatCheck.HEADER_BYTES; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> FormatCheck.virtualSize(DiskFormat.QCOW2, cut, cut.length))
                    .isInstanceOf(ProblemException.class);
        }
    }

    private static long check(QcowHeader header) {
        byte[] image = header.image();
        return FormatCheck.virtualSize(DiskFormat.QCOW2, Arrays.copyOf(image, FormatCheck.HEADER_BYTES), image.length);
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable check, String reason) {
        assertThatThrownBy(check).isInstanceOf(ProblemException.class).hasMessageContaining(reason);
    }
}
