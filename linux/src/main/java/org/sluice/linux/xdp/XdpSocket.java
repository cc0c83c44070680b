package org.sluice.linux.xdp;

import static java.util.Objects.requireNonNull;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.FileDescriptor;
import org.sluice.linux.kernel.SystemCallException;
import org.sluice.linux.kernel.SystemCalls;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Link;
import org.sluice.linux.net.Links;

/**
 * An AF_XDP socket bound to one queue of one network device: frames go between this process and the device through memory that
 * both see, past the kernel's network stack.
 *
 * <p>{@link #transmitter} and {@link #receiver} are for one thread each. {@link #statistics} and {@link #close} are thread-safe;
 * after closing, what a side does with its rings throws {@link IllegalStateException}. Closing does not end another thread's
 * {@link XdpReceiver#awaitReadable}.
 *
 * @see <a href="https://docs.kernel.org/networking/af_xdp.html">AF_XDP</a>
 */
public final class XdpSocket implements AutoCloseable {
    /** Ethernet header and one VLAN tag, which the MTU does not count. */
    private static final int HEADER_LENGTH = 14 + 4;

    private final Link link;
    private final int queue;
    private final XdpSettings settings;
    private final FileDescriptor file;
    private final Arena mappings;
    private final boolean zeroCopy;
    private final @Nullable XdpTransmitter transmitter;
    private final @Nullable XdpReceiver receiver;
    private final AtomicBoolean closed = new AtomicBoolean();

    private XdpSocket(Link link, int queue, XdpSettings settings, FileDescriptor file, Arena mappings) {
        this.link = link;
        this.queue = queue;
        this.settings = settings;
        this.file = file;
        this.mappings = mappings;
        SocketSetup setup = new SocketSetup(file, mappings, settings);
        MemorySegment memory = setup.shareMemory();
        setup.makeRings();
        // Before binding: zero-copy drivers take their first frames from the fill ring when they are bound.
        receiver = settings.receiveFrames() == 0
                ? null
                : new XdpReceiver(file, settings, setup.receiveRing(), setup.fillRing(), memory);
        setup.bind(link.name(), link.index(), queue);
        zeroCopy = setup.zeroCopy();
        transmitter = settings.transmitSlots() == 0
                ? null
                : new XdpTransmitter(
                        file,
                        link.name(),
                        settings,
                        zeroCopy,
                        setup.transmitRing(),
                        setup.completionRing(),
                        // In bounds: the transmit slots are the front of the memory.
                        memory.asSlice(0, settings.receiveOffset()));
    }

    /**
     * Opens a socket and binds it.
     *
     * @param device name of a device that is up
     * @param queue number of its queue, from 0
     * @throws LinuxException code {@code link.missing}, {@code xdp.interface-down}, {@code xdp.queue-missing},
     *     {@code xdp.queue-busy}; {@code xdp.mtu} when received frames might not fit; {@code xdp.memory-limit};
     *     {@code xdp.permission}; {@code xdp.unsupported} when the kernel has no AF_XDP
     */
    @SuppressWarnings("MustBeClosedChecker") // The socket closes it, or the failure below.
    public static XdpSocket open(NetworkNamespace namespace, String device, int queue, XdpSettings settings) {
        requireNonNull(namespace, "namespace is null");
        requireNonNull(device, "device is null");
        requireNonNull(settings, "settings is null");
        if (queue < 0) {
            throw new IllegalArgumentException("The number of a queue is 0 or more; " + queue + " is not.");
        }
        Link link = find(namespace, device);
        if (!link.up()) {
            throw XdpFailures.down(device);
        }
        if (settings.receiveFrames() > 0 && link.mtu() + HEADER_LENGTH > settings.longestReceivedFrame()) {
            throw XdpFailures.tooLong(device, link.mtu(), settings);
        }
        FileDescriptor file = openFile(namespace, "AF_XDP socket of queue " + queue + " of " + link.name());
        Arena mappings = Arena.ofShared();
        try {
            return new XdpSocket(link, queue, settings, file, mappings);
        } catch (RuntimeException | Error failure) {
            file.close();
            mappings.close();
            throw failure;
        }
    }

    /** The device's name when the socket was opened. */
    public String device() {
        return link.name();
    }

    /** The number of the queue. */
    public int queue() {
        return queue;
    }

    /** What the socket was opened with. */
    public XdpSettings settings() {
        return settings;
    }

    /** Whether the device reads and writes the shared memory itself; false when the kernel copies. */
    public boolean zeroCopy() {
        return zeroCopy;
    }

    /**
     * The side that sends; always the same object.
     *
     * @throws IllegalStateException when the settings have no transmit slots
     */
    public XdpTransmitter transmitter() {
        if (transmitter == null) {
            throw new IllegalStateException("The " + file.name() + " was opened without transmit slots.");
        }
        return transmitter;
    }

    /**
     * The side that receives; always the same object.
     *
     * @throws IllegalStateException when the settings have no receive frames
     */
    public XdpReceiver receiver() {
        if (receiver == null) {
            throw new IllegalStateException("The " + file.name() + " was opened without receive frames.");
        }
        return receiver;
    }

    /** What the kernel counted on this socket. */
    public XdpStatistics statistics() {
        try (Arena arena = Arena.ofConfined()) {
            Structure statistics = Structure.allocate(arena, IfXdp.XDP_SOCKET_STATISTICS);
            int _ = SystemCalls.getSocketOption(
                    file, IfXdp.SOL_XDP, IfXdp.XDP_STATISTICS, statistics.segment(), "read the statistics");
            return XdpStatistics.read(statistics);
        }
    }

    /**
     * Gives the queue and the memory back; frames that were not sent yet are lost. The device's frames go to the network stack
     * again, also while the program is still attached. Closing twice does nothing more.
     */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            // The file first: then the kernel touches the rings no more when they are unmapped.
            file.close();
            mappings.close();
        }
    }

    int deviceIndex() {
        return link.index();
    }

    FileDescriptor file() {
        return file;
    }

    static Link find(NetworkNamespace namespace, String device) {
        try (Links links = Links.in(namespace)) {
            return links.find(device).orElseThrow(() -> XdpFailures.missing(device));
        }
    }

    private static FileDescriptor openFile(NetworkNamespace namespace, String name) {
        try {
            return namespace.call(() -> SystemCalls.socket(IfXdp.AF_XDP, IfXdp.SOCK_RAW, 0, name));
        } catch (SystemCallException failure) {
            // Entering the namespace may fail as well, and has its own advice.
            throw "socket".equals(failure.call()) ? XdpFailures.opening(failure) : failure;
        }
    }
}
