package org.sluice.traffic.check;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Links;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.frame.FrameSpec;

/**
 * A bridge between the tester's ports whose outgoing port has a queue discipline of the kernel: what that does to frames is known
 * from its own counters. The tester passes by the queue discipline of the port that it sends from, so it has to be in the middle.
 */
final class ShapedBridge implements AutoCloseable {
    private static final String BRIDGE = "bridge";
    private static final Duration AGEING = Duration.ofMinutes(5);

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    /** BR_STATE_FORWARDING of linux/if_bridge.h. */
    private static final String FORWARDING = "3";

    private final Middle middle = new Middle();

    ShapedBridge() throws InterruptedException {
        try (NetworkNamespace namespace = middle.open();
                Links links = Links.in(namespace)) {
            // Neither the bridge nor its ports say anything of their own: the counters are those of the tester's
            // frames.
            for (String device : List.of("all", "default", Middle.IN, Middle.OUT)) {
                middle.set("net/ipv6/conf/" + device + "/disable_ipv6", "1");
            }
            links.createBridge(BRIDGE, false, AGEING);
            links.setMaster(Middle.IN, BRIDGE);
            links.setMaster(Middle.OUT, BRIDGE);
            // A bridge that snoops joins the group of all that do, and says so some time in the first seconds.
            String _ = Shell.run(List.of(
                    "ip", "-n", middle.name(), "link", "set", "dev", BRIDGE, "type", "bridge", "mcast_snooping", "0"));
            links.setUp(BRIDGE);
            awaitForwarding(Middle.IN);
            awaitForwarding(Middle.OUT);
        } catch (RuntimeException | Error | InterruptedException failure) {
            close();
            throw failure;
        }
    }

    /** A port forwards from when the kernel has heard of its carrier, which takes it up to a second. */
    private void awaitForwarding(String port) throws InterruptedException {
        List<String> state =
                List.of("ip", "netns", "exec", middle.name(), "cat", "/sys/class/net/" + port + "/brport/state");
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!Shell.run(state).strip().equals(FORWARDING)) {
            if (System.nanoTime() > end) {
                throw new AssertionError("The port " + port + " of the bridge does not forward.");
            }
            Thread.sleep(LOOK_AGAIN);
        }
    }

    /**
     * {@code tc qdisc replace dev out root KIND ...}. Skips the test where the kernel does not have that queue discipline.
     *
     * @param words the kind and its options, with single spaces
     */
    void plant(String words) throws InterruptedException {
        List<String> command = tc("qdisc", "replace", "dev", Middle.OUT, "root");
        command.addAll(List.of(words.split(" ")));
        Shell.Answer answer = Shell.ask(command);
        assumeTrue(
                !answer.text().contains("qdisc kind is unknown"),
                () -> "This kernel does not have the queue discipline of \"" + words + "\".");
        if (answer.code() != 0) {
            throw new AssertionError(String.join(" ", command) + ": " + answer.text());
        }
    }

    /** What the queue discipline counted since it was planted. */
    Counters counters() throws InterruptedException {
        String text = Shell.run(tc("-s", "-j", "qdisc", "show", "dev", Middle.OUT, "root"));
        return new Counters(read("bytes", text), read("packets", text), read("drops", text), read("requeues", text));
    }

    /**
     * Counters of a queue discipline.
     *
     * @param bytes of the frames it let out, without frame check sequence
     * @param packets frames it let out
     * @param drops frames it dropped
     * @param requeues frames that netem let out before those that were waiting
     */
    record Counters(long bytes, long packets, long drops, long requeues) {}

    private static long read(String name, String json) {
        Matcher matcher = Pattern.compile("\"" + name + "\":(\\d+)").matcher(json);
        if (!matcher.find()) {
            throw new AssertionError("tc shows no " + name + ": " + json);
        }
        return Long.parseLong(matcher.group(1));
    }

    private List<String> tc(String... words) {
        List<String> command = new ArrayList<>(List.of("tc", "-n", middle.name()));
        command.addAll(List.of(words));
        return command;
    }

    /** Captures what comes to the bridge. */
    TcpdumpCapture captureBefore() throws InterruptedException {
        return TcpdumpCapture.start(middle.name(), Middle.IN);
    }

    /** Captures what comes to the receiving port. */
    TcpdumpCapture captureAfter() throws InterruptedException {
        return TcpdumpCapture.start(middle.receive.namespace().orElseThrow(), middle.receive.device());
    }

    /** From one port of the tester to the other. */
    Stream stream() {
        FrameSpec frames = FrameSpec.between(Middle.TRANSMIT_MAC, Middle.RECEIVE_MAC);
        return new Stream(middle.transmit, middle.receive, frames, Stream.Device.BRIDGE);
    }

    @Override
    public void close() {
        middle.close();
    }
}
