package org.sluice.controller.image.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.sluice.controller.image.image.DiskFormat;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * Compares an image with the format that it claims. A qcow2 image can name other files that QEMU would then open on the host
 * with its own rights, so whatever names one is refused; and so is what a host would take for the bytes of a disk although it
 * is an archive, or a disk in another format. Field offsets of qcow2 are those of QEMU's docs/interop/qcow2. Pure.
 */
final class FormatCheck {
    /** Enough of an image's beginning to check it. A qcow2 header with all its extensions must fit. */
    static final int HEAD_BYTES = 1 << 16;
    /** Enough of an image's end to check it: the footer of a VHD. */
    static final int TAIL_BYTES = 512;

    private static final int QCOW_MAGIC = 0x514649FB;
    private static final int BACKING_FILE_OFFSET = 8;
    private static final int CLUSTER_BITS = 20;
    private static final int VIRTUAL_SIZE = 24;
    private static final int ENCRYPTION = 32;
    private static final int INCOMPATIBLE_FEATURES = 72;
    private static final int HEADER_LENGTH = 100;
    private static final int COMPRESSION_TYPE = 104;
    private static final int SHORTEST_VERSION_2 = 72;
    private static final int SHORTEST_VERSION_3 = 104;

    private static final long CORRUPT = 1L << 1;
    private static final long EXTERNAL_DATA_FILE = 1L << 2;
    private static final long COMPRESSION = 1L << 3;
    /** Dirty, corrupt, external data file, compression type, extended L2 entries: all that QEMU 10 knows. */
    private static final long KNOWN_FEATURES = 0b11111;

    private static final int ZLIB = 0;
    /** QEMU reads and writes it since 5.1. */
    private static final int ZSTD = 1;

    private static final int END_OF_EXTENSIONS = 0;
    private static final int EXTENSION_DATA_FILE = 0x44415441;
    private static final int EXTENSION_ENCRYPTION = 0x0537BE77;

    private static final String STANDS_ALONE =
            " Upload one that stands alone, as 'qemu-img convert -O qcow2' makes it.";
    private static final String UNPACK = "Unpack it before the upload.";
    private static final String CONVERT = "Convert it with 'qemu-img convert -O qcow2', and set disk_format to qcow2.";

    /** Bytes at a fixed place that no bootable disk has there, what has them, and what to do about it. */
    private record Signature(int offset, String hex, String what, String fix) {
        boolean isIn(byte[] bytes) {
            byte[] wanted = HexFormat.of().parseHex(hex);
            if (bytes.length < offset + wanted.length) {
                return false;
            }
            for (int index = 0; index < wanted.length; index++) {
                if (bytes[offset + index] != wanted[index]) {
                    return false;
                }
            }
            return true;
        }
    }

    private static final List<Signature> FOREIGN = List.of(
            new Signature(0, "fd377a585a00", "an xz archive", UNPACK),
            new Signature(0, "1f8b08", "a gzip archive", UNPACK),
            new Signature(0, "425a68", "a bzip2 archive", UNPACK),
            new Signature(0, "28b52ffd", "a zstd archive", UNPACK),
            new Signature(0, "04224d18", "an lz4 archive", UNPACK),
            new Signature(0, "377abcaf271c", "a 7z archive", UNPACK),
            new Signature(0, "504b0304", "a zip archive", UNPACK),
            new Signature(257, "7573746172", "a tar archive, as OVA files are", UNPACK),
            new Signature(0, "514649fb", "a qcow2 image", "Set disk_format to qcow2 before the upload."),
            new Signature(0, "4b444d56", "a VMDK image", CONVERT),
            new Signature(0, "434f5744", "a VMDK image", CONVERT),
            new Signature(0, "23204469736b2044657363726970746f7246696c65", "the description of a VMDK image", CONVERT),
            new Signature(0, "636f6e6563746978", "a VHD image", CONVERT),
            new Signature(0, "7668647866696c65", "a VHDX image", CONVERT),
            new Signature(64, "7f10dabe", "a VDI image", CONVERT),
            new Signature(0, "51454400", "a QED image", CONVERT),
            new Signature(0, "576974686f7574467265655370616365", "a Parallels image", CONVERT),
            new Signature(0, "576974686f7546726553706163457874", "a Parallels image", CONVERT),
            new Signature(
                    0, "4c554b53babe", "an encrypted LUKS volume", "Hosts have no key for it; decrypt it first."));

    private static final Signature VHD_FOOTER = new Signature(0, "636f6e6563746978", "a VHD image", CONVERT);

    private FormatCheck() {}

    /**
     * The size in bytes of the disk that a server would see.
     *
     * @param claimed the image's {@code disk_format}
     * @param head the first {@link #HEAD_BYTES}, or all if it has fewer
     * @param tail the last {@link #TAIL_BYTES}, or all if it has fewer
     * @param size the number of bytes of all of it
     * @throws ProblemException 400 when it is not what it claims, or needs another file
     */
    static long virtualSize(DiskFormat claimed, byte[] head, byte[] tail, long size) {
        if (size == 0) {
            throw refused("The image has no bytes.");
        }
        Optional<Signature> foreign = foreign(head, tail);
        return switch (claimed) {
            case RAW -> {
                if (foreign.isPresent()) {
                    throw refused(
                            "The image claims the disk_format raw, but its bytes are those of "
                                    + foreign.get().what() + ".",
                            foreign.get().fix());
                }
                yield size;
            }
            case QCOW2 -> {
                ByteBuffer fields = ByteBuffer.wrap(head).order(ByteOrder.BIG_ENDIAN);
                if (head.length < SHORTEST_VERSION_2 || fields.getInt(0) != QCOW_MAGIC) {
                    String sentence =
                            "The image claims the disk_format qcow2, but it does not begin with a qcow2 header";
                    throw foreign.filter(found -> head.length >= SHORTEST_VERSION_2)
                            .map(found ->
                                    refused(sentence + ": its bytes are those of " + found.what() + ".", found.fix()))
                            .orElseGet(() -> refused(sentence + "."));
                }
                yield qcow2(fields, head.length);
            }
        };
    }

    private static Optional<Signature> foreign(byte[] head, byte[] tail) {
        if (VHD_FOOTER.isIn(tail)) {
            return Optional.of(VHD_FOOTER);
        }
        return FOREIGN.stream().filter(signature -> signature.isIn(head)).findFirst();
    }

    private static long qcow2(ByteBuffer fields, int length) {
        int version = fields.getInt(4);
        if (version != 2 && version != 3) {
            throw refused("The qcow2 image has version " + Integer.toUnsignedString(version)
                    + "; versions 2 and 3 are supported.");
        }
        if (version == 3 && length < SHORTEST_VERSION_3) {
            throw refused("The qcow2 image ends within its header.");
        }
        if (fields.getLong(BACKING_FILE_OFFSET) != 0) {
            throw refused("The qcow2 image has a backing file." + STANDS_ALONE);
        }
        if (fields.getInt(ENCRYPTION) != 0) {
            throw refused("The qcow2 image is encrypted; hosts have no key for it.");
        }
        int clusterBits = fields.getInt(CLUSTER_BITS);
        long virtualSize = fields.getLong(VIRTUAL_SIZE);
        if (clusterBits < 9 || clusterBits > 21 || virtualSize <= 0) {
            throw refused("The qcow2 image has a damaged header.");
        }
        int firstCluster = Math.min(1 << clusterBits, length);
        int headerLength = SHORTEST_VERSION_2;
        if (version == 3) {
            headerLength = fields.getInt(HEADER_LENGTH);
            if (headerLength < SHORTEST_VERSION_3 || headerLength % 8 != 0 || headerLength > firstCluster) {
                throw refused("The qcow2 image has a damaged header: its length cannot be "
                        + Integer.toUnsignedString(headerLength) + ".");
            }
            features(fields, headerLength);
        }
        extensions(fields, headerLength, firstCluster);
        return virtualSize;
    }

    private static void features(ByteBuffer fields, int headerLength) {
        long features = fields.getLong(INCOMPATIBLE_FEATURES);
        if ((features & EXTERNAL_DATA_FILE) != 0) {
            throw refused("The qcow2 image keeps its data in another file." + STANDS_ALONE);
        }
        if ((features & CORRUPT) != 0) {
            throw refused("The qcow2 image is marked as corrupt.", "Repair it with 'qemu-img check -r all'.");
        }
        long unknown = features & ~KNOWN_FEATURES;
        if (unknown != 0) {
            throw refused(
                    "The qcow2 image needs feature " + Long.numberOfTrailingZeros(unknown)
                            + " of its format, which no host is known to have.",
                    "Convert it with 'qemu-img convert -O qcow2'.");
        }
        // The field is there if the header is long enough; without the feature it must say the same as if it were not.
        int compression = headerLength > COMPRESSION_TYPE ? fields.get(COMPRESSION_TYPE) & 0xFF : ZLIB;
        boolean known =
                (features & COMPRESSION) == 0 ? compression == ZLIB : compression == ZLIB || compression == ZSTD;
        if (!known) {
            throw refused(
                    "The qcow2 image is compressed in way " + compression + ", which no host is known to read;"
                            + " zlib and zstd are known.",
                    "Convert it with 'qemu-img convert -O qcow2'.");
        }
    }

    /** Walks over the header extensions: what their list says is there must be there, and none may name another file. */
    private static void extensions(ByteBuffer fields, int from, int end) {
        long at = from;
        while (at + 8 <= end) {
            int type = fields.getInt((int) at);
            long length = Integer.toUnsignedLong(fields.getInt((int) at + 4));
            switch (type) {
                case END_OF_EXTENSIONS -> {
                    return;
                }
                case EXTENSION_DATA_FILE ->
                    throw refused("The qcow2 image keeps its data in another file." + STANDS_ALONE);
                case EXTENSION_ENCRYPTION -> throw refused("The qcow2 image is encrypted; hosts have no key for it.");
                // Names of features, bitmaps, and what later versions add: a reader may pass over it.
                default -> at += 8 + (length + 7) / 8 * 8;
            }
        }
        if (at > end) {
            throw refused("The qcow2 image has a damaged header: an extension of it goes beyond its first cluster, or"
                    + " beyond the first " + HEAD_BYTES + " bytes.");
        }
    }

    private static ProblemException refused(String sentence) {
        return Problem.of(Problem.Kind.BAD_REQUEST, "InvalidImageFormat", sentence)
                .asException();
    }

    private static ProblemException refused(String sentence, String fix) {
        return new Problem(Problem.Kind.BAD_REQUEST, "InvalidImageFormat", sentence, Optional.of(fix)).asException();
    }
}
