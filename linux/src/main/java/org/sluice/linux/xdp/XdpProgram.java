package org.sluice.linux.xdp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.util.Objects.requireNonNull;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.FileDescriptor;
import org.sluice.linux.kernel.SystemCallException;
import org.sluice.linux.kernel.SystemCalls;
import org.sluice.linux.namespace.NetworkNamespace;

/**
 * An XDP program on a network device that hands every frame of a queue to the socket that receives from this queue, and frames of
 * queues without a socket to the network stack. Thread-safe.
 *
 * <p>It is attached by a BPF link (BPF_LINK_CREATE) and not by rtnetlink (IFLA_XDP): a link ends with the last file that holds it,
 * so the device is itself again when this process ends, however it ends. A program set by rtnetlink would stay after a
 * {@code kill -9} and swallow frames for nobody. A link also cannot be replaced by somebody else's program by mistake.
 *
 * <p>Nothing here makes a card accept frames for other MAC addresses; in generic mode the program sees what the card lets through.
 */
public final class XdpProgram implements AutoCloseable {
    /** Queues that sockets can receive from: more than cards have. */
    private static final int MOST_QUEUES = 1024;

    private static final int VERIFIER_LOG_LENGTH = 64 * 1024;
    private static final int LOG_LEVEL_BRIEF = 1;
    private static final String NAME = "sluice_xsk";

    /** The project's own. The kernel asks for the GPL only where a program calls GPL functions, which this one does not. */
    private static final String LICENSE = "Apache-2.0";

    private final String device;
    private final int deviceIndex;
    private final AttachMode mode;
    private final FileDescriptor map;
    private final FileDescriptor link;

    private XdpProgram(String device, int deviceIndex, AttachMode mode, FileDescriptor map, FileDescriptor link) {
        this.device = device;
        this.deviceIndex = deviceIndex;
        this.mode = mode;
        this.map = map;
        this.link = link;
    }

    /**
     * Loads the program and attaches it: {@code ip link set dev DEVICE xdpgeneric|xdpdrv ...}, but for the life of this process
     * only. It delivers to nobody yet.
     *
     * @throws LinuxException code {@code link.missing}; {@code xdp.occupied} when the device has a program already;
     *     {@code xdp.mode-unsupported}, {@code xdp.mtu}, {@code xdp.queues} or {@code xdp.refused} when the driver does not take
     *     it; {@code xdp.permission}; {@code xdp.unsupported} when the kernel is too old; {@code xdp.verifier}
     */
    public static XdpProgram attach(NetworkNamespace namespace, String device, AttachMode mode) {
        requireNonNull(namespace, "namespace is null");
        requireNonNull(device, "device is null");
        requireNonNull(mode, "mode is null");
        FileDescriptor map = createMap();
        try (FileDescriptor program = load(deliverTo(map))) {
            int index = XdpSocket.find(namespace, device).index();
            // A device's index means something only inside its namespace, and the kernel looks in the calling thread's.
            FileDescriptor link = namespace.call(() -> createLink(program, device, index, mode));
            // The link keeps the program and the program keeps the map; of the map the file stays, to put sockets into
            // it.
            return new XdpProgram(device, index, mode, map, link);
        } catch (RuntimeException | Error failure) {
            map.close();
            throw failure;
        }
    }

    /** The device's name when the program was attached. */
    public String device() {
        return device;
    }

    /** Where in a frame's way the program runs. */
    public AttachMode mode() {
        return mode;
    }

    /**
     * From now on delivers the frames of the socket's queue to the socket, until that is closed. A socket that had them before has
     * them no more.
     *
     * @throws IllegalArgumentException when the socket is bound to another device, or does not receive
     */
    public void deliverTo(XdpSocket socket) {
        requireNonNull(socket, "socket is null");
        if (socket.deviceIndex() != deviceIndex || !socket.device().equals(device)) {
            throw new IllegalArgumentException(
                    "The XDP program of " + device + " cannot deliver to a socket of " + socket.device() + ".");
        }
        if (socket.settings().receiveFrames() == 0 || socket.queue() >= MOST_QUEUES) {
            throw new IllegalArgumentException("The XDP program of " + device + " cannot deliver to the "
                    + socket.file().name() + ", which has no receive frames or a queue number of " + MOST_QUEUES
                    + " or more.");
        }
        try (Arena arena = Arena.ofConfined()) {
            // In bounds: the map was made with keys and values of four bytes.
            MemorySegment key = arena.allocateFrom(JAVA_INT, socket.queue());
            MemorySegment value = arena.allocateFrom(JAVA_INT, socket.file().number());
            Structure element = Structure.allocate(arena, Bpf.MAP_ELEMENT)
                    .u32("map_fd", map.number())
                    .u64("key", key.address())
                    .u64("value", value.address());
            SystemCalls.bpf(
                    Bpf.BPF_MAP_UPDATE_ELEM,
                    element.segment(),
                    "deliver the frames of queue " + socket.queue() + " of " + device);
        }
    }

    /** Takes the program off the device; its frames go to the network stack again. Closing twice does nothing more. */
    @Override
    public void close() {
        link.close();
        map.close();
    }

    /** {@code return bpf_redirect_map(map, context->rx_queue_index, XDP_PASS)}: XDP_PASS for queues without a socket. */
    static byte[] deliverTo(FileDescriptor map) {
        return new BpfAssembler()
                .loadWord(2, 1, Bpf.XDP_MD_RX_QUEUE_INDEX)
                .loadMap(1, map.number())
                .move(3, Bpf.XDP_PASS)
                .call(Bpf.BPF_FUNC_REDIRECT_MAP)
                .exit()
                .bytes();
    }

    static FileDescriptor createMap() {
        try (Arena arena = Arena.ofConfined()) {
            Structure attributes = Structure.allocate(arena, Bpf.MAP_CREATE)
                    .u32("map_type", Bpf.BPF_MAP_TYPE_XSKMAP)
                    .u32("key_size", Integer.BYTES)
                    .u32("value_size", Integer.BYTES)
                    .u32("max_entries", MOST_QUEUES)
                    .text("map_name", NAME);
            return SystemCalls.openBpf(
                    Bpf.BPF_MAP_CREATE, attributes.segment(), "map of AF_XDP sockets", "make a map of AF_XDP sockets");
        } catch (SystemCallException failure) {
            throw XdpFailures.loading(failure);
        }
    }

    /** @throws LinuxException code {@code xdp.verifier}, with what the verifier said, and those of {@link #attach} */
    static FileDescriptor load(byte[] instructions) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment program = arena.allocate(instructions.length, Long.BYTES);
            // In bounds: as many bytes as were allocated.
            program.copyFrom(MemorySegment.ofArray(instructions));
            Structure attributes = Structure.allocate(arena, Bpf.PROG_LOAD)
                    .u32("prog_type", Bpf.BPF_PROG_TYPE_XDP)
                    .u32("insn_cnt", instructions.length / BpfAssembler.INSTRUCTION_LENGTH)
                    .u64("insns", program.address())
                    .u64("license", arena.allocateFrom(LICENSE).address())
                    .u32("expected_attach_type", Bpf.BPF_XDP)
                    .text("prog_name", NAME);
            try {
                return load(attributes);
            } catch (SystemCallException refusal) {
                // Once more with a log: the kernel writes none unless asked, and asked without need it costs time.
                throw withLog(arena, attributes, refusal);
            }
        }
    }

    private static FileDescriptor load(Structure attributes) {
        return SystemCalls.openBpf(Bpf.BPF_PROG_LOAD, attributes.segment(), "XDP program", "load the XDP program");
    }

    private static LinuxException withLog(Arena arena, Structure attributes, SystemCallException refusal) {
        MemorySegment log = arena.allocate(VERIFIER_LOG_LENGTH);
        attributes
                .u32("log_level", LOG_LEVEL_BRIEF)
                .u32("log_size", VERIFIER_LOG_LENGTH)
                .u64("log_buf", log.address());
        try (FileDescriptor _ = load(attributes)) {
            return refusal;
        } catch (SystemCallException again) {
            // In bounds: the kernel was told the log's length, and ends what it writes with a zero inside of it.
            String text = log.get(JAVA_BYTE, 0) == 0 ? "" : log.getString(0);
            if (text.isBlank() || again.errno() == Errno.EPERM) {
                return XdpFailures.loading(again);
            }
            return XdpFailures.verifier(again, text);
        }
    }

    private static FileDescriptor createLink(FileDescriptor program, String device, int index, AttachMode mode) {
        try (Arena arena = Arena.ofConfined()) {
            Structure attributes = Structure.allocate(arena, Bpf.LINK_CREATE)
                    .u32("prog_fd", program.number())
                    .u32("target_ifindex", index)
                    .u32("attach_type", Bpf.BPF_XDP)
                    .u32("flags", mode.flags());
            return SystemCalls.openBpf(
                    Bpf.BPF_LINK_CREATE,
                    attributes.segment(),
                    "XDP program of " + device,
                    "attach the XDP program to " + device);
        } catch (SystemCallException failure) {
            throw XdpFailures.attaching(failure, device, mode);
        }
    }
}
