package org.sluice.controller.compute;

import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.controller.network.AttachedPort;
import org.sluice.controller.network.ServerPorts;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.store.Transactions;
import org.sluice.model.ServerId;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /servers}: create, list, show, update, delete. */
final class ServerRoutes {
    private static final String PASSWORD_CHARACTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private static final int PASSWORD_LENGTH = 12;

    private final Jdbi jdbi;
    private final Transactions transactions;
    private final ServerPorts ports;
    private final Scheduling scheduling;
    private final ServerCreation creation;
    private final ServerLookup lookup;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final ServerStore store = new ServerStore();

    ServerRoutes(
            Jdbi jdbi,
            ServerPorts ports,
            Scheduling scheduling,
            ServerCreation creation,
            ServerLookup lookup,
            InstantSource clock,
            RandomGenerator random) {
        this.jdbi = jdbi;
        this.transactions = new Transactions(jdbi);
        this.ports = ports;
        this.scheduling = scheduling;
        this.creation = creation;
        this.lookup = lookup;
        this.clock = clock;
        this.random = random;
    }

    void routes(Routes routes) {
        String root = ComputeFamily.VERSION_PATH + "/servers";
        routes.get(root, Call.versioned(this::list))
                .get(root + "/detail", Call.versioned(this::detail))
                .post(root, Call.versioned(this::create))
                .get(root + "/{id}", Call.versioned(this::show))
                .put(root + "/{id}", Call.versioned(this::update))
                .delete(root + "/{id}", Call.versioned(this::delete));
    }

    private Reply create(Call call) {
        call.caller().requireWriter("os_compute_api:servers:create");
        BootRequest request = BootRequestReader.read(call);
        ServerCreation.Created created = create(call, request);
        if (request.onlyReservation()) {
            return Reply.json(202, Json.MAPPER.createObjectNode().put("reservation_id", created.reservationId()));
        }
        String id = created.servers().getFirst().toString();
        ObjectNode body = Json.MAPPER.createObjectNode();
        ObjectNode server = body.putObject("server").put("id", id);
        server.set("links", call.links().selfAndBookmark("servers", id));
        server.put("OS-DCF:diskConfig", "MANUAL");
        ArrayNode groups = server.putArray("security_groups");
        List<String> names = request.securityGroups().isEmpty() ? List.of("default") : request.securityGroups();
        names.forEach(name -> groups.addObject().put("name", name));
        server.put("adminPass", request.adminPassword().orElseGet(this::password));
        return Reply.json(202, body).withHeader("Location", call.links().self("servers", id));
    }

    private ServerCreation.Created create(Call call, BootRequest request) {
        String id = call.exchange().requestId();
        try {
            return transactions.run(handle -> creation.create(handle, call.caller(), id, request));
        } catch (ServerCreation.TooFewException tooFew) {
            return transactions.run(handle -> creation.createRefused(handle, call.caller(), id, request, tooFew));
        }
    }

    /** Clients expect one. Nothing in the guest uses it: people log in with their key. */
    private String password() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < PASSWORD_LENGTH; i++) {
            text.append(PASSWORD_CHARACTERS.charAt(random.nextInt(PASSWORD_CHARACTERS.length())));
        }
        return text.toString();
    }

    private Reply list(Call call) {
        Page page = Page.of(call.exchange());
        List<ServerStore.Brief> servers = transactions.run(handle -> store.briefs(handle, query(handle, call, page)));
        ObjectNode body = Json.MAPPER.createObjectNode();
        ArrayNode items = body.putArray("servers");
        servers.forEach(server -> items.add(ServerJson.brief(server, call)));
        return paged(body, servers.stream().map(ServerStore.Brief::id).toList(), page, call);
    }

    private Reply detail(Call call) {
        Page page = Page.of(call.exchange());
        ObjectNode body = Json.MAPPER.createObjectNode();
        ArrayNode items = body.putArray("servers");
        List<ServerId> servers = transactions.run(handle -> {
            items.removeAll();
            List<ServerRow> rows = store.list(handle, query(handle, call, page), ServerJson.showsUserData(call));
            List<ServerId> ids = rows.stream().map(ServerRow::id).toList();
            Map<ServerId, List<AttachedPort>> nics =
                    ports.of(handle, ids).stream().collect(Collectors.groupingBy(AttachedPort::server));
            rows.forEach(row -> items.add(ServerJson.full(
                    row, nics.getOrDefault(row.id(), List.of()), call, ServerJson.View.LIST, clock.instant())));
            return ids;
        });
        return paged(body, servers, page, call);
    }

    private ServerQuery query(Handle handle, Call call, Page page) {
        ServerQuery query = ServerListing.of(call, page);
        if (page.marker().isPresent()) {
            String marker = page.marker().get();
            boolean known = store.find(handle, ServerListing.serverMarker(marker))
                    .filter(row -> ServerLookup.mayRead(call.caller(), row))
                    .isPresent();
            if (!known) {
                throw Problems.badRequest("MarkerNotFound", "marker [" + marker + "] not found");
            }
        }
        return query;
    }

    private static Reply paged(ObjectNode body, List<ServerId> servers, Page page, Call call) {
        if (page.isFull(servers)) {
            body.set(
                    "servers_links",
                    call.links().next(call.exchange(), servers.getLast().toString()));
        }
        return Reply.ok(body);
    }

    private Reply show(Call call) {
        return jdbi.withHandle(handle -> {
            ServerRow server = lookup.find(handle, call);
            return single(handle, server, call, ServerJson.View.SHOW);
        });
    }

    private Reply single(Handle handle, ServerRow server, Call call, ServerJson.View view) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.set(
                "server", ServerJson.full(server, ports.of(handle, List.of(server.id())), call, view, clock.instant()));
        return Reply.ok(body);
    }

    private Reply update(Call call) {
        call.caller().requireWriter("os_compute_api:servers:update");
        Fields fields = Fields.of(call, "server");
        Set<String> known = new HashSet<>(Set.of("name", "OS-DCF:diskConfig", "accessIPv4", "accessIPv6"));
        if (call.version().atLeast(19)) {
            known.add("description");
        }
        if (call.version().atLeast(90)) {
            known.add("hostname");
        }
        fields.onlyKnows(known);
        for (String address : List.of("accessIPv4", "accessIPv6")) {
            if (fields.isSet(address) && !fields.required(address).asString("").isEmpty()) {
                throw fields.refused(address, "Sluice does not offer it; leave it out");
            }
        }
        return transactions.run(handle -> {
            ServerRow old = lookup.findForUpdate(handle, call);
            store.rename(
                    handle,
                    old.id(),
                    fields.has("name") ? fields.nameText("name") : old.name(),
                    BootRequestReader.hostname(fields).orElse(old.hostname()),
                    fields.has("description")
                            ? fields.optionalText("description", 0, Fields.LONGEST_NAME)
                                    .orElse(null)
                            : old.description(),
                    clock.instant());
            old.host().ifPresent(host -> store.tellHost(handle, host.id()));
            return single(handle, lookup.find(handle, call), call, ServerJson.View.UPDATE);
        });
    }

    private Reply delete(Call call) {
        deleteServer(call);
        return Reply.empty(204);
    }

    /** Asks for it to go; asking twice is as good as once. */
    void deleteServer(Call call) {
        call.caller().requireWriter("os_compute_api:servers:delete");
        transactions.run(handle -> {
            ServerRow server = lookup.findForUpdate(handle, call);
            store.noteDeletion(
                    handle,
                    server.id(),
                    call.exchange().requestId(),
                    call.caller().userId(),
                    clock.instant());
            scheduling.requestDelete(handle, server.id());
            return Optional.empty();
        });
    }
}
