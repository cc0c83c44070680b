package org.sluice.agent.disk;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.sluice.agent.host.Disks;
import org.sluice.agent.metadata.MetadataTree;
import org.sluice.linux.file.DurableFiles;
import org.sluice.model.ImageId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.FixedAddress;

/**
 * Disks as files: one folder a server, its root disk a qcow2 overlay on the cached image, so that a boot copies nothing; one that
 * grows is an overlay on what it was, so that it can be gone back to.
 * A file under its final name is whole: tools write beside it and the result is renamed. Thread-safe for different
 * servers; the caller serialises calls on one server.
 */
public final class ImageDisks implements Disks {
    private static final Set<PosixFilePermission> PASSABLE = PosixFilePermissions.fromString("rwx--x--x");

    private static final String CONSOLE = "console.log";

    private static final String QCOW2 = "qcow2";

    /** Beginning of the names of disks that a guest boots from instead of its own. */
    private static final String RESCUE = "rescue-";

    private static final Pattern LATER_ROOT = Pattern.compile("root-([0-9]{1,9})\\.qcow2");

    /** What QEMU writes beside the guest's own memory: that of its display, firmware and devices. */
    private static final int MEMORY_BESIDE_MIB = 64;

    private final Path servers;
    private final DiskLimits limits;
    private final ImageCache images;
    private final RootCopies copies;

    /**
     * @param directory the agent's folder; {@code images} and {@code servers} are made below it
     * @param source where images come from
     * @param limits what of the file system is not for disks
     */
    public ImageDisks(Path directory, ImageSource source, DiskLimits limits) {
        this.servers = requireNonNull(directory, "directory is null").resolve("servers");
        this.limits = requireNonNull(limits, "limits is null");
        this.images = new ImageCache(
                directory.resolve("images"),
                source,
                () -> limits.imageCache(total()),
                () -> BackingFiles.below(servers));
        this.copies = new RootCopies();
        try {
            Files.createDirectories(servers);
            // QEMU's user comes through to the disks, and nobody may list them.
            Files.setPosixFilePermissions(directory, PASSABLE);
            Files.setPosixFilePermissions(servers, PASSABLE);
        } catch (IOException cause) {
            throw new UncheckedIOException("the folder " + servers + " cannot be made", cause);
        }
    }

    @Override
    public int capacityGib() {
        // Of all there is: what servers have of it is in the controller's books, and must not be counted twice.
        return (int) (limits.forServers(total()) >> 30);
    }

    private long total() {
        try {
            return Files.getFileStore(servers).getTotalSpace();
        } catch (IOException cause) {
            throw new UncheckedIOException("the room in " + servers + " is not known", cause);
        }
    }

    @Override
    public RootDisk ensureRoot(DesiredServer server) {
        // From the image only where there is no disk at all.
        return root(server, disk -> overlay(server.image(), server.diskGib(), disk));
    }

    @Override
    public RootDisk requireRoot(DesiredServer server) {
        return root(server, disk -> {
            throw gone(server, disk);
        });
    }

    private RootDisk root(DesiredServer server, Consumer<Path> first) {
        Path disk = root(server.id(), server.rootDisk().number());
        if (!Files.exists(disk)) {
            // Also when nothing is kept: it may have been decided before it was ever started.
            server.rootDisk()
                    .kept()
                    .or(() -> newestBelow(server))
                    .ifPresentOrElse(old -> grow(server, old, disk), () -> first.accept(disk));
        }
        removeGivenUp(server);
        return new RootDisk(disk, QCOW2);
    }

    /** Makes no folder: the server's may be on a file system that is not mounted. */
    private Path root(ServerId server, int number) {
        return servers.resolve(server.toString()).resolve(number == 1 ? "root.qcow2" : "root-" + number + ".qcow2");
    }

    /** The newest root disk that there is below the one that is to be used. */
    private Optional<Integer> newestBelow(DesiredServer server) {
        for (int number = server.rootDisk().number() - 1; number > 0; number--) {
            if (Files.exists(root(server.id(), number))) {
                return Optional.of(number);
            }
        }
        return Optional.empty();
    }

    /** The root disk as it is now: one that is to grow does so at its next start. */
    private Path newestRoot(DesiredServer server) {
        Path disk = root(server.id(), server.rootDisk().number());
        return Files.exists(disk)
                ? disk
                : newestBelow(server).map(number -> root(server.id(), number)).orElse(disk);
    }

    /** The new one is on top of the old, which stays as it is. */
    private void grow(DesiredServer server, int kept, Path disk) {
        Path old = root(server.id(), kept);
        if (!Files.exists(old)) {
            throw gone(server, old);
        }
        WholeFile.make(
                disk,
                partial -> Tool.run(
                        "qemu-utils",
                        List.of(
                                "qemu-img",
                                "create",
                                "-q",
                                "-f",
                                QCOW2,
                                "-b",
                                old.toString(),
                                "-F",
                                QCOW2,
                                partial.toString(),
                                server.diskGib() + "G")));
    }

    private static ProblemException gone(DesiredServer server, Path disk) {
        return new Problem(
                        Problem.Kind.CONFLICT,
                        "RootDiskGone",
                        "The root disk of server " + server.id() + " is not on its host: " + disk + ".",
                        Optional.of(
                                "Look whether the file system of that folder is mounted, and start the server again;"
                                        + " if the disk is lost, rebuild the server."))
                .asException();
    }

    /** Those that are neither used nor below what is used: it was gone back behind them. */
    private void removeGivenUp(DesiredServer server) {
        int used = server.rootDisk().number();
        int newest = server.rootDisk().kept().orElse(used);
        try (Stream<Path> files = Files.list(folder(server.id()))) {
            for (Path file : files.toList()) {
                Matcher name = LATER_ROOT.matcher(file.getFileName().toString());
                if (name.matches()) {
                    int number = Integer.parseInt(name.group(1));
                    if (number != used && number > newest) {
                        Files.deleteIfExists(file);
                    }
                }
            }
        } catch (IOException cause) {
            throw new UncheckedIOException("the disks of server " + server.id() + " cannot be looked through", cause);
        }
    }

    @Override
    public void fetch(DesiredServer.Image image) {
        images.use(image, _ -> {});
    }

    @Override
    public boolean isFetched(DesiredServer.Image image) {
        return images.has(image);
    }

    @Override
    public Optional<RootDisk> ensureRescue(DesiredServer server) {
        Optional<Path> disk =
                server.diskWish().rescue().map(image -> folder(server.id()).resolve(RESCUE + image.id() + ".qcow2"));
        removeRescues(server.id(), disk);
        server.diskWish().rescue().ifPresent(image -> {
            if (!Files.exists(disk.orElseThrow())) {
                overlay(image, 0, disk.orElseThrow());
            }
        });
        return disk.map(file -> new RootDisk(file, QCOW2));
    }

    private void removeRescues(ServerId server, Optional<Path> but) {
        try (DirectoryStream<Path> rescues = Files.newDirectoryStream(folder(server), RESCUE + "*")) {
            for (Path rescue : rescues) {
                if (!but.equals(Optional.of(rescue))) {
                    Files.deleteIfExists(rescue);
                }
            }
        } catch (IOException cause) {
            throw new UncheckedIOException("the disks of server " + server + " cannot be looked through", cause);
        }
    }

    /** {@code diskGib} of 0 keeps the image's own size. */
    private void overlay(DesiredServer.Image image, int diskGib, Path disk) {
        images.use(image, base -> {
            // Only now: a folder says that something of the server is here.
            makeFolder(requireNonNull(disk.getParent(), "a disk has a folder"));
            overlay(image, diskGib, base, disk);
        });
    }

    private static void overlay(DesiredServer.Image image, int diskGib, Path base, Path disk) {
        List<String> command = new ArrayList<>(
                List.of("qemu-img", "create", "-q", "-f", QCOW2, "-b", base.toString(), "-F", image.diskFormat()));
        WholeFile.make(disk, partial -> {
            command.add(partial.toString());
            if (diskGib > 0) {
                command.add(diskGib + "G");
            }
            Tool.run("qemu-utils", command);
        });
    }

    @Override
    public Optional<Path> ensureConfigDrive(DesiredServer server) {
        boolean reachable = server.interfaces().stream().anyMatch(ImageDisks::reachesMetadata);
        if (reachable && !server.configDrive()) {
            return Optional.empty();
        }
        Path drive = folder(server.id()).resolve("config-2.iso");
        if (Files.exists(drive)) {
            return Optional.of(drive);
        }
        return Optional.of(WholeFile.make(drive, partial -> {
            Path tree = folder(server.id()).resolve("config-2");
            try {
                write(MetadataTree.of(server).configDrive(), tree);
                Tool.run(
                        "xorriso",
                        List.of(
                                "xorriso",
                                "-as",
                                "mkisofs",
                                "-quiet",
                                "-J",
                                "-r",
                                "-V",
                                "config-2",
                                "-o",
                                partial.toString(),
                                tree.toString()));
            } finally {
                deleteTree(tree);
            }
        }));
    }

    /** The way is IPv4 and learned by DHCP: without such an address a guest has no route to 169.254.169.254. */
    private static boolean reachesMetadata(DesiredInterface nic) {
        return switch (nic) {
            case DesiredInterface.Bridge bridge ->
                bridge.services().isPresent() && bridge.addresses().stream().anyMatch(FixedAddress::servedByDhcp);
            case DesiredInterface.Direct _ -> false;
        };
    }

    @Override
    public Path console(ServerId server) {
        return folder(server).resolve(CONSOLE);
    }

    @Override
    public void trim() {
        // First: a console that cannot be cut must not be what lets images grow.
        images.trim();
        present()
                .forEach(server ->
                        Consoles.trim(servers.resolve(server.toString()).resolve(CONSOLE)));
    }

    @Override
    public void remove(ServerId server) {
        deleteTree(servers.resolve(server.toString()));
    }

    @Override
    public void copyRoot(DesiredServer server, Duration limit) {
        copies.take(folder(server.id()), newestRoot(server), limit);
    }

    @Override
    public Path exportCopy(ServerId server, ImageId image) {
        return copies.export(folder(server), image);
    }

    @Override
    public boolean isExported(ServerId server, ImageId image) {
        return copies.isExported(folder(server), image);
    }

    @Override
    public void dropCopies(ServerId server) {
        copies.drop(servers.resolve(server.toString()));
    }

    @Override
    public void prepareMemory(DesiredServer server) {
        dropMemory(server.id());
        Rooms.require(
                folder(server.id()),
                ((long) server.memoryMib() + MEMORY_BESIDE_MIB) << 20,
                "NoRoomForMemory",
                "The memory of the guest");
    }

    @Override
    public Path memory(ServerId server) {
        return servers.resolve(server.toString()).resolve("memory.save");
    }

    @Override
    public void keepMemory(ServerId server) {
        try (FileChannel written = FileChannel.open(memory(server), StandardOpenOption.WRITE)) {
            written.force(true);
            DurableFiles.sync(folder(server));
        } catch (IOException cause) {
            throw new UncheckedIOException(memory(server) + " cannot be kept", cause);
        }
    }

    @Override
    public void dropMemory(ServerId server) {
        try {
            if (Files.deleteIfExists(memory(server))) {
                DurableFiles.sync(folder(server));
            }
        } catch (IOException cause) {
            throw new UncheckedIOException(memory(server) + " cannot be removed", cause);
        }
    }

    @Override
    public List<ServerId> present() {
        try (Stream<Path> folders = Files.list(servers)) {
            return folders.flatMap(ImageDisks::serverOf).toList();
        } catch (IOException cause) {
            throw new UncheckedIOException("the folder " + servers + " cannot be read", cause);
        }
    }

    /** The server a folder is for; none for what others have put beside ours. */
    private static Stream<ServerId> serverOf(Path folder) {
        try {
            return Stream.of(ServerId.parse(folder.getFileName().toString()));
        } catch (IllegalArgumentException notOurs) {
            return Stream.empty();
        }
    }

    private Path folder(ServerId server) {
        return makeFolder(servers.resolve(server.toString()));
    }

    private static Path makeFolder(Path folder) {
        try {
            return Files.setPosixFilePermissions(Files.createDirectories(folder), PASSABLE);
        } catch (IOException cause) {
            throw new UncheckedIOException("the folder " + folder + " cannot be made", cause);
        }
    }

    private static void write(Map<String, byte[]> files, Path tree) throws IOException {
        for (Map.Entry<String, byte[]> entry : files.entrySet()) {
            Path file = tree.resolve(entry.getKey());
            Files.createDirectories(requireNonNull(file.getParent(), "every file is below the tree"));
            Files.write(file, entry.getValue());
        }
    }

    private static void deleteTree(Path tree) {
        try (Stream<Path> walk = Files.walk(tree)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException gone) {
            // Nothing there is what was wanted; anything else that was missing on the way is not.
            if (Files.exists(tree)) {
                throw new UncheckedIOException(tree + " cannot be removed", gone);
            }
        } catch (IOException cause) {
            throw new UncheckedIOException(tree + " cannot be removed", cause);
        }
    }
}
