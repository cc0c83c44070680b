package org.sluice.linux.ethtool;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.FileDescriptor;
import org.sluice.linux.kernel.SystemCallException;
import org.sluice.linux.kernel.SystemCalls;

/** A socket in one namespace to which SIOCETHTOOL requests are made. Thread-safe. */
final class EthtoolSession implements AutoCloseable {
    private static final long SIOCETHTOOL = 0x8946;
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM = 2;

    /** struct ifreq on 64-bit machines: a name of 16 bytes and a union of 24. */
    private static final int INTERFACE_REQUEST_LENGTH = 40;

    private static final int DATA_OFFSET = 16;
    private static final int LONGEST_NAME = 15;

    private final FileDescriptor socket;

    private EthtoolSession(FileDescriptor socket) {
        this.socket = socket;
    }

    /** Opens a socket in the calling thread's namespace. */
    static EthtoolSession open() {
        // Any socket reaches the devices of its namespace; this one sends nothing.
        return new EthtoolSession(SystemCalls.socket(AF_INET, SOCK_DGRAM, 0, "socket for ethtool"));
    }

    /**
     * Asks, and gives the structure as the kernel filled it; empty when the driver does not have what was asked for.
     *
     * @param what what is asked, as an imperative
     */
    Optional<byte[]> ask(String device, byte[] structure, String what) {
        try {
            return Optional.of(call(device, structure, what));
        } catch (SystemCallException refusal) {
            if (refusal.errno() == Errno.EOPNOTSUPP || refusal.errno() == Errno.ENOTSUPP) {
                return Optional.empty();
            }
            throw refusal;
        }
    }

    /**
     * Changes something.
     *
     * @param what what is changed, as an imperative that names the setting
     * @throws LinuxException code {@code ethtool.unsupported}, or that of the error
     */
    void execute(String device, byte[] structure, String what) {
        try {
            byte[] _ = call(device, structure, what);
        } catch (SystemCallException refusal) {
            if (refusal.errno() == Errno.EOPNOTSUPP || refusal.errno() == Errno.ENOTSUPP) {
                throw unsupported(device, what, refusal);
            }
            throw refusal;
        }
    }

    static LinuxException unsupported(String device, String what, @Nullable SystemCallException refusal) {
        return new LinuxException(
                "ethtool.unsupported",
                "The driver of " + device + " does not let anyone " + what + ".",
                "Leave this setting alone on this device; ethtool shows what it has.",
                refusal);
    }

    private byte[] call(String device, byte[] structure, String what) {
        byte[] name = device.getBytes(StandardCharsets.UTF_8);
        if (name.length == 0 || name.length > LONGEST_NAME) {
            throw new IllegalArgumentException(
                    "The device name \"" + device + "\" has " + name.length + " bytes: use 1 to 15.");
        }
        try (Arena arena = Arena.ofConfined()) {
            // In bounds: at most 15 bytes of name are copied to the front of 40 zero bytes; the pointer is bytes 16 to
            // 23.
            MemorySegment request = arena.allocate(INTERFACE_REQUEST_LENGTH, Long.BYTES);
            MemorySegment.copy(name, 0, request, JAVA_BYTE, 0, name.length);
            // In bounds for the kernel: each structure has the length that its command, or the count inside it, stands
            // for. The count of feature names is the kernel's own and does not change while it runs.
            MemorySegment data = arena.allocate(structure.length, Long.BYTES);
            MemorySegment.copy(structure, 0, data, JAVA_BYTE, 0, structure.length);
            request.set(ADDRESS, DATA_OFFSET, data);
            SystemCalls.ioctl(socket, SIOCETHTOOL, request, what);
            return data.toArray(JAVA_BYTE);
        } catch (SystemCallException refusal) {
            if (refusal.errno() == Errno.ENODEV) {
                throw new LinuxException(
                        "link.missing",
                        "There is no network device " + device + " in this network namespace.",
                        "Check the device's name (ip link show); udev may have renamed it, or it may be in another"
                                + " namespace.",
                        refusal);
            }
            throw refusal;
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
