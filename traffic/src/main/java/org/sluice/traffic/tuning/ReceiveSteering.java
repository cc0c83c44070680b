package org.sluice.traffic.tuning;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.sluice.linux.machine.CpuSet;
import org.sluice.traffic.machine.Device;
import org.sluice.traffic.machine.Host;

/**
 * The CPUs that the packets of a receive queue are spread over, {@code /sys/class/net/NAME/queues/rx-N/rps_cpus}: a list such as
 * {@code 0-3,8}, or {@code none} where the CPU of the interrupt does all the work.
 *
 * @param target the device
 * @param queue number of the queue, from 0
 */
public record ReceiveSteering(Device target, int queue) implements Setting {
    /** Checks for null. */
    public ReceiveSteering {
        requireNonNull(target, "target is null");
    }

    /** A value of this setting. */
    public static String value(CpuSet cpus) {
        return CpuValues.value(cpus);
    }

    @Override
    public Optional<String> read(Host host) {
        return host.withSysfsOf(
                target.place(),
                () -> host.queues().receiveCpus(target.name(), queue).map(CpuValues::value));
    }

    @Override
    public void write(Host host, String value) {
        CpuSet cpus = CpuValues.parse(value);
        boolean _ = host.withSysfsOf(target.place(), () -> {
            host.queues().setReceiveCpus(target.name(), queue, cpus);
            return true;
        });
    }

    @Override
    public String describe() {
        return "the CPUs of receive queue " + queue + " of " + target;
    }

    @Override
    public Optional<Device> device() {
        return Optional.of(target);
    }

    @Override
    public String canonical(String value) {
        return value(CpuValues.parse(value));
    }
}
