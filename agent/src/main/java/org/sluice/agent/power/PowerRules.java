package org.sluice.agent.power;

import org.sluice.agent.host.Hypervisor.State;
import org.sluice.agent.journal.Guest;
import org.sluice.agent.turn.Work;
import org.sluice.model.protocol.Power;

/** What is to be done about a guest. Pure. */
final class PowerRules {
    private PowerRules() {}

    /** One thing to do about a guest; when it is done, the rules are asked again. */
    enum Task {
        /** It is as it should be, or as it is to be left. */
        NOTHING(Work.KEEPING),
        /** End it. */
        END(Work.ENDING),
        /** It was to be ended, and has ended. */
        NOTE_ITS_END(Work.KEEPING),
        /** It is off, and its root disk is to be another one. */
        REBUILD(Work.BUILDING),
        /** It is off, and its root disk is to be there as it is wanted from now on. */
        GROW_DISK(Work.BUILDING),
        /** Start it. */
        START(Work.STARTING),
        /** It is on, and the steps around its start may not all have been done. */
        FINISH_START(Work.STARTING),
        SUSPEND(Work.ENDING),
        RESUME(Work.ENDING),
        /** Have its memory saved, and it ended. */
        SAVE(Work.COPYING),
        /** Its memory was on its way to a file, and it is off. */
        NOTE_ITS_SAVE(Work.COPYING),
        /** It is off, and is to go on where it was. */
        RESTORE(Work.STARTING),
        /** It is back from its memory, and not all that follows may have been done. */
        FINISH_RESTORE(Work.STARTING),
        /** Its memory is in a file that nobody wants any more. */
        DROP_MEMORY(Work.KEEPING),
        /** It was held while its disk was copied, and is to go on whatever comes next. */
        RELEASE(Work.ENDING);

        private final Work work;

        Task(Work work) {
            this.work = work;
        }

        /** What kind of work it is for the host. */
        Work work() {
            return work;
        }
    }

    /**
     * What kind of work there is, as far as that can be said without asking the hypervisor.
     *
     * @param guest what was done last
     * @param obeyed the newest wish that was obeyed
     * @param wish the wish now
     */
    static Work workFor(Guest guest, Power obeyed, Power wish) {
        return switch (guest.stage()) {
            case ENDING, HELD -> Work.ENDING;
            case SAVING -> Work.COPYING;
            case RESTORING -> Work.STARTING;
            case REBUILDING -> Work.BUILDING;
            case STARTED, SAVED, ENDED -> {
                if (!isNewer(wish, obeyed)) {
                    yield Work.KEEPING;
                }
                boolean isOn = guest.stage() == Guest.Stage.STARTED;
                yield switch (wish.level()) {
                    case RUNNING -> isOn && isEndedFor(wish, obeyed) ? Work.ENDING : Work.STARTING;
                    case STOPPED, PAUSED -> Work.ENDING;
                    case SUSPENDED -> Work.COPYING;
                };
            }
        };
    }

    /**
     * What to do next.
     *
     * @param guest what was done last
     * @param obeyed the newest wish that was obeyed
     * @param wish the wish now
     * @param state what the hypervisor says now
     * @param hostBoot the host's boot now
     */
    static Task next(Guest guest, Power obeyed, Power wish, State state, String hostBoot) {
        return switch (guest.stage()) {
            // What was begun is brought to its end whatever is wished now: the guest may be about to obey.
            case ENDING -> state.isOn() ? Task.END : Task.NOTE_ITS_END;
            case SAVING -> state.isOn() ? Task.SAVE : Task.NOTE_ITS_SAVE;
            case SAVED -> state.isOn() ? Task.FINISH_RESTORE : saved(obeyed, wish);
            case RESTORING -> state.isOn() ? Task.FINISH_RESTORE : restoring(obeyed, wish);
            case REBUILDING, ENDED -> {
                if (state.isOn()) {
                    yield started(wish);
                }
                yield isRebuilt(wish, obeyed) ? Task.REBUILD : ended(obeyed, wish);
            }
            case HELD, STARTED -> {
                if (guest.stage() == Guest.Stage.HELD && state.isOn()) {
                    yield Task.RELEASE;
                }
                if (state.isOn()) {
                    yield on(obeyed, wish, state);
                }
                yield isRebuilt(wish, obeyed) ? Task.REBUILD : endedByItself(guest, obeyed, wish, hostBoot);
            }
        };
    }

    /** Whether the root disk is to be made anew; none is ever made for a wish that was obeyed. */
    static boolean isRebuilt(Power wish, Power obeyed) {
        return wish.rebuilds() > obeyed.rebuilds();
    }

    /** Whether a guest that is on is ended for this wish. */
    static boolean isEndedFor(Power wish, Power obeyed) {
        return switch (wish.level()) {
            case STOPPED -> true;
            case RUNNING -> wish.boots() > obeyed.boots() || isRebuilt(wish, obeyed);
            // Reboots that were wished before are as good as done: a guest that stands still knows no difference.
            case PAUSED, SUSPENDED -> false;
        };
    }

    private static Task saved(Power obeyed, Power wish) {
        if (isEndedFor(wish, obeyed)) {
            return Task.DROP_MEMORY;
        }
        return wish.level() == Power.Level.RUNNING && isNewer(wish, obeyed) ? Task.RESTORE : Task.NOTHING;
    }

    /** One that was about to go on does, unless it is to be off. */
    private static Task restoring(Power obeyed, Power wish) {
        return isEndedFor(wish, obeyed) ? Task.DROP_MEMORY : Task.RESTORE;
    }

    private static Task on(Power obeyed, Power wish, State state) {
        if (isEndedFor(wish, obeyed)) {
            return Task.END;
        }
        boolean paused = state == State.PAUSED;
        return switch (wish.level()) {
            // One that stands still without a newer wish has met an error of its disk, and goes on when somebody says
            // so.
            case RUNNING -> paused && isNewer(wish, obeyed) ? Task.RESUME : Task.NOTHING;
            case PAUSED -> paused ? Task.NOTHING : Task.SUSPEND;
            case SUSPENDED -> Task.SAVE;
            case STOPPED -> Task.END;
        };
    }

    private static Task started(Power wish) {
        return switch (wish.level()) {
            case RUNNING, PAUSED, SUSPENDED -> Task.FINISH_START;
            case STOPPED -> Task.END;
        };
    }

    private static Task ended(Power obeyed, Power wish) {
        return switch (wish.level()) {
            case RUNNING -> Task.START;
            // A reboot that was begun is done before the guest is suspended; one that was off stays off.
            case PAUSED, SUSPENDED -> obeyed.level() == Power.Level.RUNNING ? Task.START : Task.NOTHING;
            case STOPPED -> Task.NOTHING;
        };
    }

    private static Task endedByItself(Guest guest, Power obeyed, Power wish, String hostBoot) {
        return switch (wish.level()) {
            case RUNNING -> isNewer(wish, obeyed) || !guest.isOf(hostBoot) ? Task.START : Task.NOTHING;
            case PAUSED, SUSPENDED, STOPPED -> Task.NOTHING;
        };
    }

    private static boolean isNewer(Power wish, Power obeyed) {
        return wish.generation() > obeyed.generation();
    }
}
