package org.sluice.controller.identity.password;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets a bounded number of works run at once. Those that wait take turns: the networks they come from one after the other,
 * and within a network its users one after the other; so a crowd from one place, or against one user, delays nobody else by
 * more than the works that are running and one of its own. All that wait are bounded, and so is their time. Thread-safe.
 */
final class FairGate {
    /** How many may wait: for one user from one network, for one network, in all. */
    record Bounds(int perUser, int perNetwork, int inAll) {}

    private final Bounds bounds;
    private final Duration patience;
    private final ReentrantLock lock = new ReentrantLock();
    /** Whose turn is next comes first. */
    private final LinkedHashMap<String, Turns> networks = new LinkedHashMap<>();

    private int free;
    private int waiting;

    /** Those of one network; whose turn is next comes first. */
    private static final class Turns {
        private final LinkedHashMap<String, ArrayDeque<Waiter>> users = new LinkedHashMap<>();
        private int size;
    }

    private static final class Waiter {
        private final Semaphore called = new Semaphore(0);
    }

    /** Lets {@code atOnce} works run; one that waits longer than {@code patience} is turned away. */
    FairGate(int atOnce, Bounds bounds, Duration patience) {
        this.free = atOnce;
        this.bounds = bounds;
        this.patience = patience;
    }

    /**
     * Runs the work when it is its turn.
     *
     * @return its result; empty when too many wait already, or it did not come to its turn in time or before an interrupt
     */
    <T> Optional<T> run(LogInSource source, Supplier<T> work) {
        if (!enter(source)) {
            return Optional.empty();
        }
        try {
            return Optional.of(work.get());
        } finally {
            leave();
        }
    }

    /** How many wait now. */
    int waiting() {
        lock.lock();
        try {
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    private boolean enter(LogInSource source) {
        Waiter waiter = new Waiter();
        lock.lock();
        try {
            if (free > 0) {
                free--;
                return true;
            }
            if (!enqueue(source, waiter)) {
                return false;
            }
        } finally {
            lock.unlock();
        }
        try {
            if (waiter.called.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                return true;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return calledBeforeItCouldLeave(source, waiter);
    }

    private boolean enqueue(LogInSource source, Waiter waiter) {
        if (waiting >= bounds.inAll()) {
            return false;
        }
        Turns turns = networks.getOrDefault(source.network(), new Turns());
        ArrayDeque<Waiter> line = turns.users.getOrDefault(source.user(), new ArrayDeque<>());
        if (turns.size >= bounds.perNetwork() || line.size() >= bounds.perUser()) {
            return false;
        }
        line.add(waiter);
        turns.users.putIfAbsent(source.user(), line);
        turns.size++;
        networks.putIfAbsent(source.network(), turns);
        waiting++;
        return true;
    }

    private boolean calledBeforeItCouldLeave(LogInSource source, Waiter waiter) {
        lock.lock();
        try {
            if (waiter.called.tryAcquire()) {
                return true;
            }
            Turns turns = networks.get(source.network());
            ArrayDeque<Waiter> line = turns == null ? null : turns.users.get(source.user());
            if (turns == null || line == null || !line.remove(waiter)) {
                throw new IllegalStateException("who waits stands in no line");
            }
            turns.size--;
            waiting--;
            if (line.isEmpty()) {
                turns.users.remove(source.user());
            }
            if (turns.size == 0) {
                networks.remove(source.network());
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void leave() {
        lock.lock();
        try {
            Waiter next = next();
            if (next == null) {
                free++;
            } else {
                next.called.release();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes the first of the user whose turn it is out of the network whose turn it is; both go to the end. */
    private @Nullable Waiter next() {
        Map.Entry<String, Turns> network = networks.pollFirstEntry();
        if (network == null) {
            return null;
        }
        Turns turns = network.getValue();
        Map.Entry<String, ArrayDeque<Waiter>> user = turns.users.pollFirstEntry();
        Waiter waiter = user.getValue().remove();
        if (!user.getValue().isEmpty()) {
            turns.users.put(user.getKey(), user.getValue());
        }
        turns.size--;
        waiting--;
        if (turns.size > 0) {
            networks.put(network.getKey(), turns);
        }
        return waiter;
    }
}
