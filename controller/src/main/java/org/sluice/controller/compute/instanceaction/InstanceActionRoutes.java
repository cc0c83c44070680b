package org.sluice.controller.compute.instanceaction;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.sluice.controller.compute.server.Server;
import org.sluice.controller.compute.server.ServerLookup;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.compute.wire.Times;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.view.View;
import org.sluice.controller.store.Transactions;

/** {@code /servers/ID/os-instance-actions} (Compute API reference, "Servers actions records"): its making and its end. Thread-safe. */
public final class InstanceActionRoutes implements ResourceRoutes {
    /** Something that was done to a server. */
    private record Done(
            String action,
            Server server,
            String requestId,
            String userId,
            Instant startedAt,
            boolean failed,
            Instant updatedAt) {}

    private static final View<Done> BRIEF = View.<Done>of("instanceAction", "instanceActions")
            .member("action", Done::action)
            .member("instance_uuid", done -> done.server().id().toString())
            .member("request_id", Done::requestId)
            .member("user_id", Done::userId)
            .member("project_id", done -> done.server().projectId())
            .member("start_time", done -> Times.plain(done.startedAt()))
            .member("message", done -> done.failed() ? "Error" : null)
            .member("updated_at", done -> Times.plain(done.updatedAt()))
            .since(58)
            .build();

    private static final View<Done> WHOLE = View.<Done>of("instanceAction", "instanceActions")
            .with(BRIEF)
            .member("events", done -> List.of())
            .build();

    private final Transactions transactions;
    private final ServerLookup lookup = new ServerLookup();

    public InstanceActionRoutes(Transactions transactions) {
        this.transactions = requireNonNull(transactions, "transactions is null");
    }

    @Override
    public void routes(Routes routes) {
        String root = Links.VERSION_PATH + "/servers/{id}/os-instance-actions";
        routes.get(root, InstanceActionRules.LIST, exchange -> BRIEF.replyAll(200, done(exchange), exchange));
        routes.get(root + "/{request}", InstanceActionRules.SHOW, this::show);
    }

    private Reply show(Exchange exchange) {
        String request = exchange.path("request");
        Done done = done(exchange).stream()
                .filter(each -> each.requestId().equals(request))
                .findFirst()
                .orElseThrow(() -> Problems.notFound(
                        "InstanceActionNotFound",
                        "Action for request_id " + request + " on instance " + exchange.path("id") + " not found"));
        return WHOLE.ok(done, exchange);
    }

    /** The last one first. */
    private List<Done> done(Exchange exchange) {
        Server server = transactions.autocommit(handle -> lookup.find(handle, exchange));
        List<Done> all = new ArrayList<>();
        server.deletion()
                .ifPresent(deletion -> all.add(new Done(
                        "delete",
                        server,
                        deletion.requestId(),
                        deletion.userId(),
                        deletion.startedAt(),
                        false,
                        deletion.startedAt())));
        all.add(new Done(
                "create",
                server,
                server.createRequestId(),
                server.userId(),
                server.createdAt(),
                server.fault().isPresent(),
                server.updatedAt()));
        return all;
    }
}
