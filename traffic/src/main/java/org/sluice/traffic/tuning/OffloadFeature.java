package org.sluice.traffic.tuning;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sluice.linux.ethtool.Ethtool;
import org.sluice.linux.ethtool.Feature;
import org.sluice.traffic.machine.Device;
import org.sluice.traffic.machine.Host;

/**
 * One offload, {@code ethtool -K}: {@code on}, {@code off}, or {@code requested} for one that is wished for and not active because
 * something that it needs is off.
 *
 * @param target the device
 * @param feature the kernel's name of the feature, for example {@code rx-gro}
 */
public record OffloadFeature(Device target, String feature) implements Setting {
    /** The feature works. */
    public static final String ON = "on";

    /** The feature is off and not wished for. */
    public static final String OFF = "off";

    /** The feature is wished for and not active. */
    public static final String REQUESTED = "requested";

    /** Checks for null. */
    public OffloadFeature {
        requireNonNull(target, "target is null");
        requireNonNull(feature, "feature is null");
    }

    @Override
    public Optional<String> read(Host host) {
        try (Ethtool ethtool = host.ethtool(target.place())) {
            return ethtool.feature(target.name(), feature).map(OffloadFeature::value);
        }
    }

    @Override
    public void write(Host host, String value) {
        try (Ethtool ethtool = host.ethtool(target.place())) {
            ethtool.setFeatures(target.name(), Map.of(feature, !value.equals(OFF)));
        }
    }

    @Override
    public String describe() {
        return "the offload " + feature + " of " + target;
    }

    @Override
    public Optional<Device> device() {
        return Optional.of(target);
    }

    @Override
    public String canonical(String value) {
        if (!List.of(ON, OFF, REQUESTED).contains(value)) {
            throw new IllegalArgumentException("\"" + value + "\" is no state of an offload: use on or off.");
        }
        return value;
    }

    /** A wish that was held up before may be active afterwards: the wish is what can be put back. */
    @Override
    public boolean satisfies(String wanted, String read) {
        return wanted.equals(read) || (wanted.equals(REQUESTED) && read.equals(ON));
    }

    private static String value(Feature feature) {
        if (feature.active()) {
            return ON;
        }
        return feature.requested() ? REQUESTED : OFF;
    }
}
