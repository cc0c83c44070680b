package org.sluice.controller.compute.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.compute.flavor.FlavorRules;
import org.sluice.controller.compute.host.InstanceNames;
import org.sluice.controller.compute.wire.ComputePages;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.compute.wire.Names;
import org.sluice.controller.compute.wire.Times;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.http.body.KnownFields;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.Shown;
import org.sluice.controller.http.view.View;
import org.sluice.controller.server.ServerStatus;
import org.sluice.controller.server.Task;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.PowerState;

/** Servers as the Compute API takes and shows them; every microversion that changed how they are shown is here. */
public final class ServerWire {
    /** Sorts before every time. */
    private static final OffsetDateTime NEVER = OffsetDateTime.MIN;

    /** What is to change; what is not named stays. */
    record Change(
            Optional<String> name,
            Optional<String> hostname,
            boolean changesDescription,
            Optional<String> description,
            Optional<DiskConfig> diskConfig) {}

    private static final KnownFields CHANGEABLE = KnownFields.of(
                    "name", "OS-DCF:diskConfig", "accessIPv4", "accessIPv6")
            .since(19, "description")
            .since(90, "hostname");

    static final View<Whole> BRIEF = View.<Whole>of("server", "servers")
            .member("id", whole -> whole.server().id().toString())
            .member("name", whole -> whole.server().name())
            .memberShown("links", (whole, shown) -> links(whole.server().id(), shown))
            .build();

    private static final View<Server> FLAVOR = View.<Server>of("flavor", "flavors")
            .member("vcpus", Server::vcpus)
            .member("ram", Server::memoryMib)
            .member("disk", Server::diskGib)
            .member("ephemeral", server -> 0)
            .member("swap", server -> 0)
            .member("original_name", Server::flavorName)
            .member("extra_specs", Server::extraSpecs)
            .seenWith(FlavorRules.SPECS)
            .build();

    /** Nova shows every fault of a build as 500; the details are for operators. */
    private static final View<Server.Fault> FAULT = View.<Server.Fault>of("fault", "faults")
            .member("code", fault -> 500)
            .member("created", fault -> Times.zoned(fault.at()))
            .member("message", Server.Fault::message)
            .member("details", fault -> fault.details() == null ? fault.code() : fault.code() + ": " + fault.details())
            .seenWith(ServerRules.EXTENDED)
            .build();

    /** {@code GET /servers/ID}. */
    static final View<Whole> SHOWN =
            whole(0).member("server_groups", whole -> List.of()).since(71).build();

    /** The answer to {@code PUT /servers/ID} and to a rebuild: before 2.75 without what extensions had added. */
    public static final View<Whole> UPDATED =
            whole(75).member("server_groups", whole -> List.of()).since(71).build();

    static final ListQuery<Whole> LIST = sorted(ServerFilters.of(ListQuery.of(BRIEF)))
            .pages(ComputePages.LARGEST, ComputePages.LARGEST)
            .largeRows()
            .build();

    /** {@code GET /servers/detail}. */
    static final ListQuery<Whole> DETAIL = LIST.shownAs(whole(0).build());

    private ServerWire() {}

    static boolean showsUserData(Shown shown) {
        return shown.minorVersion() >= 3 && shown.may(ServerRules.EXTENDED);
    }

    /** Missing values sort first. */
    private static ListQuery.Builder<Whole> sorted(ListQuery.Builder<Whole> list) {
        // Numbers are given in order of creation and make every order total.
        return list.unique(
                        "id",
                        "s.number",
                        whole -> whole.server().number(),
                        whole -> whole.server().id().toString())
                .sort("created_at", "s.created_at", whole -> whole.server().createdAt())
                .sort("updated_at", "s.updated_at", whole -> whole.server().updatedAt())
                .sort("launched_at", "coalesce(s.launched_at, '-infinity')", whole -> {
                    Instant launched = whole.server().launchedAt();
                    return launched == null ? NEVER : launched;
                })
                .sort("display_name", "s.name", whole -> whole.server().name())
                .sort(
                        "display_description",
                        "coalesce(s.description, '')",
                        whole -> text(whole.server().description()))
                .sort("hostname", "s.hostname", whole -> whole.server().hostname())
                .sort("uuid", "s.id", whole -> whole.server().id().value())
                .sort("host", "coalesce(h.name, '')", ServerWire::hostName)
                .sort("node", "coalesce(h.name, '')", ServerWire::hostName)
                .sort(
                        "availability_zone",
                        "coalesce(s.availability_zone, '')",
                        whole -> text(whole.server().availabilityZone()))
                .sort("project_id", "s.project_id", whole -> whole.server().projectId())
                .sort("user_id", "s.user_id", whole -> whole.server().userId())
                .sort(
                        "key_name",
                        "coalesce(s.key_name, '')",
                        whole -> text(whole.server().keyName()))
                .sort("image_ref", "s.image_id", whole -> whole.server().image().value())
                .sort("vm_state", "s.status", whole -> whole.state().status().name())
                .sort(
                        "power_state",
                        "s.power_state",
                        whole -> whole.server().power().map(PowerState::name).orElse("NONE"))
                .sort(
                        "task_state",
                        "coalesce(s.task_state, '')",
                        whole -> whole.state().task().map(Task::text).orElse(""))
                .sort("launch_index", "s.launch_index", whole -> whole.server().launchIndex())
                .sort("memory_mb", "s.memory_mib", whole -> whole.server().memoryMib())
                .sort("vcpus", "s.vcpus", whole -> whole.server().vcpus())
                .sort(
                        "root_gb",
                        "coalesce(s.flavor_disk_gib, s.disk_gib)",
                        whole -> whole.server().diskGib())
                .usually("created_at", false);
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }

    private static String hostName(Whole whole) {
        return whole.server().host().map(Server.Host::name).orElse("");
    }

    private static View.Builder<Whole> whole(int extensionsSince) {
        View<Whole.Address> address = address(extensionsSince);
        View.Builder<Whole> view = View.<Whole>of("server", "servers")
                .with(BRIEF)
                .member("status", whole -> whole.state().shown())
                .member("tenant_id", whole -> whole.server().projectId())
                .member("user_id", whole -> whole.server().userId())
                .member("metadata", whole -> whole.server().metadata())
                .member("hostId", whole -> hostId(whole.server()))
                .member(
                        "image",
                        whole -> reference("images", whole.server().image().toString()))
                .member("flavor", whole -> reference("flavors", whole.server().flavorId()))
                .until(46)
                .member("flavor", whole -> new View.Nested<>(FLAVOR, whole.server()))
                .since(47)
                .member("created", whole -> Times.zoned(whole.server().createdAt()))
                .member("updated", whole -> Times.zoned(whole.server().updatedAt()))
                .member("addresses", whole -> addresses(whole, address))
                .member("accessIPv4", whole -> "")
                .member("accessIPv6", whole -> "")
                .member(
                        "OS-DCF:diskConfig",
                        whole -> whole.server().diskConfig().name())
                .member("fault", whole -> whole.server().fault().map(fault -> new View.Nested<>(FAULT, fault)))
                .onlyIf(whole -> whole.state().status() == ServerStatus.ERROR
                        && whole.server().fault().isPresent())
                .member("progress", whole -> 0)
                .onlyIf(whole -> whole.state().status() != ServerStatus.ERROR);
        extensions(view, extensionsSince);
        return view.member("locked", whole -> whole.server().lock().isPresent())
                .since(9)
                .member("description", whole -> whole.server().description())
                .since(19)
                .member("tags", whole -> whole.server().tags())
                .since(26)
                .member("trusted_image_certificates", whole -> null)
                .since(63)
                .member("locked_reason", whole -> whole.server().lock().map(Server.Lock::reason))
                .since(73)
                .member("pinned_availability_zone", whole -> whole.server().pinnedZone())
                .since(96);
    }

    private static void extensions(View.Builder<Whole> view, int since) {
        view.member("OS-EXT-AZ:availability_zone", whole -> zone(whole.server()))
                .since(since)
                .member("config_drive", whole -> whole.server().configDrive() ? "True" : "")
                .since(since)
                .member("key_name", whole -> whole.server().keyName())
                .since(since)
                .member(
                        "OS-SRV-USG:launched_at",
                        whole -> Times.plain(whole.server().launchedAt()))
                .since(since)
                .member("OS-SRV-USG:terminated_at", whole -> null)
                .since(since)
                .member("OS-EXT-STS:task_state", whole -> whole.state().task().map(Task::text))
                .since(since)
                .member("OS-EXT-STS:vm_state", whole -> whole.state().status().vmState())
                .since(since)
                .member("OS-EXT-STS:power_state", whole -> PowerStates.number(whole.server(), whole.now()))
                .since(since)
                .member("os-extended-volumes:volumes_attached", whole -> List.of())
                .since(since)
                .member("security_groups", whole -> named(whole.securityGroups()))
                .since(since)
                .onlyIf(whole -> !whole.securityGroups().isEmpty());
        attribute(view, "host", since, whole -> whole.server().host().map(Server.Host::name));
        attribute(
                view,
                "instance_name",
                since,
                whole -> InstanceNames.of(whole.server().number()));
        attribute(
                view,
                "hypervisor_hostname",
                since,
                whole -> whole.server().host().map(Server.Host::name));
        int more = Math.max(3, since);
        attribute(view, "reservation_id", more, whole -> whole.server().reservationId());
        attribute(view, "launch_index", more, whole -> whole.server().launchIndex());
        attribute(view, "kernel_id", more, whole -> "");
        attribute(view, "ramdisk_id", more, whole -> "");
        attribute(view, "root_device_name", more, whole -> whole.server().host().map(host -> "/dev/vda"));
        attribute(view, "user_data", more, whole -> whole.server().userData());
        attribute(view, "hostname", more, whole -> whole.server().hostname()).until(89);
        // From 2.90 on it is for everybody.
        view.member("OS-EXT-SRV-ATTR:hostname", whole -> whole.server().hostname())
                .since(90)
                .member(
                        "host_status",
                        whole -> whole.server()
                                .host()
                                .map(host -> hostStatus(host, whole.now()))
                                .orElse(""))
                .since(Math.max(16, since))
                .seenWith(ServerRules.HOST_STATUS);
    }

    private static View.Builder<Whole> attribute(
            View.Builder<Whole> view, String name, int since, Function<Whole, ? extends @Nullable Object> getter) {
        return view.member("OS-EXT-SRV-ATTR:" + name, getter).since(since).seenWith(ServerRules.EXTENDED);
    }

    private static View<Whole.Address> address(int extensionsSince) {
        return View.<Whole.Address>of("address", "addresses")
                .member("version", Whole.Address::version)
                .member("addr", Whole.Address::text)
                .member("OS-EXT-IPS:type", address -> "fixed")
                .since(extensionsSince)
                .member(
                        "OS-EXT-IPS-MAC:mac_addr",
                        address -> address.nic().mac().value())
                .since(extensionsSince)
                .build();
    }

    private static Map<String, List<View.Nested<Whole.Address>>> addresses(Whole whole, View<Whole.Address> view) {
        Map<String, List<View.Nested<Whole.Address>>> shown = new LinkedHashMap<>();
        whole.addresses()
                .forEach((network, addresses) -> shown.put(
                        network,
                        addresses.stream()
                                .map(address -> new View.Nested<>(view, address))
                                .toList()));
        return shown;
    }

    private static Object links(ServerId id, Shown shown) {
        return new Links(shown.baseUrl()).selfAndBookmark("servers", id.toString());
    }

    private static View.Nested<Reference> reference(String collection, String id) {
        return new View.Nested<>(Reference.VIEW, new Reference(collection, id));
    }

    /** An image or a flavor, by its id and link. */
    private record Reference(String collection, String id) {
        private static final View<Reference> VIEW = View.<Reference>of("reference", "references")
                .member("id", Reference::id)
                .memberShown(
                        "links",
                        (reference, shown) ->
                                new Links(shown.baseUrl()).bookmark(reference.collection(), reference.id()))
                .build();
    }

    private static List<Map<String, String>> named(Collection<String> names) {
        return names.stream().map(name -> Map.of("name", name)).toList();
    }

    private static String zone(Server server) {
        String zone = server.availabilityZone() == null ? server.pinnedZone() : server.availabilityZone();
        return zone == null ? "" : zone;
    }

    private static String hostStatus(Server.Host host, Instant now) {
        if (host.forcedDown()) {
            return "DOWN";
        }
        if (!host.enabled()) {
            return "MAINTENANCE";
        }
        return host.isUp(now) ? "UP" : "UNKNOWN";
    }

    /** Tells a project which of its servers share a host, and not which host that is. */
    private static String hostId(Server server) {
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

    static Change readChange(Exchange exchange) {
        Fields fields = exchange.body("server").onlyKnows(CHANGEABLE.in(exchange.minorVersion()));
        fields.refuseValue("accessIPv4", "Sluice does not offer it; leave it out");
        fields.refuseValue("accessIPv6", "Sluice does not offer it; leave it out");
        return new Change(
                fields.has("name") ? Optional.of(Names.read(fields, "name")) : Optional.empty(),
                Hostnames.read(exchange, fields),
                fields.has("description"),
                fields.optionalText("description", 0, Names.LONGEST),
                DiskConfig.read(fields));
    }
}
