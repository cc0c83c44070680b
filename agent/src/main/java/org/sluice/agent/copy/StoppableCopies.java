package org.sluice.agent.copy;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Copies that an agent which stops breaks off. Their threads are interrupted while they copy, and never before or after that: what
 * they do then, letting the guest go on above all, must not be broken off. Thread-safe.
 */
final class StoppableCopies {
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Thread> copying = new HashSet<>();
    private boolean isStopped;

    /** Copies, unless it was stopped before; what is broken off fails in its own words. The thread is not interrupted after it. */
    void run(Runnable copy) {
        lock.lock();
        try {
            if (isStopped) {
                return;
            }
            copying.add(Thread.currentThread());
        } finally {
            lock.unlock();
        }
        try {
            copy.run();
        } finally {
            lock.lock();
            try {
                copying.remove(Thread.currentThread());
                boolean _ = Thread.interrupted();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Breaks off what is copied, and lets none begin any more. */
    void stop() {
        lock.lock();
        try {
            isStopped = true;
            copying.forEach(Thread::interrupt);
        } finally {
            lock.unlock();
        }
    }

    boolean isStopped() {
        lock.lock();
        try {
            return isStopped;
        } finally {
            lock.unlock();
        }
    }
}
