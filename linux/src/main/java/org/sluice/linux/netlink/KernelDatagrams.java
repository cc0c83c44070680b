package org.sluice.linux.netlink;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.sluice.linux.kernel.FileDescriptor;
import org.sluice.linux.kernel.SystemCalls;

/** Datagrams to and from the kernel's NETLINK_ROUTE family. For one thread at a time. */
final class KernelDatagrams implements Datagrams {
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
    static final int ADDRESS_LENGTH = 12;
    private static final int ADDRESS_GROUPS_OFFSET = 8;
    private static final int ADDRESS_PORT_OFFSET = 4;
    private static final int FIRST_BUFFER_SIZE = 32 * 1024;
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

    private final FileDescriptor socket;
    private MemorySegment buffer = Arena.ofAuto().allocate(FIRST_BUFFER_SIZE, Long.BYTES);

    private KernelDatagrams(FileDescriptor socket) {
        this.socket = socket;
    }

    static KernelDatagrams open() {
        FileDescriptor descriptor = socket("route netlink socket", 0);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment on = arena.allocateFrom(JAVA_INT, 1);
            SystemCalls.setSocketOption(descriptor, SOL_NETLINK, NETLINK_CAP_ACK, on, "ask for short acknowledgements");
            SystemCalls.setSocketOption(
                    descriptor, SOL_NETLINK, NETLINK_EXT_ACK, on, "ask for extended acknowledgements");
            // struct timeval: long seconds, long microseconds.
            MemorySegment timeout = arena.allocateFrom(JAVA_LONG, ANSWER_TIMEOUT.toSeconds(), 0L);
            SystemCalls.setSocketOption(descriptor, SOL_SOCKET, SO_RCVTIMEO, timeout, "bound the wait for an answer");
            return new KernelDatagrams(descriptor);
        } catch (RuntimeException | Error failure) {
            descriptor.close();
            throw failure;
        }
    }

    /** A socket that is bound, and hears what is announced to the groups of the bits; 0 for none. */
    static FileDescriptor socket(String name, int groups) {
        FileDescriptor descriptor = SystemCalls.socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, name);
        try (Arena arena = Arena.ofConfined()) {
            // struct sockaddr_nl: u16 family, u16 padding, u32 port (0 lets the kernel choose), u32 groups. In bounds:
            // 12 bytes.
            MemorySegment address = arena.allocate(ADDRESS_LENGTH, Integer.BYTES);
            address.set(JAVA_SHORT, 0, (short) AF_NETLINK);
            address.set(JAVA_INT, ADDRESS_GROUPS_OFFSET, groups);
            SystemCalls.bind(descriptor, address);
            return descriptor;
        } catch (RuntimeException | Error failure) {
            descriptor.close();
            throw failure;
        }
    }

    @Override
    public void send(byte[] message) {
        growTo(message.length);
        // In bounds: growTo made the buffer at least as long as the message.
        MemorySegment.copy(message, 0, buffer, JAVA_BYTE, 0, message.length);
        long _ = SystemCalls.send(socket, buffer, message.length);
    }

    @Override
    public byte[] receive() {
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
        }
    }

    @Override
    public void close() {
        socket.close();
    }

    private void growTo(long length) {
        if (length > buffer.byteSize()) {
            buffer = Arena.ofAuto().allocate(Math.max(length, 2 * buffer.byteSize()), Long.BYTES);
        }
    }
}
