package org.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.controller.store.EmbeddedPostgres;
import org.sluice.model.ProblemException;
import tools.jackson.databind.JsonNode;

/** What {@code up} does when something that it started ends. */
final class SupervisionTest {
    private static final String READY = "ready  ";
    /** Generous, because tests share their machine; what is asserted is that nobody had to help. */
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path parent;

    private Path data() {
        return parent.resolve("cloud");
    }

    private SluiceProcess up(String hosts) throws IOException {
        return SluiceProcess.start("up", "--data", data().toString(), "--listen", "127.0.0.1:0", "--hosts", hosts);
    }

    private static String base(SluiceProcess up) throws IOException {
        return up.awaitLine(READY).substring(READY.length()).replace("/identity/v3", "");
    }

    private CloudClient client(String base) throws Exception {
        return new CloudClient(Login.ofAdmin(
                base, Files.readString(data().resolve("admin-password")).strip()));
    }

    private ProcessHandle postmaster() throws IOException {
        String first = Files.readAllLines(data().resolve("postgres/data/postmaster.pid"))
                .getFirst();
        return ProcessHandle.of(Long.parseLong(first)).orElseThrow();
    }

    private ProcessHandle controller() throws IOException {
        return new DataDirectory(data())
                .controller()
                .flatMap(DataDirectory.Holder::alive)
                .orElseThrow();
    }

    private static void kill(ProcessHandle process) throws Exception {
        process.destroyForcibly();
        ProcessHandle _ = process.onExit().get(30, TimeUnit.SECONDS);
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        boolean _ = ControllerLife.stopLeftover(new DataDirectory(data()));
        boolean _ = EmbeddedPostgres.stopLeftover(data().resolve("postgres"));
    }

    @Test
    void aPostgresThatIsKilledIsStartedAgainAndNothingAcknowledgedIsLost() throws Exception {
        try (SluiceProcess up = up("simulated:1")) {
            CloudClient cloud = client(base(up));
            long controller = controller().pid();
            for (int round = 0; round < 3; round++) {
                String name = "kept-" + round;
                JsonNode _ =
                        cloud.post("/network/v2.0/security-groups", Map.of("security_group", Map.of("name", name)));

                kill(postmaster());

                String news = up.awaitLine("PostgreSQL ended");
                assertThat(news).contains("and was started again after");
                assertThat(Files.readString(data().resolve("up.log"))).contains(news);
                await().atMost(SOON)
                        .ignoreExceptionsMatching(ProblemException.class::isInstance)
                        .untilAsserted(() -> assertThat(cloud.get("/network/v2.0/security-groups?name=" + name)
                                        .path("security_groups"))
                                .hasSize(1));
            }
            assertThat(controller().pid()).as("the controller goes on").isEqualTo(controller);
            assertThat(up.handle().isAlive()).isTrue();
        }
    }

    @Test
    void aControllerThatIsKilledIsStartedAgainWhileTheAgentsGoOn() throws Exception {
        try (SluiceProcess up = up("simulated:1")) {
            String base = base(up);
            CloudClient cloud = client(base);
            JsonNode _ = cloud.post("/network/v2.0/security-groups", Map.of("security_group", Map.of("name", "kept")));
            ProcessHandle first = controller();

            Instant killed = Instant.now();
            kill(first);

            assertThat(up.awaitLine("The controller ended"))
                    .contains("process " + first.pid() + " ended with code 137")
                    .contains("and was started again after");
            assertThat(controller().pid()).isNotEqualTo(first.pid());
            // The same address, the same tokens, the same agent.
            assertThat(cloud.get("/network/v2.0/security-groups?name=kept").path("security_groups"))
                    .hasSize(1);
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(Instant.parse(cloud.get("/sluice/v1/hosts")
                                    .path("hosts")
                                    .path(0)
                                    .path("last_seen_at")
                                    .asString()))
                            .isAfter(killed));

            assertThat(SluiceProcess.run("down", "--data", data().toString()).output())
                    .isEqualTo("Stopped.");
            assertThat(new DataDirectory(data()).controller().flatMap(DataDirectory.Holder::alive))
                    .isEmpty();
            assertThat(EmbeddedPostgres.stopLeftover(data().resolve("postgres")))
                    .isFalse();
        }
    }

    @Test
    void aControllerEndsWithTheUpThatStartedItAndTheNextUpNeedsNoHelp() throws Exception {
        String base;
        try (SluiceProcess up = up("simulated:0")) {
            base = base(up);
            ProcessHandle controller = controller();
            up.kill();
            ProcessHandle _ = controller.onExit().get(30, TimeUnit.SECONDS);
            assertThat(postmaster().isAlive()).as("PostgreSQL stays").isTrue();
        }
        try (SluiceProcess up = SluiceProcess.start(
                "up", "--data", data().toString(), "--listen", base.replace("http://", ""), "--hosts", "simulated:0")) {
            assertThat(base(up)).isEqualTo(base);
            up.kill();
        }
        // At once, while the controller of before may still be about to end on the same address.
        try (SluiceProcess up = SluiceProcess.start(
                "up", "--data", data().toString(), "--listen", base.replace("http://", ""), "--hosts", "simulated:0")) {
            assertThat(base(up)).isEqualTo(base);
            up.interrupt();
            assertThat(up.end().code()).isEqualTo(130);
        }
        assertThat(new DataDirectory(data()).controller().flatMap(DataDirectory.Holder::alive))
                .isEmpty();
        assertThat(EmbeddedPostgres.stopLeftover(data().resolve("postgres"))).isFalse();
    }

    @Test
    void secretsAreOnNoCommandLine() throws Exception {
        try (SluiceProcess up = up("simulated:0")) {
            String _ = base(up);
            String commandLine =
                    Files.readString(Path.of("/proc/" + controller().pid() + "/cmdline"));
            assertThat(commandLine)
                    .doesNotContain(
                            Files.readString(data().resolve("admin-password")).strip())
                    .doesNotContain(Files.readString(data().resolve("postgres/password"))
                            .strip())
                    .contains(SupervisedController.class.getName());
        }
    }
}
