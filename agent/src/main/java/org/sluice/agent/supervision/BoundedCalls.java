package org.sluice.agent.supervision;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Calls into the kernel or a library that may never come back. One that takes too long is given up, and nobody calls the same thing
 * until it has come back: it may still change it. What it holds is a thread, so there is a bound on all of them. Thread-safe.
 *
 * @param <K> names the thing that is called
 */
public final class BoundedCalls<K> {
    /** What is interrupted ends within an instant, with what it has begun taken back. */
    private static final Duration LONGEST_BREAK = Duration.ofSeconds(5);

    private final ExecutorService executor;
    private final Semaphore free;
    private final Function<String, RuntimeException> stuck;
    private final Map<K, List<Hanging>> hanging = new ConcurrentHashMap<>();

    private record Hanging(Future<?> call, String sentence, long leastUntil) {
        boolean isOver() {
            return call.isDone() && System.nanoTime() - leastUntil >= 0;
        }
    }

    /**
     * @param executor runs the calls; with native code below, on platform threads: one that hangs there would keep one of the few
     *     carriers of virtual threads
     * @param most how many calls may be under way, those that hang among them; at least 1
     * @param stuck words that a thing does not answer
     */
    public BoundedCalls(ExecutorService executor, int most, Function<String, RuntimeException> stuck) {
        this.executor = requireNonNull(executor, "executor is null");
        this.free = new Semaphore(most);
        this.stuck = requireNonNull(stuck, "stuck is null");
    }

    /**
     * Runs a call and waits for it.
     *
     * @param what the call, the beginning of a sentence: "Reading VF 3"
     * @param limit after how long it counts as hanging
     */
    public <T> T call(K thing, String what, Duration limit, Callable<T> call) {
        Future<T> running = begin(thing, what, call);
        try {
            return await(thing, what, limit, running);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw givenUp(thing, what, running);
        }
    }

    /** The same of a call that has nothing to say. */
    public void run(K thing, String what, Duration limit, Runnable call) {
        boolean _ = call(thing, what, limit, () -> {
            call.run();
            return true;
        });
    }

    /**
     * The same of a call that ends by itself when its thread is interrupted: when the caller's is, so is the call's, and fails in its
     * own words. The caller's thread stays interrupted.
     */
    public <T> T callBreakably(K thing, String what, Duration limit, Callable<T> call) {
        Breakable<T> breakable = new Breakable<>(call);
        Future<T> running = begin(thing, what, breakable);
        try {
            return await(thing, what, limit, running);
        } catch (InterruptedException e) {
            breakable.interrupt();
            try {
                return await(thing, what, LONGEST_BREAK, running);
            } catch (InterruptedException again) {
                throw givenUp(thing, what, running);
            } finally {
                Thread.currentThread().interrupt();
            }
        }
    }

    private RuntimeException givenUp(K thing, String what, Future<?> running) {
        String sentence = what + " was interrupted because the agent stops.";
        hang(thing, new Hanging(running, sentence, System.nanoTime()));
        return stuck.apply(sentence);
    }

    private <T> Future<T> begin(K thing, String what, Callable<T> call) {
        Optional<String> earlier = hangs(thing);
        if (earlier.isPresent()) {
            throw stuck.apply("An earlier call has still not returned: " + earlier.get());
        }
        if (!free.tryAcquire()) {
            throw stuck.apply(what + " has to wait: too many earlier calls have not returned.");
        }
        return executor.submit(() -> {
            try {
                return call.call();
            } finally {
                free.release();
            }
        });
    }

    private <T> T await(K thing, String what, Duration limit, Future<T> running) throws InterruptedException {
        try {
            return running.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            String sentence = what + " did not return within " + limit.toMillis() + " ms.";
            hang(thing, new Hanging(running, sentence, System.nanoTime()));
            throw stuck.apply(sentence);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Error error -> throw error;
                case RuntimeException failure -> throw failure;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    /** Takes a thing for one that hangs, for that long: a call to it has said so by itself. */
    public void suspect(K thing, String sentence, Duration time) {
        hang(
                thing,
                new Hanging(CompletableFuture.completedFuture(thing), sentence, System.nanoTime() + time.toNanos()));
    }

    /** Which call to the thing has not returned, in a sentence; empty when it may be called. */
    public Optional<String> hangs(K thing) {
        List<Hanging> left = hanging.computeIfPresent(thing, (_, calls) -> {
            List<Hanging> open = calls.stream().filter(call -> !call.isOver()).toList();
            return open.isEmpty() ? null : open;
        });
        return left == null ? Optional.empty() : Optional.of(left.getFirst().sentence());
    }

    /** The same of whichever thing; empty when all may be called. */
    public Optional<String> hangs() {
        return hanging.keySet().stream().flatMap(thing -> hangs(thing).stream()).findFirst();
    }

    /** Several may hang on one thing, and it is free when all of them have come back. */
    private void hang(K thing, Hanging call) {
        hanging.merge(
                thing,
                List.of(call),
                (before, more) -> Stream.concat(before.stream(), more.stream())
                        .filter(each -> !each.isOver())
                        .toList());
    }
}
