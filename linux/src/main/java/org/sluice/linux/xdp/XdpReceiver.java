package org.sluice.linux.xdp;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.sluice.linux.kernel.FileDescriptor;
import org.sluice.linux.kernel.SocketCalls;

/**
 * The receiving side of a socket: look how many frames are there, read them in place, give them back.
 *
 * <pre>{@code
 * int count = receiver.receive();
 * for (int i = 0; i < count; i++) {
 *     count(receiver.memory(), receiver.address(i), receiver.length(i));
 * }
 * receiver.release(count);
 * }</pre>
 *
 * <p>Frames arrive once an {@link XdpProgram} of the device delivers to the socket. For one thread, which may be any. Nothing here
 * allocates. After the socket is closed, each method that touches its rings throws {@link IllegalStateException}.
 */
public final class XdpReceiver {
    private final SocketCalls calls;
    private final Ring receive;
    private final Ring fill;
    private final MemorySegment memory;
    private final long frameMask;

    // Counted like the kernel's indices: for ever, wrapping at 2^32.
    private int released;
    private int filled;
    private int available;

    /** Gives all the receive frames to the kernel. */
    XdpReceiver(FileDescriptor file, XdpSettings settings, Ring receive, Ring fill, MemorySegment memory) {
        calls = new SocketCalls(file);
        this.receive = receive;
        this.fill = fill;
        this.memory = memory;
        frameMask = -settings.frameSize();
        for (int i = 0; i < settings.receiveFrames(); i++) {
            fill.address(filled++, settings.receiveOffset() + (long) settings.frameSize() * i);
        }
        fill.producer(filled);
    }

    /** The memory that {@link #address} counts from. */
    public MemorySegment memory() {
        return memory;
    }

    /** How many frames are there now, without waiting; those of the last call that were not released are among them. */
    public int receive() {
        available = receive.producer() - released;
        if (available == 0 && fill.needsWakeUp()) {
            // Zero-copy drivers that ran out of free frames sleep until they are told of new ones.
            int _ = calls.receive();
        }
        return available;
    }

    /**
     * Where in {@link #memory} a frame begins, in bytes.
     *
     * @param i counted from the oldest frame that was not released, below what {@link #receive} answered
     */
    public long address(int i) {
        return receive.descriptorAddress(released + Objects.checkIndex(i, available));
    }

    /**
     * Bytes of a frame, from its MAC addresses on, without frame check sequence.
     *
     * @param i as in {@link #address}
     */
    public int length(int i) {
        return receive.descriptorLength(released + Objects.checkIndex(i, available));
    }

    /**
     * Gives the oldest frames back to the kernel, which may overwrite them at once.
     *
     * @param count from 0 to what {@link #receive} answered, less what was released since
     */
    public void release(int count) {
        if (count < 0 || count > available) {
            throw new IllegalArgumentException(
                    "There are " + available + " frames to give back; " + count + " is not possible.");
        }
        for (int i = 0; i < count; i++) {
            // The fill ring has an entry for each receive frame, and this one is in no other place: there is room.
            fill.address(filled++, receive.descriptorAddress(released++) & frameMask);
        }
        available -= count;
        // First the frames, then the places in the receive ring: a frame delivered meanwhile finds both.
        fill.producer(filled);
        receive.consumer(released);
    }

    /**
     * Waits until a frame is there or the time is over; says whether one is. A signal to the thread ends the wait, too.
     *
     * <p>On a socket in copy mode that also sends, this makes the kernel go on with what is {@link XdpTransmitter#pending}, on this
     * thread, and {@link XdpTransmitter#dropped} does not learn what the device dropped then.
     *
     * @param milliseconds 0 looks without waiting, -1 waits for ever
     */
    public boolean awaitReadable(int milliseconds) {
        return calls.awaitReadable(milliseconds);
    }
}
