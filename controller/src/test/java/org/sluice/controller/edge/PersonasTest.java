package org.sluice.controller.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.controller.http.ApiClient;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.Route;
import org.sluice.controller.http.RouteTable;
import org.sluice.controller.policy.Policy;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.HostId;

/**
 * Every route and every action of the tables, asked about a thing that exists, by everybody: the answer is exactly the one
 * that the policy table makes of it.
 */
class PersonasTest {
    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    private static WholeApi api;
    private static ApiClient client;
    private static ApiClient agents;
    private static Books books;
    private static Examples examples;
    private static Things things;
    private static String expired;

    @BeforeAll
    static void start(@TempDir Path spool) {
        api = new WholeApi(DATABASE.database(), spool, Personas.all());
        client = new ApiClient(api.address());
        agents = new ApiClient(api.agentsAddress());
        things = new Things(DATABASE.database(), client, agents);
        examples = new Examples(api, things);
        expired = api.expiredToken(Personas.MEMBER, "member");
        books = new Books(DATABASE.database());
        books.keep();
    }

    @AfterAll
    static void stop() {
        client.close();
        agents.close();
        api.close();
    }

    @AfterEach
    void putBack() {
        books.restore();
    }

    @Test
    void everyRouteAndEveryActionHasAnExample() {
        List<String> missing = new ArrayList<>();
        for (RouteTable table : List.of(api.table(), api.agentsTable())) {
            for (ApiFamily family : table.families()) {
                for (Route route : table.routes(family)) {
                    if (examples.all().stream()
                            .noneMatch(example -> example.route().equals(route))) {
                        missing.add(route.method() + " " + family.mount() + route.pattern());
                    }
                    route.actions().stream()
                            .filter(action -> examples.all().stream()
                                    .noneMatch(example -> example.action()
                                            .filter(action::equals)
                                            .isPresent()))
                            .forEach(action -> missing.add(family.mount() + route.pattern() + " " + action.name()));
                }
            }
        }
        assertThat(missing).as("write one in Examples").isEmpty();
    }

    @Test
    void withoutAGoodTokenNobodyPasses() {
        SoftAssertions all = new SoftAssertions();
        for (Example example : examples.of(api.table())) {
            if (example.route().access() instanceof Route.Access.Open) {
                continue;
            }
            for (String token : List.of("", "nobody's", expired)) {
                all.assertThat(ask(client, example, token).status())
                        .as("%s with the token '%s'", example, token)
                        .isEqualTo(401);
            }
        }
        all.assertThat(books.changed()).isEmpty();
        all.assertAll();
    }

    @Test
    void everybodyGetsWhatThePolicySays() {
        SoftAssertions all = new SoftAssertions();
        for (Example example : examples.of(api.table())) {
            // Those who are refused come first: then there is nothing to put back between them.
            asAll(example, true, all);
            all.assertThat(books.changed())
                    .as("what %s changed, though refused", example)
                    .isEmpty();
            books.restore();
            asAll(example, false, all);
            books.restore();
        }
        all.assertAll();
    }

    private static void asAll(Example example, boolean refused, SoftAssertions all) {
        Policy policy = api.table().policy();
        Personas.all().forEach((token, caller) -> {
            int expected = example.expected(policy, caller);
            if (refused != expected >= 400) {
                return;
            }
            ApiClient.Answer answer = ask(client, example, token);
            String what = example + " by " + token;
            all.assertThat(answer.status()).as("%s: %s", what, answer.text()).isEqualTo(expected);
            if (!refused) {
                example.shown()
                        .forEach(shown -> all.assertThat(answer.text().contains(shown.text()))
                                .as("%s sees %s", what, shown.text())
                                .isEqualTo(shown.seenBy().test(policy, caller)));
                if (!example.route().method().equals("GET")) {
                    books.restore();
                }
            }
        });
    }

    /** What anybody may ask, everybody may ask, whatever he shows. */
    @Test
    void whatIsOpenNeedsNoToken() {
        SoftAssertions all = new SoftAssertions();
        for (Example example : examples.of(api.table())) {
            if (example.route().access() instanceof Route.Access.Open) {
                for (String token : List.of("", "nobody's")) {
                    ApiClient.Answer answer = ask(client, example, token);
                    all.assertThat(answer.status())
                            .as("%s: %s", example, answer.text())
                            .isEqualTo(example.status());
                    books.restore();
                }
            }
        }
        all.assertAll();
    }

    @Test
    void agentsPassWithTheCertificateOfAHostOnly() {
        SoftAssertions all = new SoftAssertions();
        for (Example example : examples.of(api.agentsTable())) {
            boolean joins = example.family().mount().endsWith("/enrol");
            if (!joins) {
                all.assertThat(with(example, "").status())
                        .as("%s without one", example)
                        .isEqualTo(401);
                // What it says about things that are not on it counts for nothing, and is not worth saying again.
                int expected = example.route().method().equals("POST") ? 204 : 404;
                all.assertThat(with(example, HostId.random().toString()).status())
                        .as("%s by a host that is gone", example)
                        .isEqualTo(expected);
                all.assertThat(books.changed())
                        .as("what %s changed, though refused", example)
                        .isEmpty();
            }
            all.assertThat(ask(agents, example, "admin").status())
                    .as("%s", example)
                    .isEqualTo(example.status());
            books.restore();
        }
        all.assertAll();
    }

    @Test
    void aHostGetsNoImageThatNoServerOfItNeedsAndItsReportsOfOthersServersChangeNothing() {
        String other = things.serversHost.equals(things.host) ? things.otherHost : things.host;
        for (Example example : examples.of(api.agentsTable())) {
            if (example.route().pattern().startsWith("/images/")) {
                assertThat(with(example, other).status()).isEqualTo(404);
            }
            if (example.route().pattern().equals("/reports")) {
                assertThat(with(example, other).status()).isEqualTo(204);
            }
        }
        assertThat(books.changed()).isEmpty();
    }

    private static ApiClient.Answer ask(ApiClient asking, Example example, String token) {
        return asking.send(
                example.route().method(),
                example.target(),
                example.headers(token),
                example.body().get());
    }

    /** The same as another host, or as none. */
    private static ApiClient.Answer with(Example example, String certificate) {
        Map<String, String> headers = new HashMap<>(example.headers(""));
        headers.remove(WholeApi.CERTIFICATE);
        if (!certificate.isEmpty()) {
            headers.put(WholeApi.CERTIFICATE, certificate);
        }
        return agents.send(
                example.route().method(),
                example.target(),
                headers,
                example.body().get());
    }
}
