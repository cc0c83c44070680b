package org.sluice.traffic.tuning;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.sluice.linux.machine.CpuSet;
import org.sluice.traffic.machine.Device;
import org.sluice.traffic.machine.Host;

/**
 * The CPUs that an interrupt of a device goes to, {@code /proc/irq/N/smp_affinity_list}: a list such as {@code 0-3,8}.
 *
 * @param target the device
 * @param number of the interrupt
 */
public record InterruptAffinity(Device target, int number) implements Setting {
    /** Checks for null. */
    public InterruptAffinity {
        requireNonNull(target, "target is null");
    }

    /** A value of this setting. */
    public static String value(CpuSet cpus) {
        return CpuValues.value(cpus);
    }

    @Override
    public Optional<String> read(Host host) {
        // The number may have become another device's: it counts only while it is this one's.
        boolean stillIts = host.withSysfsOf(
                target.place(),
                () -> host.interrupts().of(target.name()).stream().anyMatch(each -> each.number() == number));
        return stillIts ? host.interrupts().affinity(number).map(CpuValues::value) : Optional.empty();
    }

    @Override
    public void write(Host host, String value) {
        host.interrupts().setAffinity(number, CpuValues.parse(value));
    }

    @Override
    public String describe() {
        return "the CPUs of interrupt " + number + " of " + target;
    }

    @Override
    public Optional<Device> device() {
        return Optional.of(target);
    }

    @Override
    public String canonical(String value) {
        CpuSet cpus = CpuValues.parse(value);
        if (cpus.cpus().isEmpty()) {
            throw new IllegalArgumentException("An interrupt goes to one CPU at least.");
        }
        return value(cpus);
    }
}
