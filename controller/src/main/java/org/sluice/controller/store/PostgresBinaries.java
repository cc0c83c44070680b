package org.sluice.controller.store;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sluice.model.Problem;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, unpacked from the artifact on the class path into a cache that all data directories share.
 *
 * @param root the unpacked tree, with {@code bin}, {@code lib} and {@code share} below it
 */
record PostgresBinaries(Path root) {
    private static final String ARCHIVE = "/postgres-linux-x86_64.txz";
    private static final String UNPACKING = "unpacking-";
    private static final Set<PosixFilePermission> EVERYBODY_ENTERS = PosixFilePermissions.fromString("rwxr-xr-x");
    private static final Duration ABANDONED_AFTER = Duration.ofHours(1);

    /**
     * Unpacks the programs unless the cache has them. Several processes may do so at once: each unpacks for itself, one
     * rename wins.
     *
     * @param cache directory for unpacked trees; made when missing, and enterable by every user, because PostgreSQL runs
     *     under another one when we are root
     */
    static PostgresBinaries unpackedIn(Path cache) throws IOException {
        @Nullable URL archive = PostgresBinaries.class.getResource(ARCHIVE);
        if (archive == null || !System.getProperty("os.arch").equals("amd64")) {
            throw Problem.of(
                            Problem.Kind.UNAVAILABLE,
                            "NoEmbeddedPostgres",
                            "The PostgreSQL that comes with Sluice runs on Linux on x86-64 only; start a PostgreSQL of"
                                    + " your own and name it with --database.")
                    .asException();
        }
        Path root = cache.resolve("postgresql-" + fingerprint(archive));
        if (!Files.isDirectory(root)) {
            Files.createDirectories(cache);
            // Whatever the umask: PostgreSQL's user must get in.
            Files.setPosixFilePermissions(cache, EVERYBODY_ENTERS);
            forgetAbandoned(cache);
            unpack(archive, cache, root);
        }
        return new PostgresBinaries(root);
    }

    /** The path of one of its programs. */
    Path program(String name) {
        return root.resolve("bin").resolve(name);
    }

    /** Tells one build of the archive from another without reading its 15 MB at every start. */
    private static String fingerprint(URL archive) throws IOException {
        URLConnection connection = archive.openConnection();
        if (connection instanceof JarURLConnection jar) {
            var entry = requireNonNull(jar.getJarEntry(), "the archive is not an entry of its jar");
            return String.format(Locale.ROOT, "%08x-%d", entry.getCrc(), entry.getSize());
        }
        return Long.toString(connection.getContentLengthLong());
    }

    private static void unpack(URL archive, Path cache, Path root) throws IOException {
        Path temporary = Files.setPosixFilePermissions(Files.createTempDirectory(cache, UNPACKING), EVERYBODY_ENTERS);
        try {
            Process tar = new ProcessBuilder(
                            "tar",
                            "--extract",
                            "--no-same-owner",
                            "--preserve-permissions",
                            "--exclude=*.a",
                            "--directory=" + temporary)
                    .redirectErrorStream(true)
                    .start();
            try (InputStream in = new XZInputStream(archive.openStream());
                    OutputStream out = tar.getOutputStream()) {
                in.transferTo(out);
            }
            String said = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            int status = tar.waitFor();
            if (status != 0) {
                throw new IOException("tar could not unpack PostgreSQL into " + temporary + ": " + said);
            }
            Files.move(temporary, root, StandardCopyOption.ATOMIC_MOVE);
        } catch (DirectoryNotEmptyException | FileAlreadyExistsException lostTheRace) {
            FileTrees.delete(temporary);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            FileTrees.delete(temporary);
            throw new IOException("interrupted while unpacking PostgreSQL", interrupted);
        } catch (IOException failure) {
            FileTrees.delete(temporary);
            throw failure;
        }
    }

    /** Removes what a process that was killed while unpacking left behind. */
    private static void forgetAbandoned(Path cache) throws IOException {
        Instant limit = Instant.now().minus(ABANDONED_AFTER);
        List<Path> trees;
        try (Stream<Path> entries = Files.list(cache)) {
            trees = entries.filter(entry -> entry.getFileName().toString().startsWith(UNPACKING))
                    .toList();
        }
        for (Path tree : trees) {
            if (Files.getLastModifiedTime(tree).toInstant().isBefore(limit)) {
                FileTrees.delete(tree);
            }
        }
    }
}
