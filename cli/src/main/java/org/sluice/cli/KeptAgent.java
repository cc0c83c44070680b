package org.sluice.cli;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.agent.Agent;
import org.sluice.agent.controller.NotAMemberException;

/**
 * An agent of a process that has more to do than to be one: when a thread of it has ended by an error, it is closed, and another one
 * goes on with its journal, as soon as nothing of it is at work any more: two on one host would undo one another. What runs on the
 * host runs on meanwhile. One whose host is no member any more is closed, and none takes its place. Thread-safe.
 */
final class KeptAgent implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(KeptAgent.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final String host;
    private final Starting starting;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final ReentrantLock lock = new ReentrantLock();
    private Agent agent;
    private Duration pause = FIRST_PAUSE;

    /** Opens an agent on the host's journal; it is not started yet. */
    @FunctionalInterface
    interface Starting {
        /** The agent, which says by {@code broken} that it cannot go on. */
        Agent open(Consumer<Throwable> broken);
    }

    /** Starts it for the first time; what keeps it from that is the caller's. */
    KeptAgent(String host, Starting starting) {
        this.host = requireNonNull(host, "host is null");
        this.starting = requireNonNull(starting, "starting is null");
        this.agent = starting.open(this::broken);
        agent.start();
    }

    private void broken(Throwable reason) {
        if (reason instanceof NotAMemberException gone) {
            log.error(
                    "Host {} is no member of the cloud any more, and its agent ends. {} A host that 'sluice up' brings along joins"
                            + " anew with the next start of it.",
                    host,
                    gone.getMessage());
            Thread.ofPlatform().daemon().name("end of the agent of " + host).start(this::close);
            return;
        }
        log.error("A thread of the agent of host {} has ended; another agent takes its place.", host, reason);
        // Not on the thread that ended: closing the agent waits for it.
        Thread.ofPlatform().daemon().name("restart of the agent of " + host).start(this::replace);
    }

    private void replace() {
        lock.lock();
        try {
            agent.close();
            if (!isOver()) {
                return;
            }
            while (!closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                Duration longer = pause.multipliedBy(2);
                pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
                if (restarted()) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the agent is over; false when this one is closed before. */
    private boolean isOver() throws InterruptedException {
        while (!agent.awaitEnd(LOOK)) {
            if (closing.getCount() == 0) {
                return false;
            }
            log.error(
                    "Something of the agent of host {} has not come to its end yet, a call to a card or to the hypervisor;"
                            + " no other agent takes its place before. Restart this process if that lasts.",
                    host);
        }
        return true;
    }

    private boolean restarted() {
        try {
            agent = starting.open(this::broken);
            agent.start();
            return true;
        } catch (RuntimeException | Error e) {
            // What ended the one before may end this one too, and pass later.
            log.error("The agent of host {} cannot be started again; it is tried again in {}.", host, pause, e);
            return false;
        }
    }

    /** Stops it; what runs on the host goes on. */
    @Override
    public void close() {
        closing.countDown();
        lock.lock();
        try {
            agent.close();
        } finally {
            lock.unlock();
        }
    }
}
