package org.sluice.controller.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.http.list.Window;
import org.sluice.controller.http.view.View;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Scope;
import org.sluice.controller.policy.Target;
import org.sluice.controller.policy.Who;
import org.sluice.controller.store.TestDatabase;
import org.sluice.controller.store.Transactions;
import org.sluice.model.Problem;
import tools.jackson.databind.JsonNode;

/** The edge with one family of one resource: what its table says is what happens. */
class EdgeTest {
    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    private static final int THINGS = 1_300;

    private record Thing(
            UUID id, String name, int size, @Nullable String secret) {}

    private static final Rule LIST_RULE = Rule.of("test:list", Who.PROJECT_READER, "List things.");
    private static final Rule SHOW_RULE = Rule.of("test:show", Who.PROJECT_READER, "Show a thing.");
    private static final Rule CREATE_RULE = Rule.of("test:create", Who.PROJECT_MEMBER, "Make a thing.");
    private static final Rule SECRET_RULE = Rule.of("test:secret", Who.ADMIN, "See a thing's secret.");
    private static final Rule GROW_RULE = Rule.of("test:grow", Who.PROJECT_MEMBER, "Make a thing larger.");
    private static final Rule BURN_RULE = Rule.of("test:burn", Who.ADMIN, "Burn a thing.");

    private static final View<Thing> VIEW = View.<Thing>of("thing", "things")
            .member("id", Thing::id)
            .member("name", Thing::name)
            .member("size", Thing::size)
            .since(5)
            .member("old_size", Thing::size)
            .until(4)
            .member("secret", Thing::secret)
            .seenWith(SECRET_RULE)
            .build();

    private static final ListQuery<Thing> LIST = ListQuery.of(VIEW)
            .filter("name", Filter.text("name"))
            .filter("size", Filter.integer("size"))
            .filter("secret", Filter.text("secret"))
            .allowedWith(SECRET_RULE)
            .filter("since5", Filter.truth("size > 0"))
            .since(5)
            .sort("name", "name", Thing::name)
            .sort("size", "size", Thing::size)
            .unique("id", "id", Thing::id, thing -> thing.id().toString())
            .build();

    private static final class Things implements ApiFamily, Source<Thing> {
        private final List<Integer> windows = new ArrayList<>();
        private final List<Integer> secretBytes = new ArrayList<>();
        private final AtomicInteger attempts = new AtomicInteger();

        @Override
        public String mount() {
            return "/test";
        }

        @Override
        public Faults faults() {
            return new SluiceFaults();
        }

        @Override
        public Optional<String> title() {
            return Optional.of("Things");
        }

        @Override
        public int minorVersion(Exchange exchange) {
            return exchange.header("Minor").map(Integer::parseInt).orElse(1);
        }

        @Override
        public void routes(Routes routes) {
            routes.list("/things", LIST_RULE, LIST, this);
            routes.post(
                            "/things",
                            CREATE_RULE,
                            exchange -> Reply.ok(Map.of(
                                    "name",
                                    exchange.body("thing")
                                            .onlyKnows(Set.of("name"))
                                            .text("name", 1, 10))))
                    .atMost(BodyLimit.kibibytes(4));
            routes.get("/things/{id}", SHOW_RULE, this::show);
            routes.post("/parts", CREATE_RULE, this::makePartOfNothing);
            routes.get("/new", SHOW_RULE, _ -> Reply.empty(204)).since(7);
            var actions = routes.actions("/things/{id}/action");
            actions.on("grow", GROW_RULE, exchange -> Reply.ok(Map.of("grown", exchange.path("id"))));
            actions.on("burn", BURN_RULE, _ -> Reply.empty(202));
            actions.on("later", GROW_RULE, _ -> Reply.empty(202)).since(9);
        }

        private Reply makePartOfNothing(Exchange exchange) {
            new Transactions(DATABASE.database().jdbi()).use(handle -> {
                attempts.incrementAndGet();
                handle.execute("insert into part values (?)", new UUID(0, 7));
            });
            return Reply.empty(201);
        }

        private Reply show(Exchange exchange) {
            exchange.require(Target.ofProject(exchange.path("id").equals("foreign") ? "p2" : "p1"));
            return Reply.ok(Map.of("id", exchange.path("id")));
        }

        @Override
        public List<Thing> rows(Exchange exchange, Window window) {
            windows.add(window.rows());
            List<Thing> rows = DATABASE.database()
                    .jdbi()
                    .inTransaction(handle -> window.list(
                            handle.createQuery("select id, name, size, secret from thing where true" + window.sql()),
                            (row, _) -> new Thing(
                                    UUID.fromString(row.getString(1)),
                                    row.getString(2),
                                    row.getInt(3),
                                    row.getString(4))));
            secretBytes.add(rows.stream()
                    .mapToInt(
                            thing -> thing.secret() == null ? 0 : thing.secret().length())
                    .sum());
            return rows;
        }

        @Override
        public Optional<Thing> marked(Exchange exchange, String marker) {
            return Ids.parse(marker)
                    .flatMap(id -> DATABASE.database()
                            .jdbi()
                            .withHandle(handle -> handle.createQuery(
                                            "select id, name, size, secret from thing where id = :id")
                                    .bind("id", id)
                                    .map((row, _) -> new Thing(id, row.getString(2), row.getInt(3), row.getString(4)))
                                    .findOne()));
        }
    }

    private static final Things FAMILY = new Things();
    private static ApiServer server;
    private static ApiClient client;

    @BeforeAll
    static void start() {
        DATABASE.database().jdbi().useHandle(EdgeTest::fill);
        Authenticator authenticator = token -> switch (token) {
            case "reader", "member", "admin" -> new Caller("u", token, "p1", "project", Set.of(token));
            case "cloud" -> new Caller("u", token, new Scope.Cloud(), Set.of("admin"));
            case "domain" -> new Caller("u", token, new Scope.Domain("default"), Set.of("admin"));
            default ->
                throw Problem.of(Problem.Kind.UNAUTHENTICATED, "Unauthorized", "No.")
                        .asException();
        };
        server = TestListener.start(Optional.empty(), authenticator, List.of(FAMILY));
        client = new ApiClient(server.address());
    }

    private static void fill(Handle handle) {
        handle.execute("create table thing (id uuid primary key, name text not null, size int not null, secret text)");
        handle.execute("create table part (thing_id uuid references thing (id))");
        handle.execute("insert into thing select gen_random_uuid(), 'thing' || (i % 7), i % 11, 's' || i"
                + " from generate_series(1, " + THINGS + ") i");
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    private static Answer get(String path, String token, String... headers) {
        return client.send("GET", path, headers(token, headers));
    }

    private static Answer post(String path, String token, String body, String... headers) {
        return client.send("POST", path, headers(token, headers), body);
    }

    private static Map<String, String> headers(String token, String... more) {
        Map<String, String> all = new java.util.HashMap<>(Map.of("X-Auth-Token", token));
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return all;
    }

    @Test
    void batchesAreBoundedInBytesWhateverTheOrderOfThinAndFatRows() {
        DATABASE.database().jdbi().useHandle(handle -> {
            handle.execute(
                    "insert into thing select gen_random_uuid(), 'wide', i, null from generate_series(1, 300) i");
            handle.execute("insert into thing select gen_random_uuid(), 'wide', i, repeat('x', 100000)"
                    + " from generate_series(301, 340) i");
            handle.execute("insert into thing select gen_random_uuid(), 'wide', 341, repeat('x', 900000)");
        });
        try {
            FAMILY.secretBytes.clear();
            JsonNode things = get("/test/things?name=wide&sort_key=size", "admin", "Minor", "5")
                    .json()
                    .required("things");

            assertThat(things.valueStream().map(thing -> thing.required("size").asInt()))
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(1, 341).boxed().toList());
            // Half a MiB; a row that is larger comes alone.
            assertThat(FAMILY.secretBytes)
                    .allMatch(bytes -> bytes <= 512 << 10 || bytes == 900_000)
                    .contains(900_000)
                    .hasSizeLessThan(12);
            assertThat(get("/test/things?name=wide&sort_key=size&limit=310", "admin")
                            .json()
                            .required("things")
                            .size())
                    .isEqualTo(310);
        } finally {
            DATABASE.database().jdbi().useHandle(handle -> handle.execute("delete from thing where name = 'wide'"));
        }
    }

    @Test
    void aLongListComesWholeInBatchesAndEachRowOnce() {
        FAMILY.windows.clear();
        String theirs = "name=thing0&name=thing1&name=thing2&name=thing3&name=thing4&name=thing5&name=thing6";
        JsonNode things = get(
                        "/test/things?" + theirs + "&sort_key=name&sort_dir=desc&sort_key=size&sort_dir=asc", "reader")
                .json()
                .required("things");
        assertThat(things.size()).isEqualTo(THINGS);
        Set<String> ids = new java.util.HashSet<>();
        things.forEach(thing -> ids.add(thing.required("id").asString()));
        assertThat(ids).hasSize(THINGS);
        assertThat(FAMILY.windows).containsExactly(500, 500, 500);
        assertThat(things.get(0).required("name").asString()).isEqualTo("thing6");
        assertThat(things.get(THINGS - 1).required("name").asString()).isEqualTo("thing0");
    }

    @Test
    void pagesFollowOneAnotherAlsoWhenTheNextRowIsGone() {
        DATABASE.database()
                .jdbi()
                .useHandle(
                        handle -> handle.execute(
                                "insert into thing select gen_random_uuid(), 'paged', i % 11, null from generate_series(1, 180) i"));
        List<String> seen = new ArrayList<>();
        String path = "/test/things?name=paged&limit=50&sort_key=size&sort_dir=asc";
        @Nullable String removed = null;
        while (!path.isEmpty()) {
            JsonNode page = get(path, "reader").json();
            page.required("things")
                    .forEach(thing -> seen.add(thing.required("id").asString()));
            if (removed == null) {
                removed = DATABASE.database()
                        .jdbi()
                        .withHandle(handle -> handle.createQuery(
                                        "delete from thing where id in (select id from thing where name = 'paged' and size = 10"
                                                + " limit 1) returning cast(id as text)")
                                .mapTo(String.class)
                                .one());
            }
            String next = page.path("next").asString("");
            path = next;
        }
        int expected = DATABASE.database()
                .jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from thing where name = 'paged'")
                        .mapTo(Integer.class)
                        .one());
        assertThat(seen).doesNotHaveDuplicates().hasSize(expected);
    }

    @Test
    void aMarkerThatIsGoneIsAnError() {
        Answer gone = get("/test/things?marker=" + UUID.randomUUID(), "reader");
        assertThat(gone.status()).isEqualTo(400);
        assertThat(gone.text()).contains("names none of the things");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "colour=red",
                "size=large",
                "limit=-1",
                "limit=x",
                "sort_key=colour",
                "sort_key=name&sort_dir=up",
                "sort_key=name&sort_dir=asc&sort_dir=asc",
                "since5=true",
                "fields=id",
                "colours=1"
            })
    void whatTheListDoesNotKnowIsRefusedByName(String query) {
        Answer refused = get("/test/things?" + query, "reader");
        assertThat(refused.status()).as(refused.text()).isEqualTo(400);
        assertThat(refused.json().at("/error/message").asString()).contains(query.substring(0, 4));
    }

    /** Two names would be one otherwise, and a resource of that name a third. */
    @ParameterizedTest
    @ValueSource(strings = {"%FF", "a%C3%28", "%E2%82"})
    void aPathThatIsNoUtf8IsRefused(String segment) throws Exception {
        Answer refused = get("/test/things/" + segment, "reader");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text()).contains("UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"name=%FF", "name=a%C3%28", "limit=1&name=%E2%82", "name%C0%AF=x"})
    void aQueryThatIsNoUtf8IsRefusedByName(String query) {
        Answer refused = get("/test/things?" + query, "reader");
        assertThat(refused.status()).as(refused.text()).isEqualTo(400);
        assertThat(refused.json().at("/error/message").asString()).contains("name", "UTF-8");
        assertThat(get("/test/things/mine?" + query, "reader").text()).contains("name", "UTF-8");
    }

    @Test
    void whatStandsForBrokenTextMayBeAskedFor() {
        assertThat(get("/test/things?name=%EF%BF%BD", "reader").status()).isEqualTo(200);
        assertThat(get("/test/things?name=caf%C3%A9+%F0%9F%90%9F", "reader").status())
                .isEqualTo(200);
    }

    @Test
    void aFilterMayNeedARule() {
        assertThat(get("/test/things?secret=s7", "reader").status()).isEqualTo(403);
        assertThat(get("/test/things?secret=s7", "admin")
                        .json()
                        .required("things")
                        .size())
                .isEqualTo(1);
    }

    @Test
    void membersComeWithVersionAndRule() {
        JsonNode old = get("/test/things?limit=1", "reader").json().at("/things/0");
        assertThat(List.copyOf(old.propertyNames())).containsExactly("id", "name", "old_size");
        JsonNode later =
                get("/test/things?limit=1", "admin", "Minor", "5").json().at("/things/0");
        assertThat(List.copyOf(later.propertyNames())).containsExactly("id", "name", "size", "secret");
    }

    @Test
    void theRuleIsAskedBeforeTheBodyIsRead() {
        Answer refused = post("/test/things", "reader", "this is no JSON");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text()).contains("Policy doesn't allow test:create to be performed.");
    }

    @Test
    void whoRefersToWhatIsGoneEachTimeItIsTriedIsToldWhat() {
        Answer refused = post("/test/parts", "member", "{}");

        assertThat(FAMILY.attempts).hasValue(5);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text())
                .contains("Others deleted what this request refers to")
                .contains("Key (thing_id)=(00000000-0000-0000-0000-000000000007) is not present in table")
                .contains("Nothing was changed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cloud", "domain"})
    void aTokenForNoProjectDoesNotWhereThingsAreOfProjects(String token) {
        assertThat(get("/test/things", token).status()).isEqualTo(403);
        assertThat(get("/test/things", "admin").status()).isEqualTo(200);
    }

    @Test
    void theRuleIsAskedAboutTheThingToo() {
        assertThat(get("/test/things/mine", "reader").status()).isEqualTo(200);
        assertThat(get("/test/things/foreign", "reader").status()).isEqualTo(403);
        assertThat(get("/test/things/foreign", "admin").status()).isEqualTo(200);
    }

    @Test
    void bodiesAreBoundedInSizeDepthAndValues() {
        assertThat(post("/test/things", "member", "{\"thing\": {\"name\": \"ok\"}}")
                        .json())
                .isEqualTo(Json.MAPPER.readTree("{\"name\":\"ok\"}"));
        Answer large = post("/test/things", "member", "{\"thing\": {\"name\": \"" + "x".repeat(5_000) + "\"}}");
        assertThat(large.status()).isEqualTo(413);
        assertThat(large.text()).contains("4096 bytes");
        Answer deep = post("/test/things", "member", "{\"a\":".repeat(30) + "1" + "}".repeat(30));
        assertThat(deep.status()).isEqualTo(413);
        assertThat(deep.text()).contains("levels deep");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "7",
                "{",
                "{\"thing\": 7}",
                "{}",
                "{\"thing\": {}, \"more\": 1}",
                "{\"thing\": {\"name\": 7}}",
                "{\"thing\": {\"name\": \"\"}}",
                "{\"thing\": {\"name\": \"a\\u0000b\"}}",
                "{\"thing\": {\"name\": \"\\ud800\"}}",
                "{\"thing\": {\"na\\u0000me\": 1}}",
                "{\"thing\": {\"name\": \"ok\", \"colour\": 1}}"
            })
    void badBodiesAreRefused(String body) {
        Answer refused = post("/test/things", "member", body);
        assertThat(refused.status()).as(refused.text()).isEqualTo(400);
    }

    @Test
    void actionsHaveRulesAndVersionsOfTheirOwn() {
        assertThat(post("/test/things/t/action", "member", "{\"grow\": null}")
                        .json()
                        .required("grown")
                        .asString())
                .isEqualTo("t");
        assertThat(post("/test/things/t/action", "reader", "{\"grow\": null}").status())
                .isEqualTo(403);
        assertThat(post("/test/things/t/action", "member", "{\"burn\": null}").status())
                .isEqualTo(403);
        assertThat(post("/test/things/t/action", "admin", "{\"burn\": null}").status())
                .isEqualTo(202);
        assertThat(post("/test/things/t/action", "member", "{\"later\": null}").status())
                .isEqualTo(400);
        assertThat(post("/test/things/t/action", "member", "{\"later\": null}", "Minor", "9")
                        .status())
                .isEqualTo(202);
        assertThat(post("/test/things/t/action", "member", "{\"grow\": null, \"burn\": null}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void methodsPathsVersionsAndMediaTypesAreTheTables() {
        Answer method = client.send("DELETE", "/test/things", headers("member"));
        assertThat(method.status()).isEqualTo(405);
        assertThat(method.header("allow")).isEqualTo("GET, POST");
        assertThat(get("/test/nothing", "member").status()).isEqualTo(404);
        assertThat(get("/elsewhere", "member").status()).isEqualTo(404);
        assertThat(get("/test/new", "reader").status()).isEqualTo(404);
        assertThat(get("/test/new", "reader", "Minor", "7").status()).isEqualTo(204);
        assertThat(get("/test/things/", "reader").status()).isEqualTo(200);
        Answer type = post("/test/things", "member", "{}", "Content-Type", "text/plain");
        assertThat(type.status()).isEqualTo(415);
        assertThat(type.text()).contains("text/plain").contains("application/json");
    }

    @Test
    void aSegmentMayHoldAnEncodedSlashAndNoNul() {
        assertThat(get("/test/things/a%2Fb", "reader").json().required("id").asString())
                .isEqualTo("a/b");
        assertThat(get("/test/things/a+b", "reader").json().required("id").asString())
                .isEqualTo("a+b");
        assertThat(get("/test/things/a%00b", "reader").status()).isEqualTo(400);
    }

    @Test
    void theTableDocumentsItself() {
        JsonNode document = client.send("GET", "/test/openapi.json", Map.of()).json();
        assertThat(document.at("/paths/~1test~1things/get/x-rule").asString()).isEqualTo("test:list");
        assertThat(document.at("/paths/~1test~1things/post/x-largest-entity").asInt())
                .isEqualTo(4096);
        assertThat(document.at("/paths/~1test~1things~1{id}~1action/post/x-actions/burn/x-rule")
                        .asString())
                .isEqualTo("test:burn");
        assertThat(document.at("/paths/~1test~1things~1{id}~1action/post/x-actions/later/x-microversions")
                        .asString())
                .isEqualTo("2.9 to ");
    }
}
