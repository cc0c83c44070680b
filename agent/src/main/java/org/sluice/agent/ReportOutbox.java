package org.sluice.agent;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.sluice.model.ImageId;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.ServerReport;

/**
 * The newest report of every server, and of every copy of a disk that could not be made; and which of them the controller does not have yet. A report that says what was said
 * before is not sent again, until {@link #resendAll}. Thread-safe.
 */
final class ReportOutbox {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Subject, ServerReport> newest = new HashMap<>();
    private final Set<Subject> unsent = new HashSet<>();

    /** What a report is about: the server, or the image that a copy of its disk does not become. */
    private record Subject(ServerId server, Optional<ImageId> image) {
        static Subject of(ServerReport report) {
            return new Subject(
                    report.server(),
                    switch (report) {
                        case ServerReport.Observed _, ServerReport.Failed _, ServerReport.Absent _ -> Optional.empty();
                        case ServerReport.NotCopied copy -> Optional.of(copy.image());
                    });
        }
    }

    /** Takes a report for sending, in place of an older one about the same. */
    void put(ServerReport report) {
        lock.lock();
        try {
            if (!report.equals(newest.put(Subject.of(report), report))) {
                unsent.add(Subject.of(report));
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
            for (Subject subject : unsent) {
                ServerReport report = newest.get(subject);
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
                Subject subject = Subject.of(report);
                if (report.equals(newest.get(subject))) {
                    unsent.remove(subject);
                    // Nobody asks about a copy again; of a server it is said again to whoever was away.
                    if (subject.image().isPresent()) {
                        newest.remove(subject);
                    }
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
            newest.keySet().removeIf(subject -> !known.contains(subject.server()) && !unsent.contains(subject));
        } finally {
            lock.unlock();
        }
    }
}
