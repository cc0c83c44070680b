package org.sluice.agent.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.sluice.model.ImageId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Copies of root disks on their way to images, in the servers' folders. A root disk is an overlay, and what lies below it never
 * changes, so only the overlay is copied while the guest stands still: as much as the guest has ever written, or nothing where the
 * file system shares blocks. What stands alone is made of that afterwards. Thread-safe for different folders.
 */
final class RootCopies {
    /** Beginning of their names. */
    private static final String COPY = "copy-";

    private static final Duration LONGEST_EXPORT = Duration.ofHours(2);
    private static final JsonMapper JSON = new JsonMapper();

    /** Copies the root disk, in place of an earlier copy. */
    void take(Path folder, Path root, Duration limit) {
        Path copy = taken(folder);
        try {
            requireRoom(folder, Files.size(root));
            Files.deleteIfExists(copy);
            Tool.run("coreutils", limit, List.of("cp", "--reflink=auto", root.toString(), copy.toString()));
        } catch (IOException cause) {
            throw new UncheckedIOException(root + " cannot be copied", cause);
        } catch (ProblemException failure) {
            delete(copy, failure);
            throw failure;
        }
    }

    /** Makes a file that stands alone of what was copied, if there is none yet for that image. */
    Path export(Path folder, ImageId image) {
        Path export = exported(folder, image);
        if (Files.exists(export)) {
            return export;
        }
        Path copy = taken(folder);
        requireRoom(folder, measured(copy));
        WholeFile.make(export, partial -> {
            try {
                Tool.run(
                        "qemu-utils",
                        LONGEST_EXPORT,
                        List.of(
                                "qemu-img",
                                "convert",
                                "-q",
                                "-f",
                                "qcow2",
                                "-O",
                                "qcow2",
                                copy.toString(),
                                partial.toString()));
            } catch (ProblemException failure) {
                delete(partial, failure);
                throw failure;
            }
        });
        try {
            Files.deleteIfExists(copy);
        } catch (IOException cause) {
            throw new UncheckedIOException(copy + " cannot be removed", cause);
        }
        return export;
    }

    boolean isExported(Path folder, ImageId image) {
        return Files.exists(exported(folder, image));
    }

    /** Removes all of them. */
    void drop(Path folder) {
        try (DirectoryStream<Path> copies = Files.newDirectoryStream(folder, COPY + "*")) {
            for (Path copy : copies) {
                Files.deleteIfExists(copy);
            }
        } catch (NoSuchFileException none) {
            // Without a folder there are no copies in it.
            return;
        } catch (IOException | DirectoryIteratorException cause) {
            throw new ProblemException(
                    Problem.of(
                            Problem.Kind.UNAVAILABLE,
                            "CopyNotRemoved",
                            "The copies of the root disk in " + folder + " cannot be removed."),
                    cause);
        }
    }

    /** Bytes of a file that has all that the copy and what lies below it have. */
    private static long measured(Path copy) {
        String answer = Tool.run(
                "qemu-utils",
                Tool.USUAL,
                List.of("qemu-img", "measure", "--output=json", "-f", "qcow2", "-O", "qcow2", copy.toString()));
        return JSON.readTree(answer).required("required").asLong();
    }

    private static void requireRoom(Path folder, long bytes) {
        Rooms.require(folder, bytes, "NoRoomForCopy", "A copy of the root disk");
    }

    private static void delete(Path file, ProblemException failure) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException undeleted) {
            failure.addSuppressed(undeleted);
        }
    }

    private static Path taken(Path folder) {
        return folder.resolve(COPY + "root.qcow2");
    }

    private static Path exported(Path folder, ImageId image) {
        return folder.resolve(COPY + image + ".qcow2");
    }
}
