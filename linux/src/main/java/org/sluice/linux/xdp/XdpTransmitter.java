package org.sluice.linux.xdp;

import static java.util.Objects.requireNonNull;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.FileDescriptor;
import org.sluice.linux.kernel.SocketCalls;

/**
 * The sending side of a socket: a ring of slots, each with the memory of one frame, sent in the order of the ring.
 *
 * <p>The caller writes frames into slots and sends them; a slot is the caller's again once the kernel has reported the frame's end,
 * and may then be changed and sent again. {@link #nextSlot} and the {@link #free} slots from there on, modulo {@link #slots}, are
 * the caller's; the others are the kernel's.
 *
 * <p>For one thread, which may be any. Sending allocates nothing. After the socket is closed, each method that touches its rings throws
 * {@link IllegalStateException}.
 */
public final class XdpTransmitter {
    private static final int SHORTEST_FRAME = 14;
    private static final long PAUSE_NANOSECONDS = 20_000;

    private final String socket;
    private final String device;
    private final SocketCalls calls;
    private final Ring transmit;
    private final Ring completion;
    private final MemorySegment memory;
    private final int slots;
    private final int frameSize;
    private final int frameShift;
    private final boolean copying;

    /** Frames given to the kernel and not yet reported back, by slot: reports come in the order in which frames ended. */
    private final boolean[] inFlight;

    // Counted like the kernel's indices: for ever, wrapping at 2^32.
    private int posted;
    private int oldestInFlight;
    private int reaped;

    private long dropped;

    XdpTransmitter(
            FileDescriptor file,
            String device,
            XdpSettings settings,
            boolean zeroCopy,
            Ring transmit,
            Ring completion,
            MemorySegment memory) {
        socket = file.name();
        this.device = device;
        calls = new SocketCalls(file);
        this.transmit = transmit;
        this.completion = completion;
        this.memory = memory;
        slots = settings.transmitSlots();
        frameSize = settings.frameSize();
        frameShift = Integer.numberOfTrailingZeros(frameSize);
        copying = !zeroCopy;
        inFlight = new boolean[slots];
    }

    /** How many slots there are; a power of two. */
    public int slots() {
        return slots;
    }

    /** Bytes of each slot. */
    public int frameSize() {
        return frameSize;
    }

    /** The memory of all slots; slot {@code i} begins at {@code i * frameSize()}. */
    public MemorySegment memory() {
        return memory;
    }

    /** The slot that the next frame is sent from. */
    public int nextSlot() {
        return posted & (slots - 1);
    }

    /** How many slots from {@link #nextSlot} on are the caller's, from 0 to {@link #slots}. */
    public int free() {
        reap();
        return slots - (posted - oldestInFlight);
    }

    /** How many frames the kernel has been given but has not begun to send; the next {@link #send} or {@link #push} tries again. */
    public int pending() {
        return posted - transmit.consumer();
    }

    /**
     * How many frames the device has dropped instead of sending them, as far as the kernel told: in copy mode, when a virtual
     * device's other end or the card's queue had no room, or the carrier was away. They count as sent.
     */
    public long dropped() {
        return dropped;
    }

    /**
     * Sends the frames in the next slots, all of one length.
     *
     * @param count how many, 0 or more
     * @param length bytes of each, from 14 to {@link #frameSize}, without frame check sequence
     * @return how many the kernel was given: {@code count}, or fewer when fewer slots are {@link #free}. What of it is still
     *     {@link #pending} goes out with a later call
     * @throws org.sluice.linux.LinuxException code {@code xdp.interface-down}; {@code xdp.unbound} when the device is gone;
     *     {@code xdp.queue-missing} when it has a receive queue of this number only. The frames stay {@link #pending}
     */
    public int send(int count, int length) {
        checkLength(length);
        int taken = Math.min(checkCount(count), free());
        for (int i = 0; i < taken; i++) {
            post(length);
        }
        return hand(taken);
    }

    /**
     * Sends the frames in the next slots, each with the length that the array has for its slot.
     *
     * @param count how many, 0 or more
     * @param lengths for each slot of the ring its frame's bytes, from 14 to {@link #frameSize}, without frame check sequence
     * @return as {@link #send(int, int)}
     * @throws org.sluice.linux.LinuxException as {@link #send(int, int)}
     */
    public int send(int count, int[] lengths) {
        if (requireNonNull(lengths, "lengths is null").length != slots) {
            throw new IllegalArgumentException("There are " + slots + " slots, but " + lengths.length + " lengths.");
        }
        int taken = Math.min(checkCount(count), free());
        // All first: a length refused half-way would leave slots marked that the kernel never sees.
        for (int i = 0; i < taken; i++) {
            checkLength(lengths[(posted + i) & (slots - 1)]);
        }
        for (int i = 0; i < taken; i++) {
            post(lengths[nextSlot()]);
        }
        return hand(taken);
    }

    /**
     * Makes the kernel go on with frames that are {@link #pending}.
     *
     * @throws org.sluice.linux.LinuxException as {@link #send(int, int)}
     */
    public void push() {
        if (!transmit.needsWakeUp()) {
            return;
        }
        if (!copying) {
            // The driver fetches the frames by itself once it is awake; EBUSY and EAGAIN say that it is at work.
            check(calls.send());
            return;
        }
        int taken = transmit.consumer();
        // A round that goes on has taken a frame or more, so there are no more rounds than frames; and one more,
        // because the
        // kernel publishes a dropped frame's index only with the next call.
        for (int rounds = posted - taken; rounds >= 0 && taken != posted; rounds--) {
            int error = calls.send();
            int now = transmit.consumer();
            if (error == Errno.EBUSY.number()) {
                // The device dropped one frame, and the kernel stopped behind it.
                dropped++;
            } else {
                check(error);
                if (now == taken && error != Errno.EINTR.number()) {
                    if (error == SocketCalls.NO_ERROR) {
                        // The one thing for which the kernel leaves frames and says nothing.
                        throw XdpFailures.noTransmitQueue(socket, device);
                    }
                    return;
                }
            }
            taken = now;
        }
    }

    /**
     * Waits until slots are free, with the kernel going on with what is pending.
     *
     * <p>Nothing tells of a frame's end but the ring itself, so this looks about every 20 µs. A hot loop looks at {@link #free} itself.
     *
     * @param count from 1 to {@link #slots}
     * @return whether so many are free; false when the time is over
     * @throws org.sluice.linux.LinuxException as {@link #send(int, int)}
     */
    public boolean awaitFree(int count, Duration timeout) {
        if (count < 1 || count > slots) {
            throw new IllegalArgumentException("There are " + slots + " slots; " + count + " cannot become free.");
        }
        long begin = System.nanoTime();
        while (free() < count) {
            push();
            if (free() >= count) {
                return true;
            }
            if (System.nanoTime() - begin >= timeout.toNanos()) {
                return false;
            }
            LockSupport.parkNanos(PAUSE_NANOSECONDS);
        }
        return true;
    }

    private void post(int length) {
        int slot = nextSlot();
        inFlight[slot] = true;
        transmit.descriptor(posted, (long) slot << frameShift, length);
        posted++;
    }

    private int hand(int taken) {
        if (taken > 0) {
            transmit.producer(posted);
        }
        push();
        return taken;
    }

    private void reap() {
        int produced = completion.producer();
        if (reaped == produced) {
            return;
        }
        while (reaped != produced) {
            inFlight[(int) (completion.address(reaped) >>> frameShift)] = false;
            reaped++;
        }
        completion.consumer(reaped);
        while (oldestInFlight != posted && !inFlight[oldestInFlight & (slots - 1)]) {
            oldestInFlight++;
        }
    }

    private void check(int error) {
        // EAGAIN: the budget of one call, the device or the socket's own limit is used up. ENOBUFS: as it is for
        // memory.
        if (error != SocketCalls.NO_ERROR
                && error != Errno.EAGAIN.number()
                && error != Errno.EBUSY.number()
                && error != Errno.ENOBUFS.number()
                && error != Errno.EINTR.number()) {
            throw XdpFailures.sending(socket, device, Errno.of(error));
        }
    }

    private static int checkCount(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("The number of frames to send is 0 or more; " + count + " is not.");
        }
        return count;
    }

    private void checkLength(int length) {
        // The kernel would swallow a frame of length 0 without ever reporting its end.
        if (length < SHORTEST_FRAME || length > frameSize) {
            throw new IllegalArgumentException(
                    "A frame of this socket has 14 to " + frameSize + " bytes; " + length + " is outside.");
        }
    }
}
