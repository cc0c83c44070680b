package org.sluice.controller.observation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.identity.bootstrap.AdminAccess;
import org.sluice.controller.identity.password.Passwords;
import org.sluice.controller.store.Origin;
import org.sluice.controller.store.TestDatabase;
import tools.jackson.databind.JsonNode;

final class AuditTest {
    /** What controllers and agents write for themselves, or follows from a table that is audited. */
    private static final Set<String> NOT_AUDITED = Set.of(
            "audit_event",
            "certificate_authority",
            "claim",
            "flyway_schema_history",
            "host_qualification_figure",
            "host_query",
            "image_chunk",
            "image_upload",
            "interface_change",
            "interface_drift",
            "migration",
            "object_revision",
            "operation",
            "port_binding",
            "revocation_clock",
            "scheduling_decision",
            "server_action",
            "server_request",
            "server_revision",
            "signing_key",
            "virtual_function",
            "waiting_server");

    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    private static ObservedApi api;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        DATABASE.database()
                .jdbi()
                .useHandle(handle -> handle.execute("insert into physical_network values ('physnet0', 1500);"
                        + " insert into vlan_range values ('physnet0', 2000, 2100)"));
        api = new ObservedApi(DATABASE.database(), directory.resolve("access.log"));
    }

    @AfterAll
    static void stop() throws Exception {
        api.close();
    }

    private static Jdbi jdbi() {
        return DATABASE.database().jdbi();
    }

    private static List<JsonNode> events(String query) {
        Answer answer = api.get("admin", "/sluice/v1/audit?" + query);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json().path("audit_events").valueStream().toList();
    }

    private static String id(Answer made, String member) {
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        return made.json().path(member).path("id").asString();
    }

    private static String port() {
        String network =
                id(api.send("admin", "POST", "/network/v2.0/networks", "{'network': {'name': 'n'}}"), "network");
        return id(
                api.send(
                        "admin",
                        "POST",
                        "/network/v2.0/ports",
                        "{'port': {'network_id': '" + network + "', 'name': 'old'}}"),
                "port");
    }

    @Test
    void anUpdateHasWhatChangedAndNotTheRowTwice() {
        String id = UUID.randomUUID().toString();
        DATABASE.database().jdbi().useTransaction(handle -> {
            handle.execute("create table if not exists wide (id uuid primary key, name text, large jsonb, small int)");
            handle.execute("select audited('wide')");
            handle.execute("select set_config('sluice.request', array_to_string(array['r','','u','n','p','a','PUT /x'],"
                    + " e'\\x1f'), true)");
            handle.execute(
                    "insert into wide select ?, 'same', jsonb_object_agg('key' || i, repeat('x', 1000)), 1"
                            + " from generate_series(1, 128) i",
                    UUID.fromString(id));
            handle.execute("update wide set small = 2, large = (large - 'key2') || '{\"key1\": \"y\", \"new\": [1]}'");
        });

        JsonNode event = events("id=" + id + "&operation=update").getFirst();
        JsonNode before = event.path("before");
        JsonNode after = event.path("after");
        assertThat(before.propertyNames()).containsExactlyInAnyOrder("large", "small");
        assertThat(before.path("large").propertyNames()).containsExactlyInAnyOrder("key1", "key2");
        assertThat(before.path("small").asInt()).isEqualTo(1);
        assertThat(after.toString()).isEqualTo("{\"large\":{\"new\":[1],\"key1\":\"y\"},\"small\":2}");
        assertThat(events("id=" + id + "&operation=create")
                        .getFirst()
                        .path("after")
                        .path("large"))
                .hasSize(128);
    }

    @Test
    void anUpdateIsThereWithWhoFromWhereBeforeAndAfter() {
        String port = port();
        String global = "req-" + UUID.randomUUID();

        Answer updated = api.client.send(
                "PUT",
                "/network/v2.0/ports/" + port,
                Map.of("X-Auth-Token", "admin", "X-OpenStack-Request-ID", global),
                "{\"port\": {\"name\": \"new\"}}");

        assertThat(updated.status()).isEqualTo(200);
        List<JsonNode> events = events("id=" + port + "&resource=port&operation=update");
        assertThat(events).hasSize(1);
        JsonNode event = events.getFirst();
        assertThat(event.path("before").path("name").asString()).isEqualTo("old");
        assertThat(event.path("after").path("name").asString()).isEqualTo("new");
        assertThat(event.path("user_id").asString()).isEqualTo(ObservedApi.ADMIN.userId());
        assertThat(event.path("user").asString()).isEqualTo(ObservedApi.ADMIN.userName());
        assertThat(event.path("project_id").asString()).isEqualTo(ObservedApi.ADMIN.projectId());
        assertThat(event.path("peer").asString()).isEqualTo("127.0.0.1");
        assertThat(event.path("action").asString()).isEqualTo("PUT /network/v2.0/ports/{id}");
        assertThat(event.path("outcome").asString()).isEqualTo("changed");
        assertThat(event.path("request_id").asString()).isEqualTo(updated.header("x-openstack-request-id"));
        assertThat(event.path("global_request_id").asString()).isEqualTo(global);
        assertThat(events("request_id=" + global)).contains(event);
    }

    @Test
    void creationAndDeletionAreThereWithWhatWasMadeAndWhatIsGone() {
        String port = port();
        assertThat(api.send("admin", "DELETE", "/network/v2.0/ports/" + port, "")
                        .status())
                .isEqualTo(204);

        List<JsonNode> events = events("id=" + port + "&resource=port");
        assertThat(events.stream().map(event -> event.path("operation").asString()))
                .containsExactly("delete", "create");
        assertThat(events.getFirst().path("before").path("name").asString()).isEqualTo("old");
        assertThat(events.getFirst().path("after").isNull()).isTrue();
        assertThat(events.getLast().path("before").isNull()).isTrue();
        assertThat(events.getLast().path("after").path("name").asString()).isEqualTo("old");
    }

    @Test
    void aPortIsMadeWithItsAddressesAndGroupsAndWhatComesLaterIsItsOwnEvent() {
        String network =
                id(api.send("admin", "POST", "/network/v2.0/networks", "{'network': {'name': 'n'}}"), "network");
        String _ = id(
                api.send(
                        "admin",
                        "POST",
                        "/network/v2.0/subnets",
                        "{'subnet': {'network_id': '" + network + "', 'ip_version': 4, 'cidr': '10.7.0.0/24'}}"),
                "subnet");
        Answer made = api.send(
                "admin",
                "POST",
                "/network/v2.0/ports",
                "{'port': {'network_id': '" + network + "', 'fixed_ips': [{'ip_address': '10.7.0.9'}]}}");
        String port = id(made, "port");

        List<JsonNode> events = events("request_id=" + made.header("x-openstack-request-id"));
        assertThat(events).hasSize(1);
        JsonNode after = events.getFirst().path("after");
        assertThat(after.path("ip_addresses").valueStream().map(JsonNode::asString))
                .containsExactly("10.7.0.9");
        assertThat(after.path("security_group_ids").valueStream().map(JsonNode::asString))
                .containsExactlyElementsOf(made.json()
                        .at("/port/security_groups")
                        .valueStream()
                        .map(JsonNode::asString)
                        .toList());
        assertThat(after.path("mac_address").asString())
                .isEqualTo(made.json().at("/port/mac_address").asString());

        Answer moved = api.send(
                "admin",
                "PUT",
                "/network/v2.0/ports/" + port,
                "{'port': {'fixed_ips': [{'ip_address': '10.7.0.10'}], 'security_groups': []}}");
        assertThat(moved.status()).as(moved.text()).isEqualTo(200);
        assertThat(events("request_id=" + moved.header("x-openstack-request-id")).stream()
                        .map(event -> event.path("operation").asString() + " "
                                + event.path("resource_type").asString()))
                .contains("delete ip_allocation", "create ip_allocation", "delete port_security_group");
    }

    @Test
    void aListThatMakesTheDefaultGroupSaysWhoLooked() {
        jdbi().useHandle(handle -> handle.execute("delete from security_group where project_id = ?", "2".repeat(32)));

        Answer looked = api.get("member", "/network/v2.0/security-groups");
        Answer again = api.get("member", "/network/v2.0/security-groups");

        List<JsonNode> events = events("request_id=" + looked.header("x-openstack-request-id"));
        assertThat(events.stream().map(event -> event.path("resource_type").asString()))
                .containsExactlyInAnyOrder(
                        "security_group",
                        "security_group_rule",
                        "security_group_rule",
                        "security_group_rule",
                        "security_group_rule");
        assertThat(events.getFirst().path("user").asString()).isEqualTo("demo");
        assertThat(events.getFirst().path("action").asString()).isEqualTo("GET /network/v2.0/security-groups");
        assertThat(events("request_id=" + again.header("x-openstack-request-id")))
                .isEmpty();
    }

    @Test
    void theCommandForAdminsPasswordIsThereWithWhoTypedIt() {
        AdminAccess.restore(
                DATABASE.database(),
                new Passwords(new Random()),
                InstantSource.system(),
                "another password",
                Origin.ofCommand("sluice admin-password", "operator"));

        List<JsonNode> events = events("resource=account&operation=update");
        assertThat(events).isNotEmpty();
        assertThat(events.getFirst().path("resource_id").asString())
                .isEqualTo(jdbi().withHandle(handle -> handle.createQuery("select id from account where name = 'admin'")
                        .mapTo(String.class)
                        .one()));
        assertThat(events.getFirst().path("action").asString()).isEqualTo("sluice admin-password");
        assertThat(events.getFirst().path("user").asString()).isEqualTo("operator");
        assertThat(events.getFirst().path("peer").asString()).isEqualTo("local");
    }

    @Test
    void aChangedPasswordIsToldAndNotWhatItIs() {
        String user = id(
                api.send("admin", "POST", "/identity/v3/users", "{'user': {'name': 'ada', 'password': 'first'}}"),
                "user");
        Answer changed = api.send(
                "admin", "PATCH", "/identity/v3/users/" + user, "{'user': {'password': 'second', 'name': 'Ada'}}");
        assertThat(changed.status()).as(changed.text()).isEqualTo(200);

        JsonNode event = events("resource=user&operation=update&id=" + user).getFirst();
        assertThat(event.path("before").toString()).isEqualTo("{\"name\":\"ada\",\"password_hash\":\"a secret\"}");
        assertThat(event.path("after").toString()).isEqualTo("{\"name\":\"Ada\",\"password_hash\":\"another secret\"}");
        assertThat(events("resource=user&operation=create&id=" + user)
                        .getFirst()
                        .toString())
                .doesNotContain("password_hash", "argon");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            resource=prot                | 'resource' must be a type that is audited (the nearest is 'port'), not 'prot'
            resource=users               | 'resource' must be a type that is audited (the nearest is
            user=admn                    | 'user' must be a user by name or id (the nearest is 'admin'), not 'admn'
            operation=updated            | 'operation' must be create, update, delete or an action (the nearest is 'update'), not 'updated'
            operation=wide               | 'operation' must be create, update, delete or an action (the nearest is 'widen'), not 'wide'
            outcome=failed               | 'outcome' must be changed (or done) or refused, not 'failed'
            """)
    void whatNothingIsCalledIsRefusedWithTheNearestName(String query, String sentence) {
        assertThat(api.send("admin", "POST", "/sluice/v1/operate/physnet0/action", "{'widen': {}}")
                        .status())
                .isEqualTo(204);
        Answer answer = api.get("admin", "/sluice/v1/audit?" + query);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.json().at("/error/message").asString()).contains(sentence);
    }

    @Test
    void whatIsKnownAndHasNoEventsIsAnEmptyList() {
        assertThat(events("resource=aggregate_host")).isEmpty();
        assertThat(events("user=demo&resource=flavor&operation=delete")).isEmpty();
    }

    @Test
    void changesAreFoundByTheActionAndByTheOutcome() {
        assertThat(api.send("admin", "POST", "/sluice/v1/operate/physnet0/action", "{'widen': {}}")
                        .status())
                .isEqualTo(204);
        assertThat(events("operation=widen&outcome=done")).isNotEmpty().allSatisfy(event -> {
            assertThat(event.path("action").asString()).endsWith(" widen");
            assertThat(event.path("outcome").asString()).isEqualTo("changed");
        });
        assertThat(events("outcome=changed&limit=5"))
                .allSatisfy(
                        event -> assertThat(event.path("outcome").asString()).isEqualTo("changed"));
    }

    @Test
    void aMonthThatNobodyMadeRoomForFailsNothingAndIsThereAfterwards() {
        jdbi().useHandle(handle -> {
            handle.execute("insert into audit_event (at, request_id, action) values"
                    + " ('2091-03-31 23:59:59+00', 'req-late', 'x'), ('2091-04-01 00:00+00', 'req-late', 'y')");
            handle.execute("select audit_keep(interval '400 days')");
        });

        assertThat(events("request_id=req-late")).hasSize(2);
        List<String> partitions = jdbi().withHandle(
                        handle -> handle.createQuery("select cast(cast(tableoid as regclass) as text) from audit_event"
                                        + " where request_id = 'req-late' order by at")
                                .mapTo(String.class)
                                .list());
        assertThat(partitions).containsExactly("audit_event_209103", "audit_event_209104");
        assertThatThrownBy(() -> jdbi().useHandle(handle -> handle.execute("truncate audit_event_late")))
                .hasMessageContaining("append-only");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTC", "America/New_York", "Pacific/Auckland"})
    void monthsAreThoseOfUtcWhereverTheControllerIs(String zone) {
        List<String> bounds = jdbi().inTransaction(handle -> {
            handle.execute(
                    "create schema elsewhere; set local search_path = elsewhere; set local timezone = '" + zone + "'");
            handle.execute("create table audit_event (id bigint generated always as identity, at timestamptz not null)"
                    + " partition by range (at); create table audit_event_late partition of audit_event default");
            handle.execute(
                    "create function audit_refuse() returns trigger language plpgsql as 'begin return null; end'");
            handle.execute("insert into audit_event (at) select make_timestamptz(2024, month, 15, 0, 0, 0, 'UTC')"
                    + " from generate_series(1, 12) month");
            handle.execute("select public.audit_keep(interval '10000 days')");
            handle.execute("set local timezone = 'UTC'");
            List<String> found = handle.createQuery("""
                            select pg_get_expr(c.relpartbound, c.oid) from pg_class c
                            where c.relname like 'audit\\_event\\_2024%'
                              and c.relnamespace = cast('elsewhere' as regnamespace) order by c.relname""").mapTo(String.class).list();
            handle.rollback();
            return found;
        });
        assertThat(bounds).hasSize(12);
        assertThat(bounds.get(1)).isEqualTo("FOR VALUES FROM ('2024-02-01 00:00:00+00') TO ('2024-03-01 00:00:00+00')");
        assertThat(bounds.get(10))
                .isEqualTo("FOR VALUES FROM ('2024-11-01 00:00:00+00') TO ('2024-12-01 00:00:00+00')");
    }

    @Test
    void whatFailedLeavesNoTraceAndReadingNone() {
        long before = events("limit=1").getFirst().path("id").asLong();
        Answer refused = api.send(
                "admin", "POST", "/network/v2.0/ports", "{'port': {'network_id': '" + UUID.randomUUID() + "'}}");
        assertThat(refused.status()).isEqualTo(404);
        assertThat(api.get("admin", "/network/v2.0/ports").status()).isEqualTo(200);
        assertThat(events("request_id=" + refused.header("x-openstack-request-id")))
                .isEmpty();
        assertThat(events("limit=1").getFirst().path("id").asLong()).isEqualTo(before);
    }

    @Test
    void whatNoRequestAskedForIsNobodysChange() {
        String port = port();
        jdbi().useTransaction(handle -> handle.createUpdate("update port set status = 'ACTIVE' where id = :id")
                .bind("id", UUID.fromString(port))
                .execute());
        assertThat(events("id=" + port + "&resource=port&operation=update")).isEmpty();
    }

    @Test
    void noSecretIsInIt() {
        Answer made = api.send(
                "admin", "POST", "/identity/v3/users", "{'user': {'name': 'eve', 'password': 'the secret of eve'}}");
        String user = id(made, "user");
        JsonNode event = events("resource=account&id=" + user).getFirst();
        assertThat(event.path("after").path("name").asString()).isEqualTo("eve");
        Answer token = api.send("admin", "POST", "/sluice/v1/join-tokens", "{}");
        assertThat(token.status()).as(token.text()).isEqualTo(201);
        assertThat(events("resource=join_token")).isNotEmpty();

        List<String> written = jdbi().withHandle(handle -> handle.createQuery(
                        "select coalesce(cast(before as text), '') || coalesce(cast(after as text), '') from audit_event")
                .mapTo(String.class)
                .list());
        assertThat(written)
                .noneMatch(text -> text.contains("password")
                        || text.contains("$2")
                        || text.contains("argon2")
                        || text.contains("secret_hash")
                        || text.contains("user_data"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update audit_event set user_name = 'nobody'",
                "delete from audit_event",
                "truncate audit_event",
                "do $$ begin execute 'truncate audit_event_' || to_char(now() at time zone 'UTC', 'YYYYMM'); end $$"
            })
    void notEvenTheOwnerChangesWhatWasWritten(String statement) {
        port();
        assertThatThrownBy(() -> jdbi().useHandle(handle -> handle.execute(statement)))
                .hasMessageContaining("append-only");
    }

    @Test
    void whatIsOlderThanItIsKeptGoesByTheMonth() {
        jdbi().useHandle(handle -> {
            handle.execute("create table audit_event_202001 partition of audit_event"
                    + " for values from ('2020-01-01 00:00+00') to ('2020-02-01 00:00+00')");
            handle.execute(
                    "insert into audit_event (at, request_id, action) values ('2020-01-31 23:00+00', 'req-old', 'x')");
        });
        assertThat(events("request_id=req-old")).hasSize(1);
        int dropped = jdbi().withHandle(handle -> handle.createQuery("select audit_keep(interval '400 days')")
                .mapTo(Integer.class)
                .one());
        assertThat(dropped).isEqualTo(1);
        assertThat(events("request_id=req-old")).isEmpty();
        assertThat(events("limit=1"))
                .as("this month's stay, however short they are to be kept")
                .isNotEmpty();
        jdbi().useHandle(handle -> handle.execute("select audit_keep(interval '0')"));
        assertThat(events("limit=1")).isNotEmpty();
    }

    @Test
    void aClockThatIsYearsAheadDropsNothingOfTheLogAndOneMonthAtMostLater() {
        int dropped = jdbi().inTransaction(handle -> {
            handle.execute("create schema ahead; set local search_path = ahead");
            handle.execute(
                    "create function now() returns timestamptz language sql as $$select timestamptz '2031-01-15 00:00+00'$$");
            handle.execute("set local search_path = ahead, public, pg_catalog");
            handle.execute("create table audit_event (id bigint generated always as identity, at timestamptz not null)"
                    + " partition by range (at); create table audit_event_late partition of audit_event default");
            handle.execute(
                    "create function audit_refuse() returns trigger language plpgsql as 'begin return null; end'");
            handle.execute("insert into audit_event (at) select make_timestamptz(2026, month, 15, 0, 0, 0, 'UTC')"
                    + " from generate_series(1, 6) month");
            int first = keep(handle);
            handle.execute("insert into audit_event (at) values (now())");
            int second = keep(handle);
            handle.rollback();
            return 10 * first + second;
        });
        assertThat(dropped).as("none, then one").isEqualTo(1);
    }

    private static int keep(Handle handle) {
        return handle.createQuery("select public.audit_keep(interval '400 days')")
                .mapTo(Integer.class)
                .one();
    }

    @Test
    void whatOperatorsRoutesRefuseIsThereToo() {
        Answer refused = api.send("member", "POST", "/sluice/v1/operate", "{}");
        assertThat(refused.status()).isEqualTo(403);
        String request = refused.header("x-openstack-request-id");
        await().until(() -> !events("request_id=" + request).isEmpty());
        JsonNode event = events("request_id=" + request).getFirst();
        assertThat(event.path("outcome").asString()).isEqualTo("refused");
        assertThat(event.path("status").asInt()).isEqualTo(403);
        assertThat(event.path("user").asString()).isEqualTo("demo");
        assertThat(event.path("action").asString()).isEqualTo("POST /sluice/v1/operate");
        assertThat(event.path("after").isNull()).isTrue();
    }

    @Test
    void whatWasRefusedSaysAboutWhatItWas() {
        Answer user = api.send("member", "DELETE", "/identity/v3/users/0123456789abcdef0123456789abcdef", "");
        assertThat(user.status()).isEqualTo(403);
        String request = user.header("x-openstack-request-id");
        await().until(() -> !events("request_id=" + request).isEmpty());
        JsonNode event = events("outcome=refused&resource=user&operation=delete&id=0123456789abcdef0123456789abcdef")
                .getFirst();
        assertThat(event.path("request_id").asString()).isEqualTo(request);
        assertThat(event.path("resource_type").asString()).isEqualTo("account");

        Answer create = api.send("member", "POST", "/identity/v3/users", "{'user': {'name': 'x'}}");
        assertThat(create.status()).isEqualTo(403);
        String second = create.header("x-openstack-request-id");
        await().until(() -> !events("request_id=" + second).isEmpty());
        JsonNode made = events("request_id=" + second).getFirst();
        assertThat(made.path("operation").asString()).isEqualTo("create");
        assertThat(made.path("resource_type").asString()).isEqualTo("account");
        assertThat(made.path("resource_id").isNull()).isTrue();
    }

    @Test
    void anActionIsThereByItsNameWhetherItChangedSomethingOrWasRefused() {
        Answer done = api.send("admin", "POST", "/sluice/v1/operate/physnet0/action", "{'widen': {}}");
        assertThat(done.status()).as(done.text()).isEqualTo(204);
        List<JsonNode> changed = events("request_id=" + done.header("x-openstack-request-id"));
        assertThat(changed).hasSize(1);
        assertThat(changed.getFirst().path("action").asString())
                .isEqualTo("POST /sluice/v1/operate/{network}/action widen");

        Answer refused = api.send("member", "POST", "/sluice/v1/operate/physnet0/action", "{'widen': {}}");
        assertThat(refused.status()).isEqualTo(403);
        String request = refused.header("x-openstack-request-id");
        await().until(() -> !events("request_id=" + request).isEmpty());
        JsonNode event = events("request_id=" + request).getFirst();
        assertThat(event.path("outcome").asString()).isEqualTo("refused");
        assertThat(event.path("user").asString()).isEqualTo("demo");
        assertThat(event.path("action").asString()).isEqualTo("POST /sluice/v1/operate/{network}/action widen");
    }

    @Test
    void tokensThatSomebodyTakesBackAreThere() {
        Answer login = api.client.send("POST", "/identity/v3/auth/tokens", Map.of(), """
                {"auth": {"identity": {"methods": ["password"], "password": {"user":
                    {"name": "admin", "domain": {"id": "default"}, "password": "the admin's password"}}}}}""");
        assertThat(login.status()).as(login.text()).isEqualTo(201);

        Answer revoked = api.client.send(
                "DELETE",
                "/identity/v3/auth/tokens",
                Map.of("X-Auth-Token", "admin", "X-Subject-Token", login.header("x-subject-token")));
        assertThat(revoked.status()).as(revoked.text()).isEqualTo(204);

        List<JsonNode> events = events("request_id=" + revoked.header("x-openstack-request-id"));
        assertThat(events).hasSize(1);
        assertThat(events.getFirst().path("resource_type").asString()).isEqualTo("revocation");
        assertThat(events.getFirst().path("action").asString()).isEqualTo("DELETE /identity/v3/auth/tokens");
        assertThat(events.getFirst().path("after").path("audit_id").asString())
                .isEqualTo(login.json().at("/token/audit_ids/0").asString());
    }

    @Test
    void onlyOperatorsReadItAndFiltersAreStrict() {
        assertThat(api.get("member", "/sluice/v1/audit").status()).isEqualTo(403);
        assertThat(api.get("service", "/sluice/v1/audit").status()).isEqualTo(403);
        assertThat(api.get("admin", "/sluice/v1/audit?usr=x").status()).isEqualTo(400);
        port();
        assertThat(events("user=" + "a".repeat(32))).isNotEmpty();
        assertThat(events("until=2020-01-01T00:00:00Z")).isEmpty();
        assertThat(events("since=2020-01-01T00:00:00Z&project=" + "1".repeat(32)))
                .isNotEmpty();
        JsonNode first = api.get("admin", "/sluice/v1/audit?limit=1").json();
        String marker = first.path("audit_events").path(0).path("id").asString();
        assertThat(events("limit=1&marker=" + marker).getFirst().path("id").asLong())
                .isLessThan(Long.parseLong(marker));
    }

    @Test
    void everyTableIsAuditedOrNamedHere() {
        List<String> without = jdbi().withHandle(
                        handle -> handle.createQuery("""
                        select cast(c.relname as text) from pg_class c
                        where c.relkind in ('r', 'p') and not c.relispartition
                          and c.relnamespace = cast('public' as regnamespace)
                          and 2 > (select count(*) from pg_trigger t where t.tgrelid = c.oid and t.tgname like 'audit\\_%'
                                   and t.tgname <> 'audit_event_append_only')
                        order by 1""").mapTo(String.class).list());
        assertThat(without)
                .as("a migration that makes a table calls audited('the_table')")
                .isSubsetOf(NOT_AUDITED);
    }
}
