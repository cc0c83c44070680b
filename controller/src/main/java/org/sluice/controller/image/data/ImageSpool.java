package org.sluice.controller.image.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Set;
import java.util.UUID;
import org.sluice.controller.image.image.ImageContent;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * An upload on its way: received whole, digested and checked, before a byte of it reaches the database. A slow client thus
 * holds no connection, and a refused image leaves nothing. The file has no name once it is open, so that it is gone with the
 * process however that ends. Used by one thread.
 */
final class ImageSpool implements AutoCloseable {
    /** How much comes in between two looks at the disk. */
    private static final long LOOK_BYTES = 8L << 20;

    private static final int PIECE_BYTES = 1 << 16;

    private final FileChannel file;
    private final UploadRoom room;
    private final InstantSource clock;
    private final Instant begun;
    private final MessageDigest md5 = digest("MD5");
    private final MessageDigest sha512 = digest("SHA-512");
    private long size;

    private ImageSpool(FileChannel file, UploadRoom room, InstantSource clock) {
        this.file = file;
        this.room = room;
        this.clock = clock;
        this.begun = clock.instant();
    }

    /**
     * Receives everything; the directory is made if it is missing.
     *
     * @throws ProblemException 400 when the sender hangs up, 408 when it takes too long, 413 or 507 when more comes than there
     *     is room for
     */
    static ImageSpool receive(UploadRoom room, InstantSource clock, InputStream source) throws IOException {
        Path directory = room.directory();
        Files.createDirectories(directory);
        Path name = directory.resolve("image-" + UUID.randomUUID());
        FileChannel file = FileChannel.open(
                name, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE));
        ImageSpool spool = new ImageSpool(file, room, clock);
        try {
            Files.delete(name);
            spool.append(source);
            return spool;
        } catch (IOException | RuntimeException failure) {
            spool.close();
            throw failure;
        }
    }

    /** Number of bytes received. */
    long size() {
        return size;
    }

    /** The beginning that {@link FormatCheck} wants to see. */
    byte[] head() throws IOException {
        return read(0, (int) Math.min(FormatCheck.HEAD_BYTES, size));
    }

    /** The end that {@link FormatCheck} wants to see. */
    byte[] tail() throws IOException {
        int length = (int) Math.min(FormatCheck.TAIL_BYTES, size);
        return read(size - length, length);
    }

    private byte[] read(long position, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining() && file.read(bytes, position + bytes.position()) >= 0) {}
        return bytes.array();
    }

    /** What is known of the bytes; may be asked once. */
    ImageContent content(long virtualSize) {
        HexFormat hex = HexFormat.of();
        return new ImageContent(size, virtualSize, hex.formatHex(md5.digest()), hex.formatHex(sha512.digest()));
    }

    /** The bytes from the first on. */
    InputStream bytes() throws IOException {
        file.position(0);
        return Channels.newInputStream(file);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private void append(InputStream source) throws IOException {
        byte[] piece = new byte[PIECE_BYTES];
        int length = receive(source, piece);
        long look = 0;
        while (length > 0) {
            room.requireAllowed(size + length);
            room.requireInTime(Duration.between(begun, clock.instant()));
            if (size >= look) {
                room.requireDisk(length);
                look = size + LOOK_BYTES;
            }
            md5.update(piece, 0, length);
            sha512.update(piece, 0, length);
            write(ByteBuffer.wrap(piece, 0, length));
            size += length;
            length = receive(source, piece);
        }
    }

    private void write(ByteBuffer bytes) throws IOException {
        try {
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        } catch (IOException failure) {
            // The disk may fill between two looks; Java tells that from other failures by nothing but a translated
            // text.
            room.requireDisk(bytes.remaining());
            throw failure;
        }
    }

    /** Tells a client that hangs up from a disk that fails: the first is the client's fault and no error of ours. */
    private static int receive(InputStream source, byte[] piece) {
        try {
            return source.readNBytes(piece, 0, piece.length);
        } catch (IOException | RuntimeException brokenOff) {
            throw new ProblemException(
                    Problem.of(
                            Problem.Kind.BAD_REQUEST,
                            "IncompleteData",
                            "The image data broke off before the number of bytes that the request promised."),
                    brokenOff);
        }
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException cause) {
            throw new IllegalStateException("this Java runtime has no " + algorithm, cause);
        }
    }
}
