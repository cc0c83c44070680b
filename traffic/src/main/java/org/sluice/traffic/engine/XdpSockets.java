package org.sluice.traffic.engine;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;
import org.sluice.linux.LinuxException;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.xdp.AttachMode;
import org.sluice.linux.xdp.CopyMode;
import org.sluice.linux.xdp.XdpProgram;
import org.sluice.linux.xdp.XdpSettings;
import org.sluice.linux.xdp.XdpSocket;
import org.sluice.traffic.frame.FrameLayout;

/**
 * AF_XDP: one socket a port, on its first queue, for both directions, because a queue has room for one socket. The program that delivers
 * frames runs in the driver where it can, else before the stack.
 */
final class XdpSockets implements Sockets {
    private static final int QUEUE = 0;
    private static final int SMALL_FRAME = 2048;
    private static final int LARGE_FRAME = 4096;
    private static final int LEAST_SLOTS = 256;

    /** Wide: 2,048 lose a fifth of what arrives at full speed while the receiver looks away for a moment. */
    private static final int RECEIVE_FRAMES = 32_768;

    private final TestPath path;
    private final int longestFrame;
    private final int transmitSlots;
    private final Map<PortName, XdpSocket> sockets = new LinkedHashMap<>();
    private final Map<PortName, XdpProgram> programs = new LinkedHashMap<>();

    /** @param slots how many frames a sender's layout has */
    XdpSockets(TestPath path, int longestFrame, int slots) {
        this.path = path;
        this.longestFrame = longestFrame;
        this.transmitSlots = powerOfTwo(Math.max(LEAST_SLOTS, slots));
    }

    @Override
    public FrameSender transmit(PortName port, FrameLayout layout) {
        long streams = path.streams().stream()
                .filter(stream -> stream.transmit().equals(port))
                .count();
        if (streams > 1) {
            throw new LinuxException(
                    "xdp.one-stream",
                    "Mode xdp sends one stream a port, and " + streams + " begin at " + port + ".",
                    "Use --mode mmsg, or one --rx for each --tx.");
        }
        return new XdpFrameSender(socket(port).transmitter());
    }

    @Override
    public FrameReceiver receive(PortName port, int ignored) {
        XdpSocket socket = socket(port);
        if (!programs.containsKey(port)) {
            XdpProgram program = attach(port);
            programs.put(port, program);
            program.deliverTo(socket);
        }
        return new XdpFrameReceiver(socket, path.receiversExclusive());
    }

    private XdpProgram attach(PortName port) {
        NetworkNamespace namespace = path.namespace(port);
        try {
            return XdpProgram.attach(namespace, port.device(), AttachMode.NATIVE);
        } catch (LinuxException refusal) {
            if (refusal.code().equals("xdp.mode-unsupported") || refusal.code().equals("xdp.queues")) {
                return XdpProgram.attach(namespace, port.device(), AttachMode.GENERIC);
            }
            throw refusal;
        }
    }

    private XdpSocket socket(PortName port) {
        XdpSocket open = sockets.get(port);
        if (open == null) {
            boolean receives =
                    path.streams().stream().anyMatch(stream -> stream.receive().equals(port));
            boolean transmits =
                    path.streams().stream().anyMatch(stream -> stream.transmit().equals(port));
            open = XdpSocket.open(
                    path.namespace(port),
                    port.device(),
                    QUEUE,
                    new XdpSettings(
                            frameSize(),
                            transmits ? transmitSlots : 0,
                            receives ? RECEIVE_FRAMES : 0,
                            CopyMode.PREFER_ZERO_COPY));
            sockets.put(port, requireNonNull(open, "open is null"));
        }
        return open;
    }

    private int frameSize() {
        int longestInSmall = XdpSettings.receiving(SMALL_FRAME, RECEIVE_FRAMES, CopyMode.COPY)
                .longestReceivedFrame();
        return longestFrame <= longestInSmall ? SMALL_FRAME : LARGE_FRAME;
    }

    private static int powerOfTwo(int atLeast) {
        return Integer.bitCount(atLeast) == 1 ? atLeast : Integer.highestOneBit(atLeast) << 1;
    }

    @Override
    public void close() {
        programs.values().forEach(XdpProgram::close);
        sockets.values().forEach(XdpSocket::close);
    }
}
