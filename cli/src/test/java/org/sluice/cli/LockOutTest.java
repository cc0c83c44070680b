package org.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.controller.store.EmbeddedPostgres;
import org.sluice.model.protocol.JoinToken;
import tools.jackson.databind.JsonNode;

/** Nothing that is done to the administrator or to a host's directory keeps {@code up} from starting, or locks its owner out. */
final class LockOutTest {
    private static final String READY = "ready  ";

    @TempDir
    Path parent;

    private int agentsPort;

    private Path data() {
        return parent.resolve("cloud");
    }

    private SluiceProcess up(String hosts) throws IOException {
        agentsPort = SluiceProcess.freePort();
        return SluiceProcess.up(data(), agentsPort, hosts);
    }

    private static String base(SluiceProcess up) throws IOException {
        return up.awaitLine(READY).substring(READY.length()).replace("/identity/v3", "");
    }

    private String stored() throws IOException {
        return Files.readString(data().resolve("admin-password")).strip();
    }

    private static CloudClient client(String base, String password) throws Exception {
        return new CloudClient(Login.ofAdmin(base, password));
    }

    private static String id(CloudClient cloud, String things, String name) throws Exception {
        for (JsonNode each : cloud.get("/identity/v3/" + things).path(things)) {
            if (each.path("name").asString().equals(name)) {
                return each.path("id").asString();
            }
        }
        throw new AssertionError("there is no " + name + " among the " + things);
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        boolean _ = ControllerLife.stopLeftover(new DataDirectory(data()));
        boolean _ = EmbeddedPostgres.stopLeftover(data().resolve("postgres"));
    }

    @Test
    void aNewPasswordOfAdminKeepsUpFromNothingAndCanBeReplaced() throws Exception {
        try (SluiceProcess up = up("simulated:1")) {
            CloudClient cloud = client(base(up), stored());
            JsonNode _ = cloud.patch(
                    "/identity/v3/users/" + id(cloud, "users", "admin"),
                    Map.of("user", Map.of("password", "Rotated-1")));
        }
        try (SluiceProcess up = up("simulated:1")) {
            assertThat(up.awaitLine("The user admin cannot log in")).contains("sluice admin-password --data " + data());
            String base = base(up);
            assertThat(client(base, "Rotated-1").get("/sluice/v1/hosts").path("hosts"))
                    .hasSize(1);
            assertThat(Files.readString(data().resolve("openrc"))).doesNotContain("OS_PASSWORD");

            // While it runs.
            SluiceProcess.Result set = SluiceProcess.run("admin-password", "--data", data().toString());
            assertThat(set.code()).isZero();
            assertThat(set.output()).doesNotContain(stored());
            assertThat(client(base, stored()).get("/sluice/v1/hosts").path("hosts"))
                    .hasSize(1);
            assertThat(Files.readString(data().resolve("openrc"))).contains("export OS_PASSWORD=" + stored());
            assertThat(Files.readString(data().resolve("clouds.yaml"))).contains(stored());
        }
    }

    @Test
    void aDeletedAdminAndADisabledProjectAreRestoredWhileNothingRuns() throws Exception {
        try (SluiceProcess up = up("simulated:0")) {
            String base = base(up);
            CloudClient cloud = client(base, stored());
            // Through the door that no rule about the last administrator guards: straight in the database.
            String url =
                    EmbeddedPostgres.urlOfRunning(data().resolve("postgres")).orElseThrow();
            assertThat(id(cloud, "users", "admin")).isNotEmpty();
            try (Connection connection = DriverManager.getConnection(url);
                    Statement statement = connection.createStatement()) {
                assertThat(statement.executeUpdate("delete from account where name = 'admin'"))
                        .isOne();
                assertThat(statement.executeUpdate("update project set enabled = false where name = 'admin'"))
                        .isOne();
            }
        }
        try (SluiceProcess up = up("simulated:0")) {
            String _ = up.awaitLine("The user admin cannot log in");
            String _ = base(up);
        }
        assertThat(SluiceProcess.run("admin-password", "--data", data().toString())
                        .code())
                .isZero();
        try (SluiceProcess up = up("simulated:0")) {
            assertThat(client(base(up), stored()).get("/sluice/v1/hosts").path("hosts"))
                    .isEmpty();
        }
    }

    @Test
    void adminPasswordWhereThereIsNoDatabaseSaysSo() throws Exception {
        SluiceProcess.Result refused = SluiceProcess.run("admin-password", "--data", data().toString());
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.output()).startsWith("sluice: There is no database in " + data());
    }

    @Test
    void aHostThatLostItsDirectoryJoinsAgainAsTheSameHost() throws Exception {
        String before;
        try (SluiceProcess up = up("simulated:2")) {
            CloudClient cloud = client(base(up), stored());
            before = cloud.get("/sluice/v1/hosts/sim-001")
                    .path("host")
                    .path("id")
                    .asString();
            String network = cloud.post("/network/v2.0/networks", Map.of("network", Map.of("name", "n")))
                    .path("network")
                    .path("id")
                    .asString();
            JsonNode _ = cloud.post(
                    "/network/v2.0/subnets",
                    Map.of("subnet", Map.of("network_id", network, "ip_version", 4, "cidr", "10.9.0.0/24")));
            String flavor = cloud.get("/compute/v2.1/flavors")
                    .path("flavors")
                    .path(0)
                    .path("id")
                    .asString();
            String image = cloud.get("/image/v2/images")
                    .path("images")
                    .path(0)
                    .path("id")
                    .asString();
            for (int i = 0; i < 4; i++) {
                JsonNode _ = cloud.post(
                        "/compute/v2.1/servers",
                        Map.of(
                                "server",
                                Map.of(
                                        "name",
                                        "s" + i,
                                        "flavorRef",
                                        flavor,
                                        "imageRef",
                                        image,
                                        "networks",
                                        List.of(Map.of("uuid", network)))));
            }
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(cloud.get("/compute/v2.1/servers?status=ACTIVE")
                                    .path("servers"))
                            .hasSize(4));
        }
        delete(data().resolve("hosts/sim-001"));
        try (SluiceProcess up = up("simulated:2")) {
            CloudClient cloud = client(base(up), stored());
            assertThat(cloud.get("/sluice/v1/hosts").path("hosts")).hasSize(2);
            assertThat(cloud.get("/sluice/v1/hosts/sim-001")
                            .path("host")
                            .path("id")
                            .asString())
                    .isEqualTo(before);
            // A token for any new host does not make one a host that there is; one for that host does not make another.
            assertThatThrownBy(() -> joinAs(cloud, Map.of(), "sim-000"))
                    .hasMessageContaining("sluice fleet rejoin sim-000");
            assertThatThrownBy(() -> joinAs(cloud, Map.of("host", "sim-001"), "sim-000"))
                    .hasMessageContaining("is for the host 'sim-001'");
        }
    }

    private void joinAs(CloudClient cloud, Map<String, Object> wish, String name) throws Exception {
        String token = cloud.post("/sluice/v1/join-tokens", wish)
                .path("join_token")
                .path("token")
                .asString();
        try (Members members =
                new Members(URI.create("https://127.0.0.1:" + agentsPort), _ -> JoinToken.parse(token))) {
            Object _ = members.join(name, parent.resolve("stranger-" + name));
        }
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
