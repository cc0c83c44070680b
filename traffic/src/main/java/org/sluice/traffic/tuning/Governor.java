package org.sluice.traffic.tuning;

import java.util.Optional;
import java.util.regex.Pattern;
import org.sluice.traffic.machine.Device;
import org.sluice.traffic.machine.Host;

/**
 * The frequency governor of a CPU: {@code performance}, {@code powersave} ...
 *
 * @param cpu its number, from 0
 */
public record Governor(int cpu) implements Setting {
    /** The CPU runs as fast as it may. */
    public static final String PERFORMANCE = "performance";

    private static final Pattern NAME = Pattern.compile("[a-z][a-z_]{0,14}");

    @Override
    public Optional<String> read(Host host) {
        return host.machine().governor(cpu);
    }

    @Override
    public void write(Host host, String value) {
        host.machine().setGovernor(cpu, value);
    }

    @Override
    public String describe() {
        return "the frequency governor of CPU " + cpu;
    }

    @Override
    public Optional<Device> device() {
        return Optional.empty();
    }

    @Override
    public String canonical(String value) {
        if (!NAME.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "\"" + value + "\" is no frequency governor: write performance, powersave ...");
        }
        return value;
    }
}
