package org.sluice.controller.identity.password;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * The door before {@link Passwords}: bounds how many are computed at once, lets those who wait take turns, and locks out who
 * guesses. See docs/decisions/0015-tokens-that-die.md. Thread-safe.
 */
public final class PasswordChecks {
    /**
     * When somebody is locked out.
     *
     * @param failures wrong passwords for one user from one network within the window, at least 1
     * @param window counted from the first wrong password; also how long, at most, somebody is locked out
     */
    public record LockOut(int failures, Duration window) {
        /** Ten in five minutes. */
        public static final LockOut USUAL = new LockOut(10, Duration.ofMinutes(5));

        public LockOut {
            if (failures < 1 || !window.isPositive()) {
                throw new IllegalArgumentException("nobody can be locked out after " + failures + " in " + window);
            }
        }
    }

    /** Of lock-outs; the oldest are forgotten first. */
    private static final int REMEMBERED = 50_000;

    /** After this some of those who wait have had their turn. */
    private static final Duration TURN = Duration.ofSeconds(1);

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final FairGate.Bounds BOUNDS = new FairGate.Bounds(16, 64, 512);

    /** Guessing passwords must take neither every core from callers who have a token, nor more than a quarter of the heap. */
    private static final int AT_ONCE = Math.clamp(
            Runtime.getRuntime().maxMemory() / 4 / Passwords.MEMORY_BYTES,
            1,
            Math.max(1, Runtime.getRuntime().availableProcessors() / 2));

    private final Passwords passwords;
    private final InstantSource clock;
    private final LockOut lockOut;
    private final FairGate gate;
    private final Cache<LogInSource, Failures> failures =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    /** Wrong passwords since the first of the window. */
    private record Failures(int count, Instant since) {}

    /** Computes with those passwords. */
    public PasswordChecks(Passwords passwords, InstantSource clock, LockOut lockOut) {
        this(passwords, clock, lockOut, new FairGate(AT_ONCE, BOUNDS, PATIENCE));
    }

    PasswordChecks(Passwords passwords, InstantSource clock, LockOut lockOut, FairGate gate) {
        this.passwords = requireNonNull(passwords, "passwords is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.lockOut = requireNonNull(lockOut, "lockOut is null");
        this.gate = requireNonNull(gate, "gate is null");
    }

    /**
     * Whether the password fits the hash; without a hash, because there is no such user, it takes as long and is false.
     *
     * @throws ProblemException 429 when the source is locked out, or too many wait already
     */
    public boolean matches(LogInSource source, String password, Optional<String> hash) {
        requireNotLockedOut(source);
        String compared = hash.orElseGet(passwords::nobodysHash);
        if (!passwords.remembers(password, compared)
                && !inTurn(source, () -> {
                    // Many may have come with one password, and while this one waited their first was found right or
                    // wrong.
                    requireNotLockedOut(source);
                    boolean right = passwords.matches(password, compared);
                    if (!right) {
                        count(source);
                    }
                    return right;
                })) {
            return false;
        }
        failures.invalidate(source);
        return hash.isPresent();
    }

    /** The text to store for a new password; errors as {@link #matches}. */
    public String hash(LogInSource source, String password) {
        return inTurn(source, () -> passwords.hash(password));
    }

    /** Whether the hash should be replaced now that its password is known. */
    public boolean isOutdated(String hash) {
        return passwords.isOutdated(hash);
    }

    private <T> T inTurn(LogInSource source, Supplier<T> work) {
        return gate.run(source, work)
                .orElseThrow(() -> new Problem(
                                Problem.Kind.TOO_MANY_REQUESTS,
                                "TooManyLogIns",
                                "Too many passwords are waiting to be checked.",
                                Optional.of("Try again in a moment."))
                        .retryAfter(TURN)
                        .asException());
    }

    private void requireNotLockedOut(LogInSource source) {
        Failures known = failures.getIfPresent(source);
        if (known != null && known.count() >= lockOut.failures() && !isOver(known)) {
            Duration left = Duration.between(clock.instant(), known.since().plus(lockOut.window()));
            throw new Problem(
                            Problem.Kind.TOO_MANY_REQUESTS,
                            "LockedOut",
                            "Too many attempts to log in: " + lockOut.failures() + " wrong password"
                                    + (lockOut.failures() == 1 ? "" : "s") + " for this user from this address.",
                            Optional.of("Wait " + (left.toSeconds() + 1) + " s, or log in from another address."))
                    .retryAfter(left)
                    .asException();
        }
    }

    private void count(LogInSource source) {
        failures.asMap()
                .compute(
                        source,
                        (_, known) -> known == null || isOver(known)
                                ? new Failures(1, clock.instant())
                                : new Failures(known.count() + 1, known.since()));
    }

    private boolean isOver(Failures known) {
        return !clock.instant().isBefore(known.since().plus(lockOut.window()));
    }
}
