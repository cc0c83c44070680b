package org.sluice.controller.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.store.TestDatabase;
import tools.jackson.databind.JsonNode;

/** {@code /servers/ID/tags} as the Compute API reference describes it. */
class ServerTagsTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static ComputeCloud cloud;
    private static String server;
    private static String tags;

    @BeforeAll
    static void furnish() {
        cloud = new ComputeCloud(postgres.database());
        cloud.host("compute01");
        server = cloud.admin()
                .post(
                        "/v2.1/servers",
                        ComputeCloud.boot(
                                "vm", cloud.flavor("m1.small", 1, 512, 1), cloud.newImage(), "'networks': 'none'"))
                .json()
                .at("/server/id")
                .asString();
        tags = "/v2.1/servers/" + server + "/tags";
    }

    @AfterAll
    static void stop() {
        cloud.close();
    }

    @BeforeEach
    void untag() {
        cloud.execute("update server set tags = '{}'");
    }

    private static List<String> listed() {
        return cloud.admin()
                .get(tags)
                .json()
                .required("tags")
                .valueStream()
                .map(JsonNode::asString)
                .toList();
    }

    @Test
    void oneIsAddedOnceAndTakenOnce() {
        Answer added = cloud.as("member", "2.26").put(tags + "/blue", "");
        assertThat(added.status()).as(added.text()).isEqualTo(201);
        assertThat(added.header("Location")).isEqualTo(cloud.base() + "/compute" + tags + "/blue");
        assertThat(cloud.admin().put(tags + "/blue", "").status()).isEqualTo(204);
        assertThat(cloud.as("reader", "2.92").get(tags + "/blue").status()).isEqualTo(204);
        assertThat(cloud.admin().get(tags + "/red").status()).isEqualTo(404);
        assertThat(listed()).containsExactly("blue");
        assertThat(cloud.admin()
                        .get("/v2.1/servers/" + server)
                        .json()
                        .at("/server/tags/0")
                        .asString())
                .isEqualTo("blue");
        assertThat(cloud.admin().delete(tags + "/blue").status()).isEqualTo(204);
        assertThat(cloud.admin().delete(tags + "/blue").status()).isEqualTo(404);
    }

    @Test
    void allAreReplacedAndTaken() {
        Answer replaced = cloud.admin().put(tags, "{'tags': ['a', 'b', 'a']}");
        assertThat(replaced.status()).as(replaced.text()).isEqualTo(200);
        assertThat(replaced.json().required("tags")).hasSize(2);
        assertThat(listed()).containsExactly("a", "b");
        assertThat(cloud.admin().delete(tags).status()).isEqualTo(204);
        assertThat(listed()).isEmpty();
    }

    @Test
    void whatIsNoTagIsRefused() {
        assertThat(cloud.admin().put(tags, "{'tags': ['a,b']}").text()).contains("field/attribute tags");
        assertThat(cloud.admin().put(tags, "{'tags': [7]}").status()).isEqualTo(400);
        assertThat(cloud.admin().put(tags, "{}").text()).contains("'tags' is a required property");
        assertThat(cloud.admin().put(tags + "/" + "x".repeat(61), "").status()).isEqualTo(400);
        assertThat(cloud.admin().put(tags + "/a%2Cb", "").status()).isEqualTo(400);
        String fifty = String.join(
                "', '", IntStream.range(0, 50).mapToObj(i -> "t" + i).toList());
        assertThat(cloud.admin().put(tags, "{'tags': ['" + fifty + "']}").status())
                .isEqualTo(200);
        assertThat(cloud.admin().put(tags + "/t7", "").status()).isEqualTo(204);
        assertThat(cloud.admin().put(tags + "/more", "").text()).contains("per-server limit 50");
    }

    @Test
    void theyCameWith226AndAreForWhoMay() {
        assertThat(cloud.as("admin", "2.25").get(tags).status()).isEqualTo(404);
        assertThat(cloud.as("reader", "2.92").put(tags + "/blue", "").status()).isEqualTo(403);
        assertThat(cloud.as("reader", "2.92").delete(tags).status()).isEqualTo(403);
        assertThat(cloud.as("stranger", "2.92").get(tags).status()).isEqualTo(404);
        assertThat(cloud.as("stranger", "2.92").put(tags + "/blue", "").status())
                .isEqualTo(404);
    }
}
