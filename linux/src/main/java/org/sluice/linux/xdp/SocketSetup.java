package org.sluice.linux.xdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.FileDescriptor;
import org.sluice.linux.kernel.SystemCallException;
import org.sluice.linux.kernel.SystemCalls;

/**
 * The steps that make a new AF_XDP socket usable, in the order in which the kernel wants them: shared memory, rings, binding. What
 * they make belongs to the socket's file and the arena; closing both undoes every step, done or not.
 */
final class SocketSetup {
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int LARGEST_SEND_BUFFER = 64 * 1024 * 1024;
    private static final Duration BIND_PATIENCE = Duration.ofSeconds(1);
    private static final Duration BIND_PAUSE = Duration.ofMillis(1);

    private final FileDescriptor file;
    private final Arena mappings;
    private final XdpSettings settings;
    private final Structure offsets;

    SocketSetup(FileDescriptor file, Arena mappings, XdpSettings settings) {
        this.file = file;
        this.mappings = mappings;
        this.settings = settings;
        offsets = Structure.allocate(mappings, IfXdp.XDP_MMAP_OFFSETS_OF_RINGS);
    }

    /** Maps the memory of the frames and shares it with the kernel, which pins its pages. */
    MemorySegment shareMemory() {
        MemorySegment memory;
        try {
            memory = SystemCalls.mapMemory(settings.memory(), mappings, "map the frames of the " + file.name());
        } catch (SystemCallException failure) {
            throw XdpFailures.registering(failure, settings);
        }
        try (Arena arena = Arena.ofConfined()) {
            Structure registration = Structure.allocate(arena, IfXdp.XDP_UMEM_REGISTRATION)
                    .u64("addr", memory.address())
                    .u64("len", memory.byteSize())
                    .u32("chunk_size", settings.frameSize());
            SystemCalls.setSocketOption(
                    file, IfXdp.SOL_XDP, IfXdp.XDP_UMEM_REG, registration.segment(), "share memory with the kernel");
        } catch (SystemCallException failure) {
            throw XdpFailures.registering(failure, settings);
        }
        return memory;
    }

    /** Makes the rings. The kernel wants a fill and a completion ring also of a socket that would never use one of them. */
    void makeRings() {
        makeRing(IfXdp.XDP_UMEM_FILL_RING, Math.max(settings.receiveFrames(), XdpSettings.LEAST_FRAMES), "fill");
        makeRing(
                IfXdp.XDP_UMEM_COMPLETION_RING,
                Math.max(settings.transmitSlots(), XdpSettings.LEAST_FRAMES),
                "completion");
        if (settings.receiveFrames() > 0) {
            makeRing(IfXdp.XDP_RX_RING, settings.receiveFrames(), "receive");
        }
        if (settings.transmitSlots() > 0) {
            makeRing(IfXdp.XDP_TX_RING, settings.transmitSlots(), "transmit");
            widenSending();
        }
        int length = SystemCalls.getSocketOption(
                file, IfXdp.SOL_XDP, IfXdp.XDP_MMAP_OFFSETS, offsets.segment(), "ask for the layout of the rings");
        if (length != offsets.segment().byteSize()) {
            throw XdpFailures.tooOld();
        }
    }

    Ring receiveRing() {
        return descriptors("rx", IfXdp.XDP_PGOFF_RX_RING, settings.receiveFrames());
    }

    Ring transmitRing() {
        return descriptors("tx", IfXdp.XDP_PGOFF_TX_RING, settings.transmitSlots());
    }

    Ring fillRing() {
        return addresses("fr", IfXdp.XDP_UMEM_PGOFF_FILL_RING, settings.receiveFrames());
    }

    Ring completionRing() {
        return addresses("cr", IfXdp.XDP_UMEM_PGOFF_COMPLETION_RING, settings.transmitSlots());
    }

    /** Binds to the queue. */
    void bind(String device, int deviceIndex, int queue) {
        // Without XDP_COPY and XDP_ZEROCOPY the kernel tries zero-copy first and falls back by itself.
        int flags = IfXdp.XDP_USE_NEED_WAKEUP
                | switch (settings.copyMode()) {
                    case COPY -> IfXdp.XDP_COPY;
                    case PREFER_ZERO_COPY -> 0;
                };
        try (Arena arena = Arena.ofConfined()) {
            Structure address = Structure.allocate(arena, IfXdp.SOCKADDR_XDP)
                    .u16("sxdp_family", IfXdp.AF_XDP)
                    .u16("sxdp_flags", flags)
                    .u32("sxdp_ifindex", deviceIndex)
                    .u32("sxdp_queue_id", queue);
            bindPatiently(address.segment());
        } catch (SystemCallException failure) {
            throw XdpFailures.binding(failure, device, queue);
        }
    }

    /** Whether the kernel found the driver able to do without copying. */
    boolean zeroCopy() {
        try (Arena arena = Arena.ofConfined()) {
            Structure options = Structure.allocate(arena, IfXdp.XDP_SOCKET_OPTIONS);
            int _ = SystemCalls.getSocketOption(
                    file, IfXdp.SOL_XDP, IfXdp.XDP_OPTIONS, options.segment(), "ask for the copy mode");
            return (options.u32("flags") & IfXdp.XDP_OPTIONS_ZEROCOPY) != 0;
        }
    }

    /** The kernel lets go of a queue a moment after the socket that had it was closed: EBUSY until then. */
    private void bindPatiently(MemorySegment address) {
        long begin = System.nanoTime();
        while (true) {
            try {
                SystemCalls.bind(file, address);
                return;
            } catch (SystemCallException failure) {
                if (failure.errno() != Errno.EBUSY || System.nanoTime() - begin > BIND_PATIENCE.toNanos()) {
                    throw failure;
                }
                LockSupport.parkNanos(BIND_PAUSE.toNanos());
            }
        }
    }

    private void makeRing(int option, int entries, String which) {
        setNumber(IfXdp.SOL_XDP, option, entries, "make the " + which + " ring");
    }

    /**
     * Lets one system call take all the frames there are, instead of 32, and as many be on their way: in copy mode each counts
     * against the send buffer. Both only make sending faster, so kernels before 6.17 and processes without CAP_NET_ADMIN go
     * without.
     */
    private void widenSending() {
        setIfPossible(
                IfXdp.SOL_XDP,
                IfXdp.XDP_MAX_TX_SKB_BUDGET,
                Math.max(settings.transmitSlots(), IfXdp.LEAST_SEND_BUDGET),
                "raise the number of frames of one send");
        long buffer = (long) settings.transmitSlots() * settings.frameSize();
        setIfPossible(SOL_SOCKET, SO_SNDBUFFORCE, (int) Math.min(buffer, LARGEST_SEND_BUFFER), "widen the send buffer");
    }

    private void setIfPossible(int level, int option, int value, String what) {
        try {
            setNumber(level, option, value, what);
        } catch (SystemCallException refusal) {
            if (refusal.errno() != Errno.ENOPROTOOPT && refusal.errno() != Errno.EPERM) {
                throw refusal;
            }
        }
    }

    private void setNumber(int level, int option, int value, String what) {
        try (Arena arena = Arena.ofConfined()) {
            SystemCalls.setSocketOption(file, level, option, arena.allocateFrom(JAVA_INT, value), what);
        }
    }

    private Ring descriptors(String which, long page, int size) {
        Structure ring = offsets.nested(which);
        return new Ring(map(page, Ring.lengthWithDescriptors(ring, size), which), ring, size);
    }

    private Ring addresses(String which, long page, int size) {
        Structure ring = offsets.nested(which);
        return new Ring(map(page, Ring.lengthWithAddresses(ring, size), which), ring, size);
    }

    private MemorySegment map(long page, long length, String which) {
        return SystemCalls.map(file, page, length, mappings, "map the " + which + " ring of the " + file.name());
    }
}
