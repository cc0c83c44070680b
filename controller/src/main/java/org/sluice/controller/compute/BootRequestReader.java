package org.sluice.controller.compute;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.sluice.controller.http.Ids;
import org.sluice.controller.network.NicRequest;
import org.sluice.model.ImageId;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads {@code POST /servers}: which fields there are in which microversion, and what each may be. */
final class BootRequestReader {
    static final int MOST_METADATA_ITEMS = 128;

    private static final int LONGEST_USER_DATA = 65_535;
    private static final int MOST_SERVERS_AT_ONCE = 1_000;
    private static final int MOST_TAGS = 50;
    private static final int LONGEST_TAG = 60;

    private final Call call;
    private final Microversion version;
    private final Fields fields;

    private BootRequestReader(Call call) {
        this.call = call;
        this.version = call.version();
        this.fields = Fields.of(call, "server", "os:scheduler_hints", "OS-SCH-HNT:scheduler_hints");
    }

    /**
     * Reads the request.
     *
     * @throws org.sluice.model.ProblemException 400 with the field named; 403 when it names a host and the caller may not
     */
    static BootRequest read(Call call) {
        return new BootRequestReader(call).read();
    }

    private BootRequest read() {
        refuseHints();
        fields.onlyKnows(knownFields());
        String name = fields.nameText("name");
        JsonNode flavor = fields.required("flavorRef");
        refuseWhatIsNotOffered();
        ImageId image = image();
        int atLeast =
                fields.optionalInteger("min_count", 1, MOST_SERVERS_AT_ONCE).orElse(1);
        int count = count(atLeast);
        BootRequest.Networks networks = networks();
        if (count > 1 && networks instanceof BootRequest.Networks.Listed listed) {
            refuseSharedNics(listed.nics());
        }
        return new BootRequest(
                name,
                lastSegment(flavor),
                image,
                fields.optionalText("key_name", 1, Fields.LONGEST_NAME),
                securityGroups(),
                networks,
                zone(),
                userData(),
                fields.flag("config_drive").orElse(false),
                fields.isSet("metadata") ? metadata(fields.object("metadata")) : Map.of(),
                fields.optionalText("description", 0, Fields.LONGEST_NAME),
                tags(),
                hostname(fields),
                atLeast,
                count,
                fields.flag("return_reservation_id").orElse(false),
                fields.optionalText("adminPass", 1, Fields.LONGEST_NAME));
    }

    private void refuseHints() {
        ObjectNode body = call.body();
        for (String hints : List.of("os:scheduler_hints", "OS-SCH-HNT:scheduler_hints")) {
            JsonNode value = body.get(hints);
            if (value != null && !value.isEmpty()) {
                throw Fields.invalid(
                        hints, value, "scheduler hints are not offered; name an availability zone instead");
            }
        }
    }

    private Set<String> knownFields() {
        Set<String> known = new HashSet<>(Set.of(
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
                "block_device_mapping_v2"));
        if (!version.atLeast(57)) {
            known.add("personality");
        }
        if (version.atLeast(19)) {
            known.add("description");
        }
        if (version.atLeast(52)) {
            known.add("tags");
        }
        if (version.atLeast(63)) {
            known.add("trusted_image_certificates");
        }
        if (version.atLeast(74)) {
            known.add("host");
            known.add("hypervisor_hostname");
        }
        if (version.atLeast(90)) {
            known.add("hostname");
        }
        return known;
    }

    /** Known to nova and not done here: better refused than taken and forgotten. */
    private void refuseWhatIsNotOffered() {
        for (String field : List.of(
                "personality",
                "trusted_image_certificates",
                "accessIPv4",
                "accessIPv6",
                "block_device_mapping",
                "block_device_mapping_v2")) {
            if (!fields.isSet(field)) {
                continue;
            }
            JsonNode value = fields.required(field);
            boolean empty = value.isString() ? value.stringValue().isEmpty() : value.isEmpty();
            boolean harmless = field.equals("block_device_mapping_v2") && isTheImageItself(value);
            if (!empty && !harmless) {
                throw fields.refused(field, "Sluice does not offer it; leave it out");
            }
        }
        Optional<String> diskConfig = fields.optionalText("OS-DCF:diskConfig", 1, Fields.LONGEST_NAME);
        if (diskConfig.isPresent()
                && !diskConfig.get().equals("MANUAL")
                && !diskConfig.get().equals("AUTO")) {
            throw fields.refused("OS-DCF:diskConfig", "it must be 'AUTO' or 'MANUAL'");
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
        return Ids.parse(lastSegment(fields.required("imageRef")))
                .map(ImageId::new)
                .orElseThrow(() -> Problems.badRequest("InvalidImageRef", "Invalid imageRef provided."));
    }

    /** A reference may be the URL of the thing. */
    private static String lastSegment(JsonNode reference) {
        String text = reference.asString("");
        return text.substring(text.lastIndexOf('/') + 1);
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
        for (JsonNode item : fields.list("security_groups")) {
            if (!(item instanceof ObjectNode object)) {
                throw fields.refused("security_groups", "each item must be an object with a name");
            }
            Fields group = Fields.of("security_groups", object);
            group.onlyKnows(Set.of("name"));
            names.add(group.text("name", 1, Fields.LONGEST_NAME));
        }
        return List.copyOf(names);
    }

    /** From 2.37 on networks must be given, and may be {@code "auto"} or {@code "none"}. */
    private BootRequest.Networks networks() {
        if (!version.atLeast(37)) {
            return fields.list("networks").isEmpty()
                    ? new BootRequest.Networks.Only(false)
                    : listed(fields.list("networks"));
        }
        JsonNode value = fields.required("networks");
        if (value.isString()) {
            return switch (value.stringValue()) {
                case "auto" -> new BootRequest.Networks.Only(true);
                case "none" -> new BootRequest.Networks.None();
                default -> throw fields.refused("networks", "it must be 'auto', 'none' or a list");
            };
        }
        return listed(fields.list("networks"));
    }

    private BootRequest.Networks listed(ArrayNode items) {
        List<NicRequest> nics = new ArrayList<>();
        for (JsonNode item : items) {
            if (!(item instanceof ObjectNode object)) {
                throw fields.refused("networks", "each item must be an object with a port or the uuid of a network");
            }
            nics.add(nic(Fields.of("networks", object)));
        }
        return new BootRequest.Networks.Listed(nics);
    }

    private NicRequest nic(Fields nic) {
        nic.onlyKnows(
                version.atLeast(42) ? Set.of("port", "uuid", "fixed_ip", "tag") : Set.of("port", "uuid", "fixed_ip"));
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
            return new NicRequest.ByPort(new PortId(uuid(nic, "port")));
        }
        if (!nic.isSet("uuid")) {
            throw Problems.badRequest(
                    "InvalidInput", "Bad networks format: each item of networks must have a port or a uuid.");
        }
        return new NicRequest.ByNetwork(
                new NetworkId(uuid(nic, "uuid")), nic.optionalText("fixed_ip", 1, Fields.LONGEST_NAME));
    }

    private static UUID uuid(Fields fields, String field) {
        String text = fields.text(field, 0, Fields.LONGEST_NAME);
        return Ids.parse(text).orElseThrow(() -> fields.refused(field, "'" + text + "' is not a 'uuid'"));
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
                fields.optionalText("availability_zone", 0, Fields.LONGEST_NAME).filter(text -> !text.isEmpty());
        if (zone.isPresent() && zone.get().contains(":")) {
            call.caller().requireAdmin("os_compute_api:servers:create:forced_host");
            return zone;
        }
        Optional<String> host = fields.optionalText("host", 1, Fields.LONGEST_NAME)
                .or(() -> fields.optionalText("hypervisor_hostname", 1, Fields.LONGEST_NAME));
        if (host.isEmpty()) {
            return zone;
        }
        call.caller().requireAdmin("compute:servers:create:requested_destination");
        return Optional.of(zone.orElse("") + ":" + host.get());
    }

    private Optional<String> userData() {
        Optional<String> data = fields.optionalText("user_data", 0, LONGEST_USER_DATA);
        if (data.isPresent()) {
            try {
                // Clients that wrap base64 lines exist; nova takes them.
                Base64.getMimeDecoder().decode(data.get());
            } catch (IllegalArgumentException notBase64) {
                throw new ProblemException(
                        fields.refused("user_data", "it is not a 'base64'").problem(), notBase64);
            }
            if (!data.get().matches("[A-Za-z0-9+/=\\s]*")) {
                throw fields.refused("user_data", "it is not a 'base64'");
            }
        }
        return data.filter(text -> !text.isEmpty());
    }

    static Map<String, String> metadata(Fields object) {
        Map<String, String> metadata = object.texts();
        refuseTooManyItems(metadata);
        return metadata;
    }

    static void refuseTooManyItems(Map<String, String> metadata) {
        if (metadata.size() > MOST_METADATA_ITEMS) {
            throw Problem.of(
                            Problem.Kind.FORBIDDEN,
                            "MetadataLimitExceeded",
                            "Maximum number of metadata items exceeds " + MOST_METADATA_ITEMS)
                    .asException();
        }
    }

    private List<String> tags() {
        Set<String> tags = new LinkedHashSet<>();
        for (JsonNode item : fields.list("tags")) {
            String tag = item.asString("");
            if (!item.isString() || !isTag(tag)) {
                throw fields.refused("tags", "a tag has 1 to " + LONGEST_TAG + " characters without ',' and '/'");
            }
            tags.add(tag);
        }
        if (tags.size() > MOST_TAGS) {
            throw fields.refused("tags", "a server has at most " + MOST_TAGS + " tags");
        }
        return List.copyOf(tags);
    }

    private static boolean isTag(String tag) {
        return !tag.isEmpty() && tag.length() <= LONGEST_TAG && !tag.contains(",") && !tag.contains("/");
    }

    /** From 2.90 on: the name the guest gets (RFC 1123, section 2.1). */
    static Optional<String> hostname(Fields fields) {
        Optional<String> hostname = fields.optionalText("hostname", 1, Fields.LONGEST_NAME);
        if (hostname.isPresent() && !Hostnames.isValid(hostname.get())) {
            throw fields.refused("hostname", "'" + hostname.get() + "' is not a 'hostname'");
        }
        return hostname;
    }
}
