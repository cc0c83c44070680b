package org.sluice.controller.compute.boot;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sluice.controller.compute.metadata.ServerMetadata;
import org.sluice.controller.compute.server.DiskConfig;
import org.sluice.controller.compute.server.Hostnames;
import org.sluice.controller.compute.tag.ServerTags;
import org.sluice.controller.compute.wire.Names;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.http.body.KnownFields;
import org.sluice.controller.network.binding.NicRequest;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.model.ImageId;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import tools.jackson.databind.JsonNode;

/** Reads {@code POST /servers}: which fields there are in which microversion, and what each may be. */
final class BootRequestReader {
    private static final List<String> HINTS = List.of("os:scheduler_hints", "OS-SCH-HNT:scheduler_hints");
    private static final int MOST_SERVERS_AT_ONCE = 1_000;
    /** As many as nova's guests have slots for, of which disks take some too. */
    private static final int MOST_NICS = ServerPorts.MOST;
    /** As many as the Network API makes at once. */
    private static final int MOST_NICS_AT_ONCE = 1_000;

    /** Each of them is a row for each NIC. */
    private static final int MOST_GROUPS = 32;

    private static final KnownFields FIELDS = KnownFields.of(
                    "name",
                    "flavorRef",
                    "imageRef",
                    "adminPass",
                    "metadata",
                    "networks",
                    "OS-DCF:diskConfig",
                    "accessIPv4",
                    "accessIPv6",
                    "availability_zone",
                    "config_drive",
                    "key_name",
                    "min_count",
                    "max_count",
                    "return_reservation_id",
                    "security_groups",
                    "user_data",
                    "block_device_mapping",
                    "block_device_mapping_v2")
            .until(56, "personality")
            .since(19, "description")
            .since(52, "tags")
            .since(63, "trusted_image_certificates")
            .since(74, "host", "hypervisor_hostname")
            .since(90, "hostname");

    private static final KnownFields NIC_FIELDS =
            KnownFields.of("port", "uuid", "fixed_ip").since(42, "tag");

    private final Exchange exchange;
    private final Fields fields;

    private BootRequestReader(Exchange exchange) {
        this.exchange = exchange;
        this.fields = exchange.body("server", HINTS.toArray(String[]::new));
    }

    /**
     * Reads the request.
     *
     * @throws org.sluice.model.ProblemException 400 with the field named; 403 when it names a host and the caller may not
     */
    static BootRequest read(Exchange exchange) {
        return new BootRequestReader(exchange).read();
    }

    private BootRequest read() {
        refuseHints();
        fields.onlyKnows(FIELDS.in(exchange.minorVersion()));
        String name = Names.read(fields, "name");
        String flavor = BootFields.reference(fields, "flavorRef");
        refuseWhatIsNotOffered();
        ImageId image = image();
        int atLeast =
                fields.optionalInteger("min_count", 1, MOST_SERVERS_AT_ONCE).orElse(1);
        int count = count(atLeast);
        BootRequest.Networks networks = networks();
        if (count > 1 && networks instanceof BootRequest.Networks.Listed listed) {
            refuseSharedNics(listed.nics());
            refuseTooManyNics(count, listed.nics().size());
        }
        return new BootRequest(
                name,
                flavor,
                image,
                fields.optionalText("key_name", 1, Names.LONGEST),
                securityGroups(),
                networks,
                zone(),
                BootFields.userData(fields),
                fields.flag("config_drive").orElse(false),
                fields.optionalObject("metadata").map(ServerMetadata::read).orElse(Map.of()),
                fields.optionalText("description", 0, Names.LONGEST),
                ServerTags.read(fields, "tags"),
                Hostnames.read(exchange, fields),
                atLeast,
                count,
                fields.flag("return_reservation_id").orElse(false),
                DiskConfig.read(fields).orElse(DiskConfig.MANUAL));
    }

    private void refuseHints() {
        Fields whole = exchange.body();
        HINTS.forEach(hints ->
                whole.refuseValue(hints, "scheduler hints are not offered; name an availability zone instead"));
    }

    private void refuseWhatIsNotOffered() {
        BootFields.refuseNotOffered(
                fields,
                List.of(
                        "personality",
                        "trusted_image_certificates",
                        "accessIPv4",
                        "accessIPv6",
                        "block_device_mapping"));
        if (fields.isSet("block_device_mapping_v2") && !isTheImageItself(fields.required("block_device_mapping_v2"))) {
            BootFields.refuseNotOffered(fields, List.of("block_device_mapping_v2"));
        }
    }

    /** Some clients spell "boot from the image" as a block device. */
    private boolean isTheImageItself(JsonNode devices) {
        JsonNode device = devices.size() == 1 ? devices.get(0) : null;
        return device != null
                && device.path("source_type").asString("").equals("image")
                && device.path("destination_type").asString("").equals("local")
                && device.path("uuid")
                        .asString("")
                        .equals(fields.required("imageRef").asString(""));
    }

    private ImageId image() {
        if (!fields.isSet("imageRef")
                || fields.required("imageRef").asString("").isEmpty()) {
            throw Problems.badRequest(
                    "InvalidBDM",
                    "Block Device Mapping is Invalid: Sluice boots from an image, so imageRef must name one.");
        }
        return BootFields.image(fields);
    }

    private int count(int smallest) {
        int largest =
                fields.optionalInteger("max_count", 1, MOST_SERVERS_AT_ONCE).orElse(smallest);
        if (smallest > largest) {
            throw Problems.badRequest("InvalidInput", "min_count must be <= max_count");
        }
        return largest;
    }

    private List<String> securityGroups() {
        Set<String> names = new LinkedHashSet<>();
        for (Fields group : fields.objects("security_groups", MOST_GROUPS)) {
            names.add(group.onlyKnows(Set.of("name")).text("name", 1, Names.LONGEST));
        }
        return List.copyOf(names);
    }

    /** From 2.37 on networks must be given, and may be {@code "auto"} or {@code "none"}. */
    private BootRequest.Networks networks() {
        if (!exchange.atLeast(37)) {
            return fields.list("networks", MOST_NICS).isEmpty() ? new BootRequest.Networks.Only(false) : listed();
        }
        JsonNode value = fields.required("networks");
        if (value.isArray()) {
            return listed();
        }
        return switch (value.asString("")) {
            case "auto" -> new BootRequest.Networks.Only(true);
            case "none" -> new BootRequest.Networks.None();
            default -> throw fields.refused("networks", "it must be 'auto', 'none' or a list");
        };
    }

    private BootRequest.Networks listed() {
        return new BootRequest.Networks.Listed(
                fields.objects("networks", MOST_NICS).stream().map(this::nic).toList());
    }

    private NicRequest nic(Fields nic) {
        nic.onlyKnows(NIC_FIELDS.in(exchange.minorVersion()));
        if (nic.isSet("tag")) {
            throw nic.refused("tag", "device tags are not offered; leave it out");
        }
        if (nic.isSet("port")) {
            if (nic.isSet("fixed_ip")) {
                throw Problems.badRequest(
                        "InvalidInput",
                        "Specified Fixed IP '" + nic.required("fixed_ip").asString("")
                                + "' cannot be used with port '"
                                + nic.required("port").asString("")
                                + "': the two cannot be specified together.");
            }
            return new NicRequest.ByPort(new PortId(nic.id("port")));
        }
        if (!nic.isSet("uuid")) {
            throw Problems.badRequest(
                    "InvalidInput", "Bad networks format: each item of networks must have a port or a uuid.");
        }
        return new NicRequest.ByNetwork(new NetworkId(nic.id("uuid")), nic.optionalText("fixed_ip", 1, Names.LONGEST));
    }

    private void refuseTooManyNics(int count, int nics) {
        if (count * nics > MOST_NICS_AT_ONCE) {
            throw fields.refused(
                    "networks",
                    count + " servers of " + nics + " NICs have " + count * nics
                            + " NICs together, and one request makes " + MOST_NICS_AT_ONCE
                            + " at most: lower max_count");
        }
    }

    private void refuseSharedNics(List<NicRequest> nics) {
        for (NicRequest nic : nics) {
            switch (nic) {
                case NicRequest.ByPort byPort ->
                    throw Problems.badRequest(
                            "MultiplePortsNotApplicable",
                            "Failed to launch multiple instances with port ID " + byPort.port()
                                    + " specified: a port belongs to one server.");
                case NicRequest.ByNetwork byNetwork -> {
                    if (byNetwork.fixedIp().isPresent()) {
                        throw Problems.badRequest(
                                "InvalidFixedIpAndMaxCountRequest",
                                "Failed to launch instances: max_count cannot be greater than 1 if an fixed_ip is"
                                        + " specified.");
                    }
                }
            }
        }
    }

    /** A host may be named behind the zone, or from 2.74 on in a field of its own; both are for admins. */
    private Optional<String> zone() {
        Optional<String> zone =
                fields.optionalText("availability_zone", 0, Names.LONGEST).filter(text -> !text.isEmpty());
        if (zone.isPresent() && zone.get().contains(":")) {
            exchange.require(BootRules.FORCED_HOST);
            return zone;
        }
        Optional<String> host = fields.optionalText("host", 1, Names.LONGEST)
                .or(() -> fields.optionalText("hypervisor_hostname", 1, Names.LONGEST));
        if (host.isEmpty()) {
            return zone;
        }
        exchange.require(BootRules.REQUESTED_DESTINATION);
        return Optional.of(zone.orElse("") + ":" + host.get());
    }
}
