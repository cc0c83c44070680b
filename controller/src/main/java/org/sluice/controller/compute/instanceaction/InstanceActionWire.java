package org.sluice.controller.compute.instanceaction;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sluice.controller.compute.wire.ComputePages;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.compute.wire.Times;
import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.View;
import org.sluice.controller.server.ServerAction;

/** The record of a server's actions as the Compute API shows it. */
final class InstanceActionWire {
    private static final int PAGED = 58;
    private static final int CHANGED_BEFORE = 66;

    /** What Nova's compute service calls the one thing that it does for an action; others are done in the database. */
    private static final Map<String, String> EVENTS = events();

    private static final View<InstanceAction> BRIEF = View.<InstanceAction>of("instanceAction", "instanceActions")
            .member("action", InstanceAction::action)
            .member("instance_uuid", InstanceAction::server)
            .member("request_id", InstanceAction::requestId)
            .member("user_id", InstanceAction::userId)
            .member("project_id", InstanceAction::projectId)
            .member("start_time", action -> Times.plain(action.startedAt()))
            .member("message", action -> action.failure().map(failure -> "Error"))
            .member("updated_at", action -> Times.plain(action.finishedAt().orElse(action.startedAt())))
            .since(PAGED)
            .build();

    private static final View<InstanceAction> EVENT = View.<InstanceAction>of("event", "events")
            .member("event", action -> EVENTS.getOrDefault(action.action(), action.action()))
            .member("start_time", action -> Times.plain(action.startedAt()))
            .member("finish_time", action -> action.finishedAt().map(Times::plain))
            .member(
                    "result",
                    action -> action.finishedAt().map(at -> action.failure().isEmpty() ? "Success" : "Error"))
            .member("traceback", action -> null)
            .member("details", InstanceAction::failure)
            .since(84)
            .build();

    static final View<InstanceAction> WHOLE = View.<InstanceAction>of("instanceAction", "instanceActions")
            .with(BRIEF)
            .member("events", InstanceActionWire::events)
            .build();

    static final ListQuery<InstanceAction> LIST = ListQuery.of(BRIEF)
            .filter("changes-since", Filter.time("coalesce(a.finished_at, a.started_at)", ">="))
            .since(PAGED)
            .filter("changes-before", Filter.time("coalesce(a.finished_at, a.started_at)", "<="))
            .since(CHANGED_BEFORE)
            .scope("limit")
            .since(PAGED)
            .scope("marker")
            .since(PAGED)
            .unique("id", "a.id", InstanceAction::id, InstanceAction::requestId)
            .unknownMarker(marker -> Problems.badRequest("MarkerNotFound", "Marker " + marker + " could not be found."))
            // The last one first.
            .usually("id", false)
            .pages(ComputePages.LARGEST, ComputePages.LARGEST)
            .build();

    private InstanceActionWire() {}

    private static Map<String, String> events() {
        Map<String, String> events = new HashMap<>(Map.of(
                "create", "compute__do_build_and_run_instance",
                "attach_interface", "compute_attach_interface",
                "detach_interface", "compute_detach_interface",
                "delete", "compute_terminate_instance"));
        for (ServerAction action : ServerAction.values()) {
            events.put(action.text(), event(action));
        }
        return Map.copyOf(events);
    }

    private static String event(ServerAction action) {
        return switch (action) {
            case START -> "compute_start_instance";
            case STOP -> "compute_stop_instance";
            case REBOOT, HARD_REBOOT -> "compute_reboot_instance";
            case PAUSE -> "compute_pause_instance";
            case UNPAUSE -> "compute_unpause_instance";
            case SUSPEND -> "compute_suspend_instance";
            case RESUME -> "compute_resume_instance";
            case REBUILD, EVACUATE -> "compute_rebuild_instance";
            case RESIZE, MIGRATE -> "compute_prep_resize";
            case CONFIRM_RESIZE -> "compute_confirm_resize";
            case REVERT_RESIZE -> "compute_revert_resize";
            case CREATE_IMAGE -> "compute_snapshot_instance";
            case CREATE_BACKUP -> "compute_backup_instance";
            case SHELVE -> "compute_shelve_instance";
            case UNSHELVE -> "compute_unshelve_instance";
            case RESCUE -> "compute_rescue_instance";
            case UNRESCUE -> "compute_unrescue_instance";
        };
    }

    private static List<View.Nested<InstanceAction>> events(InstanceAction action) {
        return Optional.of(action).filter(done -> EVENTS.containsKey(done.action())).stream()
                .map(done -> new View.Nested<>(EVENT, done))
                .toList();
    }
}
