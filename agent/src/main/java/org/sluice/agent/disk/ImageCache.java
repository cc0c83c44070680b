package org.sluice.agent.disk;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import org.sluice.linux.file.DurableFiles;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.protocol.DesiredServer;

/**
 * Images by checksum. A file under its checksum's name is whole: bytes go to a file beside it and are renamed when the
 * checksum was right and they are on the disk. Thread-safe; one image is fetched once, however many ask for it.
 */
final class ImageCache {
    private final Path directory;
    private final ImageSource source;
    private final ConcurrentMap<String, ReentrantLock> locks = new ConcurrentHashMap<>();

    ImageCache(Path directory, ImageSource source) {
        this.directory = requireNonNull(directory, "directory is null");
        this.source = requireNonNull(source, "source is null");
    }

    /**
     * Returns the file with the image's bytes, fetching them if need be.
     *
     * @throws ProblemException when the image cannot be had, or what came is not what the checksum says
     */
    Path ensure(DesiredServer.Image image) {
        Path file = directory.resolve(image.sha512());
        ReentrantLock lock = locks.computeIfAbsent(image.sha512(), _ -> new ReentrantLock());
        lock.lock();
        try {
            if (!Files.exists(file) || Files.size(file) != image.sizeBytes()) {
                fetch(image, file);
            }
            return file;
        } catch (IOException cause) {
            throw new ProblemException(
                    new Problem(
                            Problem.Kind.UNAVAILABLE,
                            "ImageUnavailable",
                            "Image " + image.id() + " could not be fetched: " + cause.getMessage() + ".",
                            Optional.of("Check the host's connection to the controller and the room in " + directory
                                    + ".")),
                    cause);
        } finally {
            lock.unlock();
        }
    }

    private void fetch(DesiredServer.Image image, Path file) throws IOException {
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        Path partial = directory.resolve(image.sha512() + ".partial");
        MessageDigest digest = sha512();
        try (FileChannel channel = FileChannel.open(
                        partial,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING);
                OutputStream out =
                        new DigestOutputStream(java.nio.channels.Channels.newOutputStream(channel), digest)) {
            source.fetch(image.id(), out);
            channel.force(true);
        }
        String found = HexFormat.of().formatHex(digest.digest());
        if (!found.equals(image.sha512())) {
            Files.delete(partial);
            throw new Problem(
                            Problem.Kind.UNAVAILABLE,
                            "ImageCorrupted",
                            "Image " + image.id() + " arrived with SHA-512 " + found + " instead of " + image.sha512()
                                    + ".",
                            Optional.of("Upload the image again; its bytes were changed on the way or in the store."))
                    .asException();
        }
        // Read by QEMU's user below the overlays of all servers; who does not know the name does not find it.
        Files.setPosixFilePermissions(partial, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        DurableFiles.sync(directory);
    }

    private static MessageDigest sha512() {
        try {
            return MessageDigest.getInstance("SHA-512");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-512", impossible);
        }
    }
}
