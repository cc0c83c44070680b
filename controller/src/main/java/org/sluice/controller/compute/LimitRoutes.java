package org.sluice.controller.compute;

import java.util.List;
import java.util.Locale;
import org.jdbi.v3.core.Jdbi;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /limits}, {@code /os-quota-sets}, {@code /extensions}, {@code /os-migrations}: what there is to say is short. Sluice
 * has no quotas, so every one reads -1, unlimited.
 */
final class LimitRoutes {
    private static final int UNLIMITED = -1;

    /** An extension as nova has listed them since they stopped being optional. */
    private record Extension(String alias, String name, String description) {}

    private static final List<Extension> EXTENSIONS = List.of(
            new Extension("NMN", "Multinic", "Multiple network support."),
            new Extension("OS-DCF", "DiskConfig", "Disk Management Extension."),
            new Extension("OS-EXT-AZ", "ExtendedAvailabilityZone", "Extended Availability Zone support."),
            new Extension("OS-EXT-IPS", "ExtendedIps", "Adds type parameter to the ip list."),
            new Extension("OS-EXT-IPS-MAC", "ExtendedIpsMac", "Adds mac address parameter to the ip list."),
            new Extension("OS-EXT-SRV-ATTR", "ExtendedServerAttributes", "Extended Server Attributes support."),
            new Extension("OS-EXT-STS", "ExtendedStatus", "Extended Status support."),
            new Extension("OS-FLV-DISABLED", "FlavorDisabled", "Support to show the disabled status of a flavor."),
            new Extension("OS-FLV-EXT-DATA", "FlavorExtraData", "Provide additional data for flavors."),
            new Extension("OS-SRV-USG", "ServerUsage", "Adds launched_at and terminated_at on Servers."),
            new Extension("os-aggregates", "Aggregates", "Admin-only aggregate administration."),
            new Extension("os-attach-interfaces", "AttachInterfaces", "Attach interface support."),
            new Extension("os-availability-zone", "AvailabilityZone", "Availability zones and their hosts."),
            new Extension("os-config-drive", "ConfigDrive", "Config Drive Extension."),
            new Extension("os-console-output", "ConsoleOutput", "Console log output support."),
            new Extension("os-flavor-extra-specs", "FlavorExtraSpecs", "Flavors extra specs support."),
            new Extension("os-flavor-manage", "FlavorManage", "Flavor create/delete API support."),
            new Extension("os-hypervisors", "Hypervisors", "Admin-only hypervisor administration."),
            new Extension("os-instance-actions", "InstanceActions", "View a log of actions taken on an instance."),
            new Extension("os-keypairs", "Keypairs", "Keypair Support."),
            new Extension(
                    "os-multiple-create", "MultipleCreate", "Allow multiple create in the Create Server v2.1 API."),
            new Extension("os-security-groups", "SecurityGroups", "Security group support."),
            new Extension("os-server-sort-keys", "ServerSortKeys", "Add sorting support in get Server v2 API."),
            new Extension("os-services", "Services", "Services support."),
            new Extension("os-used-limits", "UsedLimits", "Provide data on limited resources that are being used."),
            new Extension("os-user-data", "UserData", "Add user_data to the Create Server API."));

    private final Jdbi jdbi;
    private final ServerStore store = new ServerStore();

    LimitRoutes(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    void routes(Routes routes) {
        String root = ComputeFamily.VERSION_PATH;
        routes.get(root + "/limits", Call.versioned(this::limits))
                .get(root + "/os-quota-sets/{project}", Call.versioned(LimitRoutes::quotas))
                .get(root + "/os-quota-sets/{project}/defaults", Call.versioned(LimitRoutes::quotas))
                .get(root + "/os-quota-sets/{project}/detail", Call.versioned(this::quotaDetail))
                .put(root + "/os-quota-sets/{project}", Call.versioned(LimitRoutes::setQuotas))
                .get(root + "/extensions", Call.versioned(LimitRoutes::extensions))
                .get(root + "/extensions/{alias}", Call.versioned(LimitRoutes::extension))
                .get(root + "/os-migrations", Call.versioned(LimitRoutes::migrations));
    }

    private Reply limits(Call call) {
        Microversion version = call.version();
        String project = call.exchange().query("tenant_id").orElse(call.caller().projectId());
        requireOwn(call, project, "os_compute_api:limits:other_project");
        ServerStore.Usage usage = jdbi.withHandle(handle -> store.usage(handle, project));
        ObjectNode body = Json.MAPPER.createObjectNode();
        ObjectNode limits = body.putObject("limits");
        limits.putArray("rate");
        ObjectNode absolute = limits.putObject("absolute")
                .put("maxTotalInstances", UNLIMITED)
                .put("maxTotalCores", UNLIMITED)
                .put("maxTotalRAMSize", UNLIMITED)
                .put("maxServerMeta", BootRequestReader.MOST_METADATA_ITEMS);
        if (!version.atLeast(39)) {
            absolute.put("maxImageMeta", UNLIMITED);
        }
        if (!version.atLeast(57)) {
            absolute.put("maxPersonality", 0).put("maxPersonalitySize", 0);
        }
        absolute.put("maxTotalKeypairs", UNLIMITED).put("maxServerGroups", 0).put("maxServerGroupMembers", 0);
        if (!version.atLeast(36)) {
            absolute.put("maxTotalFloatingIps", UNLIMITED)
                    .put("maxSecurityGroups", UNLIMITED)
                    .put("maxSecurityGroupRules", UNLIMITED);
        }
        absolute.put("totalRAMUsed", usage.memoryMib())
                .put("totalCoresUsed", usage.vcpus())
                .put("totalInstancesUsed", usage.servers());
        if (!version.atLeast(36)) {
            absolute.put("totalFloatingIpsUsed", 0).put("totalSecurityGroupsUsed", 0);
        }
        absolute.put("totalServerGroupsUsed", 0);
        return Reply.ok(body);
    }

    private static void requireOwn(Call call, String project, String rule) {
        if (!project.equals(call.caller().projectId())) {
            call.caller().requireAdmin(rule);
        }
    }

    private static Reply quotas(Call call) {
        return Reply.ok(quotaSet(call, (quota, name) -> quota.put(name, limit(name))));
    }

    private Reply quotaDetail(Call call) {
        ServerStore.Usage usage = jdbi.withHandle(handle -> store.usage(handle, call.path("project")));
        return Reply.ok(quotaSet(
                call,
                (quota, name) -> quota.putObject(name)
                        .put(
                                "in_use",
                                switch (name) {
                                    case "cores" -> usage.vcpus();
                                    case "instances" -> usage.servers();
                                    case "ram" -> usage.memoryMib();
                                    default -> 0;
                                })
                        .put("limit", limit(name))
                        .put("reserved", 0)));
    }

    private static int limit(String name) {
        return name.equals("metadata_items") ? BootRequestReader.MOST_METADATA_ITEMS : UNLIMITED;
    }

    private static ObjectNode quotaSet(Call call, java.util.function.BiConsumer<ObjectNode, String> put) {
        String project = call.path("project");
        requireOwn(call, project, "os_compute_api:os-quota-sets:show");
        ObjectNode body = Json.MAPPER.createObjectNode();
        ObjectNode quota = body.putObject("quota_set").put("id", project);
        for (String name : List.of(
                "cores", "instances", "key_pairs", "metadata_items", "ram", "server_group_members", "server_groups")) {
            put.accept(quota, name);
        }
        if (!call.version().atLeast(36)) {
            for (String name : List.of("fixed_ips", "floating_ips", "security_group_rules", "security_groups")) {
                put.accept(quota, name);
            }
        }
        if (!call.version().atLeast(57)) {
            for (String name : List.of("injected_file_content_bytes", "injected_file_path_bytes", "injected_files")) {
                put.accept(quota, name);
            }
        }
        return body;
    }

    private static Reply setQuotas(Call call) {
        call.caller().requireAdmin("os_compute_api:os-quota-sets:update");
        throw Problems.notOffered("Quotas are not offered; every project may use what is free.");
    }

    private static Reply extensions(Call call) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        ArrayNode items = body.putArray("extensions");
        EXTENSIONS.forEach(extension -> items.add(json(extension)));
        return Reply.ok(body);
    }

    private static Reply extension(Call call) {
        String alias = call.path("alias");
        ObjectNode body = Json.MAPPER.createObjectNode();
        for (Extension extension : EXTENSIONS) {
            if (extension.alias().toLowerCase(Locale.ROOT).equals(alias.toLowerCase(Locale.ROOT))) {
                body.set("extension", json(extension));
                return Reply.ok(body);
            }
        }
        throw Problems.notFound("ExtensionNotFound", "There is no extension '" + alias + "'.");
    }

    private static ObjectNode json(Extension extension) {
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put("alias", extension.alias())
                .put("description", extension.description());
        json.putArray("links");
        return json.put("name", extension.name())
                .put("namespace", "http://docs.openstack.org/compute/ext/fake_xml")
                .put("updated", "2014-12-03T00:00:00Z");
    }

    private static Reply migrations(Call call) {
        call.caller().requireAdmin("os_compute_api:os-migrations:index");
        ObjectNode body = Json.MAPPER.createObjectNode();
        // Servers stay where they are, so there are none.
        body.putArray("migrations");
        return Reply.ok(body);
    }
}
