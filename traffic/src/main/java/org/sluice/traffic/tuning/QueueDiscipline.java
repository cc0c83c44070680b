package org.sluice.traffic.tuning;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.sluice.linux.net.Links;
import org.sluice.linux.net.Qdisc;
import org.sluice.traffic.machine.Device;
import org.sluice.traffic.machine.Host;

/**
 * The root queue discipline, {@code tc qdisc replace dev NAME root KIND}: {@code default} for what the kernel chooses by itself, or a
 * kind such as {@code noqueue}.
 *
 * @param target the device
 */
public record QueueDiscipline(Device target) implements Setting {
    /** What the kernel chooses by itself, whichever that is. */
    public static final String DEFAULT = "default";

    private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9_]{0,14}");

    /** Kinds that have no options to lose. */
    private static final Set<String> PLAIN = Set.of(DEFAULT, "noqueue", "pfifo_fast");

    /** Checks for null. */
    public QueueDiscipline {
        requireNonNull(target, "target is null");
    }

    @Override
    public Optional<String> read(Host host) {
        try (Links links = host.links(target.place())) {
            return Optional.of(links.qdiscs()
                    .root(target.name())
                    .filter(qdisc -> !qdisc.isDefault())
                    .map(Qdisc::kind)
                    .orElse(DEFAULT));
        }
    }

    @Override
    public void write(Host host, String value) {
        try (Links links = host.links(target.place())) {
            if (value.equals(DEFAULT)) {
                boolean _ = links.qdiscs().deleteRoot(target.name());
            } else {
                links.qdiscs().replaceRoot(target.name(), value);
            }
        }
    }

    @Override
    public String describe() {
        return "the queue discipline of " + target;
    }

    @Override
    public Optional<Device> device() {
        return Optional.of(target);
    }

    @Override
    public String canonical(String value) {
        if (!KIND.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "\"" + value + "\" is no kind of queue discipline: write default, noqueue, pfifo ...");
        }
        return value;
    }

    @Override
    public Optional<String> irreversible(String value) {
        return PLAIN.contains(value)
                ? Optional.empty()
                : Optional.of("Somebody gave " + target + " the queue discipline " + value
                        + "; it is left alone, because its options and classes could not be put back.");
    }
}
