package org.sluice.traffic.path;

import java.time.Duration;
import java.util.List;
import org.sluice.linux.LinuxException;
import org.sluice.linux.net.Link;
import org.sluice.linux.net.VlanProtocol;
import org.sluice.traffic.engine.LatenessBounds;
import org.sluice.traffic.engine.Measurement;
import org.sluice.traffic.engine.Mode;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.engine.TestPath;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.frame.FrameSize;
import org.sluice.traffic.frame.VlanTag;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.StreamResult;
import org.sluice.traffic.trial.TrialResult;

/** What must hold before anything is measured, each with its own sentence: hours are too long to find out that a cable is missing. */
public final class Preflight {
    private static final int ETHERNET_HEADER = 14;
    private static final int CHECK_SEQUENCE = 4;
    private static final int PROBES = 20;
    private static final double PROBE_RATE = 200;
    private static final Duration SETTLE = Duration.ofMillis(300);

    private Preflight() {}

    /**
     * Looks at the interfaces, then sends {@value #PROBES} frames each way.
     *
     * @throws LinuxException codes {@code link.missing}, {@code link.down}, {@code link.no-carrier}, {@code link.mtu},
     *     {@code packet.permission}, {@code path.permission}, {@code path.frame-size}, {@code path.dead}, {@code path.loop}
     */
    public static void check(List<Stream> streams, List<FrameMix> mixes, Mode mode) throws InterruptedException {
        for (Stream stream : streams) {
            for (FrameMix mix : mixes) {
                requireRoom(stream, mix);
            }
            int longest =
                    mixes.stream().mapToInt(mix -> mix.largest().bytes()).max().orElseThrow();
            requireReady(stream.transmit(), stream, longest);
            requireReady(stream.receive(), stream, longest);
        }
        probe(streams, mixes.getFirst(), mode);
    }

    private static void requireRoom(Stream stream, FrameMix mix) {
        FrameSize minimum = FrameSize.minimum(stream.frames());
        if (mix.smallest().bytes() < minimum.bytes()) {
            throw new LinuxException(
                    "path.frame-size",
                    "Frames of " + mix.smallest() + " bytes have no room for these headers and the tester's signature.",
                    "Use frames of " + minimum + " bytes or more.");
        }
    }

    private static void requireReady(PortName port, Stream stream, int longestFrame) throws InterruptedException {
        Link link = PortAccess.settledLink(port);
        if (!link.up()) {
            throw new LinuxException(
                    "link.down",
                    "The network device " + port + " is down.",
                    "Set it up first (ip link set dev " + port.device() + " up).");
        }
        if (!link.carrier()) {
            throw new LinuxException(
                    "link.no-carrier",
                    "The network device " + port + " has no carrier.",
                    "Check the cable and the other end, which must be up too.");
        }
        int needed = longestFrame
                - CHECK_SEQUENCE
                - ETHERNET_HEADER
                - uncounted(stream.frames().tags());
        if (link.mtu() < needed) {
            throw new LinuxException(
                    "link.mtu",
                    "Frames of " + longestFrame + " bytes do not fit through " + port + ", whose MTU is " + link.mtu()
                            + ".",
                    "Set an MTU of " + needed + " or more (ip link set dev " + port.device() + " mtu " + needed
                            + "), or leave the longer frames out (--sizes).");
        }
    }

    /** Bytes of tags that the kernel does not count to the MTU: those of one 802.1Q tag, and only if it comes first. */
    private static int uncounted(List<VlanTag> tags) {
        return tags.size() == 1 && tags.getFirst().protocol() == VlanProtocol.DOT1Q ? VlanTag.LENGTH : 0;
    }

    /** With packet sockets first, which alone can tell what comes back to the sender; AF_XDP takes frames away before they see them. */
    private static void probe(List<Stream> streams, FrameMix mix, Mode mode) throws InterruptedException {
        try (EchoWatch echo = new EchoWatch(streams, mix)) {
            TrialResult result = probed(streams, mix, Mode.MMSG);
            requireNoEcho(echo.echoes().getFirst());
            result.streams().forEach(Preflight::requireArrival);
        }
        if (mode != Mode.MMSG) {
            probed(streams, mix, mode).streams().forEach(Preflight::requireArrival);
        }
    }

    private static TrialResult probed(List<Stream> streams, FrameMix mix, Mode mode) throws InterruptedException {
        try (TestPath path = TestPath.open(streams, mode, LatenessBounds.DEFAULT, SETTLE);
                Measurement measurement = path.measure(mix)) {
            // A burst, because it may take its time: a busy machine sends them all the same.
            Load load = new Load.Burst(PROBES, PROBE_RATE);
            TrialResult result = measurement.run(load);
            if (result.streams().stream().anyMatch(stream -> stream.received() == 0)) {
                // A router that has to ask for the receiver first drops what comes meanwhile.
                result = measurement.run(load);
            }
            return result;
        }
    }

    /** A device may send back a frame or two, such as an announcement; not half of all. */
    private static void requireNoEcho(EchoWatch.Echo most) {
        if (most.frames() >= PROBES / 2) {
            throw new LinuxException(
                    "path.loop",
                    "The path loops: after " + PROBES + " frames of each stream, " + most.frames() + " came back to "
                            + most.port() + ", which had sent them.",
                    "Take the loop out; a test would multiply its own frames.");
        }
    }

    private static void requireArrival(StreamResult stream) {
        if (stream.received() == 0) {
            throw new LinuxException(
                    "path.dead",
                    "None of " + stream.sent() + " frames arrived: " + stream.stream() + "."
                            + (stream.corrupted() > 0
                                    ? " " + stream.corrupted() + " arrived changed, as by a router that was not named."
                                    : ""),
                    "Check what is between the two interfaces; through a router, name it (--gateway).");
        }
        if (stream.duplicated() >= stream.sent()) {
            throw new LinuxException(
                    "path.loop",
                    "The path loops: of " + stream.sent() + " frames " + (stream.received() + stream.duplicated())
                            + " copies arrived: " + stream.stream() + ".",
                    "Take the loop out; a test would multiply its own frames.");
        }
    }
}
