package org.sluice.controller.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.controller.http.ApiClient;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.Route;
import org.sluice.controller.http.door.RawClient;
import org.sluice.controller.store.TestDatabase;

/** HEAD of every GET route: on a connection that others share, a byte of an entity would be the reply to the next request. */
class HeadTest {
    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    private static final String ADMIN = "X-Auth-Token: admin\r\nOpenStack-API-Version: compute 2.96\r\n";

    @Test
    void noRouteSendsAnEntity(@TempDir Path spool) throws Exception {
        try (WholeApi api = new WholeApi(DATABASE.database(), spool, Personas.all());
                RawClient client = RawClient.to(api.address())) {
            List<String> paths = new ArrayList<>();
            paths.add("/image/v2/images/" + image(api) + "/file");
            for (ApiFamily family : api.table().families()) {
                for (Route route : api.table().routes(family)) {
                    if (route.method().equals("GET")) {
                        paths.add(family.mount()
                                + route.pattern()
                                        .replaceAll(
                                                "\\{[^}]+}", UUID.randomUUID().toString()));
                    }
                }
            }
            assertThat(paths).hasSizeGreaterThan(80);

            for (String path : paths) {
                client.send(request("HEAD", path));
                RawClient.Answer head = client.answerWithoutBody();
                client.send(request("GET", path));
                RawClient.Answer got = client.answer();

                assertThat(head.status()).as(path).isEqualTo(got.status());
                if (got.headers().containsKey("Content-Length") && got.status() < 300) {
                    assertThat(head.headers().get("Content-Type"))
                            .as(path)
                            .isEqualTo(got.headers().get("Content-Type"));
                }
            }
        }
    }

    private static byte[] request(String method, String path) {
        return (method + " " + path + " HTTP/1.1\r\nHost: h\r\n" + ADMIN + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** Its bytes are a reply that a client might take for that to its next request. */
    private static String image(WholeApi api) throws Exception {
        Map<String, String> token = Map.of("X-Auth-Token", "admin");
        try (ApiClient client = new ApiClient(api.address())) {
            String id = client.send(
                            "POST",
                            "/image/v2/images",
                            token,
                            "{\"name\": \"reply\", \"disk_format\": \"raw\", \"container_format\": \"bare\"}")
                    .json()
                    .required("id")
                    .asString();
            byte[] reply = "HTTP/1.1 599 Smuggled\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
            assertThat(client.send(
                                    "PUT",
                                    "/image/v2/images/" + id + "/file",
                                    Map.of("X-Auth-Token", "admin", "Content-Type", "application/octet-stream"),
                                    reply)
                            .status())
                    .isEqualTo(204);
            return id;
        }
    }
}
