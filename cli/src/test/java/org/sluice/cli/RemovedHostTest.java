package org.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.controller.store.EmbeddedPostgres;
import org.sluice.model.protocol.JoinToken;
import tools.jackson.databind.JsonNode;

/** Hosts that were removed and are there again: those that {@code up} brings along, and one that was joined by hand. */
final class RemovedHostTest {
    private static final String READY = "ready  ";

    @TempDir
    Path parent;

    private int agentsPort;

    private Path data() {
        return parent.resolve("cloud");
    }

    private SluiceProcess up() throws IOException {
        agentsPort = SluiceProcess.freePort();
        return SluiceProcess.up(data(), agentsPort, "simulated:1");
    }

    private CloudClient client(SluiceProcess up) throws Exception {
        String base = up.awaitLine(READY).substring(READY.length()).replace("/identity/v3", "");
        return new CloudClient(Login.ofAdmin(
                base, Files.readString(data().resolve("admin-password")).strip()));
    }

    private static String id(CloudClient cloud) throws Exception {
        return cloud.get("/sluice/v1/hosts/sim-000").path("host").path("id").asString();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        boolean _ = ControllerLife.stopLeftover(new DataDirectory(data()));
        boolean _ = EmbeddedPostgres.stopLeftover(data().resolve("postgres"));
    }

    @Test
    void theNextUpHasItJoinAnewAndAnAgentByHandSaysWhatToDo() throws Exception {
        String former;
        try (SluiceProcess up = up()) {
            CloudClient cloud = client(up);
            former = id(cloud);
            JsonNode _ = cloud.delete("/sluice/v1/hosts/sim-000");
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(Files.readString(data().resolve("up.log")))
                            .contains("Host sim-000 is no member of the cloud any more, and its agent ends."));

            Path byHand = parent.resolve("stranger");
            String token = cloud.post("/sluice/v1/join-tokens", Map.of())
                    .path("join_token")
                    .path("token")
                    .asString();
            URI controller = URI.create("https://127.0.0.1:" + agentsPort);
            try (Members members = new Members(controller, _ -> JoinToken.parse(token))) {
                Object _ = members.join("stranger", byHand);
            }
            JsonNode _ = cloud.delete("/sluice/v1/hosts/stranger");
            SluiceProcess.Result ended = SluiceProcess.run(
                    "agent",
                    "--name",
                    "stranger",
                    "--join",
                    token,
                    "--controller",
                    controller.toString(),
                    "--data",
                    byHand.toString());
            assertThat(ended.code()).isEqualTo(AgentCommand.NOT_A_MEMBER);
            assertThat(ended.output())
                    .contains("sluice: Host stranger was removed from the cloud, and cannot join anew:")
                    .contains("has been spent already")
                    .contains("sluice fleet join-token");
        }
        try (SluiceProcess up = up()) {
            CloudClient cloud = client(up);
            assertThat(id(cloud)).isNotEqualTo(former);
            assertThat(cloud.get("/sluice/v1/hosts").path("hosts")).hasSize(1);
            assertThat(data().resolve("hosts/sim-000/agent/removed").resolve(former))
                    .isDirectory();
            assertThat(Files.readString(data().resolve("up.log")))
                    .contains("Host sim-000 was removed from the cloud as " + former + ", and has joined anew as ");
        }
    }
}
