package org.sluice.controller.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sluice.controller.identity.assignment.Place;
import org.sluice.controller.identity.assignment.RoleAssignment;
import org.sluice.controller.identity.bootstrap.IdentityBootstrap;
import org.sluice.controller.identity.password.LogInSource;
import org.sluice.controller.identity.password.PasswordChecks;
import org.sluice.controller.identity.password.Passwords;
import org.sluice.controller.identity.project.Project;
import org.sluice.controller.identity.role.Role;
import org.sluice.controller.identity.token.Endings;
import org.sluice.controller.identity.token.Revocations;
import org.sluice.controller.identity.token.Token;
import org.sluice.controller.identity.token.Tokens;
import org.sluice.controller.identity.user.Account;
import org.sluice.controller.policy.Scope;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/** Changes of users, projects and roles, also of several at once. */
final class DirectoryTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static final LogInSource ASKER = new LogInSource("192.0.2.1", "tester");
    private static final int ROUNDS = 10;

    private final Passwords passwords = new Passwords(new SecureRandom());
    private final Tokens tokens =
            new Tokens(postgres.database(), InstantSource.system(), new SecureRandom(), Tokens.USUAL_LIFE);
    private final Directory directory = Directory.of(
            postgres.database(),
            tokens,
            new PasswordChecks(passwords, InstantSource.system(), PasswordChecks.LockOut.USUAL));
    private Account admin;
    private Project adminProject;
    private Project demoProject;
    private Role adminRole;

    @BeforeEach
    void anAdminWithOneRole() {
        Jdbi jdbi = postgres.database().jdbi();
        jdbi.useHandle(handle -> handle.execute("truncate account, project, role cascade"));
        new IdentityBootstrap(postgres.database(), passwords).run("secret", "secret");
        admin = directory.accountNamed("admin");
        adminProject = directory.projectNamed("admin");
        demoProject = directory.projectNamed("demo");
        adminRole = directory.roleNamed("admin");
        directory.assignments().unassign(new RoleAssignment(admin.id(), new Place.OfCloud(), adminRole.id()));
        directory.assignments().unassign(new RoleAssignment(admin.id(), demoProject.id(), adminRole.id()));
    }

    /** A way to be without any admin. */
    interface Removal {
        void by(DirectoryTest test);
    }

    static List<Removal> removalsOfTheUser() {
        return List.of(
                test -> test.directory.users().delete(test.admin.id()),
                test -> test.update(test.admin, Map.of("enabled", false)),
                test -> test.directory
                        .assignments()
                        .unassign(new RoleAssignment(test.admin.id(), test.adminProject.id(), test.adminRole.id())));
    }

    static List<Removal> removalsOfTheProject() {
        return List.of(
                test -> test.update(test.adminProject, Map.of("enabled", false)),
                test -> test.update(test.adminProject, Map.of("name", "operators")),
                test -> test.directory.projects().delete(test.adminProject.id()));
    }

    static List<Removal> removals() {
        return Stream.concat(removalsOfTheUser().stream(), removalsOfTheProject().stream())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("removals")
    void theLastAdminStays(Removal removal) {
        assertStays(removal);
    }

    /** openrc and the commands of sluice log in to the project admin; nobody is helped who has the role elsewhere. */
    @ParameterizedTest
    @MethodSource("removals")
    void theLastAdminOfTheProjectOfOpenrcStaysThoughThereAreOthersElsewhere(Removal removal) {
        directory.assignments().assign(new RoleAssignment(admin.id(), new Place.OfCloud(), adminRole.id()));
        directory.assignments().assign(new RoleAssignment(admin.id(), demoProject.id(), adminRole.id()));
        directory.assignments().assign(new RoleAssignment(user("second").id(), demoProject.id(), adminRole.id()));

        assertStays(removal);
    }

    private void assertStays(Removal removal) {
        assertThatThrownBy(() -> removal.by(this)).isInstanceOfSatisfying(ProblemException.class, refusal -> {
            assertThat(refusal.problem().kind()).isEqualTo(Problem.Kind.CONFLICT);
            assertThat(refusal.problem().text())
                    .contains("the role admin in the project admin, to which openrc")
                    .contains("Give another user the role admin there first");
        });
        assertThat(directory.reach()).isEqualTo(Endings.Reach.PROJECT_ADMIN);
        assertThat(tokens.revocations().isRevoked(tokenOf(admin))).isFalse();
    }

    @ParameterizedTest
    @MethodSource("removalsOfTheUser")
    void oneOfTwoAdminsMayGo(Removal removal) {
        Account second = user("second");
        directory.assignments().assign(new RoleAssignment(second.id(), adminProject.id(), adminRole.id()));

        removal.by(this);

        assertThat(directory.reach()).isEqualTo(Endings.Reach.PROJECT_ADMIN);
    }

    @Test
    void whereTheProjectAdminIsLostAlreadyTheLastOneOfAnotherProjectStays() {
        directory.assignments().assign(new RoleAssignment(admin.id(), demoProject.id(), adminRole.id()));
        directory.assignments().assign(new RoleAssignment(admin.id(), new Place.OfCloud(), adminRole.id()));
        postgres.database()
                .jdbi()
                .useHandle(handle -> handle.execute("update project set enabled = false where name = 'admin'"));

        assertConflict(() -> update(demoProject, Map.of("enabled", false)));
        assertThat(directory.reach()).isEqualTo(Endings.Reach.SOME_PROJECT);
        // What takes nothing away is no matter of who is left.
        update(demoProject, Map.of("name", "test"));
    }

    @Test
    void ofTwoAdminsWhoRemoveEachOtherOneStays() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Account one = user("one" + round);
            Account other = user("other" + round);
            directory.assignments().assign(new RoleAssignment(one.id(), adminProject.id(), adminRole.id()));
            directory.assignments().assign(new RoleAssignment(other.id(), adminProject.id(), adminRole.id()));
            if (round == 0) {
                directory.users().delete(admin.id());
            }
            List<Boolean> done = atOnce(List.of(
                    succeeds(() -> update(one, Map.of("enabled", false))),
                    succeeds(() -> directory.users().delete(other.id()))));

            assertThat(directory.reach()).isEqualTo(Endings.Reach.PROJECT_ADMIN);
            if (round == 0) {
                assertThat(done).containsExactlyInAnyOrder(true, false);
            }
        }
    }

    @Test
    void changesOfOneUserAtOnceLoseNothing() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Account user = user("user" + round);
            List<Boolean> done = atOnce(List.of(
                    succeeds(() -> update(user, Map.of("enabled", false))),
                    succeeds(() -> update(user, Map.of("email", "grace@example.net"))),
                    succeeds(() -> update(user, Map.of("description", "compilers"))),
                    succeeds(() -> update(user, Map.of("password", "cobol")))));
            Account after = directory.account(user.id());

            assertThat(done).containsOnly(true);
            assertThat(after.enabled()).isFalse();
            assertThat(after.email()).contains("grace@example.net");
            assertThat(after.description()).contains("compilers");
            assertThat(passwords.matches("cobol", after.passwordHash())).isTrue();
        }
    }

    @Test
    void changesOfOneProjectAtOnceLoseNothing() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Project project = directory.projects().create(Directory.project(Map.of("name", "project" + round)));
            atOnce(List.of(
                    succeeds(() -> update(project, Map.of("enabled", false))),
                    succeeds(() -> update(project, Map.of("description", "racks"))),
                    succeeds(() -> update(project, Map.of("tags", List.of("b", "a"))))));
            Project after = directory.project(project.id());
            assertThat(after).isEqualTo(new Project(project.id(), project.name(), "racks", false, List.of("a", "b")));
        }
    }

    @Test
    void ofSeveralWhoTakeOneNameOneGetsIt() throws Exception {
        List<Callable<Boolean>> renames = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Account user = user("before" + i);
            renames.add(succeeds(() -> update(user, Map.of("name", "wanted"))));
        }
        Project project = directory.projects().create(Directory.project(Map.of("name", "lab")));

        assertThat(atOnce(renames)).containsExactlyInAnyOrder(true, false, false, false);
        assertConflict(() -> update(project, Map.of("name", "demo")));
    }

    @Test
    void aHashOfBcryptIsReplacedWithoutEndingTokens() {
        Account user = user("old");
        Token token = tokenOf(user);
        directory.users().rehash(user, "grace", ASKER);

        String hash = directory.account(user.id()).passwordHash();
        assertThat(hash).isNotEqualTo(user.passwordHash());
        assertThat(passwords.matches("grace", hash)).isTrue();
        assertThat(tokens.revocations().isRevoked(token)).isFalse();
    }

    private Token tokenOf(Account account) {
        long mark = postgres.database().jdbi().withHandle(Revocations::mark);
        return tokens.issue(
                        account.id(),
                        account.name(),
                        new Scope.Project(adminProject.id(), "admin"),
                        java.util.Set.of("admin"),
                        List.of("password"),
                        mark)
                .token();
    }

    private Account user(String name) {
        return directory.users().create(Directory.user(Map.of("name", name, "password", "grace")), ASKER);
    }

    private void update(Account user, Map<String, Object> change) {
        directory.users().update(user.id(), Directory.user(change), ASKER);
    }

    private void update(Project project, Map<String, Object> change) {
        directory.projects().update(project.id(), Directory.project(change));
    }

    private static void assertConflict(ThrowingCallable act) {
        assertThatThrownBy(act)
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        refusal -> assertThat(refusal.problem().kind()).isEqualTo(Problem.Kind.CONFLICT));
    }

    /** Whether it was done, and not refused as a conflict; any other failure is one of the test. */
    private static Callable<Boolean> succeeds(Runnable act) {
        return () -> {
            try {
                act.run();
                return true;
            } catch (ProblemException refusal) {
                assertThat(refusal.problem().kind()).isEqualTo(Problem.Kind.CONFLICT);
                return false;
            }
        };
    }

    private static List<Boolean> atOnce(List<Callable<Boolean>> acts) throws Exception {
        List<Boolean> done = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> act : threads.invokeAll(acts)) {
                done.add(act.get());
            }
        }
        return done;
    }
}
