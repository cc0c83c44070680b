package org.sluice.controller.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * Compares an image with the format that it claims. A qcow2 image can name other files that QEMU would then open on the host
 * with its own rights, so whatever names one is refused, and so is qcow2 under the name of raw. Field offsets are those of
 * QEMU's docs/interop/qcow2. Pure.
 */
final class FormatCheck {
    /** Enough of an image's beginning to check it. */
    static final int HEADER_BYTES = 104;

    private static final int QCOW_MAGIC = 0x514649FB;
    private static final int BACKING_FILE_OFFSET = 8;
    private static final int CLUSTER_BITS = 20;
    private static final int VIRTUAL_SIZE = 24;
    private static final int ENCRYPTION = 32;
    private static final int INCOMPATIBLE_FEATURES = 72;
    private static final int SHORTEST_VERSION_2 = 72;
    private static final long EXTERNAL_DATA_FILE = 1L << 2;

    private FormatCheck() {}

    /**
     * The size in bytes of the disk that a server would see.
     *
     * @param claimed the image's {@code disk_format}
     * @param header the first {@link #HEADER_BYTES}, or all if it has fewer
     * @param size the number of bytes of all of it
     * @throws ProblemException 400 when it is not what it claims, or needs another file
     */
    static long virtualSize(DiskFormat claimed, byte[] header, long size) {
        if (size == 0) {
            throw refused("The image has no bytes.");
        }
        ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.BIG_ENDIAN);
        boolean isQcow = header.length >= 4 && fields.getInt(0) == QCOW_MAGIC;
        return switch (claimed) {
            case RAW -> {
                if (isQcow) {
                    throw refused(
                            "The image claims the disk_format raw, but its first bytes are those of a qcow2 image."
                                    + " Set disk_format to qcow2 before the upload.");
                }
                yield size;
            }
            case QCOW2 -> {
                if (!isQcow || header.length < SHORTEST_VERSION_2) {
                    throw refused("The image claims the disk_format qcow2, but it does not begin with a qcow2 header.");
                }
                yield qcow2(fields, header.length);
            }
        };
    }

    private static long qcow2(ByteBuffer fields, int length) {
        int version = fields.getInt(4);
        if (version != 2 && version != 3) {
            throw refused("The qcow2 image has version " + Integer.toUnsignedString(version)
                    + "; versions 2 and 3 are supported.");
        }
        if (version == 3 && length < HEADER_BYTES) {
            throw refused("The qcow2 image ends within its header.");
        }
        if (fields.getLong(BACKING_FILE_OFFSET) != 0) {
            throw refused(
                    "The qcow2 image has a backing file. Upload one that stands alone, as 'qemu-img convert' makes it.");
        }
        if (version == 3 && (fields.getLong(INCOMPATIBLE_FEATURES) & EXTERNAL_DATA_FILE) != 0) {
            throw refused(
                    "The qcow2 image keeps its data in another file. Upload one that stands alone, as 'qemu-img convert'"
                            + " makes it.");
        }
        if (fields.getInt(ENCRYPTION) != 0) {
            throw refused("The qcow2 image is encrypted; hosts have no key for it.");
        }
        int clusterBits = fields.getInt(CLUSTER_BITS);
        long virtualSize = fields.getLong(VIRTUAL_SIZE);
        if (clusterBits < 9 || clusterBits > 21 || virtualSize <= 0) {
            throw refused("The qcow2 image has a damaged header.");
        }
        return virtualSize;
    }

    private static ProblemException refused(String sentence) {
        return Problem.of(Problem.Kind.BAD_REQUEST, "InvalidImageFormat", sentence)
                .asException();
    }
}
