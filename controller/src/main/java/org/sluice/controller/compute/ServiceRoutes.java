package org.sluice.controller.compute;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.http.Ids;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Transactions;
import org.sluice.model.HostId;
import org.sluice.model.ProblemException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /os-services}: the agent of every host, by nova's name for it. Controllers are not listed: they keep no state, and
 * whichever answers is up.
 */
final class ServiceRoutes {
    /** What nova calls the program on a host that runs its servers. */
    static final String BINARY = "nova-compute";

    private final Jdbi jdbi;
    private final Transactions transactions;
    private final InstantSource clock;
    private final HostStore store = new HostStore();

    ServiceRoutes(Jdbi jdbi, InstantSource clock) {
        this.jdbi = jdbi;
        this.transactions = new Transactions(jdbi);
        this.clock = clock;
    }

    void routes(Routes routes) {
        String root = ComputeFamily.VERSION_PATH + "/os-services";
        routes.get(root, Call.versioned(this::list))
                .put(root + "/{id}", Call.versioned(this::update))
                .delete(root + "/{id}", Call.versioned(ServiceRoutes::delete));
    }

    private Reply list(Call call) {
        call.caller().requireAdmin("os_compute_api:os-services:list");
        Optional<String> host = call.exchange().query("host");
        Optional<String> binary = call.exchange().query("binary");
        ObjectNode body = Json.MAPPER.createObjectNode();
        ArrayNode items = body.putArray("services");
        if (binary.isEmpty() || binary.get().equals(BINARY)) {
            for (HostRow row : jdbi.withHandle(store::list)) {
                if (host.isEmpty() || host.get().equals(row.name())) {
                    items.add(json(row, call.version()));
                }
            }
        }
        return Reply.ok(body);
    }

    private Reply update(Call call) {
        call.caller().requireAdmin("os_compute_api:os-services:update");
        return call.version().atLeast(53) ? updateById(call) : updateByName(call);
    }

    /** From 2.53 on: {@code PUT /os-services/UUID} with what should change. */
    private Reply updateById(Call call) {
        Fields fields = whole(call);
        fields.onlyKnows(Set.of("status", "disabled_reason", "forced_down"));
        if (fields.flag("forced_down").orElse(false)) {
            throw forcedDown();
        }
        Optional<String> status = fields.optionalText("status", 1, Fields.LONGEST_NAME);
        String reason = reason(fields);
        if (status.isEmpty()) {
            throw Problems.badRequest(
                    "InvalidInput", "No updates were requested. Field 'status' should be 'enabled' or 'disabled'.");
        }
        boolean enable = switch (status.get()) {
            case "enabled" -> true;
            case "disabled" -> false;
            default -> throw fields.refused("status", "it must be 'enabled' or 'disabled'");
        };
        if (enable && reason != null) {
            throw Problems.badRequest(
                    "InvalidInput", "Specifying 'disabled_reason' when status is 'enabled' is invalid.");
        }
        HostId id = serviceId(call);
        HostRow changed = transactions.run(handle -> {
            HostRow host = store.find(handle, id)
                    .orElseThrow(() -> Problems.notFound(
                            "ServiceNotFound", "Service " + call.path("id") + " could not be found."));
            return setEnabled(handle, host, enable, reason);
        });
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.set("service", json(changed, call.version()));
        return Reply.ok(body);
    }

    /** Before 2.53: {@code PUT /os-services/enable} with host and binary. */
    private Reply updateByName(Call call) {
        Fields fields = whole(call);
        String action = call.path("id");
        boolean enable = switch (action) {
            case "enable" -> true;
            case "disable", "disable-log-reason" -> false;
            case "force-down" -> throw forcedDown();
            default ->
                throw Problems.notFound(
                        "ServiceActionNotFound",
                        "Unknown action '" + action + "'. It must be enable, disable or disable-log-reason.");
        };
        boolean withReason = action.equals("disable-log-reason");
        fields.onlyKnows(withReason ? Set.of("host", "binary", "disabled_reason") : Set.of("host", "binary"));
        if (withReason) {
            fields.required("disabled_reason");
        }
        String host = fields.text("host", 1, Fields.LONGEST_NAME);
        String binary = fields.text("binary", 1, Fields.LONGEST_NAME);
        String reason = reason(fields);
        HostRow changed = transactions.run(handle -> {
            HostRow row = store.findByName(handle, host)
                    .filter(found -> binary.equals(BINARY))
                    .orElseThrow(() -> Problems.notFound(
                            "HostBinaryNotFound", "Could not find binary " + binary + " on host " + host + "."));
            return setEnabled(handle, row, enable, reason);
        });
        ObjectNode body = Json.MAPPER.createObjectNode();
        ObjectNode service = body.putObject("service")
                .put("binary", BINARY)
                .put("host", changed.name())
                .put("status", changed.status());
        if (withReason) {
            service.put("disabled_reason", changed.disabledReason());
        }
        return Reply.ok(body);
    }

    private HostRow setEnabled(org.jdbi.v3.core.Handle handle, HostRow host, boolean enable, @Nullable String reason) {
        store.setEnabled(handle, host.id(), enable, reason);
        ChangeFeed.announce(handle, "fleet");
        return store.find(handle, host.id()).orElseThrow();
    }

    private static Reply delete(Call call) {
        call.caller().requireAdmin("os_compute_api:os-services:delete");
        throw Problems.notOffered(
                "Removing a host through the Compute API is not offered; disable its service instead.");
    }

    private static ProblemException forcedDown() {
        return Problems.notOffered(
                "Declaring a host down is not offered: a host is down when its agent is not heard. Disable the service"
                        + " to keep new servers away.");
    }

    private static Fields whole(Call call) {
        return Fields.of("body", call.body());
    }

    private static @Nullable String reason(Fields fields) {
        return fields.optionalText("disabled_reason", 1, Fields.LONGEST_NAME).orElse(null);
    }

    private static HostId serviceId(Call call) {
        return Ids.parse(call.path("id"))
                .map(HostId::new)
                .orElseThrow(() -> Problems.badRequest("InvalidUUID", "Invalid uuid " + call.path("id")));
    }

    private ObjectNode json(HostRow host, Microversion version) {
        Instant now = clock.instant();
        ObjectNode json = Json.MAPPER.createObjectNode().put("binary", BINARY).put("host", host.name());
        if (version.atLeast(53)) {
            json.put("id", host.id().toString());
        } else {
            json.put("id", host.number());
        }
        json.put("zone", host.zone())
                .put("status", host.status())
                .put("state", host.state(now))
                .put("updated_at", Times.plain(host.updatedAt()))
                .put("disabled_reason", host.disabledReason());
        if (version.atLeast(11)) {
            json.put("forced_down", false);
        }
        return json;
    }
}
