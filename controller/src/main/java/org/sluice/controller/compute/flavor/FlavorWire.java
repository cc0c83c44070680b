package org.sluice.controller.compute.flavor;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.sluice.controller.compute.wire.ComputePages;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.compute.wire.Names;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.http.body.KnownFields;
import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.Shown;
import org.sluice.controller.http.view.View;
import org.sluice.model.Promises;

/** Flavors as the Compute API takes and shows them. */
final class FlavorWire {
    private static final Pattern ID = Pattern.compile("(?! )[a-zA-Z0-9. _-]+(?<! )");
    private static final Pattern SPEC_KEY = Pattern.compile("[a-zA-Z0-9_ :.-]{1,255}");
    private static final int LARGEST = Integer.MAX_VALUE;
    private static final int LONGEST_DESCRIPTION = 65_535;

    private static final View<Flavor> BRIEF = View.<Flavor>of("flavor", "flavors")
            .member("id", Flavor::id)
            .member("name", Flavor::name)
            .memberShown("links", FlavorWire::links)
            .member("description", Flavor::description)
            .since(55)
            .build();

    static final View<Flavor> WHOLE = View.<Flavor>of("flavor", "flavors")
            .with(BRIEF)
            .member("ram", Flavor::memoryMib)
            .member("disk", Flavor::diskGib)
            .member("swap", flavor -> "")
            .until(74)
            .member("swap", flavor -> 0)
            .since(75)
            .member("OS-FLV-EXT-DATA:ephemeral", flavor -> 0)
            .member("OS-FLV-DISABLED:disabled", flavor -> false)
            .member("vcpus", Flavor::vcpus)
            .member("os-flavor-access:is_public", Flavor::isPublic)
            .member("rxtx_factor", flavor -> 1.0)
            .member("extra_specs", Flavor::extraSpecs)
            .since(61)
            .seenWith(FlavorRules.SPECS)
            .build();

    private static final KnownFields FIELDS = KnownFields.of(
                    "id",
                    "name",
                    "ram",
                    "vcpus",
                    "disk",
                    "swap",
                    "OS-FLV-EXT-DATA:ephemeral",
                    "rxtx_factor",
                    "os-flavor-access:is_public")
            .since(55, "description");

    static final ListQuery<Flavor> LIST = ListQuery.of(BRIEF)
            .filter("minRam", atLeast("memory_mib"))
            .filter("minDisk", atLeast("disk_gib"))
            .scope("is_public")
            .unique("flavorid", "id", Flavor::id, Flavor::id)
            .sort("name", "name", Flavor::name)
            .sort("memory_mb", "memory_mib", Flavor::memoryMib)
            .sort("vcpus", "vcpus", Flavor::vcpus)
            .sort("root_gb", "disk_gib", Flavor::diskGib)
            .pages(ComputePages.LARGEST, ComputePages.LARGEST)
            .largeRows()
            .build();

    static final ListQuery<Flavor> DETAIL = LIST.shownAs(WHOLE);

    private FlavorWire() {}

    private static Object links(Flavor flavor, Shown shown) {
        return new Links(shown.baseUrl()).selfAndBookmark("flavors", flavor.id());
    }

    private static Filter atLeast(String column) {
        return (values, terms) -> column + " >= " + terms.value(Filter.whole(values.getFirst(), terms));
    }

    static Flavor read(Exchange exchange) {
        Fields fields = exchange.body("flavor").onlyKnows(FIELDS.in(exchange.minorVersion()));
        refuseUnlessZero(fields, "swap");
        refuseUnlessZero(fields, "OS-FLV-EXT-DATA:ephemeral");
        if (fields.isSet("rxtx_factor")
                && !fields.required("rxtx_factor").asString("").matches("1(\\.0*)?")) {
            throw fields.refused("rxtx_factor", "Sluice does not shape traffic by flavor; only 1.0 is offered");
        }
        return new Flavor(
                id(fields),
                Names.read(fields, "name"),
                fields.integer("vcpus", 1, LARGEST),
                fields.integer("ram", 1, LARGEST),
                fields.integer("disk", 0, LARGEST),
                fields.flag("os-flavor-access:is_public").orElse(true),
                description(fields).orElse(null),
                Map.of());
    }

    private static void refuseUnlessZero(Fields fields, String field) {
        if (fields.optionalInteger(field, 0, LARGEST).orElse(0) != 0) {
            throw fields.refused(field, "servers of Sluice have one disk, the root disk; only 0 is offered");
        }
    }

    private static String id(Fields fields) {
        if (!fields.isSet("id") || fields.required("id").asString("").equals("auto")) {
            return UUID.randomUUID().toString();
        }
        String id = fields.required("id").asString("");
        if (!ID.matcher(id).matches() || id.length() > Names.LONGEST) {
            throw fields.refused("id", "it may have 1 to 255 letters, digits, dots, spaces, underscores and hyphens");
        }
        return id;
    }

    /** What a flavor is to be described as; empty for nothing. */
    static Optional<String> readDescription(Exchange exchange) {
        Fields fields = exchange.body("flavor");
        fields.onlyKnows(Set.of("description"));
        fields.required("description");
        return description(fields);
    }

    private static Optional<String> description(Fields fields) {
        return fields.optionalText("description", 0, LONGEST_DESCRIPTION);
    }

    static Map<String, String> readSpecs(Exchange exchange) {
        return sound(exchange.body("extra_specs").textMap(Names.LONGEST));
    }

    static Map<String, String> readSpec(Exchange exchange, String key) {
        Map<String, String> specs = exchange.body().textMap(Names.LONGEST);
        if (!specs.keySet().equals(Set.of(key))) {
            throw Problems.badRequest(
                    "ValidationError",
                    "The request body must have exactly one member, '" + key + "' as in the URL, and has "
                            + (specs.isEmpty() ? "none" : "'" + String.join("', '", specs.keySet()) + "'") + ".");
        }
        return sound(specs);
    }

    private static Map<String, String> sound(Map<String, String> specs) {
        for (String key : specs.keySet()) {
            if (!SPEC_KEY.matcher(key).matches()) {
                throw Problems.badRequest(
                        "InvalidInput",
                        "Key Names can only contain alphanumeric characters, periods, dashes, underscores, colons and"
                                + " spaces; '" + key + "' does not.");
            }
        }
        specs.forEach((key, value) -> Promises.refusalOfExtraSpec(key, value).ifPresent(reason -> {
            throw Problems.badRequest("ExtraSpecNotOffered", "Invalid input for extra_specs. " + reason);
        }));
        return specs;
    }
}
