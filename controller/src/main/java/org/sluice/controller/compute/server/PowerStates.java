package org.sluice.controller.compute.server;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sluice.model.protocol.PowerState;

/** {@code OS-EXT-STS:power_state}: what a guest's power is by the numbers of libvirt, which are Nova's too. */
final class PowerStates {
    static final int NO_STATE = 0;

    /** The names that clients have for the numbers. */
    private static final Map<String, Long> NAMED = Map.of(
            "pending", 0L, "nostate", 0L, "running", 1L, "paused", 3L, "shutdown", 4L, "crashed", 6L, "suspended", 7L);

    private PowerStates() {}

    /** The number of a server's; of one whose host is silent nobody knows it, whatever was seen last. */
    static int number(Server server, Instant now) {
        boolean isSeen = server.host().filter(host -> host.isUp(now)).isPresent();
        return server.power().filter(_ -> isSeen).map(PowerStates::number).orElse(NO_STATE);
    }

    private static int number(PowerState power) {
        return switch (power) {
            case RUNNING -> 1;
            case PAUSED -> 3;
            // As Nova has it: there is no domain. 7 is libvirt's for a guest that sleeps by itself.
            case STOPPED, SUSPENDED -> 4;
            case CRASHED -> 6;
        };
    }

    /** The number that a name stands for. */
    static Optional<Long> named(String name) {
        return Optional.ofNullable(NAMED.get(name));
    }

    /** What the column has for that number; none for one that no guest's power has. */
    static List<String> stored(long number) {
        return Arrays.stream(PowerState.values())
                .filter(power -> number(power) == number)
                .map(PowerState::name)
                .toList();
    }
}
