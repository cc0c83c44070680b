package org.sluice.controller.identity.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sluice.controller.identity.Directory;
import org.sluice.controller.identity.SettableClock;
import org.sluice.controller.identity.assignment.RoleAssignment;
import org.sluice.controller.identity.bootstrap.IdentityBootstrap;
import org.sluice.controller.identity.login.AuthRequest;
import org.sluice.controller.identity.login.Authentication;
import org.sluice.controller.identity.password.LogInSource;
import org.sluice.controller.identity.password.PasswordChecks;
import org.sluice.controller.identity.password.Passwords;
import org.sluice.controller.identity.project.Project;
import org.sluice.controller.identity.role.Role;
import org.sluice.controller.identity.user.Account;
import org.sluice.controller.identity.wire.IdentityIds;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/** What ends a token before its time, seen from the controller that did it and from another one. */
final class RevocationsTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static final LogInSource ASKER = new LogInSource("192.0.2.1", "tester");
    private static final Duration WITHIN = Duration.ofSeconds(5);

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-22T19:40:00Z"));
    private Controller here;
    private Controller there;
    private Account user;
    private Project project;
    private Role member;

    /** One of several on one database. */
    private record Controller(
            Database database, ChangeFeed feed, Tokens tokens, Directory directory, Authentication authentication)
            implements AutoCloseable {
        @Override
        public void close() {
            tokens.close();
            feed.close();
            database.close();
        }
    }

    @BeforeEach
    void twoControllersAndAUser() {
        new IdentityBootstrap(postgres.database(), new Passwords(new SecureRandom())).run("secret", "secret");
        here = controller();
        there = controller();
        String name = "user-" + IdentityIds.next();
        user = here.directory().users().create(Directory.user(Map.of("name", name, "password", "old")), ASKER);
        project = here.directory().projects().create(Directory.project(Map.of("name", "p-" + name.substring(0, 20))));
        member = here.directory().roleNamed("member");
        here.directory().assignments().assign(assignment());
    }

    @AfterEach
    void stop() {
        here.close();
        there.close();
    }

    /** What is done to a user or project, and by whom it shall be noticed. */
    record Ending(String name, Consumer<RevocationsTest> act) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Ending> endings() {
        return List.of(
                new Ending("user disabled", test -> test.updateUser(Map.of("enabled", false))),
                new Ending("user deleted", test -> test.here.directory().users().delete(test.user.id())),
                new Ending("password set by an admin", test -> test.updateUser(Map.of("password", "new"))),
                new Ending(
                        "own password changed",
                        test -> test.here.directory().users().changePassword(test.user.id(), "old", "new", ASKER)),
                new Ending(
                        "project disabled",
                        test -> test.here
                                .directory()
                                .projects()
                                .update(test.project.id(), Directory.project(Map.of("enabled", false)))),
                new Ending(
                        "project deleted",
                        test -> test.here.directory().projects().delete(test.project.id())),
                new Ending(
                        "role taken away",
                        test -> test.here.directory().assignments().unassign(test.assignment())));
    }

    @ParameterizedTest
    @MethodSource("endings")
    void aTokenDiesHereAtOnceAndElsewhereWithinSeconds(Ending ending) {
        String token = logIn(here, "old").text();
        there.tokens().verify(token);

        ending.act().accept(this);

        assertDead(here.tokens(), token);
        await().atMost(WITHIN).untilAsserted(() -> assertDead(there.tokens(), token));
        // A controller that starts later knows it as well.
        assertDead(new Tokens(postgres.database(), clock, new SecureRandom(), Tokens.USUAL_LIFE), token);
    }

    @Test
    void whatIsNotConcernedLives() {
        Project other = here.directory().projects().create(Directory.project(Map.of("name", IdentityIds.next())));
        here.directory().assignments().assign(new RoleAssignment(user.id(), other.id(), member.id()));
        String inOther = logIn(here, "old", other).text();
        String admin = here.authentication()
                .grant(password("admin", "secret", new AuthRequest.Wanted.Unsaid()), loopback())
                .issued()
                .text();

        here.directory().assignments().unassign(assignment());
        here.directory().projects().update(project.id(), Directory.project(Map.of("enabled", false)));
        updateUser(Map.of("email", "grace@example.net", "enabled", true));

        assertThat(here.tokens().verify(inOther).projectId()).isEqualTo(other.id());
        assertThat(here.tokens().verify(admin).roles()).contains("admin");
    }

    @Test
    void aTokenIssuedInTheSameSecondAfterTheChangeLives() {
        updateUser(Map.of("password", "new"));
        String token = logIn(here, "new").text();

        assertThatCode(() -> here.tokens().verify(token)).doesNotThrowAnyException();
        there.tokens().revocations().refresh();
        assertThatCode(() -> there.tokens().verify(token)).doesNotThrowAnyException();
    }

    @Test
    void aRoleThatIsGivenAgainIsInTheNextTokenAlsoOfAnUnscopedOne() {
        Tokens.Issued unscoped = here.authentication()
                .grant(password(user.name(), "old", new AuthRequest.Wanted.Unscoped()), loopback())
                .issued();
        here.directory().assignments().unassign(assignment());
        here.directory().assignments().assign(assignment());

        String scoped = byToken(here, unscoped.text()).text();

        assertThat(here.tokens().verify(scoped).projectId()).isEqualTo(project.id());
    }

    @Test
    void aTokenBoughtWithATokenDiesOfWhatEndsTheProofBehindIt() {
        String child = byToken(here, logIn(here, "old").text()).text();
        updateUser(Map.of("password", "new"));

        assertDead(here.tokens(), child);
    }

    @Test
    void aDeadTokenBuysNothingAlsoWhereItsEndIsNotKnownYet() {
        Controller deaf = controllerThatFollowsNothing();
        String token = logIn(here, "old").text();
        deaf.tokens().verify(token);
        here.directory().endings().revoke(here.tokens().read(token));

        assertThatThrownBy(() -> byToken(deaf, token)).isInstanceOf(ProblemException.class);
        deaf.close();
    }

    @Test
    void oneTokenIsRevokedAndNoOther() {
        Tokens.Issued first = logIn(here, "old");
        Tokens.Issued second = logIn(here, "old");
        here.directory().endings().revoke(first.token());

        assertDead(here.tokens(), first.text());
        await().atMost(WITHIN).untilAsserted(() -> assertDead(there.tokens(), first.text()));
        assertThat(there.tokens().verify(second.text()).userId()).isEqualTo(user.id());
    }

    @Test
    void whoRevokesWithoutEndIsRememberedOnce() {
        Tokens.Issued lives = logIn(here, "old");
        for (int i = 0; i <= Revocations.TOKENS_OF_ONE_ACCOUNT; i++) {
            revokeOneLike(lives.token(), i);
        }

        assertThat(rows(" where account_id = '" + user.id() + "'")).isEqualTo(1);
        here.tokens().revocations().refresh();
        assertDead(here.tokens(), lives.text());
    }

    @Test
    void whoRevokesAsManyOneAfterTheOtherKeepsTheOthers() {
        for (int i = 0; i <= Revocations.TOKENS_OF_ONE_ACCOUNT; i++) {
            revokeOneLike(logIn(here, "old").token(), i);
            clock.advance(Duration.ofSeconds(20));
        }
        here.tokens().revocations().refresh();

        assertThat(rows(" where account_id = '" + user.id() + "' and audit_id = ''"))
                .isZero();
        assertThat(here.tokens().verify(logIn(here, "old").text()).userId()).isEqualTo(user.id());
    }

    private void revokeOneLike(Token token, int number) {
        Token another = new Token(
                token.userId(),
                token.userName(),
                token.scope(),
                token.roles(),
                token.methods(),
                List.of("audit" + number),
                token.issuedAt(),
                token.expiresAt(),
                token.marks());
        postgres.database()
                .jdbi()
                .useTransaction(
                        handle -> here.tokens().revocations().revoke(handle, Revocations.begin(handle), another));
    }

    @Test
    void whatNoTokenCanHaveOutlivedIsForgotten() {
        here.directory().endings().revoke(logIn(here, "old").token());
        assertThat(here.tokens().revocations().size()).isPositive();
        clock.advance(Tokens.USUAL_LIFE.plusMinutes(11));

        here.tokens().revocations().refresh();
        here.tokens().revocations().deleteExpired();

        assertThat(here.tokens().revocations().size()).isZero();
        assertThat(rows("")).isZero();
    }

    @Test
    void aDatabaseRestoredToYesterdayIsReadAnew() {
        updateUser(Map.of("password", "new"));
        Controller late = controllerThatFollowsNothing();
        String token = logIn(late, "new").text();
        postgres.database().jdbi().useHandle(handle -> handle.execute("update revocation_clock set now = 1"));
        late.tokens().revocations().refresh();
        updateUser(Map.of("enabled", false));

        late.tokens().revocations().refresh();
        assertDead(late.tokens(), token);
        late.close();
    }

    @Test
    void verifyingReadsNoDatabase() {
        Controller mute = controllerThatFollowsNothing();
        String token = logIn(here, "old").text();
        mute.tokens().verify(token);
        String next = logIn(here, "old").text();
        mute.close();

        assertThat(mute.tokens().verify(next).userId()).isEqualTo(user.id());
        assertThat(mute.tokens().verify(token).userId()).isEqualTo(user.id());
    }

    private static int rows(String where) {
        return postgres.database()
                .jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from revocation" + where)
                        .mapTo(Integer.class)
                        .one());
    }

    private void updateUser(Map<String, Object> change) {
        here.directory().users().update(user.id(), Directory.user(change), ASKER);
    }

    private RoleAssignment assignment() {
        return new RoleAssignment(user.id(), project.id(), member.id());
    }

    private Tokens.Issued logIn(Controller controller, String password) {
        return logIn(controller, password, project);
    }

    private Tokens.Issued logIn(Controller controller, String password, Project scope) {
        return controller
                .authentication()
                .grant(password(user.name(), password, scope(scope)), loopback())
                .issued();
    }

    private Tokens.Issued byToken(Controller controller, String token) {
        return controller
                .authentication()
                .grant(new AuthRequest(new AuthRequest.Proof.ByToken(token), scope(project)), loopback())
                .issued();
    }

    private static AuthRequest.Wanted scope(Project project) {
        return new AuthRequest.Wanted.ToProject(new AuthRequest.Reference.ById(project.id()));
    }

    private static AuthRequest password(String user, String password, AuthRequest.Wanted scope) {
        return new AuthRequest(
                new AuthRequest.Proof.ByPassword(new AuthRequest.Reference.ByName(user, true), password), scope);
    }

    private static InetAddress loopback() {
        return InetAddress.getLoopbackAddress();
    }

    private Controller controller() {
        Database database = postgres.another();
        ChangeFeed feed = new ChangeFeed(database);
        return with(database, feed, Tokens.following(database, feed, clock, new SecureRandom(), Tokens.USUAL_LIFE));
    }

    private Controller controllerThatFollowsNothing() {
        Database database = postgres.another();
        return with(
                database, new ChangeFeed(database), new Tokens(database, clock, new SecureRandom(), Tokens.USUAL_LIFE));
    }

    private Controller with(Database database, ChangeFeed feed, Tokens tokens) {
        PasswordChecks checks =
                new PasswordChecks(new Passwords(new SecureRandom()), clock, PasswordChecks.LockOut.USUAL);
        Directory directory = Directory.of(database, tokens, checks);
        return new Controller(
                database, feed, tokens, directory, new Authentication(database, tokens, checks, directory.users()));
    }

    private static void assertDead(Tokens tokens, String token) {
        assertThatThrownBy(() -> tokens.verify(token))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        refusal -> assertThat(refusal.problem().kind()).isEqualTo(Problem.Kind.UNAUTHENTICATED));
    }
}
