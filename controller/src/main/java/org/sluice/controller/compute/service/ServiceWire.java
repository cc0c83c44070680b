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
import org.sluice.model.ProblemException;

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
     * What an operator says of a host.
     *
     * @param enabled whether it is to take new servers
     * @param reason why not, if it is not to
     * @param forcedDown whether it is down, whatever its agent says
     */
    record Wanted(Optional<Boolean> enabled, Optional<String> reason, Optional<Boolean> forcedDown) {
        private static Wanted enabled(boolean enabled, Optional<String> reason) {
            return new Wanted(Optional.of(enabled), reason, Optional.empty());
        }
    }

    /** The same by the name of the host, as it was said until 2.52, and what the reply shows of the host. */
    record WantedByName(String host, String binary, Wanted wanted, View<HostRow> reply) {}

    static final View<Service> WHOLE = View.<Service>of("service", "services")
            .member("binary", service -> HostRow.BINARY)
            .member("host", service -> service.host().name())
            .member("id", Service::id)
            .member("zone", service -> service.host().zone())
            .member("status", service -> service.host().status())
            .member("state", Service::state)
            .member("updated_at", service -> Times.plain(service.host().updatedAt()))
            .member("disabled_reason", service -> service.host().disabledReason())
            .member("forced_down", service -> service.host().forcedDown())
            .since(11)
            .build();

    private static final View<HostRow> SWITCHED = View.<HostRow>of("service", "services")
            .member("binary", host -> HostRow.BINARY)
            .member("host", HostRow::name)
            .member("status", HostRow::status)
            .build();

    private static final View<HostRow> DECLARED = View.<HostRow>of("service", "services")
            .member("binary", host -> HostRow.BINARY)
            .member("host", HostRow::name)
            .member("forced_down", HostRow::forcedDown)
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

    static Wanted read(Exchange exchange) {
        Fields fields = exchange.body();
        fields.onlyKnows(Set.of("status", "disabled_reason", "forced_down"));
        Optional<Boolean> forcedDown = fields.flag("forced_down");
        Optional<String> status = fields.oneOf("status", List.of("enabled", "disabled"));
        Optional<String> reason = reason(fields);
        if (status.isEmpty() && forcedDown.isEmpty()) {
            throw Problems.badRequest(
                    "InvalidInput", "No updates were requested. Fields 'status' or 'forced_down' should be specified.");
        }
        Optional<Boolean> enabled = status.map("enabled"::equals);
        if (reason.isPresent() && enabled.orElse(true)) {
            throw Problems.badRequest(
                    "InvalidInput", "Specifying 'disabled_reason' when status is not 'disabled' is invalid.");
        }
        return new Wanted(enabled, reason, forcedDown);
    }

    /** Reads what {@code PUT /os-services/ACTION} says. */
    static WantedByName readByName(Exchange exchange, String action) {
        return switch (action) {
            case "enable" -> switched(exchange.body(), true);
            case "disable" -> switched(exchange.body(), false);
            case "disable-log-reason" -> {
                Fields fields = exchange.body();
                fields.onlyKnows(Set.of("host", "binary", "disabled_reason"));
                fields.needs("disabled_reason");
                yield byName(fields, Wanted.enabled(false, reason(fields)), SWITCHED_WITH_REASON);
            }
            case "force-down" -> {
                if (!exchange.atLeast(11)) {
                    throw unknownAction(action);
                }
                Fields fields = exchange.body();
                fields.onlyKnows(Set.of("host", "binary", "forced_down"));
                fields.needs("forced_down");
                yield byName(
                        fields, new Wanted(Optional.empty(), Optional.empty(), fields.flag("forced_down")), DECLARED);
            }
            default -> throw unknownAction(action);
        };
    }

    private static ProblemException unknownAction(String action) {
        return Problems.notFound(
                "ServiceActionNotFound",
                "Unknown action '" + action
                        + "'. It must be enable, disable, disable-log-reason or, from 2.11 on, force-down.");
    }

    private static WantedByName switched(Fields fields, boolean enabled) {
        fields.onlyKnows(Set.of("host", "binary"));
        return byName(fields, Wanted.enabled(enabled, Optional.empty()), SWITCHED);
    }

    private static WantedByName byName(Fields fields, Wanted wanted, View<HostRow> reply) {
        return new WantedByName(
                fields.text("host", 1, Names.LONGEST), fields.text("binary", 1, Names.LONGEST), wanted, reply);
    }

    private static Optional<String> reason(Fields fields) {
        return fields.optionalText("disabled_reason", 1, Names.LONGEST);
    }
}
