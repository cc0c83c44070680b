package org.sluice.agent;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How often the agent does what. The defaults suit a host of any size.
 *
 * @param longPoll how long the controller may hold back its answer when nothing changed; more than zero
 * @param compareEvery after how long everything that should be is compared with what is, without any message
 * @param verifyEvery after how long a running server's interfaces are read back again; reading VFs is not cheap on a host
 *     with hundreds of them
 * @param shutdownWithin how long a guest that is asked to end is waited for before it is cut off
 * @param detachWithin how long a guest that is asked to give a NIC up is waited for before that is reported; it is asked on
 * @param firstRetry pause after the first failure to reach the controller; it doubles from there, with jitter
 * @param longestRetry longest such pause
 * @param imagesWithin for how long an image is fetched again that did not come because the controller was away; servers wait for it
 * @param startsAloneAfter how long after its start an agent that has not heard the controller starts guests which a boot of the host ended;
 *     with zero it waits for nobody
 * @param reservedMemoryMib memory that is the host's own and is given to no server, MiB
 * @param stopWithin how long stopping waits for work under way; what is not done then is continued by the next agent
 */
public record AgentSettings(
        Duration longPoll,
        Duration compareEvery,
        Duration verifyEvery,
        Duration shutdownWithin,
        Duration detachWithin,
        Duration firstRetry,
        Duration longestRetry,
        Duration imagesWithin,
        Duration startsAloneAfter,
        int reservedMemoryMib,
        Duration stopWithin) {
    /** What an agent does unless told otherwise. */
    public static final AgentSettings DEFAULT = new AgentSettings(
            Duration.ofSeconds(20),
            Duration.ofSeconds(5),
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            Duration.ofSeconds(20),
            Duration.ofMillis(100),
            Duration.ofSeconds(4),
            Duration.ofMinutes(15),
            Duration.ofMinutes(5),
            0,
            Duration.ofSeconds(10));

    public AgentSettings {
        requirePositive(longPoll, "longPoll");
        requirePositive(compareEvery, "compareEvery");
        requirePositive(verifyEvery, "verifyEvery");
        requirePositive(shutdownWithin, "shutdownWithin");
        requirePositive(detachWithin, "detachWithin");
        requirePositive(firstRetry, "firstRetry");
        requirePositive(longestRetry, "longestRetry");
        requirePositive(imagesWithin, "imagesWithin");
        if (requireNonNull(startsAloneAfter, "startsAloneAfter is null").isNegative()) {
            throw new IllegalArgumentException(
                    "startsAloneAfter is " + startsAloneAfter + ", but must not be less than zero.");
        }
        requireNonNull(stopWithin, "stopWithin is null");
        if (reservedMemoryMib < 0) {
            throw new IllegalArgumentException(
                    "reservedMemoryMib is " + reservedMemoryMib + ", but must not be less than zero.");
        }
    }

    /** The same, with so much memory kept for the host. */
    public AgentSettings reserving(int memoryMib) {
        return new AgentSettings(
                longPoll,
                compareEvery,
                verifyEvery,
                shutdownWithin,
                detachWithin,
                firstRetry,
                longestRetry,
                imagesWithin,
                startsAloneAfter,
                memoryMib,
                stopWithin);
    }

    private static void requirePositive(Duration duration, String name) {
        if (requireNonNull(duration, name + " is null").compareTo(Duration.ZERO) <= 0) {
            throw new IllegalArgumentException(name + " is " + duration + ", but must be more than zero.");
        }
    }
}
