package org.sluice.traffic.tuning;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sluice.linux.ethtool.Coalescing;
import org.sluice.linux.ethtool.Ethtool;
import org.sluice.traffic.machine.Device;
import org.sluice.traffic.machine.Host;

/**
 * How a device saves up interrupts, {@code ethtool -C}:
 * {@code rx-usecs 3 rx-frames 0 tx-usecs 3 tx-frames 0 adaptive-rx off adaptive-tx off}.
 *
 * @param target the device
 */
public record InterruptCoalescing(Device target) implements Setting {
    private static final Pattern VALUE = Pattern.compile("rx-usecs (\\d{1,9}) rx-frames (\\d{1,9}) tx-usecs (\\d{1,9})"
            + " tx-frames (\\d{1,9}) adaptive-rx (on|off) adaptive-tx (on|off)");

    /** Checks for null. */
    public InterruptCoalescing {
        requireNonNull(target, "target is null");
    }

    /** A value of this setting. */
    public static String value(Coalescing coalescing) {
        return "rx-usecs " + coalescing.receiveMicroseconds()
                + " rx-frames " + coalescing.receiveFrames()
                + " tx-usecs " + coalescing.transmitMicroseconds()
                + " tx-frames " + coalescing.transmitFrames()
                + " adaptive-rx " + (coalescing.adaptiveReceive() ? "on" : "off")
                + " adaptive-tx " + (coalescing.adaptiveTransmit() ? "on" : "off");
    }

    @Override
    public Optional<String> read(Host host) {
        try (Ethtool ethtool = host.ethtool(target.place())) {
            return ethtool.coalescing(target.name()).map(InterruptCoalescing::value);
        }
    }

    @Override
    public void write(Host host, String value) {
        Coalescing wanted = parse(value);
        try (Ethtool ethtool = host.ethtool(target.place())) {
            ethtool.setCoalescing(target.name(), wanted);
        }
    }

    @Override
    public String describe() {
        return "the interrupt coalescing of " + target;
    }

    @Override
    public Optional<Device> device() {
        return Optional.of(target);
    }

    @Override
    public String canonical(String value) {
        return value(parse(value));
    }

    private static Coalescing parse(String value) {
        Matcher matcher = VALUE.matcher(value);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "\"" + value + "\" does not describe interrupt coalescing: write it as in"
                            + " rx-usecs 3 rx-frames 0 tx-usecs 3 tx-frames 0 adaptive-rx off adaptive-tx off.");
        }
        return new Coalescing(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3)),
                Integer.parseInt(matcher.group(4)),
                "on".equals(matcher.group(5)),
                "on".equals(matcher.group(6)));
    }
}
