package org.sluice.controller.http.door;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which connections are let in: as many as the limits say, in all and for each address. One above them is closed at once, with
 * 503 if it speaks plain HTTP; those inside notice nothing. Thread-safe.
 */
final class Admission implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Admission.class);
    private static final Duration LOOK = Duration.ofMillis(200);

    /** The two ends of a connection, by which Helidon's part of it is found again. */
    private record Ends(SocketAddress remote, SocketAddress local) {}

    private final DoorLimits limits;
    private final boolean tls;
    private final IntConsumer turnedAway;
    private final Map<Ends, Visit> visits = new HashMap<>();
    private final Map<AddressGroup, Integer> perAddress = new HashMap<>();
    private final Thread watch;

    Admission(DoorLimits limits, boolean tls, IntConsumer turnedAway) {
        this.limits = limits;
        this.turnedAway = turnedAway;
        this.tls = tls;
        this.watch = Thread.ofPlatform().daemon().name("door-watch").start(this::watch);
    }

    /**
     * Lets a connection in that was just accepted.
     *
     * @throws Refused when there are too many; the caller closes the connection
     */
    void admit(SocketChannel channel) throws IOException {
        Ends ends = new Ends(channel.getRemoteAddress(), channel.getLocalAddress());
        Visit visit = new Visit(channel, AddressGroup.of(ends.remote()));
        visit.expectInputWithin(limits.headTime());
        if (add(ends, visit)) {
            return;
        }
        turnedAway.accept(Refusal.Reason.UNAVAILABLE.status());
        log.warn("refused a connection from {}: too many are open", visit.from().name());
        if (!tls) {
            // The buffer of a new connection has room for it, so that this does not wait.
            channel.write(ByteBuffer.wrap(new Refusal(
                            Refusal.Reason.UNAVAILABLE,
                            "Too many connections are open; close some, or try again later.")
                    .wire()));
        }
        throw new Refused();
    }

    private synchronized boolean add(Ends ends, Visit visit) {
        if (isFull(visit.from())) {
            // Connections whose TLS handshake failed leave without a word.
            forgetClosed();
            if (isFull(visit.from())) {
                return false;
            }
        }
        Visit former = visits.put(ends, visit);
        if (former != null) {
            left(former);
        }
        perAddress.merge(visit.from(), 1, Integer::sum);
        return true;
    }

    private boolean isFull(AddressGroup from) {
        return visits.size() >= limits.connections()
                || perAddress.getOrDefault(from, 0) >= limits.connectionsPerAddress();
    }

    /** The connection between these two, unless it has ended meanwhile. */
    synchronized Optional<Visit> find(SocketAddress remote, SocketAddress local) {
        return Optional.ofNullable(visits.get(new Ends(remote, local)));
    }

    /** A connection has ended or is about to. */
    synchronized void leave(SocketAddress remote, SocketAddress local, Visit visit) {
        if (visits.remove(new Ends(remote, local), visit)) {
            left(visit);
        }
    }

    private void left(Visit visit) {
        perAddress.computeIfPresent(visit.from(), (_, count) -> count == 1 ? null : count - 1);
    }

    private synchronized void forgetClosed() {
        visits.values().removeIf(visit -> {
            if (visit.isOpen()) {
                return false;
            }
            left(visit);
            return true;
        });
    }

    private void watch() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Thread.sleep(LOOK);
            } catch (InterruptedException closing) {
                return;
            }
            look();
        }
    }

    private synchronized void look() {
        long now = System.nanoTime();
        for (Visit visit : visits.values()) {
            visit.look(now);
        }
        forgetClosed();
    }

    @Override
    public void close() {
        watch.interrupt();
    }

    /** There are too many connections. */
    static final class Refused extends RuntimeException {
        @java.io.Serial
        private static final long serialVersionUID = 1;

        Refused() {
            super("too many connections", null, false, false);
        }
    }
}
