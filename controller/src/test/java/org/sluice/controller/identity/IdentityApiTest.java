package org.sluice.controller.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.controller.http.ApiClient;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.http.ApiServer;
import org.sluice.controller.http.RecordedExchange;
import org.sluice.controller.http.TestListener;
import org.sluice.controller.identity.bootstrap.IdentityBootstrap;
import org.sluice.controller.identity.password.PasswordChecks;
import org.sluice.controller.identity.password.Passwords;
import org.sluice.controller.identity.token.Tokens;
import org.sluice.controller.identity.wire.IdentityIds;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.TestDatabase;
import tools.jackson.databind.JsonNode;

/** The Identity API through its listener, compared with what OpenStack Zed answers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class IdentityApiTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static final String TOKENS = "/identity/v3/auth/tokens";
    private static final String SYSTEM = ",\"scope\":{\"system\":{\"all\":true}}";

    private ApiServer server;
    private ApiClient client;

    @BeforeAll
    void start() {
        Passwords passwords = new Passwords(new SecureRandom());
        Tokens tokens = new Tokens(postgres.database(), InstantSource.system(), new SecureRandom(), Tokens.USUAL_LIFE);
        new IdentityBootstrap(postgres.database(), passwords).run("secret-admin", "secret-demo");
        server = TestListener.start(
                Optional.empty(),
                tokens,
                List.of(new IdentityFamily(
                        postgres.database(),
                        tokens,
                        new PasswordChecks(passwords, InstantSource.system(), PasswordChecks.LockOut.USUAL))));
        client = new ApiClient(server.address());
    }

    @AfterAll
    void stop() {
        client.close();
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/identity", "/identity/"})
    void theRootListsTheVersion(String path) {
        Answer answer = client.send("GET", path, Map.of());

        assertLike("versions", answer);
        assertThat(answer.headers())
                .containsEntry("Location", client.base() + "/identity/v3/")
                .containsEntry("Vary", "X-Auth-Token");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/identity/v3", "/identity/v3/"})
    void theVersionDescribesItself(String path) {
        Answer answer = client.send("GET", path, Map.of());

        assertLike("version", answer);
        assertThat(answer.json().at("/version/links/0/href").asString()).isEqualTo(client.base() + "/identity/v3/");
    }

    @Test
    void aPasswordBuysATokenForAProject() {
        RecordedExchange recorded = RecordedExchange.of("identity", "project token");
        Answer answer =
                client.send("POST", TOKENS, Map.of(), recorded.requestBody().toString());

        assertLike("project token", answer);
        assertThat(answer.header("X-Subject-Token")).isNotEmpty();
        assertThat(answer.json().at("/token/project/name").asString()).isEqualTo("admin");
        assertThat(names(answer.json().at("/token/roles"))).containsExactly("admin", "manager", "member", "reader");
        assertThat(answer.json().at("/token/expires_at").asString())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
    }

    @Test
    void theCatalogLeadsBackToTheListenerTheClientReached() {
        JsonNode catalog =
                passwordToken("admin", "secret-admin", project("admin")).json().at("/token/catalog");
        Map<String, String> paths = new java.util.TreeMap<>();
        catalog.forEach(service -> {
            assertThat(service.get("endpoints")).hasSize(3);
            service.get("endpoints").forEach(endpoint -> {
                assertThat(endpoint.get("url").asString()).startsWith(client.base() + "/");
                paths.put(
                        service.get("type").asString() + " "
                                + service.get("name").asString(),
                        endpoint.get("url").asString().substring(client.base().length()));
            });
        });
        assertThat(paths)
                .isEqualTo(Map.of(
                        "identity keystone", "/identity/v3",
                        "compute nova", "/compute/v2.1",
                        "network neutron", "/network",
                        "image glance", "/image"));
    }

    @Test
    void theCatalogCanBeLeftOut() {
        Answer answer =
                client.send("POST", TOKENS + "?nocatalog", Map.of(), body("admin", "secret-admin", project("admin")));

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.json().at("/token").has("catalog")).isFalse();
    }

    @Test
    void unscopedOnDemand() {
        RecordedExchange recorded = RecordedExchange.of("identity", "unscoped token");
        Answer answer =
                client.send("POST", TOKENS, Map.of(), recorded.requestBody().toString());

        assertLike("unscoped token", answer);
    }

    @Test
    void withoutAScopeTheDefaultProjectIsMeant() {
        Answer answer = passwordToken("demo", "secret-demo", "");

        assertThat(answer.json().at("/token/project/name").asString()).isEqualTo("demo");
        assertThat(names(answer.json().at("/token/roles"))).containsExactly("member", "reader");
    }

    @Test
    void aProjectCanBeNamedByItsId() {
        String id = passwordToken("demo", "secret-demo", "")
                .json()
                .at("/token/project/id")
                .asString();
        Answer answer = passwordToken("admin", "secret-admin", ",\"scope\":{\"project\":{\"id\":\"" + id + "\"}}");

        assertThat(answer.json().at("/token/project/name").asString()).isEqualTo("demo");
    }

    @Test
    void aTokenBuysATokenForAnotherProject() {
        String first = token(passwordToken("admin", "secret-admin", project("admin")));
        Answer answer = client.send(
                "POST",
                TOKENS,
                Map.of(),
                "{\"auth\":{\"identity\":{\"methods\":[\"token\"],\"token\":{\"id\":\"" + first + "\"}}"
                        + project("demo") + "}}");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.json().at("/token/project/name").asString()).isEqualTo("demo");
        assertThat(answer.json().at("/token/audit_ids")).hasSize(2);
        assertThat(answer.json().at("/token/methods").toString()).isEqualTo("[\"password\",\"token\"]");
    }

    @Test
    void everyFailedAuthenticationLooksTheSame() {
        for (String body : List.of(
                RecordedExchange.of("identity", "wrong password").requestBody().toString(),
                body("nobody", "secret-admin", ""),
                body("admin", "secret-admin", project("nowhere")),
                body("demo", "secret-demo", project("admin")),
                body("demo", "secret-demo", SYSTEM),
                body("admin", "secret-admin", ",\"scope\":{\"domain\":{\"id\":\"default\"}}"),
                body("admin", "secret-admin", ",\"scope\":{\"OS-TRUST:trust\":{\"id\":\"x\"}}"),
                "{\"auth\":{\"identity\":{\"methods\":[\"totp\"],\"totp\":{}}}}",
                "{\"auth\":{\"identity\":{\"methods\":[\"token\"],\"token\":{\"id\":\"nonsense\"}}}}")) {
            Answer answer = client.send("POST", TOKENS, Map.of(), body);

            assertLike("wrong password", answer);
            assertThat(answer.json())
                    .isEqualTo(RecordedExchange.of("identity", "wrong password").body());
            assertThat(answer.headers())
                    .containsEntry("WWW-Authenticate", "Keystone uri=\"" + client.base() + "/identity/v3\"");
        }
    }

    @Test
    void aMalformedRequestIsToldWhatIsMissing() {
        Map<String, String> missing = Map.of(
                "{}", "auth",
                "{\"auth\":{}}", "identity",
                "{\"auth\":{\"identity\":{}}}", "methods",
                "{\"auth\":{\"identity\":{\"methods\":[\"password\"]}}}", "password",
                "{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{\"name\":\"admin\",\"password\":\"x\"}}}}}",
                        "domain");
        missing.forEach((body, member) -> {
            Answer answer = client.send("POST", TOKENS, Map.of(), body);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.json().at("/error/title").asString()).isEqualTo("Bad Request");
            assertThat(answer.json().at("/error/message").asString()).contains("Expecting to find " + member + " in");
        });
        assertThat(client.send("POST", TOKENS, Map.of(), "{\"auth\":").status()).isEqualTo(400);
    }

    @Test
    void withoutATokenNothingIsShown() {
        Answer answer = client.send("GET", "/identity/v3/users", Map.of());

        assertLike("users without token", answer);
        assertThat(answer.headers()).containsKey("WWW-Authenticate");
        assertThat(client.send("GET", "/identity/v3/users", Map.of("X-Auth-Token", "forged"))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void anUnknownPathIsNotFound() {
        Answer answer = client.send("GET", "/identity/v3/nothing", Map.of());

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.text())
                .isEqualTo(RecordedExchange.of("identity", "no such path")
                        .body()
                        .get("_text")
                        .asString());
    }

    @Test
    void aTokenCanBeShownToItsBearerAndToAdmins() {
        String admin = adminToken();
        String demo = token(passwordToken("demo", "secret-demo", ""));

        Answer own = client.send("GET", TOKENS, Map.of("X-Auth-Token", demo, "X-Subject-Token", demo));
        assertThat(own.status()).isEqualTo(200);
        assertThat(own.headers()).containsEntry("X-Subject-Token", demo);
        assertThat(RecordedExchange.shapeOf(own.json()))
                .isEqualTo(RecordedExchange.of("identity", "project token").shape());
        assertThat(client.send("HEAD", TOKENS, Map.of("X-Auth-Token", admin, "X-Subject-Token", demo))
                        .status())
                .isEqualTo(200);
        assertThat(client.send("GET", TOKENS, Map.of("X-Auth-Token", demo, "X-Subject-Token", admin))
                        .status())
                .isEqualTo(403);
        assertThat(client.send("GET", TOKENS, Map.of("X-Auth-Token", admin, "X-Subject-Token", "forged"))
                        .status())
                .isEqualTo(404);
        assertThat(client.send("GET", TOKENS, Map.of("X-Auth-Token", admin)).status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"catalog", "projects of the caller", "services", "endpoints", "projects"})
    void listsHaveTheRecordedShape(String name) {
        RecordedExchange recorded = RecordedExchange.of("identity", name);

        assertLike(name, admin("GET", recorded.path(), ""));
    }

    @Test
    void anUnknownProjectIsNotFound() {
        Answer answer = admin("GET", "/v3/projects/admin", "");

        assertLike("no such project", answer);
        assertThat(answer.json())
                .isEqualTo(RecordedExchange.of("identity", "no such project").body());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v3/domains",
                "/v3/domains/default",
                "/v3/regions",
                "/v3/regions/RegionOne",
                "/v3/roles",
                "/v3/users",
                "/v3/role_assignments",
                "/v3/auth/domains"
            })
    void adminsCanReadTheRest(String path) {
        assertThat(admin("GET", path, "").status()).isEqualTo(200);
    }

    @Test
    void assignmentsAreShownWithNamesOnDemand() {
        JsonNode assignments = admin("GET", "/v3/role_assignments?include_names=True", "")
                .json()
                .get("role_assignments");
        assertThat(assignments
                        .valueStream()
                        .map(item -> item.at("/user/name").asString() + " is "
                                + item.at("/role/name").asString() + " in "
                                + item.at("/scope/project/name").asString()))
                .contains("admin is admin in admin", "admin is admin in demo", "demo is member in demo");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v3/projects", "/v3/users", "/v3/roles", "/v3/services", "/v3/endpoints", "/v3/domains"})
    void othersCannot(String path) {
        Answer answer = client.send(
                "GET", "/identity" + path, Map.of("X-Auth-Token", token(passwordToken("demo", "secret-demo", ""))));

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.json().at("/error/message").asString())
                .startsWith("You are not authorized to perform the requested action: identity:list_");
    }

    @Test
    void aNewUserCanWorkInANewProjectAndNoLongerWhenItIsGone() {
        String project = admin("POST", "/v3/projects", "{\"project\":{\"name\":\"lab\",\"description\":\"racks\"}}")
                .json()
                .at("/project/id")
                .asString();
        String user = admin("POST", "/v3/users", "{\"user\":{\"name\":\"grace\",\"password\":\"hopper\"}}")
                .json()
                .at("/user/id")
                .asString();
        String reader = admin("GET", "/v3/roles?name=reader", "")
                .json()
                .at("/roles/0/id")
                .asString();
        assertThat(passwordToken("grace", "hopper", project("lab")).status()).isEqualTo(401);

        String grant = "/v3/projects/" + project + "/users/" + user + "/roles/" + reader;
        assertThat(admin("HEAD", grant, "").status()).isEqualTo(404);
        assertThat(admin("PUT", grant, "").status()).isEqualTo(204);
        assertThat(admin("HEAD", grant, "").status()).isEqualTo(204);
        assertThat(names(passwordToken("grace", "hopper", project("lab")).json().at("/token/roles")))
                .containsExactly("reader");

        assertThat(admin("PATCH", "/v3/users/" + user, "{\"user\":{\"password\":\"cobol\"}}")
                        .status())
                .isEqualTo(200);
        assertThat(passwordToken("grace", "hopper", project("lab")).status()).isEqualTo(401);
        assertThat(passwordToken("grace", "cobol", project("lab")).status()).isEqualTo(201);

        assertThat(admin("PATCH", "/v3/projects/" + project, "{\"project\":{\"enabled\":false}}")
                        .status())
                .isEqualTo(200);
        assertThat(passwordToken("grace", "cobol", project("lab")).status()).isEqualTo(401);
        assertThat(admin("DELETE", "/v3/projects/" + project, "").status()).isEqualTo(204);
        assertThat(admin("DELETE", "/v3/users/" + user, "").status()).isEqualTo(204);
        assertThat(admin("GET", "/v3/users/" + user, "").status()).isEqualTo(404);
    }

    @Test
    void aProjectGoesWithWhatNobodyAskedForAndStaysWithAnythingElse() {
        String project = admin("POST", "/v3/projects", "{\"project\":{\"name\":\"moving\"}}")
                .json()
                .at("/project/id")
                .asString();
        postgres.database().jdbi().useHandle(handle -> {
            handle.execute("insert into physical_network (name) values ('movingnet') on conflict do nothing");
            for (int vlan = 2900; vlan < 2902; vlan++) {
                handle.execute(
                        "insert into network (id, project_id, name, mtu, network_type, physical_network, segmentation_id)"
                                + " values (gen_random_uuid(), ?, 'n', 1500, 'vlan', 'movingnet', ?)",
                        project,
                        vlan);
            }
            handle.execute(
                    "insert into security_group (id, project_id, name) values (gen_random_uuid(), ?, 'default'),"
                            + " (gen_random_uuid(), ?, 'web')",
                    project,
                    project);
        });

        ApiClient.Answer refused = admin("DELETE", "/v3/projects/" + project, "");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text())
                .contains("Project moving (" + project + ") has 2 networks, 1 security group.", "project purge");
        assertThat(admin("GET", "/v3/projects/" + project, "").status()).isEqualTo(200);

        postgres.database().jdbi().useHandle(handle -> {
            handle.execute("delete from network where project_id = ?", project);
            handle.execute("delete from security_group where name = 'web'");
        });
        assertThat(admin("DELETE", "/v3/projects/" + project, "").status()).isEqualTo(204);
        assertThat(count("from security_group where project_id = '" + project + "'"))
                .isZero();
    }

    @Test
    void theKeyPairsOfAUserGoWithHim() {
        String user = admin("POST", "/v3/users", "{\"user\":{\"name\":\"leaver\",\"password\":\"x\"}}")
                .json()
                .at("/user/id")
                .asString();
        postgres.database()
                .jdbi()
                .useHandle(handle -> handle.execute(
                        "insert into keypair (user_id, name, fingerprint, public_key) values (?, 'k', 'f', 'p')",
                        user));
        assertThat(admin("DELETE", "/v3/users/" + user, "").status()).isEqualTo(204);
        assertThat(count("from keypair where user_id = '" + user + "'")).isZero();
    }

    private static long count(String fromWhere) {
        return postgres.database()
                .jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) " + fromWhere)
                        .mapTo(Long.class)
                        .one());
    }

    @Test
    void namesAreUniqueAndNotEmpty() {
        assertThat(admin("POST", "/v3/projects", "{\"project\":{\"name\":\"demo\"}}")
                        .status())
                .isEqualTo(409);
        assertThat(admin("POST", "/v3/users", "{\"user\":{\"name\":\"demo\",\"password\":\"x\"}}")
                        .status())
                .isEqualTo(409);
        assertThat(admin("POST", "/v3/projects", "{\"project\":{\"name\":\" \"}}")
                        .status())
                .isEqualTo(400);
        assertThat(admin("POST", "/v3/projects", "{\"project\":{\"name\":\"" + "x".repeat(65) + "\"}}")
                        .status())
                .isEqualTo(400);
        assertThat(admin("POST", "/v3/users", "{\"user\":{\"name\":\"ada\"}}").status())
                .isEqualTo(400);
    }

    @Test
    void aTokenIsRevokedByItsBearerAndByAdmins() {
        String own = token(passwordToken("demo", "secret-demo", ""));
        String another = token(passwordToken("demo", "secret-demo", ""));
        String admin = adminToken();

        assertThat(client.send("DELETE", TOKENS, Map.of("X-Auth-Token", another, "X-Subject-Token", admin))
                        .status())
                .isEqualTo(403);
        assertThat(client.send("DELETE", TOKENS, Map.of("X-Auth-Token", own, "X-Subject-Token", own))
                        .status())
                .isEqualTo(204);
        assertThat(client.send("GET", "/identity/v3/auth/projects", Map.of("X-Auth-Token", own))
                        .status())
                .isEqualTo(401);
        assertThat(client.send("GET", TOKENS, Map.of("X-Auth-Token", admin, "X-Subject-Token", own))
                        .status())
                .isEqualTo(404);
        assertThat(client.send("DELETE", TOKENS, Map.of("X-Auth-Token", admin, "X-Subject-Token", own))
                        .status())
                .isEqualTo(404);
        assertThat(client.send("DELETE", TOKENS, Map.of("X-Auth-Token", admin, "X-Subject-Token", another))
                        .status())
                .isEqualTo(204);
        assertThat(client.send("DELETE", TOKENS, Map.of("X-Auth-Token", admin)).status())
                .isEqualTo(404);
    }

    @Test
    void anyoneChangesTheirOwnPassword() {
        String user = admin("POST", "/v3/users", "{\"user\":{\"name\":\"mary\",\"password\":\"first\"}}")
                .json()
                .at("/user/id")
                .asString();
        String token = token(passwordToken("mary", "first", ""));
        String path = "/identity/v3/users/" + user + "/password";
        String change = "{\"user\":{\"original_password\":\"first\",\"password\":\"second\"}}";

        assertThat(client.send(
                                "POST",
                                path,
                                Map.of("X-Auth-Token", token),
                                "{\"user\":{\"original_password\":\"no\",\"password\":\"x\"}}")
                        .status())
                .isEqualTo(401);
        assertThat(client.send(
                                "POST",
                                path,
                                Map.of("X-Auth-Token", token),
                                "{\"user\":{\"original_password\":\"first\",\"password\":\"\"}}")
                        .status())
                .isEqualTo(400);
        assertThat(client.send("POST", path, Map.of(), change).status()).isEqualTo(204);
        assertThat(client.send("GET", "/identity/v3/auth/projects", Map.of("X-Auth-Token", token))
                        .status())
                .isEqualTo(401);
        assertThat(passwordToken("mary", "first", "").status()).isEqualTo(401);
        assertThat(passwordToken("mary", "second", "").status()).isEqualTo(201);
    }

    @Test
    void whatIsSaidOfAUserIsKept() {
        Answer made = admin(
                "POST",
                "/v3/users",
                "{\"user\":{\"name\":\"joan\",\"password\":\"x\",\"email\":\"joan@example.net\",\"description\":\"maps\","
                        + "\"domain_id\":\"default\",\"enabled\":true,\"options\":{}}}");
        String path = "/v3/users/" + made.json().at("/user/id").asString();

        assertThat(made.json().at("/user/email").asString()).isEqualTo("joan@example.net");
        assertThat(admin("PATCH", path, "{\"user\":{\"email\":null}}").status()).isEqualTo(200);
        JsonNode user = admin("GET", path, "").json().get("user");
        assertThat(user.has("email")).isFalse();
        assertThat(user.get("description").asString()).isEqualTo("maps");
    }

    @Test
    void whatIsSaidOfAProjectIsKeptAndFound() {
        Answer made = admin(
                "POST",
                "/v3/projects",
                "{\"project\":{\"name\":\"tagged\",\"tags\":[\"red\",\"blue\"],\"parent_id\":\"default\",\"is_domain\":false,"
                        + "\"options\":{}}}");

        assertThat(made.json().at("/project/tags").toString()).isEqualTo("[\"blue\",\"red\"]");
        assertThat(names(admin("GET", "/v3/projects?tags=red,blue", "").json().get("projects")))
                .containsExactly("tagged");
        assertThat(names(admin("GET", "/v3/projects?tags=red,green", "").json().get("projects")))
                .isEmpty();
        assertThat(names(admin("GET", "/v3/projects?tags-any=red,green", "")
                        .json()
                        .get("projects")))
                .containsExactly("tagged");
        assertThat(names(admin("GET", "/v3/projects?not-tags=red,green", "")
                        .json()
                        .get("projects")))
                .contains("tagged", "admin");
        assertThat(names(admin("GET", "/v3/projects?not-tags-any=red,green", "")
                        .json()
                        .get("projects")))
                .contains("admin")
                .doesNotContain("tagged");
        assertThat(admin(
                                "DELETE",
                                "/v3/projects/" + made.json().at("/project/id").asString(),
                                "")
                        .status())
                .isEqualTo(204);
    }

    @Test
    void whatWouldBeForgottenIsRefusedByName() {
        Map.of(
                        "nonsense", "1",
                        "options", "{\"multi_factor_auth_enabled\":true}",
                        "email", "7",
                        "enabled", "\"yes\"",
                        "password", "\"\"")
                .forEach((member, value) -> {
                    Answer answer = admin(
                            "PATCH",
                            "/v3/users/" + IdentityIds.next(),
                            "{\"user\":{\"" + member + "\":" + value + "}}");
                    assertThat(answer.status()).as(member).isEqualTo(400);
                    assertThat(answer.json().at("/error/message").asString()).contains("'" + member + "'");
                });
        Map.of("parent_id", "\"6163728b1cbe45f3a72fc2bb0cfab848\"", "color", "\"red\"", "tags", "[\"a,b\"]")
                .forEach((member, value) -> {
                    Answer answer = admin(
                            "POST",
                            "/v3/projects",
                            "{\"project\":{\"name\":\"never\",\"" + member + "\":" + value + "}}");
                    assertThat(answer.status()).as(member).isEqualTo(400);
                    assertThat(answer.json().at("/error/message").asString()).contains("'" + member + "'");
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v3/role_assignments?group.id=x",
                "/v3/role_assignments?scope.domain.id=default",
                "/v3/role_assignments?scope.OS-INHERIT:inherited_to=projects",
                "/v3/role_assignments?user.id=nobody",
                "/v3/endpoints?region=Nope",
                "/v3/endpoints?region_id=Nope",
                "/v3/regions?name=nonexistent",
                "/v3/regions?parent_region_id=RegionOne",
                "/v3/projects?parent_id=x",
                "/v3/projects?is_domain=true",
                "/v3/users?domain_id=x",
                "/v3/users?enabled=false&name=admin",
                "/v3/roles?domain_id=default"
            })
    void whatCannotBeIsAnEmptyList(String path) {
        JsonNode answer = admin("GET", path, "").json();

        assertThat(answer.get(path.substring(4, path.indexOf('?')))).isEmpty();
    }

    @Test
    void aRegionThatDoesNotExistIsNotFound() {
        assertThat(admin("GET", "/v3/regions/nonexistent", "").status()).isEqualTo(404);
    }

    @Test
    void effectiveAssignmentsShowImpliedRoles() {
        JsonNode assignments = admin(
                        "GET", "/v3/role_assignments?effective&include_names&role.id=" + roleId("reader"), "")
                .json()
                .get("role_assignments");

        assertThat(assignments
                        .valueStream()
                        .map(item -> item.at("/user/name").asString() + " in "
                                + item.at("/scope/project/name").asString()))
                .contains("admin in admin", "admin in demo", "demo in demo");
    }

    @Test
    void aSourceThatGuessesIsLockedOut() {
        for (int i = 0; i < PasswordChecks.LockOut.USUAL.failures(); i++) {
            assertThat(passwordToken("guessed", "guess" + i, "").status()).isEqualTo(401);
        }
        Answer answer = passwordToken("guessed", "once more", "");

        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.json().at("/error/title").asString()).isEqualTo("Too Many Requests");
        assertThat(passwordToken("admin", "secret-admin", "").status()).isEqualTo(201);
    }

    private String roleId(String name) {
        return admin("GET", "/v3/roles?name=" + name, "")
                .json()
                .at("/roles/0/id")
                .asString();
    }

    @Test
    void aSecondBootstrapChangesNothingAlsoFromTwoControllersAtOnce() throws InterruptedException {
        try (Database another = postgres.another()) {
            List<Thread> controllers = List.of(postgres.database(), another).stream()
                    .map(database -> Thread.startVirtualThread(
                            () -> new IdentityBootstrap(database, new Passwords(new SecureRandom()))
                                    .run("other-admin", "other-demo")))
                    .toList();
            for (Thread controller : controllers) {
                controller.join(Duration.ofSeconds(30));
            }
        }
        assertThat(passwordToken("admin", "secret-admin", project("admin")).status())
                .isEqualTo(201);
        assertThat(passwordToken("admin", "other-admin", project("admin")).status())
                .isEqualTo(401);
    }

    @Test
    void aBootstrapWithoutAPasswordIsRefused() {
        IdentityBootstrap bootstrap = new IdentityBootstrap(postgres.database(), new Passwords(new SecureRandom()));

        assertThatThrownBy(() -> bootstrap.run("", "demo")).hasMessage("a password is empty");
        assertThatThrownBy(() -> bootstrap.run("admin", "")).hasMessage("a password is empty");
    }

    @Test
    void listsAreCutIntoPagesThatFollowOneAnother() {
        String created = "";
        for (int i = 0; i < 5; i++) {
            created = admin("POST", "/v3/projects", "{\"project\":{\"name\":\"Page" + i + "\"}}")
                    .json()
                    .at("/project/id")
                    .asString();
        }
        List<String> seen = new java.util.ArrayList<>();
        String next = "/v3/projects?limit=2&name__startswith=Page";
        while (!next.isEmpty()) {
            JsonNode page = admin("GET", next, "").json();
            assertThat(page.at("/links/self").asString()).contains("limit=2");
            seen.addAll(names(page.get("projects")));
            String url = page.at("/links/next").asString("");
            next = url.isEmpty() ? "" : url.substring((client.base() + "/identity").length());
        }

        assertThat(seen).containsExactly("Page0", "Page1", "Page2", "Page3", "Page4");
        assertThat(names(admin("GET", "/v3/projects?sort_key=name&sort_dir=desc&limit=1&name__icontains=AGE", "")
                        .json()
                        .get("projects")))
                .containsExactly("Page4");
        assertThat(names(admin("GET", "/v3/projects?name__endswith=e3", "")
                        .json()
                        .get("projects")))
                .containsExactly("Page3");
        assertThat(admin("GET", "/v3/projects?marker=" + created + "&name=Page4", "")
                        .status())
                .isEqualTo(200);
        assertThat(admin("GET", "/v3/projects?marker=nothing", "").status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'auth': {'identity': IDENTITY, 'scopes': {}}",
                "'auth': {'identity': IDENTITY}, 'tenantName': 'admin'",
                "'auth': {'identity': IDENTITY, 'scope': {'projects': {}}}",
                "'auth': {'identity': IDENTITY, 'scope': {'project': {'id': 'x', 'domain_id': 'default'}}}",
                "'auth': {'identity': IDENTITY, 'scope': {'system': {'all': true, 'none': false}}}",
                "'auth': {'identity': IDENTITY, 'scope': {'unscoped': {'really': true}}}",
                "'auth': {'identity': IDENTITY, 'scope': {'domain': {'id': 'default', 'enabled': true}}}",
                "'auth': {'identity': {'methods': ['password'], 'password': {'user': USER, 'totp': {}}}}",
                "'auth': {'identity': {'methods': ['password'], 'password': {'user': USER}, 'token': {'id': 'x'}}}",
                "'auth': {'identity': {'methods': ['token'], 'token': {'id': 'x', 'expires': 1}}}",
                "'auth': {'identity': {'methods': ['password'], 'password': {'user': {'name': 'admin',"
                        + " 'domain': {'id': 'default'}, 'password': 'secret-admin', 'passcode': '1'}}}}"
            })
    void whatALogInWouldPassOverIsRefusedByName(String body) {
        String user = "{'name': 'admin', 'password': 'secret-admin', 'domain': {'id': 'default'}}";
        Answer answer = client.send(
                "POST",
                TOKENS,
                Map.of(),
                ("{" + body + "}")
                        .replace("IDENTITY", "{'methods': ['password'], 'password': {'user': USER}}")
                        .replace("USER", user)
                        .replace('\'', '"'));

        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.json().at("/error/message").asString())
                .containsPattern(
                        "'(scopes|tenantName|projects|domain_id|none|really|enabled|totp|token|expires|passcode)'");
    }

    @Test
    void whatStandsBesideAnIdInALogInMustBeTrueOfIt() {
        JsonNode admin = passwordToken("admin", "secret-admin", "").json().at("/token/user");
        String user = "{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{\"id\":\""
                + admin.get("id").asString() + "\",\"name\":\"%s\",\"password\":\"secret-admin\","
                + "\"domain\":{\"id\":\"%s\"}}}}}}";
        assertThat(client.send("POST", TOKENS, Map.of(), user.formatted("admin", "default"))
                        .status())
                .isEqualTo(201);
        assertThat(client.send("POST", TOKENS, Map.of(), user.formatted("demo", "default"))
                        .status())
                .isEqualTo(401);
        assertThat(client.send("POST", TOKENS, Map.of(), user.formatted("admin", "another"))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void aTokenIsForOneScope() {
        Answer answer = passwordToken(
                "admin", "secret-admin", ",\"scope\":{\"system\":{\"all\":true},\"domain\":{\"id\":\"default\"}}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().at("/error/message").asString()).contains("'scope'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v3/auth/tokens?colour=red",
                "/v3/auth/catalog?colour=red",
                "/v3/projects/x?parents_as_list=",
                "/v3/users/x?colour=red"
            })
    void whatARouteDoesNotKnowIsRefusedByName(String path) {
        Answer answer = admin("GET", path, "");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().at("/error/message").asString())
                .contains("'" + path.substring(path.indexOf('?') + 1, path.indexOf('=')) + "'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v3/users?colour=red",
                "/v3/projects?user_id=x",
                "/v3/roles?enabled=true",
                "/v3/role_assignments?user=x",
                "/v3/services?enabled=true",
                "/v3/endpoints?type=compute",
                "/v3/regions?colour=red",
                "/v3/domains?parent_id=x",
                "/v3/auth/projects?colour=red"
            })
    void whatAListDoesNotKnowIsRefusedByName(String path) {
        Answer answer = admin("GET", path, "");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().at("/error/message").asString())
                .contains("'" + path.substring(path.indexOf('?') + 1, path.indexOf('=')) + "'");
    }

    @Test
    void theCatalogsListsAreFiltered() {
        assertThat(names(admin("GET", "/v3/services?type=compute", "").json().get("services")))
                .containsExactly("nova");
        String nova = admin("GET", "/v3/services?name=nova", "")
                .json()
                .at("/services/0/id")
                .asString();
        JsonNode endpoints = admin("GET", "/v3/endpoints?interface=public&service_id=" + nova, "")
                .json()
                .get("endpoints");
        assertThat(endpoints).hasSize(1);
        assertThat(endpoints.get(0).get("url").asString()).isEqualTo(client.base() + "/compute/v2.1");
        String endpoint = endpoints.get(0).get("id").asString();
        assertThat(admin("GET", "/v3/endpoints/" + endpoint, "").status()).isEqualTo(200);
        assertThat(admin("GET", "/v3/services/" + endpoint, "").status()).isEqualTo(404);
        assertThat(names(admin("GET", "/v3/domains?name=Default&enabled=true", "")
                        .json()
                        .get("domains")))
                .containsExactly("Default");
        assertThat(admin("GET", "/v3/domains?enabled=false", "").json().get("domains"))
                .isEmpty();
        assertThat(admin("GET", "/v3/domains/x", "").status()).isEqualTo(404);
    }

    @Test
    void theFiveRolesAreThere() {
        assertThat(names(admin("GET", "/v3/roles", "").json().get("roles")))
                .containsExactly("admin", "manager", "member", "reader", "service");
    }

    @Test
    void aReaderOnTheSystemSeesTheCloudAndChangesNothing() {
        String user = newUser("sysread", "x");
        String grant = "/v3/system/users/" + user + "/roles/" + roleId("reader");
        assertThat(passwordToken("sysread", "x", SYSTEM).status()).isEqualTo(401);
        assertThat(admin("HEAD", grant, "").status()).isEqualTo(404);
        assertThat(admin("PUT", grant, "").status()).isEqualTo(204);
        assertThat(admin("HEAD", grant, "").status()).isEqualTo(204);
        assertThat(names(admin("GET", "/v3/system/users/" + user + "/roles", "")
                        .json()
                        .get("roles")))
                .containsExactly("reader");

        Answer logIn = passwordToken("sysread", "x", SYSTEM);
        String token = token(logIn);
        assertThat(logIn.json().at("/token/system/all").asBoolean()).isTrue();
        assertThat(logIn.json().get("token").has("project")).isFalse();
        assertThat(logIn.json().at("/token/catalog")).hasSize(4);
        for (String path : List.of(
                "/v3/users",
                "/v3/users/" + user,
                "/v3/projects",
                "/v3/roles",
                "/v3/role_assignments",
                "/v3/services")) {
            assertThat(with(token, "GET", path, "").status()).as(path).isEqualTo(200);
        }
        assertThat(with(token, "GET", "/v3/auth/system", "")
                        .json()
                        .at("/system/0/all")
                        .asBoolean())
                .isTrue();
        assertThat(with(token, "POST", "/v3/users", "{\"user\":{\"name\":\"no\",\"password\":\"x\"}}")
                        .status())
                .isEqualTo(403);
        JsonNode assignments = admin("GET", "/v3/role_assignments?scope.system=all&include_names", "")
                .json()
                .get("role_assignments");
        assertThat(assignments.valueStream().map(item -> item.at("/user/name").asString()))
                .contains("admin", "sysread");
        assertThat(assignments
                        .valueStream()
                        .map(item -> item.at("/scope/system/all").asBoolean()))
                .containsOnly(true);

        assertThat(admin("DELETE", grant, "").status()).isEqualTo(204);
        assertThat(with(token, "GET", "/v3/users", "").status()).isEqualTo(401);
    }

    @Test
    void aRoleInTheDomainBuysATokenForIt() {
        String user = newUser("domread", "x");
        String domain = ",\"scope\":{\"domain\":{\"name\":\"Default\"}}";
        assertThat(admin("PUT", "/v3/domains/x/users/" + user + "/roles/" + roleId("reader"), "")
                        .status())
                .isEqualTo(404);
        assertThat(admin("PUT", "/v3/domains/default/users/" + user + "/roles/" + roleId("reader"), "")
                        .status())
                .isEqualTo(204);

        Answer logIn = passwordToken("domread", "x", domain);
        assertThat(logIn.json().at("/token/domain/id").asString()).isEqualTo("default");
        assertThat(names(
                        with(token(logIn), "GET", "/v3/auth/domains", "").json().get("domains")))
                .containsExactly("Default");
        assertThat(with(token(logIn), "GET", "/v3/users", "").status()).isEqualTo(403);
        assertThat(admin("GET", "/v3/role_assignments?scope.domain.id=default", "")
                        .json()
                        .get("role_assignments"))
                .hasSize(1);
    }

    @Test
    void aServiceValidatesTokensOfOthers() {
        String user = newUser("barbican", "x");
        String demo = passwordToken("demo", "secret-demo", "")
                .json()
                .at("/token/project/id")
                .asString();
        admin("PUT", "/v3/projects/" + demo + "/users/" + user + "/roles/" + roleId("service"), "");
        Answer service = passwordToken("barbican", "x", project("demo"));

        assertThat(names(service.json().at("/token/roles"))).containsExactly("service");
        assertThat(client.send("GET", TOKENS, Map.of("X-Auth-Token", token(service), "X-Subject-Token", adminToken()))
                        .status())
                .isEqualTo(200);
        assertThat(client.send(
                                "DELETE",
                                TOKENS,
                                Map.of("X-Auth-Token", token(service), "X-Subject-Token", adminToken()))
                        .status())
                .isEqualTo(403);
    }

    @Test
    void usersSeeThemselvesAndTheirProjects() {
        Answer logIn = passwordToken("demo", "secret-demo", "");
        String token = token(logIn);
        String user = logIn.json().at("/token/user/id").asString();
        String project = logIn.json().at("/token/project/id").asString();
        String other = passwordToken("admin", "secret-admin", "")
                .json()
                .at("/token/user/id")
                .asString();

        assertThat(with(token, "GET", "/v3/users/" + user, "").status()).isEqualTo(200);
        assertThat(with(token, "GET", "/v3/users/" + other, "").status()).isEqualTo(403);
        assertThat(with(token, "GET", "/v3/users/" + user + "/projects", "").status())
                .isEqualTo(200);
        assertThat(with(token, "GET", "/v3/users/" + other + "/projects", "").status())
                .isEqualTo(403);
        assertThat(with(token, "GET", "/v3/projects/" + project, "").status()).isEqualTo(200);
        assertThat(with(token, "GET", "/v3/projects/" + IdentityIds.next(), "").status())
                .isEqualTo(403);
        assertThat(with(token, "PATCH", "/v3/projects/" + project, "{\"project\":{}}")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void tagsAreAddedAndRemovedOneByOneToo() {
        String project = "/v3/projects/"
                + admin("POST", "/v3/projects", "{\"project\":{\"name\":\"labelled\"}}")
                        .json()
                        .at("/project/id")
                        .asString();

        assertThat(admin("PUT", project + "/tags/red", "").status()).isEqualTo(201);
        assertThat(admin("PUT", project + "/tags/a%2Fb", "").status()).isEqualTo(400);
        assertThat(admin("HEAD", project + "/tags/red", "").status()).isEqualTo(204);
        assertThat(admin("GET", project + "/tags/blue", "").status()).isEqualTo(404);
        assertThat(admin("PUT", project + "/tags", "{\"tags\":[\"x\",\"y\"]}")
                        .json()
                        .get("tags")
                        .toString())
                .isEqualTo("[\"x\",\"y\"]");
        assertThat(admin("DELETE", project + "/tags/x", "").status()).isEqualTo(204);
        assertThat(admin("GET", project + "/tags", "").json().get("tags").toString())
                .isEqualTo("[\"y\"]");
        assertThat(admin("DELETE", project + "/tags", "").status()).isEqualTo(204);
        assertThat(admin("GET", project + "/tags", "").json().get("tags")).isEmpty();
        assertThat(admin("DELETE", project, "").status()).isEqualTo(204);
    }

    @Test
    void nobodysPasswordIsNotChangedAndLooksLikeAWrongOne() {
        Answer answer = client.send(
                "POST",
                "/identity/v3/users/" + IdentityIds.next() + "/password",
                Map.of(),
                "{\"user\":{\"original_password\":\"first\",\"password\":\"second\"}}");

        assertLike("wrong password", answer);
    }

    @Test
    void theApiDocumentsItself() {
        assertThat(client.send("GET", "/identity/openapi.json", Map.of())
                        .json()
                        .at("/info/title")
                        .asString())
                .contains("Identity API");
    }

    private String newUser(String name, String password) {
        return admin("POST", "/v3/users", "{\"user\":{\"name\":\"" + name + "\",\"password\":\"" + password + "\"}}")
                .json()
                .at("/user/id")
                .asString();
    }

    private Answer with(String token, String method, String path, String body) {
        return client.send(method, "/identity" + path, Map.of("X-Auth-Token", token), body);
    }

    private void assertLike(String name, Answer answer) {
        RecordedExchange recorded = RecordedExchange.of("identity", name);
        assertThat(answer.status()).isEqualTo(recorded.status());
        assertThat(answer.headers()).containsKeys(recorded.headers().keySet().toArray(String[]::new));
        assertThat(RecordedExchange.shapeOf(answer.json())).isEqualTo(recorded.shape());
    }

    private Answer admin(String method, String path, String body) {
        return client.send(method, "/identity" + path, Map.of("X-Auth-Token", adminToken()), body);
    }

    private String adminToken() {
        return token(passwordToken("admin", "secret-admin", project("admin")));
    }

    private Answer passwordToken(String user, String password, String scope) {
        return client.send("POST", TOKENS, Map.of(), body(user, password, scope));
    }

    private static String token(Answer answer) {
        assertThat(answer.status()).isEqualTo(201);
        return answer.header("X-Subject-Token");
    }

    private static String body(String user, String password, String scope) {
        return "{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{\"name\":\"" + user
                + "\",\"password\":\"" + password + "\",\"domain\":{\"name\":\"Default\"}}}}" + scope + "}}";
    }

    private static String project(String name) {
        return ",\"scope\":{\"project\":{\"name\":\"" + name + "\",\"domain\":{\"id\":\"default\"}}}";
    }

    private static List<String> names(JsonNode list) {
        return list.valueStream().map(item -> item.get("name").asString()).toList();
    }
}
