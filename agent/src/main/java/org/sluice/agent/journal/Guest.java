package org.sluice.agent.journal;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.sluice.model.protocol.Power;

/**
 * What the agent did last about the guest of a server that stands. It tells a guest that ended by itself, which stays off, from
 * one that is off because the agent was killed between ending it and starting it again.
 *
 * @param stage what was done
 * @param hostBoot the host's boot in which the guest was started last; empty when that was never written down
 * @param wish the wish that it is being ended, saved or restored for; empty in other stages
 */
public record Guest(Stage stage, Optional<String> hostBoot, Optional<Power> wish) {
    /** What entries say that were written before there was this: the guest was started, nobody knows in which boot. */
    static final Guest UNRECORDED = new Guest(Stage.STARTED, Optional.empty(), Optional.empty());

    /** How far the agent is with a guest. */
    public enum Stage {
        /** It was started, and every step of that was done: when it is off in the same boot of the host, it ended by itself. */
        STARTED,
        /** It runs, and may stand still while its root disk is copied: then it is to go on. */
        HELD,
        /** It is to be ended: while it is on, it is still the one to be ended. */
        ENDING,
        /** It is off, and its root disk is to be made anew: what there is of it must not be started. */
        REBUILDING,
        /** Its memory is on its way to a file: while it is on, it is still the one to be saved. */
        SAVING,
        /** It is off, and its memory is in a file. */
        SAVED,
        /** Its memory is on its way back: the file is gone before the guest goes on, and then there is no way back to it. */
        RESTORING,
        /** It was ended, or is about to be started: when it is on, not every step of its start may have been done. */
        ENDED
    }

    public Guest {
        requireNonNull(stage, "stage is null");
        requireNonNull(hostBoot, "hostBoot is null");
        requireNonNull(wish, "wish is null");
    }

    /** One that is to be started for the first time. */
    static Guest fresh() {
        return new Guest(Stage.ENDED, Optional.empty(), Optional.empty());
    }

    Guest started(String boot) {
        return new Guest(Stage.STARTED, Optional.of(boot), Optional.empty());
    }

    Guest ending(Power forWish) {
        return new Guest(Stage.ENDING, hostBoot, Optional.of(forWish));
    }

    Guest ended() {
        return new Guest(Stage.ENDED, hostBoot, Optional.empty());
    }

    Guest rebuilding() {
        return new Guest(Stage.REBUILDING, hostBoot, Optional.empty());
    }

    Guest held() {
        return new Guest(Stage.HELD, hostBoot, Optional.empty());
    }

    Guest saving(Power forWish) {
        return new Guest(Stage.SAVING, hostBoot, Optional.of(forWish));
    }

    Guest saved() {
        return new Guest(Stage.SAVED, hostBoot, Optional.empty());
    }

    Guest restoring(Power forWish, String boot) {
        return new Guest(Stage.RESTORING, Optional.of(boot), Optional.of(forWish));
    }

    /** The same guest, which is on and is left on. */
    Guest spared() {
        return new Guest(Stage.STARTED, hostBoot, Optional.empty());
    }

    /** Whether it was last started since the host booted. */
    public boolean isOf(String boot) {
        return hostBoot.equals(Optional.of(boot));
    }
}
