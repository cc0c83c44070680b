package org.sluice.traffic.check;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sluice.traffic.engine.PortName;

/**
 * What the kernel counted on a device: {@code ip -s -j link show}.
 *
 * @param received frames that came
 * @param sent frames that went
 */
record DeviceCounters(long received, long sent) {
    private static final Pattern COUNTERS = Pattern.compile(
            ".*\"rx\":\\{\"bytes\":\\d+,\"packets\":(\\d+),.*\"tx\":\\{\"bytes\":\\d+,\"packets\":(\\d+),.*");

    /** Reads them. */
    static DeviceCounters of(PortName port) throws InterruptedException {
        List<String> output = Program.run(
                port.namespace().orElseThrow(), List.of("ip", "-s", "-j", "link", "show", "dev", port.device()));
        Matcher matcher = COUNTERS.matcher(String.join("", output));
        if (!matcher.matches()) {
            throw new AssertionError("No counters in " + output);
        }
        return new DeviceCounters(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
    }
}
