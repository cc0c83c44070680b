package org.sluice.agent.turn;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sluice.model.ServerId;

/**
 * Who may work on the host now: of each kind of work so much at the same time, and who came first first. A server that waits for its
 * turn goes over to another kind when something else is wished of it: one that is to go waits no longer to be built. Thread-safe; for
 * one server one thread at a time waits.
 */
public final class Turns {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private final Map<Work, Lane> lanes = new EnumMap<>(Work.class);
    private final Map<ServerId, Waiter> waiting = new HashMap<>();

    /** What was found to be the next work of servers, when they were looked at. */
    private final Map<ServerId, Found> found = new HashMap<>();

    private int underWay;
    private boolean isClosed;

    /** The permits of one kind, and who waits for one. */
    private static final class Lane {
        private final Deque<Waiter> queue = new ArrayDeque<>();
        private int free;

        private Lane(int free) {
            this.free = free;
        }

        private void wakeFirst() {
            if (free > 0 && !queue.isEmpty()) {
                queue.getFirst().condition.signal();
            }
        }
    }

    private static final class Waiter {
        private final Condition condition;
        private @Nullable Work work;

        private Waiter(Condition condition) {
            this.condition = condition;
        }
    }

    /**
     * The work that there really is.
     *
     * @param where what it was taken for from outside; when that is something else now, this is out of date
     */
    private record Found(Work where, Work next) {}

    public Turns() {
        for (Work work : Work.values()) {
            lanes.put(work, new Lane(work.atOnce()));
        }
    }

    /**
     * Waits for a turn of a server.
     *
     * @param work what there is to do for it, as far as that is known without looking; asked again after {@link #reconsider}
     * @return empty when there are no turns any more
     */
    public Optional<Turn> await(ServerId server, Supplier<Work> work) {
        lock.lock();
        try {
            Waiter waiter = new Waiter(lock.newCondition());
            waiting.put(server, waiter);
            try {
                while (!isClosed) {
                    Work seen = work.get();
                    Work next = next(server, seen);
                    if (isTaken(waiter, next)) {
                        found.remove(server);
                        return Optional.of(turn(next, other -> ask(server, seen, other)));
                    }
                    waiter.condition.awaitUninterruptibly();
                }
                return Optional.empty();
            } finally {
                leave(waiter);
                waiting.remove(server);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for a turn of work that is no server's own, and does not become another.
     *
     * @return empty when there are no turns any more
     * @throws InterruptedException when nobody wants it any more
     */
    public Optional<Turn> await(Work work) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            Waiter waiter = new Waiter(lock.newCondition());
            try {
                while (!isClosed) {
                    if (isTaken(waiter, work)) {
                        return Optional.of(turn(work, _ -> {}));
                    }
                    waiter.condition.await();
                }
                return Optional.empty();
            } finally {
                leave(waiter);
            }
        } finally {
            lock.unlock();
        }
    }

    /** What there is to do for the server may be something else now. */
    public void reconsider(ServerId server) {
        lock.lock();
        try {
            Waiter waiter = waiting.get(server);
            if (waiter != null) {
                waiter.condition.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets no turn begin any more, and waits for those under way; false when some still are after that time. */
    public boolean close(Duration limit) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            isClosed = true;
            lanes.values().forEach(lane -> lane.queue.forEach(waiter -> waiter.condition.signal()));
            long left = limit.toNanos();
            while (underWay > 0 && left > 0) {
                left = idle.awaitNanos(left);
            }
            return underWay == 0;
        } finally {
            lock.unlock();
        }
    }

    private Work next(ServerId server, Work seen) {
        Found known = found.get(server);
        return known != null && known.where() == seen ? known.next() : seen;
    }

    private void ask(ServerId server, Work seen, Work other) {
        lock.lock();
        try {
            found.put(server, new Found(seen, other));
        } finally {
            lock.unlock();
        }
    }

    /** Stands in the queue for that work, and takes a permit when it is the first there and one is free. */
    private boolean isTaken(Waiter waiter, Work work) {
        Lane lane = lane(work);
        if (waiter.work != work) {
            leave(waiter);
            waiter.work = work;
            lane.queue.addLast(waiter);
        }
        if (lane.free == 0 || lane.queue.getFirst() != waiter) {
            return false;
        }
        lane.free--;
        underWay++;
        return true;
    }

    private void leave(Waiter waiter) {
        if (waiter.work != null) {
            Lane lane = lane(waiter.work);
            lane.queue.remove(waiter);
            waiter.work = null;
            lane.wakeFirst();
        }
    }

    private Turn turn(Work work, Turn.Asking asking) {
        return new Turn(work, asking, () -> end(work));
    }

    private void end(Work work) {
        lock.lock();
        try {
            underWay--;
            Lane lane = lane(work);
            lane.free++;
            lane.wakeFirst();
            if (underWay == 0) {
                idle.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** There is one for each kind. */
    private Lane lane(Work work) {
        Lane lane = lanes.get(work);
        if (lane == null) {
            throw new IllegalArgumentException("No permits for " + work + ".");
        }
        return lane;
    }
}
