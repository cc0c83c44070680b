package org.sluice.model.protocol;

import static java.util.Objects.requireNonNull;

/**
 * The power a server should have. The level is a level; a reboot is a count: the agent ends the guest and starts it again until
 * the count that it has done is this one, so that a wish that was told late or twice is obeyed once.
 *
 * @param level whether the guest should run
 * @param generation grows with every wish, so that one is told from the same one wished again: a guest that powered itself off
 *     stays off until a newer generation says that it should run
 * @param boots how many reboots were ever wished
 * @param rebuilds how often its root disk was ever wished to be made anew from its image
 * @param ending how a guest that runs is ended for the newest wish, where that ends it
 */
public record Power(Level level, long generation, int boots, int rebuilds, Ending ending) {
    /** A server that nobody wished anything of since it was created. */
    public static final Power ON = new Power(Level.RUNNING, 0, 0, 0, Ending.GRACEFUL);

    /** Whether a guest runs. */
    public enum Level {
        RUNNING,
        STOPPED,
        /** Its processors stand still; its memory and its devices stay. */
        PAUSED,
        /** It is off, and its memory is in a file of its host, which the next start goes on from. */
        SUSPENDED
    }

    /** How a guest is ended. */
    public enum Ending {
        /** Asked by the power button (ACPI), and cut off when it has not ended some time later. */
        GRACEFUL,
        /** Cut off, as by pulling the plug. */
        AT_ONCE
    }

    public Power {
        requireNonNull(level, "level is null");
        requireNonNull(ending, "ending is null");
    }

    /** Of a server whose root disk is the first one. */
    public Power(Level level, long generation, int boots, Ending ending) {
        this(level, generation, boots, 0, ending);
    }

    /** The same for a root disk that was made anew so often. */
    public Power rebuilt(int times) {
        return new Power(level, generation, boots, times, ending);
    }
}
