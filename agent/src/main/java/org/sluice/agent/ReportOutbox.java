package org.sluice.agent;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.ServerReport;

/**
 * The newest report of every server, and which of them the controller does not have yet. A report that says what was said
 * before is not sent again, until {@link #resendAll}. Thread-safe.
 */
final class ReportOutbox {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<ServerId, ServerReport> newest = new HashMap<>();
    private final Set<ServerId> unsent = new HashSet<>();

    /** Takes a report for sending, in place of an older one of the same server. */
    void put(ServerReport report) {
        lock.lock();
        try {
            if (!report.equals(newest.put(report.server(), report))) {
                unsent.add(report.server());
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Has every newest report sent again: the controller was away. */
    void resendAll() {
        lock.lock();
        try {
            unsent.addAll(newest.keySet());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there is something to send, and says what. */
    List<ServerReport> await() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (unsent.isEmpty()) {
                changed.await();
            }
            List<ServerReport> reports = new ArrayList<>();
            for (ServerId server : unsent) {
                ServerReport report = newest.get(server);
                if (report != null) {
                    reports.add(report);
                }
            }
            return reports;
        } finally {
            lock.unlock();
        }
    }

    /** Whether there is anything to send. */
    boolean isWaiting() {
        lock.lock();
        try {
            return !unsent.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** The controller has these now; one that was replaced meanwhile is still to be sent. */
    void sent(List<ServerReport> reports) {
        lock.lock();
        try {
            for (ServerReport report : reports) {
                if (report.equals(newest.get(report.server()))) {
                    unsent.remove(report.server());
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Forgets what was sent of servers that nobody speaks of any more. */
    void retain(Set<ServerId> known) {
        lock.lock();
        try {
            newest.keySet().removeIf(server -> !known.contains(server) && !unsent.contains(server));
        } finally {
            lock.unlock();
        }
    }
}
