package org.sluice.controller.observation;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A question that anybody may ask as often as he likes: it goes through once in a while, one at a time, and nobody waits for the
 * answer longer than a limit. Thread-safe.
 */
final class Recently<T> {
    private static final Logger log = LoggerFactory.getLogger(Recently.class);

    private final String name;
    private final Duration kept;
    private final Duration limit;
    private final Supplier<T> question;
    private Optional<T> answer = Optional.empty();
    private long answeredNanos;
    private boolean answered;
    private long askedNanos;
    private @Nullable CompletableFuture<Optional<T>> asked;

    /**
     * A question.
     *
     * @param name of the thread that asks
     * @param kept how long an answer counts
     * @param limit how long it may take
     */
    Recently(String name, Duration kept, Duration limit, Supplier<T> question) {
        this.name = requireNonNull(name, "name is null");
        this.kept = requireNonNull(kept, "kept is null");
        this.limit = requireNonNull(limit, "limit is null");
        this.question = requireNonNull(question, "question is null");
    }

    /** The answer; empty when there is none within the limit, or the question failed. */
    Optional<T> get() {
        CompletableFuture<Optional<T>> waitFor;
        long left;
        synchronized (this) {
            long now = System.nanoTime();
            if (answered && now - answeredNanos < kept.toNanos()) {
                return answer;
            }
            if (asked == null) {
                asked = new CompletableFuture<>();
                askedNanos = now;
                Thread.ofVirtual().name(name).start(this::ask);
            }
            waitFor = asked;
            left = limit.toNanos() - (now - askedNanos);
        }
        try {
            // Who comes while an earlier question hangs need not wait to learn that.
            return left <= 0 && !waitFor.isDone()
                    ? Optional.empty()
                    : waitFor.get(Math.max(0, left), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException none) {
            return Optional.empty();
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private void ask() {
        Optional<T> got = Optional.empty();
        try {
            got = Optional.of(question.get());
        } catch (RuntimeException failure) {
            log.debug("{} has no answer", name, failure);
        }
        CompletableFuture<Optional<T>> waiting;
        synchronized (this) {
            answer = got;
            answered = true;
            answeredNanos = System.nanoTime();
            waiting = requireNonNull(asked, "nobody asked");
            asked = null;
        }
        waiting.complete(got);
    }
}
