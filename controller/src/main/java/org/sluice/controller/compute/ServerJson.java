package org.sluice.controller.compute;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.http.Json;
import org.sluice.controller.network.AttachedPort;
import org.sluice.model.ServerStatus;
import org.sluice.model.protocol.FixedAddress;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Servers as the Compute API shows them; every microversion that changed them is here. */
final class ServerJson {
    /** The places where a whole server is shown differ a little. */
    enum View {
        /** {@code GET /servers/ID}. */
        SHOW,
        /** {@code GET /servers/detail}. */
        LIST,
        /** The answer to {@code PUT /servers/ID}: before 2.75 without what extensions had added. */
        UPDATE
    }

    /** Power states by nova's numbers. */
    static final int NO_STATE = 0;

    static final int RUNNING = 1;

    private ServerJson() {}

    /** Id, name and links, as {@code GET /servers} lists them. */
    static ObjectNode brief(ServerStore.Brief server, Call call) {
        ObjectNode json =
                Json.MAPPER.createObjectNode().put("id", server.id().toString()).put("name", server.name());
        json.set("links", call.links().selfAndBookmark("servers", server.id().toString()));
        return json;
    }

    /** Whether this caller sees user data in this microversion. */
    static boolean showsUserData(Call call) {
        return call.caller().isAdmin() && call.version().atLeast(3);
    }

    /** Everything that this caller may see in this microversion. */
    static ObjectNode full(ServerRow server, List<AttachedPort> ports, Call call, View view, Instant now) {
        Microversion version = call.version();
        boolean extended = view != View.UPDATE || version.atLeast(75);
        ServerStatus status = server.shownStatus();
        String id = server.id().toString();
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put("id", id)
                .put("name", server.name())
                .put("status", status.name())
                .put("tenant_id", server.projectId())
                .put("user_id", server.userId());
        json.set("metadata", TextMap.tree(server.metadata()));
        json.put("hostId", hostId(server));
        ObjectNode image = json.putObject("image").put("id", server.image().toString());
        image.set("links", call.links().bookmark("images", server.image().toString()));
        putFlavor(json, server, call);
        json.put("created", Times.zoned(server.createdAt())).put("updated", Times.zoned(server.updatedAt()));
        json.set("addresses", addresses(ports, extended));
        json.put("accessIPv4", "").put("accessIPv6", "");
        json.set("links", call.links().selfAndBookmark("servers", id));
        json.put("OS-DCF:diskConfig", "MANUAL");
        if (status == ServerStatus.ERROR) {
            putFault(json, server, call);
        } else {
            json.put("progress", 0);
        }
        if (extended) {
            putExtensions(json, server, ports, call, status, now);
        }
        putLater(json, server, version, view);
        return json;
    }

    private static void putFlavor(ObjectNode json, ServerRow server, Call call) {
        if (call.version().atLeast(47)) {
            json.set("flavor", FlavorJson.embedded(server));
        } else {
            ObjectNode flavor = json.putObject("flavor").put("id", server.flavorId());
            flavor.set("links", call.links().bookmark("flavors", server.flavorId()));
        }
    }

    /** Nova shows every fault of a build as 500; the details are for operators. */
    private static void putFault(ObjectNode json, ServerRow server, Call call) {
        server.fault().ifPresent(fault -> {
            ObjectNode shown = json.putObject("fault")
                    .put("code", 500)
                    .put("created", Times.zoned(fault.at()))
                    .put("message", fault.message());
            if (call.caller().isAdmin()) {
                shown.put("details", fault.details() == null ? fault.code() : fault.code() + ": " + fault.details());
            }
        });
    }

    private static void putExtensions(
            ObjectNode json, ServerRow server, List<AttachedPort> ports, Call call, ServerStatus status, Instant now) {
        Microversion version = call.version();
        String zone = server.availabilityZone() == null ? server.pinnedZone() : server.availabilityZone();
        json.put("OS-EXT-AZ:availability_zone", zone == null ? "" : zone)
                .put("config_drive", server.configDrive() ? "True" : "")
                .put("key_name", server.keyName())
                .put("OS-SRV-USG:launched_at", Times.plain(server.launchedAt()))
                .putNull("OS-SRV-USG:terminated_at");
        String host = server.host().map(ServerRow.Host::name).orElse(null);
        if (call.caller().isAdmin()) {
            json.put("OS-EXT-SRV-ATTR:host", host)
                    .put("OS-EXT-SRV-ATTR:instance_name", ServerRow.instanceName(server.number()))
                    .put("OS-EXT-SRV-ATTR:hypervisor_hostname", host);
            if (version.atLeast(3)) {
                json.put("OS-EXT-SRV-ATTR:reservation_id", server.reservationId())
                        .put("OS-EXT-SRV-ATTR:launch_index", server.launchIndex())
                        .put("OS-EXT-SRV-ATTR:hostname", server.hostname())
                        .put("OS-EXT-SRV-ATTR:kernel_id", "")
                        .put("OS-EXT-SRV-ATTR:ramdisk_id", "")
                        .put("OS-EXT-SRV-ATTR:root_device_name", host == null ? null : "/dev/vda")
                        .put("OS-EXT-SRV-ATTR:user_data", server.userData());
            }
            if (version.atLeast(16)) {
                json.put(
                        "host_status",
                        server.host().map(row -> hostStatus(row, now)).orElse(""));
            }
        } else if (version.atLeast(90)) {
            json.put("OS-EXT-SRV-ATTR:hostname", server.hostname());
        }
        json.put("OS-EXT-STS:task_state", taskState(server))
                .put("OS-EXT-STS:vm_state", vmState(status))
                .put("OS-EXT-STS:power_state", status == ServerStatus.ACTIVE ? RUNNING : NO_STATE);
        json.putArray("os-extended-volumes:volumes_attached");
        putSecurityGroups(json, ports);
    }

    private static String hostStatus(ServerRow.Host host, Instant now) {
        if (!host.enabled()) {
            return "MAINTENANCE";
        }
        Instant seen = host.lastSeenAt();
        return seen != null && !seen.isBefore(now.minus(HostRow.DOWN_AFTER)) ? "UP" : "UNKNOWN";
    }

    private static @Nullable String taskState(ServerRow server) {
        return switch (server.status()) {
            case BUILD -> server.taskState();
            case DELETING -> "deleting";
            case ACTIVE, ERROR -> null;
        };
    }

    private static String vmState(ServerStatus shown) {
        return shown == ServerStatus.BUILD ? "building" : shown.name().toLowerCase(Locale.ROOT);
    }

    private static void putSecurityGroups(ObjectNode json, List<AttachedPort> ports) {
        Set<String> names = new LinkedHashSet<>();
        ports.forEach(port -> port.securityGroups().forEach(group -> names.add(group.name())));
        if (!names.isEmpty()) {
            ArrayNode groups = json.putArray("security_groups");
            names.forEach(name -> groups.addObject().put("name", name));
        }
    }

    private static void putLater(ObjectNode json, ServerRow server, Microversion version, View view) {
        if (version.atLeast(9)) {
            json.put("locked", false);
        }
        if (version.atLeast(19)) {
            json.put("description", server.description());
        }
        if (version.atLeast(26)) {
            ArrayNode tags = json.putArray("tags");
            server.tags().forEach(tags::add);
        }
        if (version.atLeast(63)) {
            json.putNull("trusted_image_certificates");
        }
        if (version.atLeast(71) && view != View.LIST) {
            json.putArray("server_groups");
        }
        if (version.atLeast(73)) {
            json.putNull("locked_reason");
        }
        if (version.atLeast(96)) {
            json.put("pinned_availability_zone", server.pinnedZone());
        }
    }

    /** Addresses by network name. */
    static ObjectNode addresses(List<AttachedPort> ports, boolean extended) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        for (AttachedPort port : ports) {
            for (FixedAddress address : port.addresses()) {
                ObjectNode item = json.withArrayProperty(port.networkName())
                        .addObject()
                        .put("version", address.address().contains(":") ? 6 : 4)
                        .put("addr", address.address());
                if (extended) {
                    item.put("OS-EXT-IPS:type", "fixed")
                            .put("OS-EXT-IPS-MAC:mac_addr", port.mac().value());
                }
            }
        }
        return json;
    }

    /** Tells a project which of its servers share a host, and not which host that is. */
    private static String hostId(ServerRow server) {
        if (server.host().isEmpty()) {
            return "";
        }
        try {
            byte[] text = (server.projectId() + server.host().get().name()).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-224").digest(text));
        } catch (NoSuchAlgorithmException cause) {
            throw new IllegalStateException("every Java platform of ours has SHA-224", cause);
        }
    }
}
