package org.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.databind.JsonNode;

/** A disk that is full is said to whoever asks, and forgotten as soon as it is not, without a restart. */
final class FullDiskTest {
    private static final String READY = "ready  ";
    private static final int PIECE = 1 << 20;

    @TempDir
    Path parent;

    @Test
    void aFullDiskIsSaidAndRoomHelpsWithoutARestart() throws Exception {
        assumeThat(mayMount()).as("a mount namespace of its own needs root").isTrue();
        Path data = parent.resolve("cloud");
        Files.createDirectory(data);
        try (SluiceProcess up = SluiceProcess.startUnder(
                List.of(
                        "unshare",
                        "--mount",
                        "sh",
                        "-c",
                        "mount -t tmpfs -o size=320m tmpfs \"$0\" && exec \"$@\"",
                        data.toString()),
                "up",
                "--data",
                data.toString(),
                "--listen",
                "127.0.0.1:0",
                "--hosts",
                "simulated:1",
                "--disk-reserve",
                "0")) {
            String base = up.awaitLine(READY).substring(READY.length()).replace("/identity/v3", "");
            // The disk as the process sees it.
            Path disk = Path.of("/proc", Long.toString(up.handle().pid()), "root", data.toString());
            String password = Files.readString(disk.resolve("admin-password")).strip();
            CloudClient cloud = new CloudClient(Login.ofAdmin(base, password));
            JsonNode _ = cloud.post("/network/v2.0/security-groups", Map.of("security_group", Map.of("name", "kept")));

            // An upload leaves room for its copy in the database.
            String image = cloud.post(
                            "/image/v2/images",
                            Map.of("name", "large", "disk_format", "raw", "container_format", "bare"))
                    .path("id")
                    .asString();
            assertThatThrownBy(() -> cloud.upload("/image/v2/images/" + image + "/file", new byte[200 * PIECE]))
                    .hasMessageContaining("reserved for the database")
                    .isInstanceOfSatisfying(
                            ProblemException.class,
                            refused ->
                                    assertThat(refused.problem().kind()).isEqualTo(Problem.Kind.INSUFFICIENT_STORAGE));

            Path filler = disk.resolve("filler");
            fill(filler);
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptionsMatching(IOException.class::isInstance)
                    .until(() -> {
                        int status = write(base, cloud);
                        assertThat(status).isIn(200, 201, 503, 507);
                        // The last bytes, as soon as something gives one back.
                        fill(filler);
                        return status == 503 || status == 507;
                    });
            Files.delete(filler);
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptionsMatching(ProblemException.class::isInstance)
                    .untilAsserted(() -> {
                        assertThat(cloud.get("/network/v2.0/security-groups?name=kept")
                                        .path("security_groups"))
                                .hasSize(1);
                        assertThat(write(base, cloud)).isEqualTo(201);
                    });
            assertThat(up.handle().isAlive()).isTrue();
        }
    }

    private static boolean mayMount() throws Exception {
        try {
            return new ProcessBuilder("unshare", "--mount", "sh", "-c", "mount -t tmpfs tmpfs /mnt")
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException missing) {
            return false;
        }
    }

    private static void fill(Path filler) throws IOException {
        byte[] piece = new byte[PIECE];
        try (OutputStream out = Files.newOutputStream(filler, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (int size = PIECE; size >= 1; size /= 2) {
                try {
                    while (true) {
                        out.write(piece, 0, size);
                    }
                } catch (IOException full) {
                    assertThat(full).hasMessageContaining("No space left");
                }
            }
        }
    }

    /** Tries to write something that needs room in the database; the status. */
    private static int write(String base, CloudClient cloud) throws Exception {
        String name = "x".repeat(200);
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create(base + "/network/v2.0/security-groups"))
                                    .header("X-Auth-Token", cloud.token())
                                    .header("Content-Type", "application/json")
                                    .timeout(Duration.ofSeconds(30))
                                    .POST(HttpRequest.BodyPublishers.ofString(
                                            "{\"security_group\":{\"name\":\"" + name + "\"}}"))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }
}
