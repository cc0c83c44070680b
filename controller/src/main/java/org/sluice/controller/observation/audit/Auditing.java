package org.sluice.controller.observation.audit;

import static java.util.Objects.requireNonNull;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.RequestObserver;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.store.Origin;
import org.sluice.controller.store.Transactions;

/**
 * Lets the database know for which request it changes something; writes down what operators' routes refused; and keeps as many
 * months of events as it should. What agents report is no change of anybody's: their requests come with a certificate.
 * Refusals wait in a bounded queue; when it is full they are dropped and counted. Thread-safe.
 */
public final class Auditing implements RequestObserver, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Auditing.class);
    private static final int WAITING = 1_024;
    private static final int AT_ONCE = 128;
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration HOUSEKEEPING = Duration.ofHours(6);
    private static final Duration RETRY = Duration.ofMinutes(1);

    private final Transactions transactions;
    private final InstantSource clock;
    private final Duration kept;
    private final AuditStore store = new AuditStore();
    private final BlockingQueue<Refused> waiting = new ArrayBlockingQueue<>(WAITING);
    private final LongAdder dropped = new LongAdder();
    private final Thread worker;
    private volatile boolean closed;

    private Auditing(Transactions transactions, InstantSource clock, Duration kept) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.kept = requireNonNull(kept, "kept is null");
        this.worker = Thread.ofVirtual().name("audit").unstarted(this::work);
    }

    /**
     * Begins. When it returns there is room for what is to be written: a month without its partition would fail every change.
     *
     * @param kept how old an event must be before its month may be dropped; at least 31 days are kept
     */
    public static Auditing start(Transactions transactions, InstantSource clock, Duration kept) {
        Auditing auditing = new Auditing(transactions, clock, kept);
        auditing.keepHouse();
        auditing.worker.start();
        return auditing;
    }

    @Override
    public Reply during(Asked asked, Supplier<Reply> handler) {
        if (asked.certified()) {
            return handler.get();
        }
        return asked.isSafe()
                ? origin(asked).whileReading(handler)
                : origin(asked).during(handler);
    }

    @Override
    public void answered(Answered answered) {
        Asked asked = answered.asked();
        boolean refused = answered.status() == 403 || answered.status() == 409;
        if (refused && asked.forOperators() && !asked.isSafe() && asked.caller().isPresent()) {
            Refused told = Refused.of(answered, clock.instant().atOffset(ZoneOffset.UTC), origin(asked));
            if (closed || !waiting.offer(told)) {
                dropped.increment();
            }
        }
    }

    /** How many refusals were not written down. */
    public long dropped() {
        return dropped.sum();
    }

    private static Origin origin(Asked asked) {
        return new Origin(
                asked.id(),
                asked.globalId().orElse(""),
                asked.caller().map(Caller::userId).orElse(""),
                asked.caller().map(Caller::userName).orElse(""),
                asked.caller().map(Caller::projectId).orElse(""),
                address(asked.peer()),
                asked.method() + " " + asked.route());
    }

    private static String address(SocketAddress peer) {
        return peer instanceof InetSocketAddress socket && socket.getAddress() != null
                ? socket.getAddress().getHostAddress()
                : peer.toString();
    }

    private void work() {
        long next = System.nanoTime() + HOUSEKEEPING.toNanos();
        List<Refused> refused = new ArrayList<>(AT_ONCE);
        while (!closed || !waiting.isEmpty()) {
            try {
                Refused first = waiting.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                if (first != null) {
                    refused.add(first);
                    waiting.drainTo(refused, AT_ONCE - 1);
                    transactions.use(handle -> store.refused(handle, refused));
                }
            } catch (InterruptedException closing) {
                closed = true;
            } catch (RuntimeException failure) {
                dropped.add(refused.size());
                log.warn("{} refusals could not be written to the audit log", refused.size(), failure);
            }
            refused.clear();
            if (System.nanoTime() - next > 0) {
                next = System.nanoTime() + tidied().toNanos();
            }
        }
    }

    private Duration tidied() {
        try {
            keepHouse();
            return HOUSEKEEPING;
        } catch (RuntimeException failure) {
            log.warn("the audit log's months could not be looked after", failure);
            return RETRY;
        }
    }

    private void keepHouse() {
        int gone = transactions.run(handle -> store.keep(handle, kept));
        if (gone > 0) {
            log.info("dropped {} months of audit events older than {} days", gone, kept.toDays());
        }
    }

    /** Writes down what waits, for at most some seconds. */
    @Override
    public void close() {
        closed = true;
        try {
            boolean _ = worker.join(Duration.ofSeconds(3));
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }
}
