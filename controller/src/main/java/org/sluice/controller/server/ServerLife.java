package org.sluice.controller.server;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport.Failure;
import org.sluice.model.protocol.ServerReport.Observed;

/**
 * Everything that may happen to a server's state, in one screen.
 *
 * <pre>
 * asked for       in                             under way         then, as the host reports
 * create          -                              scheduling, spawning    ACTIVE; ERROR where it could not be built
 * start           SHUTOFF                        powering-on       ACTIVE; SHUTOFF where it could not be started
 * stop            ACTIVE, ERROR                  powering-off      SHUTOFF; ACTIVE where it could not be ended
 * soft reboot     ACTIVE                         rebooting         ACTIVE; ERROR where it could not be started again
 * hard reboot     all but BUILD, and rebooting   rebooting_hard    likewise
 * pause           ACTIVE                         pausing           PAUSED; ACTIVE where it could not be paused, SHUTOFF where it ended before
 * unpause         PAUSED                         unpausing         ACTIVE; PAUSED where it could not go on
 * suspend         ACTIVE                         suspending        SUSPENDED; ACTIVE where it could not be saved, SHUTOFF where it ended before
 * resume          SUSPENDED                      resuming          ACTIVE; SUSPENDED where it could not go on, SHUTOFF where its memory is gone
 * rebuild         ACTIVE, SHUTOFF, ERROR         rebuilding        ACTIVE, or SHUTOFF again; ERROR where its disk could not be made
 * evacuate        ACTIVE, PAUSED, RESCUED, SHUTOFF, ERROR, whatever is under way    rebuilding    ACTIVE, or SHUTOFF again, on another host; ERROR where it was if that cannot
 * evacuate        SUSPENDED                      rebuilding        SHUTOFF on another host, since its memory is lost; ERROR where it was if that cannot
 * evacuate        RESIZED, and there is a disk of before on another host    resize_reverting    as after a revert
 * evacuate        RESIZED, and there is none     rebuilding        as after a confirmation
 * evacuate        SHELVED, and on its way from its host    -       SHELVED_OFFLOADED
 * resize          ACTIVE, SHUTOFF                resize_prep, resize_finish    RESIZED; what it was where that could not be done
 * migrate         ACTIVE, SHUTOFF                resize_prep, resize_finish    RESIZED, on another host; what it was where that could not be done
 * confirm         RESIZED                        -                 ACTIVE, SHUTOFF, PAUSED: what its guest is
 * revert          RESIZED                        resize_reverting  ACTIVE, or SHUTOFF where it was that
 * attach, detach  ACTIVE, PAUSED, SHUTOFF        -                 what it was, with its NIC or without it
 * create image    ACTIVE, SHUTOFF, PAUSED, SUSPENDED    image_snapshot    what it is by then, with an image or a record that says why not
 * create backup   likewise                       image_backup      likewise, and older images that were made so are gone
 * shelve          ACTIVE, SHUTOFF, PAUSED, SUSPENDED    shelving, shelving_offloading    SHELVED, SHELVED_OFFLOADED; SHUTOFF where there is no image
 * unshelve        SHELVED_OFFLOADED              scheduling, spawning    ACTIVE; SHELVED_OFFLOADED where it could not be built
 * rescue          ACTIVE, SHUTOFF, ERROR         rescuing          RESCUED, also when its guest ends there; ERROR where it could not be started so
 * unrescue        RESCUED                        unrescuing        ACTIVE; ERROR where it could not be started
 * reset           all but BUILD, RESIZED, SHELVED and what is on its way back    -    ACTIVE, and its guest is to run; ERROR
 * delete          every state                    deleting          gone
 * nothing         ACTIVE, PAUSED                 -                 SHUTOFF: the guest ended, and stays so
 * nothing         SUSPENDED                      -                 SHUTOFF: its memory is gone
 * nothing         ACTIVE                         -                 PAUSED: the hypervisor paused it
 * nothing         ACTIVE                         -                 ERROR: it is off and cannot be started, or is not as it should be
 * nothing         all that is under way          it stays          ERROR: its host is silent
 * nothing         ERROR, by its host's report    -                 what it is, once that is as it should be
 * </pre>
 */
public final class ServerLife {
    private static final Set<ServerStatus> STANDING =
            Set.of(ServerStatus.ACTIVE, ServerStatus.PAUSED, ServerStatus.SHUTOFF);

    private ServerLife() {}

    /**
     * What comes of a report.
     *
     * @param state the server's state from now on
     * @param power what its host is to make of its power from now on
     * @param failure why it is not what was asked for
     */
    record Next(ServerState state, Power power, Optional<Failure> failure) {}

    /**
     * The state after that was asked for.
     *
     * @throws ProblemException 409 that names the state and what is allowed in it
     */
    static ServerState asked(ServerId server, ServerState state, ServerAction action) {
        require(server, state, action);
        return state.with(action.task());
    }

    /**
     * Refuses what may not be asked now.
     *
     * @throws ProblemException 409 that names the state and what is allowed in it
     */
    public static void require(ServerId server, ServerState state, ServerAction action) {
        if (!action.isAllowedIn(state)) {
            throw refusal(server, state, action.text());
        }
    }

    /**
     * Sees to it that the server stands, and nothing is under way with it that would take its NICs elsewhere or away.
     *
     * @param action what is asked for, as the record of actions names it
     * @throws ProblemException 409 that names the state and what is allowed in it
     */
    public static void requireStanding(ServerId server, ServerState state, String action) {
        if (!STANDING.contains(state.status()) || state.task().isPresent()) {
            throw refusal(server, state, action);
        }
    }

    /** Why that cannot be done with a server in that state. */
    public static ProblemException refusal(ServerId server, ServerState state, String action) {
        // The words are Nova's, which clients show and tests look for.
        String where = state.task()
                .map(task -> "task_state " + task.text())
                .orElse("vm_state " + state.status().vmState());
        List<String> allowed = allowed(state);
        return new Problem(
                        Problem.Kind.CONFLICT,
                        "InstanceInvalidState",
                        "Cannot '" + action + "' instance " + server + " while it is in " + where + ".",
                        Optional.of("Allowed in this state: "
                                + (allowed.isEmpty() ? "" : String.join(", ", allowed) + ", ") + "delete."))
                .asException();
    }

    /** Why that cannot be done with a server that was given up by its host, or never had one. */
    public static ProblemException nowhere(ServerId server, String action) {
        return new Problem(
                        Problem.Kind.CONFLICT,
                        "InstanceOnNoHost",
                        "Cannot '" + action + "' instance " + server + ": it is in ERROR and on no host, and nothing is"
                                + " left of it but its record.",
                        Optional.of("Delete it: openstack server delete " + server + "."))
                .asException();
    }

    private static List<String> allowed(ServerState state) {
        return Arrays.stream(ServerAction.values())
                // Those are for operators, and hang on the hosts and not on the server alone.
                .filter(action ->
                        action != ServerAction.EVACUATE && action != ServerAction.MIGRATE && action.isAllowedIn(state))
                .map(action -> action == ServerAction.HARD_REBOOT ? "reboot (HARD)" : action.text())
                .collect(Collectors.toList());
    }

    /** What it is while its host says nothing: what is under way stays so, but for what is built, which is nothing yet. */
    static ServerState toldSilent(ServerState state) {
        if (state.is(Task.SHELVING_OFFLOADING)) {
            // It is in its image, whatever is left on the host.
            return state;
        }
        return new ServerState(
                ServerStatus.ERROR, state.task().filter(task -> task != Task.SCHEDULING && task != Task.SPAWNING));
    }

    /** What it is to do from now on. */
    static Power wished(ServerState state, Power before, ServerAction action) {
        return new Power(
                action.level(state),
                before.generation() + 1,
                before.boots() + (action.boots() ? 1 : 0),
                before.rebuilds() + (action == ServerAction.REBUILD ? 1 : 0),
                action.ending());
    }

    /**
     * What its guest is to be when a person says what state the server is in: one that is active runs, and of an error nothing new is
     * wished, so that it is what it was before what is under way.
     */
    static Power.Level meant(ServerState before, ServerStatus said, Power power) {
        if (said == ServerStatus.ACTIVE) {
            return Power.Level.RUNNING;
        }
        if (before.task().isEmpty()) {
            return power.level();
        }
        return switch (before.status()) {
            case ACTIVE, RESCUED -> Power.Level.RUNNING;
            case PAUSED -> Power.Level.PAUSED;
            case SUSPENDED -> Power.Level.SUSPENDED;
            case SHUTOFF -> Power.Level.STOPPED;
            case BUILD, ERROR, RESIZED, SHELVED, SHELVED_OFFLOADED -> power.level();
        };
    }

    /**
     * What its guest is to be where it is built anew, its host being down. What was in its memory is gone, as is what it was rescued
     * with: one that stood still or was rescued runs, and one that was to go on from its memory is off, since nothing boots in place of that.
     */
    public static Power.Level anew(ServerState state, Power power) {
        return switch (state.status()) {
            case SUSPENDED -> Power.Level.STOPPED;
            case RESCUED -> Power.Level.RUNNING;
            case BUILD, ACTIVE, SHUTOFF, PAUSED, RESIZED, SHELVED, SHELVED_OFFLOADED, ERROR ->
                power.level() == Power.Level.STOPPED ? Power.Level.STOPPED : Power.Level.RUNNING;
        };
    }

    /**
     * What comes of a report about a server that stands, of the newest wish.
     *
     * @param power what is wished of it
     */
    static Next observed(ServerState state, Power power, Observed report) {
        ServerStatus seen = switch (report.power()) {
            case RUNNING -> ServerStatus.ACTIVE;
            case PAUSED -> ServerStatus.PAUSED;
            case SUSPENDED -> ServerStatus.SUSPENDED;
            case STOPPED, CRASHED -> ServerStatus.SHUTOFF;
        };
        if (state.equals(ServerState.at(ServerStatus.RESIZED))) {
            // It is that whether its guest runs or not, until somebody decides.
            return new Next(state, follow(power, report.power()), report.failure());
        }
        if (state.equals(ServerState.at(ServerStatus.RESCUED))
                || (state.is(Task.RESCUING) && report.failure().isEmpty())) {
            // Likewise, until it is to boot from its own disk again.
            return new Next(ServerState.at(ServerStatus.RESCUED), follow(power, report.power()), report.failure());
        }
        if (report.failure().isEmpty()) {
            ServerState next = new ServerState(seen, state.task().filter(Task::makesImage));
            return new Next(next, follow(power, report.power()), Optional.empty());
        }
        if (seen == ServerStatus.SHUTOFF && (state.is(Task.SUSPENDING) || state.is(Task.RESUMING))) {
            // Its memory is lost and its disk is not: it is off, and its host must not start it in place of what was
            // to go on.
            return new Next(ServerState.at(seen), follow(power, report.power()), report.failure());
        }
        // What could not be done leaves it as it was. What is not as it was is a fault, and where it should run its
        // host goes on trying.
        return seen == state.status()
                        && state.task().filter(ServerLife::canFail).isPresent()
                ? new Next(ServerState.at(seen), follow(power, report.power()), report.failure())
                : new Next(ServerState.at(ServerStatus.ERROR), power, report.failure());
    }

    /** Whether a server is what it was before when that is not done: after a reboot it is another one, or off. */
    private static boolean canFail(Task task) {
        return switch (task) {
            case POWERING_ON, POWERING_OFF, PAUSING, UNPAUSING, SUSPENDING, RESUMING, SHELVING -> true;
            case SCHEDULING,
                    SPAWNING,
                    REBOOTING,
                    REBOOTING_HARD,
                    REBUILDING,
                    RESIZE_PREP,
                    RESIZE_FINISH,
                    RESIZE_REVERTING,
                    IMAGE_SNAPSHOT,
                    IMAGE_BACKUP,
                    SHELVING_OFFLOADING,
                    RESCUING,
                    UNRESCUING,
                    DELETING -> false;
        };
    }

    /** A guest that ended or was paused by itself stays so, until somebody asks for something else. */
    private static Power follow(Power power, PowerState seen) {
        Power.Level level = switch (seen) {
            case RUNNING -> Power.Level.RUNNING;
            case PAUSED -> Power.Level.PAUSED;
            case SUSPENDED -> Power.Level.SUSPENDED;
            case STOPPED, CRASHED -> Power.Level.STOPPED;
        };
        return level == power.level() ? power : instead(power, level);
    }

    private static Power instead(Power power, Power.Level level) {
        return new Power(level, power.generation() + 1, power.boots(), power.rebuilds(), Power.Ending.GRACEFUL);
    }
}
