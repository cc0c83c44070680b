package org.sluice.controller.identity.password;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.sluice.controller.identity.SettableClock;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/** Who may have a password checked, and when. */
final class PasswordChecksTest {
    private static final LogInSource STRANGER = new LogInSource("198.51.100.7", "admin");
    private static final LogInSource ADMIN = new LogInSource("192.0.2.1", "admin");

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-22T19:40:00Z"));
    private final Passwords passwords = new Passwords(new SecureRandom());
    private final PasswordChecks checks = new PasswordChecks(passwords, clock, PasswordChecks.LockOut.USUAL);
    private final Optional<String> hash = Optional.of(passwords.hash("right"));

    @Test
    void tenWrongPasswordsLockOutTheirSourceAndNobodyElse() {
        fail(STRANGER, PasswordChecks.LockOut.USUAL.failures());

        assertLockedOut(STRANGER, "right");
        assertLockedOut(STRANGER, "wrong");
        assertThat(checks.matches(ADMIN, "right", hash)).isTrue();
        assertThat(checks.matches(new LogInSource(STRANGER.network(), "demo"), "right", hash))
                .isTrue();
    }

    @Test
    void aPasswordThatIsRememberedDoesNotTellItselfToWhoIsLockedOut() {
        assertThat(checks.matches(ADMIN, "right", hash)).isTrue();
        fail(STRANGER, PasswordChecks.LockOut.USUAL.failures());

        assertLockedOut(STRANGER, "right");
    }

    @Test
    void aLockOutIsOverAfterItsTime() {
        fail(STRANGER, PasswordChecks.LockOut.USUAL.failures());
        clock.advance(PasswordChecks.LockOut.USUAL.window());

        assertThat(checks.matches(STRANGER, "right", hash)).isTrue();
    }

    @Test
    void whenSomebodyIsLockedOutCanBeSaid() {
        PasswordChecks strict =
                new PasswordChecks(passwords, clock, new PasswordChecks.LockOut(1, Duration.ofSeconds(90)));
        assertThat(strict.matches(STRANGER, "wrong", hash)).isFalse();

        assertThatThrownBy(() -> strict.matches(STRANGER, "right", hash))
                .hasMessageContaining("1 wrong password for this user")
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        refusal -> assertThat(refusal.problem().retryAfter()).contains(Duration.ofSeconds(90)));
        clock.advance(Duration.ofSeconds(90));
        assertThat(strict.matches(STRANGER, "right", hash)).isTrue();
    }

    @Test
    void theRightPasswordForgivesTheWrongOnes() {
        fail(STRANGER, PasswordChecks.LockOut.USUAL.failures() - 1);
        assertThat(checks.matches(STRANGER, "right", hash)).isTrue();
        fail(STRANGER, PasswordChecks.LockOut.USUAL.failures() - 1);

        assertThat(checks.matches(STRANGER, "right", hash)).isTrue();
    }

    @Test
    void aUserThatDoesNotExistIsLockedOutLikeOneThatDoes() {
        for (int i = 0; i < PasswordChecks.LockOut.USUAL.failures(); i++) {
            assertThat(checks.matches(STRANGER, "wrong", Optional.empty())).isFalse();
        }
        assertThatThrownBy(() -> checks.matches(STRANGER, "wrong", Optional.empty()))
                .isInstanceOf(ProblemException.class);
    }

    @Test
    void allAddressesOfOneIpv6NetworkAreOneSource() throws UnknownHostException {
        assertThat(LogInSource.of(InetAddress.getByName("2001:db8:1:2::1"), "admin"))
                .isEqualTo(LogInSource.of(InetAddress.getByName("2001:db8:1:2:ffff::9"), "admin"))
                .isNotEqualTo(LogInSource.of(InetAddress.getByName("2001:db8:1:3::1"), "admin"));
        assertThat(LogInSource.of(InetAddress.getByName("192.0.2.1"), "admin"))
                .isNotEqualTo(LogInSource.of(InetAddress.getByName("192.0.2.2"), "admin"));
    }

    @Test
    void aCrowdLetsTheNextOneInAfterOneOfItsOwn() throws InterruptedException {
        FairGate gate = new FairGate(1, new FairGate.Bounds(16, 64, 512), Duration.ofMinutes(1));
        CountDownLatch open = new CountDownLatch(1);
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        threads.add(start(gate, new LogInSource("a", "first"), () -> standAt(open)));
        await().until(() -> running(threads.getFirst()));
        for (int i = 0; i < 10; i++) {
            threads.add(waiting(gate, new LogInSource("a", "admin"), () -> order.add("crowd"), i + 1));
        }
        threads.add(waiting(gate, new LogInSource("a", "grace"), () -> order.add("neighbour"), 11));
        threads.add(waiting(gate, new LogInSource("b", "admin"), () -> order.add("elsewhere"), 12));
        open.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(order).hasSize(12);
        assertThat(order.subList(0, 4)).contains("neighbour", "elsewhere");
        assertThat(gate.waiting()).isZero();
    }

    @Test
    void moreThanMayWaitAreTurnedAway() throws InterruptedException {
        FairGate gate = new FairGate(1, new FairGate.Bounds(1, 2, 3), Duration.ofMinutes(1));
        CountDownLatch open = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        threads.add(start(gate, new LogInSource("a", "first"), () -> standAt(open)));
        await().until(() -> running(threads.getFirst()));
        threads.add(waiting(gate, new LogInSource("a", "admin"), () -> {}, 1));
        assertThat(gate.run(new LogInSource("a", "admin"), () -> 1)).isEmpty();
        threads.add(waiting(gate, new LogInSource("a", "demo"), () -> {}, 2));
        assertThat(gate.run(new LogInSource("a", "grace"), () -> 1)).isEmpty();
        threads.add(waiting(gate, new LogInSource("b", "admin"), () -> {}, 3));
        assertThat(gate.run(new LogInSource("c", "admin"), () -> 1)).isEmpty();
        open.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(gate.run(new LogInSource("c", "admin"), () -> 1)).contains(1);
    }

    @Test
    void whoHasNoPatienceLeavesNothingBehind() throws InterruptedException {
        FairGate gate = new FairGate(1, new FairGate.Bounds(16, 64, 512), Duration.ofMillis(20));
        CountDownLatch open = new CountDownLatch(1);
        Thread first = start(gate, new LogInSource("a", "first"), () -> standAt(open));
        await().until(() -> running(first));

        assertThat(gate.run(new LogInSource("a", "admin"), () -> 1)).isEmpty();
        assertThat(gate.waiting()).isZero();
        open.countDown();
        first.join();
        assertThat(gate.run(new LogInSource("a", "admin"), () -> 1)).contains(1);
    }

    @Test
    void aFullGateIsToldAsTooManyRequests() throws InterruptedException {
        FairGate gate = new FairGate(1, new FairGate.Bounds(0, 0, 0), Duration.ofMinutes(1));
        PasswordChecks full = new PasswordChecks(passwords, clock, PasswordChecks.LockOut.USUAL, gate);
        CountDownLatch open = new CountDownLatch(1);
        Thread first = start(gate, new LogInSource("a", "first"), () -> standAt(open));
        await().until(() -> running(first));

        assertThatThrownBy(() -> full.matches(ADMIN, "right", hash))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        refusal -> assertThat(refusal.problem().kind()).isEqualTo(Problem.Kind.TOO_MANY_REQUESTS));
        open.countDown();
        first.join();
    }

    private void fail(LogInSource source, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(checks.matches(source, "wrong", hash)).isFalse();
        }
    }

    private void assertLockedOut(LogInSource source, String password) {
        assertThatThrownBy(() -> checks.matches(source, password, hash))
                .isInstanceOfSatisfying(ProblemException.class, refusal -> {
                    assertThat(refusal.problem().kind()).isEqualTo(Problem.Kind.TOO_MANY_REQUESTS);
                    assertThat(refusal.problem().code()).isEqualTo("LockedOut");
                    assertThat(refusal.problem().retryAfter()).contains(PasswordChecks.LockOut.USUAL.window());
                });
    }

    private static Thread start(FairGate gate, LogInSource source, Runnable work) {
        return Thread.startVirtualThread(() -> gate.run(source, () -> {
            work.run();
            return source;
        }));
    }

    private static Thread waiting(FairGate gate, LogInSource source, Runnable work, int expected) {
        Thread thread = start(gate, source, work);
        await().until(() -> gate.waiting() == expected);
        return thread;
    }

    /** Whether it stands at the latch inside the gate. */
    private static boolean running(Thread thread) {
        return thread.getState() == Thread.State.WAITING;
    }

    private static void standAt(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
