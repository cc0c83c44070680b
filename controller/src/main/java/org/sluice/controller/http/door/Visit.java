package org.sluice.controller.http.door;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * One open connection and the moment until which its client must have done something. The connection's thread sets the moment,
 * the door's watch looks at it.
 */
final class Visit {
    /** How long a client whose time is up may take to read the reply that says so. */
    private static final Duration FAREWELL = Duration.ofSeconds(5);

    private static final long NEVER = 0;

    private final SocketChannel channel;
    private final AddressGroup from;
    private volatile long deadline = NEVER;
    /** Whether the deadline ends the connection at once, and not only its input. */
    private volatile boolean sharp;

    private volatile boolean late;

    Visit(SocketChannel channel, AddressGroup from) {
        this.channel = channel;
        this.from = from;
    }

    AddressGroup from() {
        return from;
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    /** From now on the client has that long to send; then its input ends, and a reply can still be written. */
    void expectInputWithin(Duration time) {
        sharp = false;
        deadline = at(time.toNanos());
    }

    /** As {@link #expectInputWithin}, in nanoseconds. */
    void expectInputWithinNanos(long nanos) {
        sharp = false;
        deadline = at(nanos);
    }

    /** From now on the client has that long; then the connection ends. */
    void expectWithin(Duration time) {
        sharp = true;
        deadline = at(time.toNanos());
    }

    /** It is not the client that is waited for. */
    void expectNothing() {
        deadline = NEVER;
    }

    /** Whether the client's time was up. */
    boolean isLate() {
        return late;
    }

    /** Ends what is overdue; called by the watch, again and again. */
    void look(long now) {
        long due = deadline;
        if (due == NEVER || now - due < 0) {
            return;
        }
        try {
            if (sharp || late) {
                channel.close();
            } else {
                late = true;
                deadline = at(FAREWELL.toNanos());
                channel.shutdownInput();
            }
        } catch (IOException ended) {
            // A connection that cannot be ended has ended.
            deadline = NEVER;
        }
    }

    /** Tells the client that nothing more comes, while its own bytes may still arrive. */
    void endOutput() throws IOException {
        channel.shutdownOutput();
    }

    private static long at(long nanosFromNow) {
        long moment = System.nanoTime() + nanosFromNow;
        return moment == NEVER ? 1 : moment;
    }
}
