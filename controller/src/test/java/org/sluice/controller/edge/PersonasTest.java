package org.sluice.controller.edge;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.controller.http.ApiClient;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.Route;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.policy.Policy;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.store.TestDatabase;

/** Every route and every action of the table, with every persona, against the policy table. */
class PersonasTest {
    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    private static WholeApi api;
    private static ApiClient client;

    @BeforeAll
    static void start(@TempDir Path spool) {
        api = new WholeApi(DATABASE.database(), spool, Personas.all());
        client = new ApiClient(api.address());
    }

    @AfterAll
    static void stop() {
        client.close();
        api.close();
    }

    /** One thing that can be asked for. */
    private record Ask(ApiFamily family, Route route, Route.Versions versions, Rule rule, String body) {
        String path() {
            // An id that is nobody's: who passes the rule meets 404 or 400, never 401 or 403.
            return family.mount()
                    + route.pattern().replaceAll("\\{[^}]+}", UUID.randomUUID().toString());
        }

        @Override
        public String toString() {
            return route.method() + " " + family.mount() + route.pattern() + " " + rule.name();
        }
    }

    private static List<Ask> asks() {
        List<Ask> asks = new ArrayList<>();
        for (ApiFamily family : api.table().families()) {
            for (Route route : api.table().routes(family)) {
                if (route.access() instanceof Route.Access.Ruled ruled) {
                    asks.add(new Ask(family, route, route.versions(), ruled.rule(), ""));
                }
                route.actions()
                        .forEach(action -> asks.add(new Ask(
                                family, route, action.versions(), action.rule(), "{\"" + action.name() + "\": {}}")));
            }
        }
        return asks;
    }

    private static int status(Ask ask, Map<String, String> headers) {
        return client.send(ask.route().method(), ask.path(), headers, ask.body())
                .status();
    }

    private static Map<String, String> headers(String token) {
        return Map.of("X-Auth-Token", token, "OpenStack-API-Version", "compute 2.96");
    }

    @Test
    void withoutAGoodTokenNobodyPasses() {
        SoftAssertions all = new SoftAssertions();
        for (Ask ask : asks()) {
            all.assertThat(status(ask, Map.of())).as("%s without a token", ask).isEqualTo(401);
            all.assertThat(status(ask, headers("expired")))
                    .as("%s with a bad token", ask)
                    .isEqualTo(401);
        }
        all.assertAll();
    }

    @Test
    void whoDoesNotPassTheRuleIsTurnedAwayAndWhoDoesIsNot() {
        Policy policy = api.table().policy();
        SoftAssertions all = new SoftAssertions();
        for (Ask ask : asks()) {
            boolean versioned = !ask.versions().have(ask.family().mount().equals("/compute") ? 96 : 0);
            for (Map.Entry<String, Caller> persona : Personas.all().entrySet()) {
                int status = status(ask, headers(persona.getKey()));
                boolean passes = policy.access(ask.rule(), persona.getValue()).allowsOwn();
                if (passes) {
                    all.assertThat(status).as("%s by %s", ask, persona.getKey()).isNotIn(401, 500, 502, 503);
                } else if (!versioned) {
                    all.assertThat(status).as("%s by %s", ask, persona.getKey()).isEqualTo(403);
                }
            }
        }
        all.assertAll();
    }
}
