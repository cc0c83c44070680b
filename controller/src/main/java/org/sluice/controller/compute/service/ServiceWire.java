package org.sluice.controller.compute.service;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sluice.controller.compute.host.HostRow;
import org.sluice.controller.compute.wire.Names;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.compute.wire.Times;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.View;

/** Services as the Compute API takes and shows them. */
final class ServiceWire {
    /**
     * The agent of a host.
     *
     * @param id as this version shows it
     * @param state {@code up} or {@code down}, now
     */
    record Service(HostRow host, Object id, String state) {}

    /**
     * Whether a host is to take new servers.
     *
     * @param reason why not, if it is not to
     */
    record Wanted(boolean enabled, Optional<String> reason) {}

    /** The same by the name of the host, as it was said until 2.52. */
    record WantedByName(String host, String binary, Wanted wanted, boolean hasReason) {}

    static final View<Service> WHOLE = View.<Service>of("service", "services")
            .member("binary", service -> HostRow.BINARY)
            .member("host", service -> service.host().name())
            .member("id", Service::id)
            .member("zone", service -> service.host().zone())
            .member("status", service -> service.host().status())
            .member("state", Service::state)
            .member("updated_at", service -> Times.plain(service.host().updatedAt()))
            .member("disabled_reason", service -> service.host().disabledReason())
            .member("forced_down", service -> false)
            .since(11)
            .build();

    private static final View<HostRow> SWITCHED = View.<HostRow>of("service", "services")
            .member("binary", host -> HostRow.BINARY)
            .member("host", HostRow::name)
            .member("status", HostRow::status)
            .build();

    private static final View<HostRow> SWITCHED_WITH_REASON = View.<HostRow>of("service", "services")
            .with(SWITCHED)
            .member("disabled_reason", HostRow::disabledReason)
            .build();

    static final ListQuery<Service> LIST = ListQuery.of(WHOLE)
            .filter("host", Filter.text("h.name"))
            .filter("binary", (values, terms) -> values.contains(HostRow.BINARY) ? "true" : "false")
            .unique(
                    "id",
                    "h.number",
                    service -> service.host().number(),
                    service -> service.id().toString())
            .build();

    private ServiceWire() {}

    static View<HostRow> switched(boolean withReason) {
        return withReason ? SWITCHED_WITH_REASON : SWITCHED;
    }

    static Wanted read(Exchange exchange) {
        Fields fields = exchange.body();
        fields.onlyKnows(Set.of("status", "disabled_reason", "forced_down"));
        if (fields.flag("forced_down").orElse(false)) {
            throw ServiceRules.forcedDown();
        }
        Optional<String> status = fields.oneOf("status", List.of("enabled", "disabled"));
        Optional<String> reason = reason(fields);
        if (status.isEmpty()) {
            throw Problems.badRequest(
                    "InvalidInput", "No updates were requested. Field 'status' should be 'enabled' or 'disabled'.");
        }
        boolean enable = status.get().equals("enabled");
        if (enable && reason.isPresent()) {
            throw Problems.badRequest(
                    "InvalidInput", "Specifying 'disabled_reason' when status is 'enabled' is invalid.");
        }
        return new Wanted(enable, reason);
    }

    /** Reads what {@code PUT /os-services/ACTION} says. */
    static WantedByName readByName(Exchange exchange, String action) {
        boolean enable = switch (action) {
            case "enable" -> true;
            case "disable", "disable-log-reason" -> false;
            case "force-down" -> throw ServiceRules.forcedDown();
            default ->
                throw Problems.notFound(
                        "ServiceActionNotFound",
                        "Unknown action '" + action + "'. It must be enable, disable or disable-log-reason.");
        };
        boolean withReason = action.equals("disable-log-reason");
        Fields fields = exchange.body();
        fields.onlyKnows(withReason ? Set.of("host", "binary", "disabled_reason") : Set.of("host", "binary"));
        if (withReason) {
            fields.needs("disabled_reason");
        }
        return new WantedByName(
                fields.text("host", 1, Names.LONGEST),
                fields.text("binary", 1, Names.LONGEST),
                new Wanted(enable, reason(fields)),
                withReason);
    }

    private static Optional<String> reason(Fields fields) {
        return fields.optionalText("disabled_reason", 1, Names.LONGEST);
    }
}
