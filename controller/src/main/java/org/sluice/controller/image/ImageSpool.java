package org.sluice.controller.image;

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
import java.util.HexFormat;
import java.util.Set;
import java.util.UUID;
import org.sluice.controller.store.DiskReserve;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * An upload on its way: received whole, digested and checked, before a byte of it reaches the database. A slow client thus
 * holds no connection, and a refused image leaves nothing. The file has no name once it is open, so that it is gone with the
 * process however that ends. Used by one thread.
 */
final class ImageSpool implements AutoCloseable {
    private final FileChannel file;
    private final MessageDigest md5 = digest("MD5");
    private final MessageDigest sha512 = digest("SHA-512");
    private long size;

    private ImageSpool(FileChannel file) {
        this.file = file;
    }

    /** Receives everything; the directory is made if it is missing. */
    static ImageSpool receive(Path directory, InputStream source) throws IOException {
        Files.createDirectories(directory);
        DiskReserve reserve = DiskReserve.of(directory);
        Path name = directory.resolve("image-" + UUID.randomUUID());
        FileChannel file = FileChannel.open(
                name, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE));
        ImageSpool spool = new ImageSpool(file);
        try {
            Files.delete(name);
            spool.append(source, reserve);
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
    byte[] header() throws IOException {
        ByteBuffer header = ByteBuffer.allocate((int) Math.min(FormatCheck.HEADER_BYTES, size));
        while (header.hasRemaining() && file.read(header, header.position()) >= 0) {}
        return header.array();
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

    private void append(InputStream source, DiskReserve reserve) throws IOException {
        byte[] piece = new byte[ImageStore.CHUNK_BYTES];
        int length = receive(source, piece);
        while (length > 0) {
            reserve.require(length);
            md5.update(piece, 0, length);
            sha512.update(piece, 0, length);
            ByteBuffer bytes = ByteBuffer.wrap(piece, 0, length);
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            size += length;
            length = receive(source, piece);
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
