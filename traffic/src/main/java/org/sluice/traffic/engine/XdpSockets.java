package org.sluice.traffic.engine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sluice.linux.LinuxException;
import org.sluice.linux.xdp.AttachMode;
import org.sluice.linux.xdp.CopyMode;
import org.sluice.linux.xdp.XdpProgram;
import org.sluice.linux.xdp.XdpSettings;
import org.sluice.linux.xdp.XdpSocket;
import org.sluice.traffic.frame.FrameLayout;

/**
 * AF_XDP: one socket a port, on its first queue, for both directions, because a queue has room for one socket.
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
        path.programs().on(port, path.namespace(port)).deliverTo(socket);
        return new XdpFrameReceiver(socket, path.receiversExclusive());
    }

    private XdpSocket socket(PortName port) {
        XdpSocket open = sockets.get(port);
        if (open == null) {
            open = open(port);
            sockets.put(port, open);
        }
        return open;
    }

    private XdpSocket open(PortName port) {
        XdpSocket socket = open(port, CopyMode.PREFER_ZERO_COPY);
        if (socket.zeroCopy()) {
            // Also where nothing is received: many drivers, such as Intel's, send from a socket's memory only while
            // they have a program.
            XdpProgram program = path.programs().on(port, path.namespace(port));
            if (program.mode() == AttachMode.GENERIC) {
                socket.close();
                return open(port, CopyMode.COPY);
            }
        }
        return socket;
    }

    private XdpSocket open(PortName port, CopyMode copyMode) {
        boolean receives =
                path.streams().stream().anyMatch(stream -> stream.receive().equals(port));
        boolean transmits =
                path.streams().stream().anyMatch(stream -> stream.transmit().equals(port));
        return XdpSocket.open(
                path.namespace(port),
                port.device(),
                QUEUE,
                new XdpSettings(frameSize(), transmits ? transmitSlots : 0, receives ? RECEIVE_FRAMES : 0, copyMode));
    }

    @Override
    public void awaitReady() throws InterruptedException {
        path.programs().awaitCarriers();
    }

    @Override
    public List<String> notes() {
        return sockets.entrySet().stream()
                .map(socket ->
                        socket.getKey() + ": " + (socket.getValue().zeroCopy() ? "zero-copy" : "the kernel copies")
                                + path.programs()
                                        .mode(socket.getKey())
                                        .map(mode -> ", " + mode + " XDP program")
                                        .orElse("")
                                + ".")
                .toList();
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
        sockets.values().forEach(XdpSocket::close);
    }
}
