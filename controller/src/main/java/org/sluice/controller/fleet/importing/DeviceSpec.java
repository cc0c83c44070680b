package org.sluice.controller.fleet.importing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.fleet.host.Card;
import org.sluice.controller.http.Json;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One entry of {@code pci_passthrough_whitelist} (later {@code [pci] device_spec}), in the form of the Nova guide "Attaching
 * physical PCI devices to guests". Pure.
 */
final class DeviceSpec {
    private static final Set<String> KNOWN =
            Set.of("devname", "address", "vendor_id", "product_id", "physical_network");

    private final ObjectNode entry;
    private final @Nullable List<Pattern> address;

    private DeviceSpec(ObjectNode entry) {
        this.entry = entry;
        this.address = address(entry.get("address"));
    }

    /** How much of a card an entry means. */
    enum Match {
        /** Nothing of it. */
        NONE,
        /** All of its VFs. */
        ALL,
        /** Some of its VFs. */
        SOME,
        /** The PF itself, which Nova would hand to a VM whole. */
        PHYSICAL
    }

    /**
     * Reads the entries of one value: an object or a list of objects.
     *
     * @throws IllegalArgumentException with a sentence that says what is wrong with it
     */
    static List<DeviceSpec> parse(String value) {
        JsonNode tree;
        try {
            tree = Json.MAPPER.readTree(value);
        } catch (JacksonException cause) {
            throw new IllegalArgumentException(
                    "The value is no valid JSON: " + cause.getOriginalMessage() + ".", cause);
        }
        List<DeviceSpec> specs = new ArrayList<>();
        for (JsonNode element : tree instanceof ArrayNode array ? array.values() : List.of(tree)) {
            if (!(element instanceof ObjectNode object)) {
                throw new IllegalArgumentException("The value must be a JSON object or a list of them.");
            }
            if (object.has("devname") && object.has("address")) {
                throw new IllegalArgumentException("An entry can have 'devname' or 'address', not both.");
            }
            specs.add(new DeviceSpec(object));
        }
        return specs;
    }

    /** The physical network of the entry; empty when it is missing or null, which means devices for PCI aliases. */
    Optional<String> physicalNetwork() {
        return text("physical_network");
    }

    /** Members that Sluice makes nothing of, in order. */
    List<String> unknown() {
        return entry.propertyNames().stream()
                .filter(name -> !KNOWN.contains(name))
                .sorted()
                .toList();
    }

    Match match(Card card) {
        if (!matchesId("vendor_id", card.vendorId())) {
            return Match.NONE;
        }
        if (text("devname").isPresent() && !text("devname").get().equals(card.name())) {
            return Match.NONE;
        }
        boolean byFunction = matchesId("product_id", card.functionDeviceId());
        if (!byFunction) {
            return matchesId("product_id", card.deviceId()) && matchesAddress(card.address())
                    ? Match.PHYSICAL
                    : Match.NONE;
        }
        if (matchesAddress(card.address())) {
            return Match.ALL;
        }
        long matching = card.functions().stream().filter(this::matchesAddress).count();
        if (matching == 0) {
            return Match.NONE;
        }
        return matching == card.functions().size() ? Match.ALL : Match.SOME;
    }

    @Override
    public String toString() {
        return entry.toString();
    }

    private Optional<String> text(String member) {
        @Nullable JsonNode value = entry.get(member);
        return value == null || value.isNull() ? Optional.empty() : Optional.of(value.asString());
    }

    private boolean matchesId(String member, String id) {
        return text(member)
                .map(wanted ->
                        wanted.equals("*") || wanted.toLowerCase(Locale.ROOT).equals(id))
                .orElse(true);
    }

    private boolean matchesAddress(String candidate) {
        if (address == null) {
            return true;
        }
        String[] parts = candidate.split("[:.]");
        for (int part = 0; part < 4; part++) {
            if (parts.length != 4 || !address.get(part).matcher(parts[part]).matches()) {
                return false;
            }
        }
        return true;
    }

    /** Domain, bus, slot and function as patterns: globs in the text form, regular expressions in the object form. */
    private static @Nullable List<Pattern> address(@Nullable JsonNode value) {
        if (value == null || value.isNull()) {
            return null;
        }
        if (value instanceof ObjectNode object) {
            List<Pattern> patterns = new ArrayList<>();
            for (String part : List.of("domain", "bus", "slot", "function")) {
                patterns.add(pattern(object.has(part) ? object.get(part).asString() : ".*"));
            }
            return patterns;
        }
        String text = value.asString().strip();
        if (text.equals("*")) {
            return null;
        }
        // From the end: the domain may be left out, and so may the function.
        String[] slotAndFunction = text.substring(text.lastIndexOf(':') + 1).split("\\.", 2);
        String before = text.contains(":") ? text.substring(0, text.lastIndexOf(':')) : "";
        int colon = before.lastIndexOf(':');
        List<String> globs = List.of(
                colon < 0 ? "*" : before.substring(0, colon),
                before.substring(colon + 1),
                slotAndFunction[0],
                slotAndFunction.length < 2 ? "*" : slotAndFunction[1]);
        return globs.stream().map(DeviceSpec::glob).toList();
    }

    private static Pattern glob(String glob) {
        if (glob.isEmpty() || glob.equals("*")) {
            return pattern(".*");
        }
        StringBuilder expression = new StringBuilder();
        for (String literal : glob.toLowerCase(Locale.ROOT).split("\\*", -1)) {
            expression.append(expression.isEmpty() ? "" : ".*").append(Pattern.quote(literal));
        }
        return pattern(expression.toString());
    }

    private static Pattern pattern(String expression) {
        try {
            return Pattern.compile(expression, Pattern.CASE_INSENSITIVE);
        } catch (PatternSyntaxException cause) {
            throw new IllegalArgumentException("'" + expression + "' in 'address' is no regular expression.", cause);
        }
    }

    /** Names of options that hold such entries, by section. */
    static final Map<String, String> OPTIONS =
            Map.of("pci_passthrough_whitelist", "DEFAULT", "passthrough_whitelist", "pci", "device_spec", "pci");
}
