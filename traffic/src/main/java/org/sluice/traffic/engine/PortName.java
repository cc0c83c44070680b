package org.sluice.traffic.engine;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.sluice.linux.namespace.NetworkNamespace;

/**
 * Where a network device is: {@code IF}, or {@code IF@NETNS} for one in a named network namespace.
 *
 * @param device its name
 * @param namespace the name of its network namespace, absent for this program's own
 */
public record PortName(String device, Optional<String> namespace) {
    private static final int LONGEST_DEVICE_NAME = 15;

    /** Checks the device's name. */
    public PortName {
        requireNonNull(device, "device is null");
        requireNonNull(namespace, "namespace is null");
        if (device.isEmpty() || device.length() > LONGEST_DEVICE_NAME || device.contains("/") || device.contains(" ")) {
            throw new IllegalArgumentException(
                    "\"" + device + "\" cannot name a network device: use 1 to 15 characters without space and slash.");
        }
    }

    /** Reads {@code IF} or {@code IF@NETNS}. */
    public static PortName parse(String text) {
        int at = requireNonNull(text, "text is null").indexOf('@');
        if (at < 0) {
            return new PortName(text, Optional.empty());
        }
        if (at == text.length() - 1) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" names no network namespace after the @: write IF or IF@NETNS.");
        }
        return new PortName(text.substring(0, at), Optional.of(text.substring(at + 1)));
    }

    /** Opens its namespace. */
    public NetworkNamespace open() {
        return namespace.map(NetworkNamespace::open).orElseGet(NetworkNamespace::ofThisThread);
    }

    @Override
    public String toString() {
        return namespace.map(name -> device + "@" + name).orElse(device);
    }
}
