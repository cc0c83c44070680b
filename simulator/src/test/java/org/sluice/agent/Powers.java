package org.sluice.agent;

import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.Power.Ending;
import org.sluice.model.protocol.Power.Level;

/** Wishes. */
final class Powers {
    private Powers() {}

    static Power running(long generation) {
        return new Power(Level.RUNNING, generation, 0, Ending.GRACEFUL);
    }

    static Power stopped(long generation) {
        return new Power(Level.STOPPED, generation, 0, Ending.GRACEFUL);
    }

    static Power paused(long generation) {
        return new Power(Level.PAUSED, generation, 0, Ending.GRACEFUL);
    }

    static Power suspended(long generation) {
        return new Power(Level.SUSPENDED, generation, 0, Ending.GRACEFUL);
    }

    static Power rebooted(long generation, int boots, Ending ending) {
        return new Power(Level.RUNNING, generation, boots, ending);
    }
}
