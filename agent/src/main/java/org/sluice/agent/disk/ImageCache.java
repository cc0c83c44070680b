package org.sluice.agent.disk;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.agent.controller.ControllerUnavailableException;
import org.sluice.agent.host.ImageAwayException;
import org.sluice.linux.file.DurableFiles;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.protocol.DesiredServer;

/**
 * Images by checksum. A file under its checksum's name, with {@value #SUFFIX}, is whole: bytes go to a file beside it and are renamed when the
 * checksum was right and they are on the disk. One that no disk is laid over goes when there is no room, those first that were used
 * longest ago. Thread-safe; one image is fetched once, however many ask for it.
 */
final class ImageCache {
    private static final Logger LOG = LoggerFactory.getLogger(ImageCache.class);

    /**
     * libvirt's helper for AppArmor finds out what a disk is laid over by reading it, and its profile lets it read files by their
     * names (Debian's usr.lib.libvirt.virt-aa-helper); QEMU may open what it found, and nothing else.
     */
    private static final String SUFFIX = ".img";

    private static final String PARTIAL = ".partial";

    /** Without the suffix in the versions that did not know of AppArmor: disks may be laid over such ones still. */
    private static final Pattern NAME = Pattern.compile("([0-9a-f]{128})(\\.img)?");

    private final Path directory;
    private final ImageSource source;
    private final LongSupplier mostBytes;
    private final Supplier<Set<String>> inUse;
    private final ConcurrentMap<String, ReentrantLock> locks = new ConcurrentHashMap<>();

    /**
     * @param source where images come from
     * @param mostBytes how much all images together may take; those in use may take more
     * @param inUse names of the files that some disk is laid over
     */
    ImageCache(Path directory, ImageSource source, LongSupplier mostBytes, Supplier<Set<String>> inUse) {
        this.directory = requireNonNull(directory, "directory is null");
        this.source = requireNonNull(source, "source is null");
        this.mostBytes = requireNonNull(mostBytes, "mostBytes is null");
        this.inUse = requireNonNull(inUse, "inUse is null");
        removeUnfinished();
    }

    /** What an agent that was killed has not fetched wholly. */
    private void removeUnfinished() {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(directory, "*" + PARTIAL)) {
            for (Path file : unfinished) {
                Files.delete(file);
            }
        } catch (IOException cause) {
            throw new UncheckedIOException("the folder " + directory + " cannot be cleared", cause);
        }
    }

    /**
     * Lets the user have the file with the image's bytes, fetching them if need be. It stays while the user works, and as long as a
     * disk is laid over it.
     *
     * @throws ImageAwayException when the image is not here, and does not come now; what came of it is gone
     * @throws ProblemException when the image cannot be had, or what came is not what the checksum says
     */
    void use(DesiredServer.Image image, Consumer<Path> user) {
        ReentrantLock lock = locks.computeIfAbsent(image.sha512(), _ -> new ReentrantLock());
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImageAwayException("Image " + image.id() + " is not waited for any more.", e);
        }
        try {
            user.accept(ensure(image));
        } finally {
            lock.unlock();
        }
    }

    /** Whether the image is here by now. */
    boolean has(DesiredServer.Image image) {
        try {
            return isWhole(file(image), image);
        } catch (IOException cause) {
            throw new UncheckedIOException("the images in " + directory + " cannot be looked through", cause);
        }
    }

    private Path file(DesiredServer.Image image) {
        return directory.resolve(image.sha512() + SUFFIX);
    }

    private static boolean isWhole(Path file, DesiredServer.Image image) throws IOException {
        return Files.exists(file) && Files.size(file) == image.sizeBytes();
    }

    private Path ensure(DesiredServer.Image image) {
        Path file = file(image);
        try {
            if (!isWhole(file, image)) {
                makeRoom(image.sizeBytes(), file.getFileName().toString());
                fetch(image);
            }
            // When it was used last.
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
            return file;
        } catch (IOException cause) {
            throw new ProblemException(
                    new Problem(
                            Problem.Kind.UNAVAILABLE,
                            "ImageUnavailable",
                            "Image " + image.id() + " could not be written: " + cause.getMessage() + ".",
                            Optional.of("Check the room in " + directory + ", and whether its file system is well.")),
                    cause);
        }
    }

    /** Removes what no disk needs and is more than there may be. */
    void trim() {
        try {
            makeRoom(0, "");
        } catch (IOException cause) {
            throw new UncheckedIOException("the images in " + directory + " cannot be looked through", cause);
        }
    }

    private record Cached(Path file, String checksum, long size, FileTime used) {
        String name() {
            return file.getFileName().toString();
        }
    }

    private synchronized void makeRoom(long needed, String forImage) throws IOException {
        List<Cached> cached = cached();
        long excess = cached.stream().mapToLong(Cached::size).sum() + needed - mostBytes.getAsLong();
        if (excess <= 0) {
            return;
        }
        Set<String> spared = new HashSet<>(inUse.get());
        spared.add(forImage);
        for (Cached image : cached) {
            if (excess <= 0) {
                return;
            }
            if (!spared.contains(image.name()) && removeUnlessUsed(image)) {
                excess -= image.size();
            }
        }
    }

    /** Whoever holds its lock is about to lay a disk over it, or was until a moment ago, when it was in no list yet. */
    private boolean removeUnlessUsed(Cached image) throws IOException {
        ReentrantLock lock = locks.computeIfAbsent(image.checksum(), _ -> new ReentrantLock());
        if (!lock.tryLock()) {
            return false;
        }
        try {
            if (!Files.getLastModifiedTime(image.file()).equals(image.used())) {
                return false;
            }
            Files.delete(image.file());
            LOG.info(
                    "Image {} was used last at {}, no disk needs it, and its room is needed; it is gone from the cache.",
                    image.name(),
                    image.used());
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The whole images there are, those first that were used longest ago. */
    private List<Cached> cached() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        List<Cached> cached = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches()) {
                    cached.add(new Cached(file, name.group(1), Files.size(file), Files.getLastModifiedTime(file)));
                }
            }
        }
        cached.sort(Comparator.comparing(Cached::used).thenComparing(Cached::name));
        return cached;
    }

    private void fetch(DesiredServer.Image image) throws IOException {
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        Path partial = directory.resolve(image.sha512() + PARTIAL);
        try {
            fetchTo(partial, image);
        } catch (ControllerUnavailableException e) {
            throw new ImageAwayException("Image " + image.id() + " could not be fetched: " + e.getMessage(), e);
        } finally {
            // Of one that did not come wholly nothing is kept: its room is wanted, and the next attempt begins anew.
            Files.deleteIfExists(partial);
        }
    }

    /** Writes it beside, and gives it its name when it is whole. */
    private void fetchTo(Path partial, DesiredServer.Image image) throws IOException {
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
        requireWhole(image, Files.size(partial), HexFormat.of().formatHex(digest.digest()));
        // Read by QEMU's user below the overlays of all servers; who does not know the name does not find it.
        Files.setPosixFilePermissions(partial, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(
                partial,
                directory.resolve(image.sha512() + SUFFIX),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        DurableFiles.sync(directory);
    }

    private static void requireWhole(DesiredServer.Image image, long size, String sha512) {
        if (sha512.equals(image.sha512())) {
            return;
        }
        if (size < image.sizeBytes()) {
            throw new ImageAwayException(
                    "Image " + image.id() + " broke off after " + size + " of " + image.sizeBytes() + " bytes.", null);
        }
        throw new Problem(
                        Problem.Kind.UNAVAILABLE,
                        "ImageCorrupted",
                        "Image " + image.id() + " arrived with SHA-512 " + sha512 + " instead of " + image.sha512()
                                + ".",
                        Optional.of("Upload the image again; its bytes were changed on the way or in the store."))
                .asException();
    }

    private static MessageDigest sha512() {
        try {
            return MessageDigest.getInstance("SHA-512");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-512", impossible);
        }
    }
}
