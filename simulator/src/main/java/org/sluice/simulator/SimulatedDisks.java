package org.sluice.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.sluice.model.ImageId;
import org.sluice.model.Problem;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredServer;

/**
 * The root disks of a host. What is remembered of each is a small file, since disks outlive the machine that goes down, and the process
 * that simulates it. The host's lock guards it.
 */
final class SimulatedDisks {
    private static final String CONSOLE = ".console";
    private static final String UNFINISHED = ".";

    private final Path folder;
    private final Map<ServerId, Disk> disks = new HashMap<>();

    /**
     * A server's root disk.
     *
     * @param image what it was made of; empty where a version made it that remembered nothing
     * @param numbers of it and those that it is on top of, the oldest first
     */
    private record Disk(Optional<ImageId> image, SortedSet<Integer> numbers) {
        String text() {
            return Stream.concat(
                            image.map(ImageId::toString).stream(),
                            numbers.stream().map(String::valueOf))
                    .collect(Collectors.joining(" "));
        }

        static Disk of(String text) {
            if (text.isBlank()) {
                return new Disk(Optional.empty(), new TreeSet<>());
            }
            List<String> words = List.of(text.strip().split(" "));
            return new Disk(
                    Optional.of(ImageId.parse(words.getFirst())),
                    words.stream().skip(1).map(Integer::valueOf).collect(Collectors.toCollection(TreeSet::new)));
        }
    }

    /** @param directory of the host's files; what is remembered of disks is in a folder of it */
    SimulatedDisks(Path directory) {
        this.folder = directory.resolve("disks");
        if (Files.isDirectory(folder)) {
            removeUnfinished();
            names(folder, "").forEach((server, name) -> disks.put(server, read(folder.resolve(name))));
        } else if (Files.isDirectory(directory)) {
            // Versions before this one remembered consoles only: whoever has one has a disk.
            names(directory, CONSOLE).keySet().forEach(server -> keep(server, Disk.of("")));
        }
    }

    /** What a process that was killed has not written wholly. */
    private void removeUnfinished() {
        try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(folder, UNFINISHED + "*")) {
            for (Path file : unfinished) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The root disk of a server that is built: made if it is not there. */
    void ensure(DesiredServer server) {
        Disk disk = disks.getOrDefault(
                server.id(), new Disk(Optional.of(server.image().id()), new TreeSet<>()));
        grow(server, disk);
    }

    /** The root disk of a server that had one before. */
    void require(DesiredServer server) {
        Disk disk = disks.get(server.id());
        if (disk == null) {
            throw Problem.of(
                            Problem.Kind.CONFLICT,
                            "RootDiskGone",
                            "The root disk of server " + server.id() + " is not on its host.")
                    .asException();
        }
        if (disk.image().isEmpty()) {
            disk = new Disk(
                    Optional.of(server.image().id()),
                    new TreeSet<>(List.of(
                            server.rootDisk().kept().orElse(server.rootDisk().number()),
                            server.rootDisk().number())));
        }
        grow(server, disk);
    }

    private void grow(DesiredServer server, Disk disk) {
        SortedSet<Integer> made = new TreeSet<>(disk.numbers());
        int number = server.rootDisk().number();
        Optional<Integer> kept = server.rootDisk().kept();
        if (kept.isPresent() && !made.contains(number) && !made.contains(kept.get())) {
            throw SimulatedDomains.refused(
                    "Root disk " + kept.get() + " of server " + server.id() + ", which was to grow, is not there.");
        }
        made.removeIf(other -> other != number && other > kept.orElse(number));
        made.add(number);
        keep(server.id(), new Disk(disk.image(), made));
    }

    /** The numbers of the server's root disks, the oldest first; each is on top of the one before. */
    List<Integer> numbers(ServerId server) {
        return Optional.ofNullable(disks.get(server))
                .map(disk -> List.copyOf(disk.numbers()))
                .orElse(List.of());
    }

    /** What a root disk was made of. */
    Optional<ImageId> image(ServerId server) {
        return Optional.ofNullable(disks.get(server)).flatMap(Disk::image);
    }

    boolean has(ServerId server) {
        return disks.containsKey(server);
    }

    List<ServerId> servers() {
        return List.copyOf(disks.keySet());
    }

    void remove(ServerId server) {
        disks.remove(server);
        try {
            Files.deleteIfExists(folder.resolve(server.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void keep(ServerId server, Disk disk) {
        if (disk.equals(disks.put(server, disk))) {
            return;
        }
        try {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            // The owner's alone, and whole: the process may be killed at any time.
            Path unfinished = Files.createTempFile(folder, UNFINISHED, "");
            Files.writeString(unfinished, disk.text());
            Files.move(unfinished, folder.resolve(server.toString()), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Disk read(Path file) {
        try {
            return Disk.of(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The files that are named after a server, with that behind it. */
    private static Map<ServerId, String> names(Path folder, String suffix) {
        Map<ServerId, String> names = new HashMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + suffix)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                names.put(ServerId.parse(name.substring(0, name.length() - suffix.length())), name);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return names;
    }
}
