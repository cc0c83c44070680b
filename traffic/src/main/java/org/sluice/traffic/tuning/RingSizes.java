package org.sluice.traffic.tuning;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sluice.linux.ethtool.Ethtool;
import org.sluice.linux.ethtool.Rings;
import org.sluice.traffic.machine.Device;
import org.sluice.traffic.machine.Host;

/**
 * How many descriptors the rings have, {@code ethtool -G}: {@code rx 256 tx 256}.
 *
 * @param target the device
 */
public record RingSizes(Device target) implements Setting {
    private static final Pattern VALUE = Pattern.compile("rx (\\d{1,9}) tx (\\d{1,9})");

    /** Checks for null. */
    public RingSizes {
        requireNonNull(target, "target is null");
    }

    /** A value of this setting. */
    public static String value(int receive, int transmit) {
        return "rx " + receive + " tx " + transmit;
    }

    @Override
    public Optional<String> read(Host host) {
        try (Ethtool ethtool = host.ethtool(target.place())) {
            return ethtool.rings(target.name()).map(rings -> value(rings.receive(), rings.transmit()));
        }
    }

    @Override
    public void write(Host host, String value) {
        Rings wanted = parse(value);
        try (Ethtool ethtool = host.ethtool(target.place())) {
            ethtool.setRings(target.name(), wanted.receive(), wanted.transmit());
        }
    }

    @Override
    public String describe() {
        return "the rings of " + target;
    }

    @Override
    public Optional<Device> device() {
        return Optional.of(target);
    }

    @Override
    public String canonical(String value) {
        Rings rings = parse(value);
        return value(rings.receive(), rings.transmit());
    }

    private static Rings parse(String value) {
        Matcher matcher = VALUE.matcher(value);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "\"" + value + "\" does not give the sizes of rings: write it as in rx 256 tx 256.");
        }
        return new Rings(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)), 0, 0);
    }
}
