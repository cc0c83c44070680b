package org.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.controller.store.EmbeddedPostgres;
import tools.jackson.databind.JsonNode;

/** What a cloud writes is its owner's alone, whatever umask it was started with. */
final class PrivateFilesTest {
    private static final String READY = "ready  ";
    private static final int NOBODY = 65_534;

    @TempDir
    Path parent;

    private Path data() {
        return parent.resolve("cloud");
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        boolean _ = ControllerLife.stopLeftover(new DataDirectory(data()));
        boolean _ = EmbeddedPostgres.stopLeftover(data().resolve("postgres"));
    }

    @Test
    void everythingBelowTheDataDirectoryIsItsOwnersAlone() throws Exception {
        try (SluiceProcess up = SluiceProcess.startUnder(
                List.of("sh", "-c", "umask 000; exec \"$@\"", "sh"),
                "up",
                "--data",
                data().toString(),
                "--listen",
                "127.0.0.1:0",
                "--hosts",
                "simulated:1")) {
            String base = up.awaitLine(READY).substring(READY.length()).replace("/identity/v3", "");
            CloudClient cloud = new CloudClient(Login.ofAdmin(
                    base, Files.readString(data().resolve("admin-password")).strip()));
            boot(cloud);
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(cloud.get("/compute/v2.1/servers?status=ACTIVE")
                                    .path("servers"))
                            .hasSize(1));
            assertThat(readableByOthers(data())).isEmpty();
            assertThat(data().resolve("hosts/sim-000/consoles")).isDirectory();
            assertThat(data().resolve("hosts/sim-000/agent/journal")).isDirectory();
            assertThat(data().resolve("sluice.log")).isRegularFile();
            if (System.getProperty("user.name").equals("root")) {
                assertPostgresHasAUserOfItsOwn();
            }
        }
    }

    private void assertPostgresHasAUserOfItsOwn() throws Exception {
        Path postgres = data().resolve("postgres");
        int owner = (Integer) Files.getAttribute(postgres.resolve("data"), "unix:uid");
        assertThat(owner).isNotZero().isNotEqualTo(NOBODY);
        String process =
                Files.readAllLines(postgres.resolve("data/postmaster.pid")).getFirst();
        assertThat(Files.getAttribute(Path.of("/proc", process), "unix:uid")).isEqualTo(owner);
        for (String secret : List.of("password", "data/postgresql.conf", "data/global/pg_control", "log")) {
            Process read = new ProcessBuilder(
                            "setpriv",
                            "--reuid=" + NOBODY,
                            "--regid=" + NOBODY,
                            "--clear-groups",
                            // Into the directory as root, so that only what lies below it keeps it out.
                            "cat",
                            secret)
                    .directory(postgres.toFile())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(read.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            assertThat(read.waitFor()).as(said).isNotZero();
            assertThat(said).contains("Permission denied");
        }
    }

    @Test
    void aDirectoryThatWasOpenIsClosed() throws Exception {
        assumeThat(data()).doesNotExist();
        Files.createDirectory(
                data(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Files.setPosixFilePermissions(data(), PosixFilePermissions.fromString("rwxr-xr-x"));
        try (DataDirectory.Lock _ = new DataDirectory(data()).hold()) {
            assertThat(readableByOthers(data())).isEmpty();
        }
    }

    private static void boot(CloudClient cloud) throws Exception {
        String network = cloud.post("/network/v2.0/networks", Map.of("network", Map.of("name", "n")))
                .path("network")
                .path("id")
                .asString();
        JsonNode _ = cloud.post(
                "/network/v2.0/subnets",
                Map.of("subnet", Map.of("network_id", network, "ip_version", 4, "cidr", "10.9.0.0/24")));
        JsonNode _ = cloud.post(
                "/compute/v2.1/servers",
                Map.of(
                        "server",
                        Map.of(
                                "name",
                                "s",
                                "flavorRef",
                                cloud.get("/compute/v2.1/flavors")
                                        .path("flavors")
                                        .path(0)
                                        .path("id")
                                        .asString(),
                                "imageRef",
                                cloud.get("/image/v2/images")
                                        .path("images")
                                        .path(0)
                                        .path("id")
                                        .asString(),
                                "networks",
                                List.of(Map.of("uuid", network)))));
    }

    private static List<String> readableByOthers(Path root) throws IOException {
        List<String> open = new ArrayList<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path each : (Iterable<Path>) all::iterator) {
                try {
                    String mode = PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(each, LinkOption.NOFOLLOW_LINKS));
                    if (!mode.endsWith("------")) {
                        open.add(mode + " " + root.relativize(each));
                    }
                } catch (NoSuchFileException gone) {
                    // PostgreSQL and the agents work while we walk.
                    assertThat(each).doesNotExist();
                }
            }
        }
        return open;
    }
}
