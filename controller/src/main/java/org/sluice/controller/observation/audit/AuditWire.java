package org.sluice.controller.observation.audit;

import java.util.List;
import java.util.Optional;
import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.RawJson;
import org.sluice.controller.http.view.View;

/** Audit events as {@code /sluice/v1/audit} shows and filters them. */
final class AuditWire {
    private static final int USUAL = 1_000;
    private static final int LARGEST = 100_000;

    private static final View<AuditEvent> VIEW = View.<AuditEvent>of("audit_event", "audit_events")
            .member("id", AuditEvent::number)
            .member("at", event -> event.at().toString())
            .member("outcome", AuditEvent::outcome)
            .member("status", AuditEvent::status)
            .member("request_id", AuditEvent::requestId)
            .member("global_request_id", event -> present(event.globalRequestId()))
            .member("user_id", event -> present(event.userId()))
            .member("user", event -> present(event.userName()))
            .member("project_id", event -> present(event.projectId()))
            .member("peer", AuditEvent::peer)
            .member("action", AuditEvent::action)
            .member("operation", event -> present(event.operation()))
            .member("resource_type", event -> present(event.resourceType()))
            .member("resource_id", event -> present(event.resourceId()))
            .member("before", event -> event.before().map(RawJson::new))
            .member("after", event -> event.after().map(RawJson::new))
            .build();

    /** The newest first. */
    static final ListQuery<AuditEvent> LIST = ListQuery.of(VIEW)
            .filter("user", anyOf("user_id", "user_name"))
            .filter("project", Filter.text("project_id"))
            .filter("resource", AuditWire::resource)
            .filter("id", Filter.text("resource_id"))
            .filter("operation", anyOf("operation", AuditStore.NAMED_ACTION))
            .filter("outcome", AuditWire::outcome)
            .filter("request_id", anyOf("request_id", "global_request_id"))
            .filter("since", Filter.time("at", ">="))
            .filter("until", Filter.time("at", "<"))
            .unique("id", "id", AuditEvent::number, event -> Long.toString(event.number()))
            .usually("id", false)
            .pages(USUAL, LARGEST)
            .largeRows()
            .build();

    private AuditWire() {}

    /** The type as events have it: what the API calls a user is an account here. */
    static String type(String named) {
        return named.equals("user") ? "account" : named;
    }

    private static String resource(List<String> values, Filter.Terms terms) {
        return Filter.text("resource_type")
                .condition(values.stream().map(AuditWire::type).toList(), terms);
    }

    private static String outcome(List<String> values, Filter.Terms terms) {
        List<String> stored = values.stream()
                .map(value -> switch (value) {
                    case "changed", "done" -> "changed";
                    case "refused" -> "refused";
                    default -> throw terms.bad(value, "changed (or done) or refused");
                })
                .toList();
        return Filter.text("outcome").condition(stored, terms);
    }

    private static Filter anyOf(String column, String other) {
        return (values, terms) -> {
            String wanted = terms.array(String.class, values);
            return column + " = any(" + wanted + ") or " + other + " = any(" + wanted + ")";
        };
    }

    private static Optional<String> present(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }
}
