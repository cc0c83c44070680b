package org.sluice.controller.server;

import java.util.Optional;
import java.util.Set;
import org.sluice.model.protocol.Power.Ending;
import org.sluice.model.protocol.Power.Level;

/**
 * What may be asked of a server that stands on a host: in which states, what is under way then, and what its host is to make of
 * its power. Deletion is asked of every server and is not here ({@link Servers#leave}).
 */
public enum ServerAction {
    START("start", Set.of(ServerStatus.SHUTOFF), Task.POWERING_ON, Level.RUNNING, Reboot.NONE),
    STOP("stop", Set.of(ServerStatus.ACTIVE, ServerStatus.ERROR), Task.POWERING_OFF, Level.STOPPED, Reboot.NONE),
    /** The guest is asked to end first. */
    REBOOT("reboot", Set.of(ServerStatus.ACTIVE), Task.REBOOTING, Level.RUNNING, Reboot.SOFT),
    /** The guest is cut off: also the way out of a reboot that its guest ignores, and out of what went wrong. */
    HARD_REBOOT(
            "reboot",
            Set.of(
                    ServerStatus.ACTIVE,
                    ServerStatus.SHUTOFF,
                    ServerStatus.PAUSED,
                    ServerStatus.SUSPENDED,
                    ServerStatus.ERROR),
            Task.REBOOTING_HARD,
            Level.RUNNING,
            Reboot.HARD),
    PAUSE("pause", Set.of(ServerStatus.ACTIVE), Task.PAUSING, Level.PAUSED, Reboot.NONE),
    UNPAUSE("unpause", Set.of(ServerStatus.PAUSED), Task.UNPAUSING, Level.RUNNING, Reboot.NONE),
    /** Its memory is saved to a file of its host. */
    SUSPEND("suspend", Set.of(ServerStatus.ACTIVE), Task.SUSPENDING, Level.SUSPENDED, Reboot.NONE),
    /** It goes on where it was. */
    RESUME("resume", Set.of(ServerStatus.SUSPENDED), Task.RESUMING, Level.RUNNING, Reboot.NONE),
    /** Its root disk is made anew; one that is off stays off. */
    REBUILD(
            "rebuild",
            Set.of(ServerStatus.ACTIVE, ServerStatus.SHUTOFF, ServerStatus.ERROR),
            Task.REBUILDING,
            Level.RUNNING,
            Reboot.HARD),
    /** An operation: what its host is to make of it follows step by step. */
    RESIZE("resize", Set.of(ServerStatus.ACTIVE, ServerStatus.SHUTOFF), Task.RESIZE_PREP),
    /** It goes to another host, and its old place is kept until somebody decides. */
    MIGRATE("migrate", Set.of(ServerStatus.ACTIVE, ServerStatus.SHUTOFF), Task.RESIZE_PREP),
    CONFIRM_RESIZE("confirmResize", Set.of(ServerStatus.RESIZED), Task.RESIZE_FINISH),
    REVERT_RESIZE("revertResize", Set.of(ServerStatus.RESIZED), Task.RESIZE_REVERTING),
    /** A copy of its root disk becomes an image; a guest that runs stands still while it is taken. */
    CREATE_IMAGE(
            "createImage",
            Set.of(ServerStatus.ACTIVE, ServerStatus.SHUTOFF, ServerStatus.PAUSED, ServerStatus.SUSPENDED),
            Task.IMAGE_SNAPSHOT),
    /** The same, and images of before that were made so go. */
    CREATE_BACKUP(
            "createBackup",
            Set.of(ServerStatus.ACTIVE, ServerStatus.SHUTOFF, ServerStatus.PAUSED, ServerStatus.SUSPENDED),
            Task.IMAGE_BACKUP),
    /** Its host is down, and it comes away from there: what becomes of it, {@link ServerLife} says. */
    EVACUATE(
            "evacuate",
            Set.of(
                    ServerStatus.ACTIVE,
                    ServerStatus.SHUTOFF,
                    ServerStatus.PAUSED,
                    ServerStatus.SUSPENDED,
                    ServerStatus.RESCUED,
                    ServerStatus.RESIZED,
                    ServerStatus.SHELVED,
                    ServerStatus.SHELVED_OFFLOADED,
                    ServerStatus.ERROR),
            Task.REBUILDING),
    /** It is stopped, a copy of its root disk becomes an image, and it leaves its host. */
    SHELVE(
            "shelve",
            Set.of(ServerStatus.ACTIVE, ServerStatus.SHUTOFF, ServerStatus.PAUSED, ServerStatus.SUSPENDED),
            Task.SHELVING,
            Level.STOPPED,
            Reboot.NONE),
    /** It is built anew, on whichever host takes it, from the image that it is shelved in. */
    UNSHELVE("unshelve", Set.of(ServerStatus.SHELVED_OFFLOADED), Task.SCHEDULING),
    /** It boots from another image, with its root disk as the second disk. */
    RESCUE(
            "rescue",
            Set.of(ServerStatus.ACTIVE, ServerStatus.SHUTOFF, ServerStatus.ERROR),
            Task.RESCUING,
            Level.RUNNING,
            Reboot.SOFT),
    /** It boots from its root disk again. */
    UNRESCUE("unrescue", Set.of(ServerStatus.RESCUED), Task.UNRESCUING, Level.RUNNING, Reboot.HARD);

    /** Whether the guest is to boot anew, and how it is ended for that. */
    private enum Reboot {
        NONE,
        SOFT,
        HARD
    }

    private final String text;

    @SuppressWarnings("ImmutableEnumChecker") // Set.of makes what cannot be changed
    private final Set<ServerStatus> from;

    private final Task task;

    @SuppressWarnings("ImmutableEnumChecker") // an Optional of an enum is as fixed as the enum
    private final Optional<Level> level;

    private final Reboot reboot;

    ServerAction(String text, Set<ServerStatus> from, Task task, Level level, Reboot reboot) {
        this.text = text;
        this.from = from;
        this.task = task;
        this.level = Optional.of(level);
        this.reboot = reboot;
    }

    /** One that is no single wish about its power. */
    ServerAction(String text, Set<ServerStatus> from, Task task) {
        this.text = text;
        this.from = from;
        this.task = task;
        this.level = Optional.empty();
        this.reboot = Reboot.NONE;
    }

    /** As the record of a server's actions names it. */
    public String text() {
        return text;
    }

    /** What is under way once it was asked. */
    public Task task() {
        return task;
    }

    /**
     * What the host is to make of the guest's power, asked in that state.
     *
     * @throws IllegalStateException for one that is more than one wish
     */
    Level level(ServerState state) {
        if (this == REBUILD && state.status() == ServerStatus.SHUTOFF) {
            return Level.STOPPED;
        }
        return level.orElseThrow(() -> new IllegalStateException(this + " is no wish about power"));
    }

    /** Whether it is one wish about the guest's power, and what follows from it. */
    boolean wishesPower() {
        return level.isPresent();
    }

    /** Whether the guest boots anew although it runs. */
    boolean boots() {
        return reboot != Reboot.NONE;
    }

    /** How a guest that runs is ended for it. */
    Ending ending() {
        return reboot == Reboot.HARD ? Ending.AT_ONCE : Ending.GRACEFUL;
    }

    /** Whether it may be asked in that state. */
    boolean isAllowedIn(ServerState state) {
        Optional<Task> underWay = state.task();
        if (this == EVACUATE && state.isShelved()) {
            // One that has left its host is on none that could be down.
            return state.is(Task.SHELVING_OFFLOADING);
        }
        boolean waits = underWay.isEmpty()
                || (this == HARD_REBOOT && state.is(Task.REBOOTING))
                // Its host is down, and what waits for that would be in the way for ever.
                || (this == EVACUATE && !state.is(Task.DELETING));
        return waits && from.contains(state.status());
    }
}
