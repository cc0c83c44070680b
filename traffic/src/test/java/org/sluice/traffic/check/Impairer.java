package org.sluice.traffic.check;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.packet.PacketReceiver;
import org.sluice.linux.packet.PacketSender;
import org.sluice.linux.thread.KernelClock;
import org.sluice.linux.thread.Scheduling;

/**
 * A wire with faults: forwards what arrives at one device of a namespace to another, on a thread of its own, and plants the faults
 * of a plan in UDP datagrams, stream by stream. What it did is known when it is closed.
 */
final class Impairer implements AutoCloseable {
    private static final int LONGEST_FRAME = 9_216;
    private static final int PRIORITY = 5;
    private static final int AWAIT_MILLISECONDS = 1;
    private static final long NAP = 50_000;

    /** A frame that is held back goes on when so long none came that could overtake it: the load is over. */
    private static final long LOAD_IS_OVER = 50_000_000;

    private final FaultPlan plan;
    private final NetworkNamespace namespace;
    private final PacketReceiver receiver;
    private final PacketSender sender;
    private final Thread thread;
    private final KernelClock wallClock = KernelClock.wall();
    private final Queue<RelayedFrame> waiting = new ArrayDeque<>();
    private final Map<Integer, Streamed> streams = new HashMap<>();
    private final Map<Integer, Transits> transits = new HashMap<>();
    private long lastArrival;
    private volatile boolean stopped;
    private volatile @Nullable Throwable failure;

    /** Begins to forward. */
    Impairer(Middle middle, String from, String to, FaultPlan plan) {
        this.plan = plan;
        this.namespace = middle.open();
        this.receiver = PacketReceiver.open(namespace, from, LONGEST_FRAME);
        this.sender = PacketSender.open(namespace, to, 1, LONGEST_FRAME, PacketSender.Queueing.BYPASSED);
        this.thread = Thread.ofPlatform()
                .name("impair " + from + " > " + to)
                .daemon()
                .uncaughtExceptionHandler((_, thrown) -> failure = thrown)
                .start(this::forward);
    }

    private void forward() {
        Scheduling.setSharpTimers();
        // A wire does not wait for its turn. The thread sleeps until a frame comes, so that the others get theirs.
        Scheduling.Permission _ = Scheduling.setRealTime(PRIORITY);
        boolean last = false;
        while (!last) {
            // Read before the ring: what arrived before the end is still forwarded.
            last = stopped;
            take();
            depart(last);
            rest();
        }
    }

    private void take() {
        while (receiver.hasFrame()) {
            waiting.add(RelayedFrame.copyOf(receiver));
            receiver.release();
            lastArrival = System.nanoTime();
        }
    }

    private void depart(boolean all) {
        RelayedFrame frame = waiting.peek();
        while (frame != null
                && (all || wallClock.read() - frame.arrival() >= plan.delay().toNanos())) {
            RelayedFrame _ = waiting.remove();
            impair(frame);
            frame = waiting.peek();
        }
        if (all || (waiting.isEmpty() && System.nanoTime() - lastArrival > LOAD_IS_OVER)) {
            streams.values().forEach(this::letGo);
        }
    }

    private void rest() {
        RelayedFrame next = waiting.peek();
        if (next == null) {
            boolean _ = receiver.await(AWAIT_MILLISECONDS);
            return;
        }
        long left = plan.delay().toNanos() - (wallClock.read() - next.arrival());
        if (left > 2 * NAP) {
            LockSupport.parkNanos(NAP);
        } else {
            Thread.onSpinWait();
        }
    }

    private void impair(RelayedFrame frame) {
        if (!frame.isTest()) {
            send(frame);
            return;
        }
        Streamed stream = streams.computeIfAbsent(frame.stream(), _ -> new Streamed());
        switch (plan.of(stream.arrived++)) {
            case NONE -> sendWhole(stream, frame);
            case DROP -> {
                stream.dropped++;
                stream.missing(frame.sequence());
            }
            case DUPLICATE -> {
                send(frame);
                stream.duplicated++;
                sendWhole(stream, frame);
            }
            case HOLD_BACK -> {
                letGo(stream);
                stream.held = frame;
                stream.overtakers = 0;
            }
            case FLIP -> {
                stream.missing(frame.sequence());
                frame.flip(plan.bits(), stream.flipped);
                stream.flipped++;
                send(frame);
            }
        }
    }

    private void sendWhole(Streamed stream, RelayedFrame frame) {
        send(frame);
        stream.overtakers++;
        if (stream.overtakers >= plan.overtakers()) {
            letGo(stream);
        }
    }

    private void letGo(Streamed stream) {
        RelayedFrame held = stream.held;
        if (held != null) {
            stream.held = null;
            stream.overtaken += stream.overtakers > 0 ? 1 : 0;
            send(held);
        }
    }

    private void send(RelayedFrame frame) {
        frame.copyTo(sender.frames());
        sender.setLength(0, frame.length());
        long before = wallClock.read();
        while (sender.send(0, 1) == 0) {
            Thread.onSpinWait();
        }
        if (frame.isTest() && frame.isStamped()) {
            transits.computeIfAbsent(frame.epoch(), _ -> new Transits())
                    .add(before - frame.arrival(), wallClock.read() - frame.arrival());
        }
    }

    /** What was done to a stream; after closing. */
    Planted planted(int stream) {
        return streams.getOrDefault(stream, new Streamed()).planted();
    }

    /** How long the frames that the tester stamped in a trial took from the kernel's stamp to being sent on; after closing. */
    Transits transits(int epoch) {
        return transits.getOrDefault(epoch, new Transits());
    }

    /** Forwards what it still holds, and ends. */
    @Override
    public void close() {
        if (stopped) {
            return;
        }
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The wait for the impairer's end was interrupted.", interruption);
        }
        long drops = receiver.drops();
        receiver.close();
        sender.close();
        namespace.close();
        if (failure != null || drops > 0) {
            throw new IllegalStateException("The impairer itself lost " + drops + " frames, or failed.", failure);
        }
    }

    /** The account of one stream. */
    private static final class Streamed {
        private long arrived;
        private long dropped;
        private long duplicated;
        private long overtaken;
        private long flipped;
        private long lastMissing = -1;
        private int overtakers;
        private @Nullable RelayedFrame held;

        void missing(long sequence) {
            lastMissing = Math.max(lastMissing, sequence);
        }

        Planted planted() {
            OptionalLong last = lastMissing < 0 ? OptionalLong.empty() : OptionalLong.of(lastMissing);
            return new Planted(arrived, dropped, duplicated, overtaken, flipped, last);
        }
    }
}
