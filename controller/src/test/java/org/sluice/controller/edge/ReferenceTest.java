package org.sluice.controller.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.controller.http.Absent;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.Route;
import org.sluice.controller.http.reference.OpenApi;
import org.sluice.controller.http.reference.ReferenceText;
import org.sluice.controller.store.TestDatabase;
import tools.jackson.databind.JsonNode;

/**
 * docs/api.md, docs/policy.md and the rules that are known without a controller are what the table of routes says. With the
 * property {@code sluice.reference=write} they are written anew.
 */
class ReferenceTest {
    private static final String MARK =
            "<!-- What follows is made from the table of routes; ReferenceTest writes it. -->\n";

    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    @TempDir
    static Path spool = Path.of("");

    @SuppressWarnings("NullAway.Init") // made before all tests
    private static WholeApi api;

    @BeforeAll
    static void start() throws IOException {
        api = new WholeApi(DATABASE.database(), spool, Map.of());
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @Test
    void theDocumentsAreTheTables() throws IOException {
        requireSame("api.md", ReferenceText.api(api.table()));
        requireSame("policy.md", ReferenceText.policy(api.table()));
    }

    @Test
    void theRulesThatAreKnownWithoutAControllerAreTheTables() throws IOException {
        requireSame(
                Path.of("src/main/resources/org/sluice/controller/policy/rules.json"),
                "",
                ReferenceText.rules(api.table()));
    }

    @Test
    void listsNameTheParametersOfTheirFamily() {
        assertThat(parameters("/network", "/v2.0/ports")).contains("fields", "page_reverse", "mac_address");
        assertThat(parameters("/image", "/v2/images")).contains("sort", "sort_key", "visibility");
        assertThat(parameters("/compute", "/v2.1/servers"))
                .contains("limit", "marker", "all_tenants")
                .doesNotContain("fields", "page_reverse", "sort");
    }

    private static List<String> parameters(String mount, String pattern) {
        ApiFamily family = api.table().families().stream()
                .filter(each -> each.mount().equals(mount))
                .findFirst()
                .orElseThrow();
        JsonNode document =
                Json.MAPPER.valueToTree(OpenApi.of("API", family, api.table().routes(family)));
        return document.path("paths")
                .path(mount + pattern)
                .path("get")
                .path("parameters")
                .valueStream()
                .map(parameter -> parameter.path("name").asString())
                .toList();
    }

    @Test
    void whatIsSaidToBeAbsentIsAbsent() {
        for (ApiFamily family : api.table().families()) {
            for (Absent absent : family.absences()) {
                assertThat(api.table().routes(family))
                        .as("%s %s%s", absent.methods(), family.mount(), absent.path())
                        .noneMatch(absent::has);
            }
        }
    }

    @Test
    void anAbsenceIsAPathOrAllThatBeginSo() {
        List<Route> routes = api.table().families().stream()
                .flatMap(family -> api.table().routes(family).stream())
                .toList();
        assertThat(routes).anyMatch(Absent.any("/v3/projects/{any}", "")::has);
        assertThat(routes).anyMatch(Absent.any("/v3/proj...", "")::has);
        assertThat(routes).anyMatch(new Absent("POST DELETE", "/v3/projects/{any}", "")::has);
        assertThat(routes).noneMatch(new Absent("POST PUT", "/v3/projects/{any}", "")::has);
        assertThat(routes).noneMatch(Absent.any("/v3/proj", "")::has);
    }

    private static void requireSame(String name, String made) throws IOException {
        Path page = Path.of("..", "docs", name);
        String text = Files.readString(page);
        requireSame(page, text.substring(0, text.indexOf(MARK) + MARK.length()) + "\n", made);
    }

    private static void requireSame(Path file, String head, String made) throws IOException {
        if (System.getProperty("sluice.reference", "").equals("write")) {
            Files.writeString(file, head + made);
        } else {
            assertThat(Files.readString(file))
                    .as("%s; mvn test -pl controller -am -Dtest=ReferenceTest -Dsluice.reference=write writes it", file)
                    .isEqualTo(head + made);
        }
    }
}
