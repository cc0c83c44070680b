package org.sluice.controller.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.store.TestDatabase;
import tools.jackson.databind.JsonNode;

/** What {@code GET /servers} is asked for is what it lists, or it says why not. */
class ServerFiltersTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static ComputeCloud cloud;

    @BeforeAll
    static void furnish() {
        cloud = new ComputeCloud(postgres.database());
        cloud.host("compute01", 0);
        String flavor = cloud.flavor("m1.small", 1, 512, 1);
        UUID image = cloud.newImage();
        Answer web = cloud.admin()
                .post(
                        "/v2.1/servers",
                        ComputeCloud.boot(
                                "web",
                                flavor,
                                image,
                                "'networks': 'none', 'tags': ['blue', 'front'], 'config_drive': true"));
        cloud.admin()
                .post("/v2.1/servers", ComputeCloud.boot("db", flavor, image, "'networks': 'none', 'tags': ['blue']"));
        cloud.admin()
                .post("/v2.1/servers", ComputeCloud.boot("pair", flavor, image, "'networks': 'none', 'max_count': 2"));
        cloud.running(web.json().at("/server/id").asString());
        cloud.execute("update server set config_drive = false where name <> 'web'");
        cloud.execute("update server set created_at = '2026-11-22T19:47:19.25Z' where name = 'db'");
    }

    @AfterAll
    static void stop() {
        cloud.close();
    }

    private static Answer list(String query) {
        return cloud.admin().get("/v2.1/servers?sort_key=display_name&sort_dir=asc&" + query);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tags=blue | db web",
                "tags=blue,front | web",
                "tags-any=front,other | web",
                "not-tags=blue,front | db pair-1 pair-2",
                "not-tags-any=blue | pair-1 pair-2",
                "power_state=1 | web",
                "power_state=running | web",
                "power_state=shutdown | ''",
                "power_state=4 | ''",
                "power_state=nostate | db pair-1 pair-2",
                "locked=true | ''",
                "locked=false | db pair-1 pair-2 web",
                "config_drive=true | web",
                "config_drive=0 | db pair-1 pair-2",
                "launch_index=1 | pair-2",
                "created_at=2026-11-22T19:47:19Z | db",
                "soft_deleted=true | ''",
                "soft_deleted=false | db pair-1 pair-2 web",
                "deleted=true | ''",
                "vm_state=active | web",
                "vm_state=stopped | ''",
                "status=active | web",
                "status=shutoff | ''",
                "name=%5Ew | web",
                "name=a.*-%5B12%5D%24 | pair-1 pair-2",
                "hostname=%5Edb%24 | db"
            })
    void everyFilterIsObeyed(String query, String names) {
        Answer answer = list(query);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(String.join(" ", ComputeCloud.names(answer.json().required("servers"), "name")))
                .isEqualTo(names);
    }

    @Test
    void theyAreObeyedForMembersToo() {
        Answer answer = cloud.as("member", "2.92").get("/v2.1/servers/detail?power_state=shutdown");
        assertThat(answer.json().required("servers")).isEmpty();
        Answer hosts = cloud.as("member", "2.92").get("/v2.1/servers?host=compute01");
        assertThat(hosts.status())
                .as("what only operators see is refused, not passed over")
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"launched_at=2026-11-22", "terminated_at=2026-11-22", "progress=0", "kernel_id=x"})
    void whatIsNotOfferedIsRefusedByNameInEveryVersion(String query) {
        String name = query.substring(0, query.indexOf('='));
        for (String version : List.of("2.1", "2.92")) {
            Answer answer = cloud.as("admin", version).get("/v2.1/servers?" + query);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.text()).contains(name);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "locked=perhaps",
                "config_drive=perhaps",
                "power_state=asleep",
                "launch_index=-1",
                "created_at=yesterday",
                "deleted=x"
            })
    void aValueThatCannotBeIsRefused(String query) {
        Answer answer = list(query);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text()).contains(query.substring(0, query.indexOf('=')));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a{1,300}",
                "\\p{L}+",
                "(?<n>web)",
                "\\Qa.b\\E",
                "a++",
                "[[:foo:]]",
                "(",
                "*",
                "[z-a]",
                "\0",
                "a\0"
            })
    void aPatternThatPostgresqlRefusesIsTheUsersMistake(String pattern) {
        for (String parameter : List.of("name", "hostname", "ip", "ip6")) {
            for (String path : List.of("/v2.1/servers?", "/v2.1/servers/detail?")) {
                Answer answer = cloud.as("member", "2.92")
                        .get(path + parameter + "=" + URLEncoder.encode(pattern, StandardCharsets.UTF_8));
                assertThat(answer.status()).as(answer.text()).isEqualTo(400);
                assertThat(answer.text()).contains(parameter);
            }
        }
    }

    @Test
    void aPatternIsBoundedInLengthAndTime() {
        assertThat(list("name=" + "a".repeat(255)).status()).isEqualTo(200);
        assertThat(list("name=" + "a".repeat(256)).status()).isEqualTo(400);
        cloud.execute("update server set name = repeat('a', 200) where name = 'db'");
        try {
            // Back-references make PostgreSQL's engine backtrack.
            Answer slow =
                    list("name=" + URLEncoder.encode("^(a*)(a*)(a*)(a*)(a*)\\1\\2\\3\\4\\5a$", StandardCharsets.UTF_8));
            assertThat(slow.status()).as(slow.text()).isEqualTo(400);
            assertThat(slow.text()).contains("takes more than 2 s");
        } finally {
            cloud.execute("update server set name = 'db' where length(name) = 200");
        }
    }

    @Test
    void aDatabaseThatIsSlowIsNotThePatternsFault() {
        try (Handle elsewhere = postgres.database().jdbi().open()) {
            elsewhere.begin();
            elsewhere.execute("lock table server in access exclusive mode");
            Answer slow = list("name=web");
            assertThat(slow.status()).as(slow.text()).isEqualTo(503);
            assertThat(slow.text()).contains("The cloud's database takes too long for this request.");
            elsewhere.rollback();
        }
    }

    @Test
    void userDataIsReadOnlyWhereItIsShown() {
        cloud.execute("update server set user_data = 'I2Nsb3Vk' where name = 'web'");
        String path = "/v2.1/servers/detail?name=web";
        assertThat(cloud.admin()
                        .get(path)
                        .json()
                        .at("/servers/0/OS-EXT-SRV-ATTR:user_data")
                        .asString())
                .isEqualTo("I2Nsb3Vk");
        assertThat(cloud.as("member", "2.92").get(path).json().at("/servers/0").has("OS-EXT-SRV-ATTR:user_data"))
                .isFalse();
    }

    @Test
    void aListLongerThanABatchIsWholeAndInOrder() {
        String flavor = cloud.flavor("m1.tiny", 1, 64, 0);
        cloud.admin()
                .post(
                        "/v2.1/servers",
                        ComputeCloud.boot(
                                "many",
                                flavor,
                                cloud.newImage(),
                                "'networks': 'none', 'max_count': 50, 'user_data': 'I2Nsb3Vk'"));
        try {
            for (String key : List.of("launch_index", "created_at", "launched_at", "host", "image_ref", "vm_state")) {
                Answer answer = cloud.admin().get("/v2.1/servers/detail?name=many&sort_dir=asc&sort_key=" + key);
                assertThat(answer.status()).as(answer.text()).isEqualTo(200);
                JsonNode servers = answer.json().required("servers");
                assertThat(servers).as(key).hasSize(50);
                assertThat(servers.valueStream()
                                .map(server -> server.required("OS-EXT-SRV-ATTR:launch_index")
                                        .asInt()))
                        .as(key)
                        .isSorted();
                assertThat(servers.valueStream()
                                .map(server -> server.required("OS-EXT-SRV-ATTR:user_data")
                                        .asString()))
                        .containsOnly("I2Nsb3Vk");
            }
        } finally {
            cloud.execute("update host set vcpus_used = 0, memory_mib_used = 0, disk_gib_used = 0");
            cloud.forgetServers("name like 'many-%'");
        }
    }

    @Test
    void anotherProjectIsNamedByWhoMayListAll() {
        String other = "?project_id=" + "d".repeat(32);
        assertThat(cloud.as("member", "2.92").get("/v2.1/servers" + other).status())
                .isEqualTo(403);
        assertThat(cloud.as("member", "2.92")
                        .get("/v2.1/servers/detail" + other)
                        .text())
                .contains("os_compute_api:servers:detail:get_all_tenants");
        assertThat(cloud.admin().get("/v2.1/servers" + other).json().required("servers"))
                .isEmpty();
        assertThat(cloud.as("member", "2.92")
                        .get("/v2.1/servers?project_id=" + ComputeCloud.PROJECT)
                        .json()
                        .required("servers"))
                .hasSize(4);
    }
}
