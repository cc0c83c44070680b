package org.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.controller.store.EmbeddedPostgres;
import tools.jackson.databind.JsonNode;

/** The first flavor and image: that they come when there is room for them, and keep no cloud from starting. */
final class SeedingTest {
    @TempDir
    Path parent;

    private Path data() {
        return parent.resolve("cloud");
    }

    private SluiceProcess up(String... more) throws IOException {
        List<String> words = new ArrayList<>(
                List.of("up", "--data", data().toString(), "--listen", "127.0.0.1:0", "--hosts", "simulated:1"));
        words.addAll(List.of(more));
        return SluiceProcess.start(words.toArray(String[]::new));
    }

    private CloudClient client(SluiceProcess up) throws Exception {
        String base = up.awaitLine("ready  ").substring("ready  ".length()).replace("/identity/v3", "");
        return new CloudClient(Login.ofAdmin(
                base, Files.readString(data().resolve("admin-password")).strip()));
    }

    private static List<String> images(CloudClient cloud) throws Exception {
        return cloud.get("/image/v2/images")
                .path("images")
                .valueStream()
                .map(image -> image.path("name").asString() + " "
                        + image.path("status").asString())
                .toList();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        boolean _ = ControllerLife.stopLeftover(new DataDirectory(data()));
        boolean _ = EmbeddedPostgres.stopLeftover(data().resolve("postgres"));
    }

    @Test
    void whatADiskHasNoRoomForIsSaidInOneLineAndMadeByTheNextStart() throws Exception {
        try (SluiceProcess up = up("--disk-reserve", "1024TiB")) {
            assertThat(up.awaitLine("The disk of " + data() + " has "))
                    .contains("less than the reserve of", "images.disk-reserve");
            assertThat(Files.readString(data().resolve("sluice.log"))).contains("less than the reserve of");
            assertThat(up.awaitLine("The cloud does not have the image"))
                    .contains(
                            "The image does not fit on the controller's disk",
                            "more room",
                            "The next start tries again.")
                    .doesNotContain("<");
            CloudClient cloud = client(up);
            assertThat(images(cloud)).isEmpty();
            // As a start leaves it that is killed while it uploads.
            JsonNode _ = cloud.post("/image/v2/images", queued(Map.of("sluice_seed", "up")));
        }
        try (SluiceProcess up = up()) {
            CloudClient cloud = client(up);
            assertThat(images(cloud)).containsExactly("guest active");
            assertThat(cloud.get("/compute/v2.1/flavors").path("flavors")).hasSize(1);
            for (JsonNode image : cloud.get("/image/v2/images?name=guest").path("images")) {
                cloud.delete("/image/v2/images/" + image.path("id").asString());
            }
            JsonNode _ = cloud.post("/image/v2/images", queued(Map.of()));
            for (JsonNode flavor : cloud.get("/compute/v2.1/flavors").path("flavors")) {
                cloud.delete("/compute/v2.1/flavors/" + flavor.path("id").asString());
            }
            JsonNode _ = cloud.post(
                    "/compute/v2.1/flavors",
                    Map.of(
                            "flavor",
                            Map.of(
                                    "name",
                                    "ours",
                                    "ram",
                                    256,
                                    "vcpus",
                                    1,
                                    "disk",
                                    1,
                                    "os-flavor-access:is_public",
                                    false)));
        }
        try (SluiceProcess up = up()) {
            CloudClient cloud = client(up);
            assertThat(images(cloud))
                    .as("what was deleted stays so, and an operator's image of that name stays")
                    .containsExactly("guest queued");
            assertThat(cloud.get("/compute/v2.1/flavors").path("flavors"))
                    .as("there is a flavor, though nobody sees it")
                    .isEmpty();
        }
    }

    /** A public image without bytes, of the name of the first one. */
    private static Map<String, Object> queued(Map<String, String> properties) {
        Map<String, Object> image = new HashMap<>(
                Map.of("name", "guest", "disk_format", "raw", "container_format", "bare", "visibility", "public"));
        image.putAll(properties);
        return image;
    }
}
