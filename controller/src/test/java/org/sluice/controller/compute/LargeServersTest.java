package org.sluice.controller.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.http.ApiClient;
import org.sluice.controller.store.TestDatabase;
import tools.jackson.databind.JsonNode;

/** Servers of which each has as much metadata as a tenant can give it. */
class LargeServersTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static final int SERVERS = 8;

    private static ComputeCloud cloud() {
        ComputeCloud cloud = new ComputeCloud(postgres.database());
        cloud.execute("truncate server, host, flavor cascade");
        cloud.host("compute01", 0);
        String flavor = cloud.flavor("m1.tiny", 1, 64, 1);
        UUID image = cloud.newImage();
        cloud.admin()
                .post(
                        "/v2.1/servers",
                        ComputeCloud.boot("large", flavor, image, "'networks': 'none', 'max_count': " + SERVERS));
        // 255 characters of four bytes each, in 128 values: four servers are half a MiB.
        cloud.execute("update server set metadata = (select jsonb_object_agg('key' || i, repeat(U&'\\+01F600', 255))"
                + " from generate_series(1, 128) i)");
        return cloud;
    }

    /** A reply that has begun goes on to its end, however many others its user asks for beside it. */
    @Test
    void ofManyListsAtOnceEachIsWholeOrRefused() throws Exception {
        try (ComputeCloud cloud = cloud();
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> lists = new ArrayList<>();
            for (int number = 0; number < 32; number++) {
                lists.add(clients.submit(() -> {
                    ApiClient.Answer answer = cloud.admin().get("/v2.1/servers/detail");
                    if (answer.status() == 200) {
                        assertThat(answer.json().required("servers").size()).isEqualTo(SERVERS);
                    }
                    return answer.status();
                }));
            }
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> list : lists) {
                statuses.add(list.get());
            }
            assertThat(statuses).contains(200).isSubsetOf(200, 429);
        }
    }

    @Test
    void aListOfThemComesWholeAndInOrder() {
        try (ComputeCloud cloud = cloud()) {

            JsonNode servers = cloud.admin()
                    .get("/v2.1/servers/detail?sort_key=display_name&sort_dir=asc")
                    .json()
                    .required("servers");

            assertThat(servers.valueStream()
                            .map(server -> server.required("name").asString()))
                    .containsExactlyElementsOf(List.of(
                            "large-1", "large-2", "large-3", "large-4", "large-5", "large-6", "large-7", "large-8"));
            assertThat(servers.valueStream()
                            .map(server -> server.required("metadata").size()))
                    .containsOnly(128);
        }
    }

    /** 64 KiB of each, so that eight of them are more than a list may hold at a time. */
    @Test
    void aListWithUserDataComesWhole() {
        try (ComputeCloud cloud = cloud()) {
            cloud.execute("update server set metadata = '{}', user_data = repeat('QUJD', 16383)");

            JsonNode servers = cloud.admin()
                    .get("/v2.1/servers/detail?sort_key=display_name&sort_dir=asc")
                    .json()
                    .required("servers");

            assertThat(servers.valueStream()
                            .map(server -> server.required("OS-EXT-SRV-ATTR:user_data")
                                    .asString()
                                    .length()))
                    .hasSize(SERVERS)
                    .containsOnly(4 * 16383);
        }
    }
}
