package org.sluice.controller.compute;

import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.controller.network.ServerPorts;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What hangs below one server: addresses, interfaces, security groups, and the record of actions. */
final class ServerDetailRoutes {
    private final Jdbi jdbi;
    private final ServerLookup lookup;
    private final ServerPorts ports;

    ServerDetailRoutes(Jdbi jdbi, ServerLookup lookup, ServerPorts ports) {
        this.jdbi = jdbi;
        this.lookup = lookup;
        this.ports = ports;
    }

    void routes(Routes routes) {
        String server = ComputeFamily.VERSION_PATH + "/servers/{id}";
        routes.get(server + "/ips", Call.versioned(this::addresses))
                .get(server + "/ips/{network}", Call.versioned(this::addressesOf))
                .get(server + "/os-interface", Call.versioned(this::interfaces))
                .post(server + "/os-interface", Call.versioned(this::notAttached))
                .delete(server + "/os-interface/{port}", Call.versioned(this::notAttached))
                .get(server + "/os-security-groups", Call.versioned(this::securityGroups))
                .get(server + "/os-instance-actions", Call.versioned(this::actions))
                .get(server + "/os-instance-actions/{request}", Call.versioned(this::action));
    }

    private Reply addresses(Call call) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.set("addresses", addressTree(call));
        return Reply.ok(body);
    }

    private Reply addressesOf(Call call) {
        String network = call.path("network");
        ObjectNode all = addressTree(call);
        if (!all.has(network)) {
            throw Problems.notFound("NetworkNotFound", "Instance does not have any addresses on network " + network);
        }
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.set(network, all.required(network));
        return Reply.ok(body);
    }

    private ObjectNode addressTree(Call call) {
        return jdbi.withHandle(handle -> ServerJson.addresses(
                ports.of(handle, List.of(lookup.find(handle, call).id())), false));
    }

    private record Interface(
            UUID port, UUID network, String mac, String status, List<String> subnets, List<String> ips) {}

    private Reply interfaces(Call call) {
        List<Interface> interfaces = jdbi.withHandle(
                handle -> interfaces(handle, lookup.find(handle, call).id().value()));
        ObjectNode body = Json.MAPPER.createObjectNode();
        ArrayNode items = body.putArray("interfaceAttachments");
        for (Interface nic : interfaces) {
            ObjectNode item = items.addObject()
                    .put("net_id", nic.network().toString())
                    .put("port_id", nic.port().toString())
                    .put("mac_addr", nic.mac())
                    .put("port_state", nic.status());
            ArrayNode addresses = item.putArray("fixed_ips");
            for (int i = 0; i < nic.ips().size(); i++) {
                addresses
                        .addObject()
                        .put("subnet_id", nic.subnets().get(i))
                        .put("ip_address", nic.ips().get(i));
            }
            if (call.version().atLeast(70)) {
                item.putNull("tag");
            }
        }
        return Reply.ok(body);
    }

    private static List<Interface> interfaces(Handle handle, UUID server) {
        return handle.createQuery("""
                        select p.id, p.network_id, p.mac_address, p.status,
                               array(select cast(a.subnet_id as text) from ip_allocation a where a.port_id = p.id
                                     order by family(a.address), a.address) as subnets,
                               array(select host(a.address) from ip_allocation a where a.port_id = p.id
                                     order by family(a.address), a.address) as ips
                        from port p where p.server_id = :server order by p.nic_index""")
                .bind("server", server)
                .map((row, context) -> new Interface(
                        Columns.uuid(row, "id"),
                        Columns.uuid(row, "network_id"),
                        row.getString("mac_address"),
                        row.getString("status"),
                        Columns.texts(row, "subnets"),
                        Columns.texts(row, "ips")))
                .list();
    }

    private Reply notAttached(Call call) {
        jdbi.withHandle(handle -> lookup.find(handle, call));
        throw Problems.notOffered(
                "Attaching interfaces to a running server and detaching them is not offered; name its ports when you"
                        + " create it.");
    }

    private Reply securityGroups(Call call) {
        return jdbi.withHandle(handle -> {
            UUID server = lookup.find(handle, call).id().value();
            ObjectNode body = Json.MAPPER.createObjectNode();
            ArrayNode items = body.putArray("security_groups");
            handle.createQuery("""
                            select distinct g.id, g.name, g.description, g.project_id
                            from port p join port_security_group pg on pg.port_id = p.id
                            join security_group g on g.id = pg.security_group_id
                            where p.server_id = :server order by g.name, g.id""")
                    .bind("server", server)
                    .map((row, context) -> {
                        ObjectNode group = Json.MAPPER
                                .createObjectNode()
                                .put("id", row.getString("id"))
                                .put("name", row.getString("name"))
                                .put("description", row.getString("description"))
                                .put("tenant_id", row.getString("project_id"));
                        // Rules are objects of the Network API; here they are read by nobody since nova-network went.
                        group.putArray("rules");
                        return group;
                    })
                    .forEach(items::add);
            return Reply.ok(body);
        });
    }

    private Reply actions(Call call) {
        ServerRow server = jdbi.withHandle(handle -> lookup.find(handle, call));
        ObjectNode body = Json.MAPPER.createObjectNode();
        ArrayNode items = body.putArray("instanceActions");
        server.deletion().ifPresent(deletion -> items.add(deleted(server, deletion, call)));
        items.add(created(server, call));
        return Reply.ok(body);
    }

    private Reply action(Call call) {
        ServerRow server = jdbi.withHandle(handle -> lookup.find(handle, call));
        String request = call.path("request");
        ObjectNode json;
        if (request.equals(server.createRequestId())) {
            json = created(server, call);
        } else {
            json = server.deletion()
                    .filter(deletion -> request.equals(deletion.requestId()))
                    .map(deletion -> deleted(server, deletion, call))
                    .orElseThrow(() -> Problems.notFound(
                            "InstanceActionNotFound",
                            "Action for request_id " + request + " on instance " + server.id() + " not found"));
        }
        json.putArray("events");
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.set("instanceAction", json);
        return Reply.ok(body);
    }

    private static ObjectNode created(ServerRow server, Call call) {
        ObjectNode json = action(server, "create", server.createRequestId(), server.userId())
                .put("start_time", Times.plain(server.createdAt()))
                .put("message", server.fault().isPresent() ? "Error" : null);
        if (call.version().atLeast(58)) {
            json.put("updated_at", Times.plain(server.updatedAt()));
        }
        return json;
    }

    private static ObjectNode deleted(ServerRow server, ServerRow.Deletion deletion, Call call) {
        ObjectNode json = action(server, "delete", deletion.requestId(), deletion.userId())
                .put("start_time", Times.plain(deletion.startedAt()))
                .putNull("message");
        if (call.version().atLeast(58)) {
            json.put("updated_at", Times.plain(deletion.startedAt()));
        }
        return json;
    }

    private static ObjectNode action(ServerRow server, String action, String request, String user) {
        return Json.MAPPER
                .createObjectNode()
                .put("action", action)
                .put("instance_uuid", server.id().toString())
                .put("request_id", request)
                .put("user_id", user)
                .put("project_id", server.projectId());
    }
}
