package org.sluice.linux.net;

import static java.util.Objects.requireNonNull;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import org.sluice.linux.kernel.FileDescriptor;
import org.sluice.linux.kernel.SystemCalls;

/**
 * Tap devices that outlive the process that makes them, for hypervisors to open by name. Thread-safe.
 *
 * @see <a href="https://docs.kernel.org/networking/tuntap.html">Universal TUN/TAP device driver</a>
 */
public final class Taps {
    private static final String CONTROL = "/dev/net/tun";
    private static final long TUNSETIFF = 0x400454CAL;
    private static final long TUNSETPERSIST = 0x400454CBL;
    private static final long TUNSETOWNER = 0x400454CCL;
    private static final int IFF_TAP = 0x0002;
    private static final int IFF_NO_PI = 0x1000;
    private static final int IFF_VNET_HDR = 0x4000;
    private static final int IFF_TUN_EXCL = 0x8000;

    /** struct ifreq on 64-bit machines: a name of 16 bytes and a union of 24. */
    private static final int INTERFACE_REQUEST_LENGTH = 40;

    private static final int FLAGS_OFFSET = 16;

    private final RouteSession session;

    Taps(RouteSession session) {
        this.session = session;
    }

    /** {@code ip tuntap add dev NAME mode tap vnet_hdr}: for root alone. */
    public void create(String name) {
        create(name, OptionalInt.empty());
    }

    /** {@code ip tuntap add dev NAME mode tap vnet_hdr user UID}: for the hypervisor that runs under this user id. */
    public void createFor(String name, int userId) {
        create(name, OptionalInt.of(userId));
    }

    private void create(String name, OptionalInt userId) {
        byte[] bytes = requireNonNull(name, "name is null").getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length > LinkCodec.LONGEST_NAME) {
            throw new IllegalArgumentException(
                    "The tap name \"" + name + "\" has " + bytes.length + " bytes: use 1 to 15.");
        }
        // The device is born in the namespace of the thread that asks, so the asking is done in there.
        session.namespace().call(() -> {
            attach(name, bytes, userId);
            return name;
        });
    }

    private static void attach(String name, byte[] nameBytes, OptionalInt userId) {
        try (FileDescriptor control = SystemCalls.open(CONTROL, SystemCalls.O_RDWR);
                Arena arena = Arena.ofConfined()) {
            // In bounds: at most 15 bytes of name are copied to the front of 40 zero bytes; the flags are bytes 16 and
            // 17.
            MemorySegment request = arena.allocate(INTERFACE_REQUEST_LENGTH, Long.BYTES);
            MemorySegment.copy(nameBytes, 0, request, ValueLayout.JAVA_BYTE, 0, nameBytes.length);
            request.set(
                    ValueLayout.JAVA_SHORT, FLAGS_OFFSET, (short) (IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | IFF_TUN_EXCL));
            SystemCalls.ioctl(control, TUNSETIFF, request, "create the tap device " + name);
            if (userId.isPresent()) {
                SystemCalls.ioctl(
                        control,
                        TUNSETOWNER,
                        userId.getAsInt(),
                        "give the tap device " + name + " to user " + userId.getAsInt());
            }
            // Last: until here the device goes away by itself when something fails and the file is closed.
            SystemCalls.ioctl(control, TUNSETPERSIST, 1, "make the tap device " + name + " persistent");
        }
    }
}
