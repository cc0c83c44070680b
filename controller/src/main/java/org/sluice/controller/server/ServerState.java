package org.sluice.controller.server;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A server's state: what it is, and what is under way. {@link ServerLife} says how it comes from one to the other.
 *
 * @param task empty while nothing is under way
 */
public record ServerState(ServerStatus status, Optional<Task> task) {
    public ServerState {
        requireNonNull(status, "status is null");
        requireNonNull(task, "task is null");
    }

    /** Nothing is under way. */
    public static ServerState at(ServerStatus status) {
        return new ServerState(status, Optional.empty());
    }

    /** As the columns {@code status} and {@code task_state} have it. */
    public static ServerState of(String status, @Nullable String task) {
        return new ServerState(
                ServerStatus.valueOf(status), Optional.ofNullable(task).map(Task::of));
    }

    /** The same server with that under way. */
    public ServerState with(Task begun) {
        return new ServerState(status, Optional.of(begun));
    }

    /** Whether that is under way. */
    public boolean is(Task begun) {
        return task.equals(Optional.of(begun));
    }

    /** Whether it is in an image, or on its way there from its host. */
    boolean isShelved() {
        return status == ServerStatus.SHELVED || status == ServerStatus.SHELVED_OFFLOADED;
    }

    /** Whether its guest boots from another image than its root disk, or is about to. */
    boolean isRescue() {
        return status == ServerStatus.RESCUED || is(Task.RESCUING);
    }

    /** What the Compute API calls the two together, as Nova does: {@code status} of a server. */
    public String shown() {
        if (status == ServerStatus.ACTIVE && is(Task.REBOOTING)) {
            return "REBOOT";
        }
        if (status == ServerStatus.ACTIVE && is(Task.REBOOTING_HARD)) {
            return "HARD_REBOOT";
        }
        if (is(Task.RESIZE_PREP) || is(Task.RESIZE_FINISH)) {
            return "RESIZE";
        }
        if (is(Task.RESIZE_REVERTING)) {
            return "REVERT_RESIZE";
        }
        if (is(Task.REBUILDING)) {
            return "REBUILD";
        }
        return switch (status) {
            case RESIZED -> "VERIFY_RESIZE";
            case RESCUED -> "RESCUE";
            case BUILD, ACTIVE, SHUTOFF, PAUSED, SUSPENDED, SHELVED, SHELVED_OFFLOADED, ERROR -> status.name();
        };
    }

    /** Every state that is shown under that name; none where no server ever is. */
    public static List<ServerState> shownAs(String name) {
        return Arrays.stream(ServerStatus.values())
                .flatMap(status -> Stream.concat(
                        Stream.of(at(status)), Arrays.stream(Task.values()).map(at(status)::with)))
                .filter(state -> state.shown().equals(name))
                .toList();
    }
}
