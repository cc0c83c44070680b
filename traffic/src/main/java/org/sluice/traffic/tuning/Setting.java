package org.sluice.traffic.tuning;

import java.util.Optional;
import org.sluice.traffic.machine.Device;
import org.sluice.traffic.machine.Host;

/**
 * One setting of the host that can be read, changed and put back.
 *
 * <p>Values are short texts, so that they can be printed, compared and journaled alike; each kind says how its own look. A value
 * that was read can be written back. Reading and writing throw {@link org.sluice.linux.LinuxException} when the kernel refuses.
 * Instances are immutable.
 */
public sealed interface Setting
        permits Governor,
                InterruptAffinity,
                InterruptCoalescing,
                OffloadFeature,
                QueueDiscipline,
                ReceiveSteering,
                RingSizes {
    /** The value now; empty when the device, or whatever it is, does not have this setting or is not there. */
    Optional<String> read(Host host);

    /** Changes it; the value is one that {@link #canonical} gave. */
    void write(Host host, String value);

    /** What is set, as in "{@code the rings of eth0}". */
    String describe();

    /** The device that it is a setting of; empty for a setting of the machine. */
    Optional<Device> device();

    /**
     * The value in the one form in which it is read back.
     *
     * @throws IllegalArgumentException when it is no value of this setting
     */
    String canonical(String value);

    /** Whether what was read is what was wanted. */
    default boolean satisfies(String wanted, String read) {
        return wanted.equals(read);
    }

    /** Why this value could not be put back once it was changed; empty when it can. */
    default Optional<String> irreversible(String value) {
        return Optional.empty();
    }
}
