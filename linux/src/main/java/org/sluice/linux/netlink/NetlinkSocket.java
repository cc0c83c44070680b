package org.sluice.linux.netlink;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.FileDescriptor;
import org.sluice.linux.kernel.SystemCallException;
import org.sluice.linux.kernel.SystemCalls;

/**
 * A socket to the kernel's NETLINK_ROUTE family, for life in the network namespace of the thread that opened it.
 *
 * <p>Thread-safe: one request at a time, in the order of arrival. The kernel answers route requests inside the sending call, so
 * nothing here waits for long.
 *
 * @see <a href="https://docs.kernel.org/userspace-api/netlink/intro.html">Introduction to Netlink</a>
 */
public final class NetlinkSocket implements AutoCloseable {
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int NETLINK_ROUTE = 0;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVTIMEO = 20;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int MSG_PEEK = 0x02;
    private static final int MSG_TRUNC = 0x20;
    private static final int ADDRESS_LENGTH = 12;
    private static final int ADDRESS_PORT_OFFSET = 4;
    private static final int FIRST_BUFFER_SIZE = 32 * 1024;
    private static final int DUMP_ATTEMPTS = 10;
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

    private final FileDescriptor socket;
    private final ReentrantLock turn = new ReentrantLock();
    private MemorySegment buffer = Arena.ofAuto().allocate(FIRST_BUFFER_SIZE, Long.BYTES);
    private int sequence;
    private boolean closed;

    private NetlinkSocket(FileDescriptor socket) {
        this.socket = socket;
    }

    /** Opens a socket in the calling thread's network namespace. */
    public static NetlinkSocket open() {
        FileDescriptor descriptor = SystemCalls.socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, "route netlink socket");
        try (Arena arena = Arena.ofConfined()) {
            // struct sockaddr_nl: u16 family, u16 padding, u32 port (0 lets the kernel choose), u32 groups. In bounds:
            // 12 bytes.
            MemorySegment address = arena.allocate(ADDRESS_LENGTH, Integer.BYTES);
            address.set(JAVA_SHORT, 0, (short) AF_NETLINK);
            SystemCalls.bind(descriptor, address);
            MemorySegment on = arena.allocateFrom(JAVA_INT, 1);
            SystemCalls.setSocketOption(descriptor, SOL_NETLINK, NETLINK_CAP_ACK, on, "ask for short acknowledgements");
            SystemCalls.setSocketOption(
                    descriptor, SOL_NETLINK, NETLINK_EXT_ACK, on, "ask for extended acknowledgements");
            // struct timeval: long seconds, long microseconds.
            MemorySegment timeout = arena.allocateFrom(JAVA_LONG, ANSWER_TIMEOUT.toSeconds(), 0L);
            SystemCalls.setSocketOption(descriptor, SOL_SOCKET, SO_RCVTIMEO, timeout, "bound the wait for an answer");
            return new NetlinkSocket(descriptor);
        } catch (RuntimeException | Error failure) {
            descriptor.close();
            throw failure;
        }
    }

    /**
     * Sends a request that changes something and waits for the acknowledgement; its flags must contain NLM_F_ACK.
     *
     * @throws NetlinkException when the kernel refuses
     */
    public void execute(NetlinkRequest request) {
        List<NetlinkMessage> _ = converse(request, _ -> List.of());
    }

    /**
     * Sends a request for one object and returns what the kernel answers; its flags must contain NLM_F_ACK.
     *
     * @throws NetlinkException when the kernel refuses
     */
    public List<NetlinkMessage> query(NetlinkRequest request) {
        return converse(request, List::of);
    }

    /**
     * Sends a request for all objects of a kind (NLM_F_DUMP) and returns them. When the kernel says that something changed in
     * between, it is asked again, a bounded number of times.
     *
     * @throws NetlinkException when the kernel refuses; with EINTR when no dump in a row came through untorn
     */
    public List<NetlinkMessage> dump(NetlinkRequest request) {
        for (int attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
            List<NetlinkMessage> messages = converse(request, List::of);
            if (messages.stream().noneMatch(message -> message.has(Netlink.NLM_F_DUMP_INTR))) {
                return messages;
            }
        }
        throw request.refused(Errno.EINTR, "the list changed during each of " + DUMP_ATTEMPTS + " dumps");
    }

    @Override
    public void close() {
        turn.lock();
        try {
            if (!closed) {
                closed = true;
                socket.close();
            }
        } finally {
            turn.unlock();
        }
    }

    private List<NetlinkMessage> converse(NetlinkRequest request, Function<NetlinkMessage, List<NetlinkMessage>> keep) {
        turn.lock();
        try {
            if (closed) {
                throw new IllegalStateException("The netlink socket is closed.");
            }
            int number = ++sequence;
            send(request.message().finish(number));
            List<NetlinkMessage> answers = new ArrayList<>();
            while (true) {
                for (NetlinkMessage message : NetlinkMessage.parse(receive(request))) {
                    if (message.sequence() != number) {
                        // The late answer to a request that was given up after its timeout.
                        continue;
                    }
                    switch (message.type()) {
                        case Netlink.NLMSG_NOOP -> {}
                        case Netlink.NLMSG_ERROR -> {
                            Acknowledgement answer = Acknowledgement.parse(message);
                            if (answer.error() != 0) {
                                throw request.refused(answer);
                            }
                            return List.copyOf(answers);
                        }
                        case Netlink.NLMSG_DONE -> {
                            Acknowledgement answer = Acknowledgement.parseDone(message);
                            if (answer.error() != 0) {
                                throw request.refused(answer);
                            }
                            if (message.has(Netlink.NLM_F_DUMP_INTR)) {
                                answers.add(message);
                            }
                            return List.copyOf(answers);
                        }
                        case Netlink.NLMSG_OVERRUN ->
                            throw request.refused(Errno.ENOBUFS, "answers were lost on the way");
                        default -> answers.addAll(keep.apply(message));
                    }
                }
            }
        } finally {
            turn.unlock();
        }
    }

    private void send(byte[] message) {
        growTo(message.length);
        // In bounds: growTo made the buffer at least as long as the message.
        MemorySegment.copy(message, 0, buffer, JAVA_BYTE, 0, message.length);
        long _ = SystemCalls.send(socket, buffer, message.length);
    }

    private byte[] receive(NetlinkRequest request) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sender = arena.allocate(ADDRESS_LENGTH, Integer.BYTES);
            while (true) {
                // With MSG_TRUNC the kernel tells the whole length, so that a long list of VFs never comes cut short.
                growTo(SystemCalls.receive(socket, buffer.asSlice(0, 0), MSG_PEEK | MSG_TRUNC, sender));
                long length = SystemCalls.receive(socket, buffer, 0, sender);
                // In bounds: the port is bytes 4 to 7 of a 12-byte address. Port 0 is the kernel; any other sender is
                // ignored.
                if (sender.get(JAVA_INT, ADDRESS_PORT_OFFSET) == 0) {
                    // In bounds: without MSG_TRUNC the kernel reports at most the buffer's own size.
                    return buffer.asSlice(0, length).toArray(JAVA_BYTE);
                }
            }
        } catch (SystemCallException failure) {
            if (failure.errno() == Errno.EAGAIN) {
                throw request.refused(Errno.ETIMEDOUT, "no answer within " + ANSWER_TIMEOUT.toSeconds() + " seconds");
            }
            throw failure;
        }
    }

    private void growTo(long length) {
        if (length > buffer.byteSize()) {
            buffer = Arena.ofAuto().allocate(Math.max(length, 2 * buffer.byteSize()), Long.BYTES);
        }
    }
}
