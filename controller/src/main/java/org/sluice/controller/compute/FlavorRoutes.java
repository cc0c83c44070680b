package org.sluice.controller.compute;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Jdbi;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.model.ProblemException;
import org.sluice.model.Promises;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /flavors} and their extra specs. */
final class FlavorRoutes {
    private static final Pattern ID = Pattern.compile("(?! )[a-zA-Z0-9. _-]+(?<! )");
    private static final Pattern SPEC_KEY = Pattern.compile("[a-zA-Z0-9_ :.-]{1,255}");
    private static final int LARGEST = Integer.MAX_VALUE;
    private static final int LONGEST_DESCRIPTION = 65_535;

    private final Jdbi jdbi;
    private final FlavorStore store = new FlavorStore();

    FlavorRoutes(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    void routes(Routes routes) {
        String root = ComputeFamily.VERSION_PATH + "/flavors";
        routes.get(root, Call.versioned(call -> list(call, FlavorJson::brief)))
                .get(root + "/detail", Call.versioned(call -> list(call, FlavorJson::full)))
                .post(root, Call.versioned(this::create))
                .get(root + "/{id}", Call.versioned(this::show))
                .put(root + "/{id}", Call.versioned(this::update))
                .delete(root + "/{id}", Call.versioned(this::delete))
                .get(root + "/{id}/os-flavor-access", Call.versioned(this::access))
                .post(root + "/{id}/action", Call.versioned(FlavorRoutes::action))
                .get(root + "/{id}/os-extra_specs", Call.versioned(this::specs))
                .post(root + "/{id}/os-extra_specs", Call.versioned(this::putSpecs))
                .get(root + "/{id}/os-extra_specs/{key}", Call.versioned(this::spec))
                .put(root + "/{id}/os-extra_specs/{key}", Call.versioned(this::putSpec))
                .delete(root + "/{id}/os-extra_specs/{key}", Call.versioned(this::deleteSpec));
    }

    private Reply list(Call call, BiFunction<Flavor, Call, ObjectNode> form) {
        Page page = Page.of(call.exchange());
        FlavorStore.Filter filter = new FlavorStore.Filter(
                visibility(call),
                smallest(call, "minRam"),
                smallest(call, "minDisk"),
                sortKey(call),
                call.exchange().query("sort_dir").orElse("asc").equals("desc"),
                page.limit(),
                page.marker());
        List<Flavor> flavors = jdbi.withHandle(handle -> {
            if (page.marker().isPresent()
                    && store.find(handle, page.marker().get()).isEmpty()) {
                throw Problems.badRequest(
                        "MarkerNotFound", "marker [" + page.marker().get() + "] not found");
            }
            return store.list(handle, filter);
        });
        ObjectNode body = Json.MAPPER.createObjectNode();
        ArrayNode items = body.putArray("flavors");
        flavors.forEach(flavor -> items.add(form.apply(flavor, call)));
        if (page.isFull(flavors)) {
            body.set(
                    "flavors_links",
                    call.links().next(call.exchange(), flavors.getLast().id()));
        }
        return Reply.ok(body);
    }

    /** Only an admin may see private flavors, and asks for them with {@code is_public=None} or {@code false}. */
    private static Optional<Boolean> visibility(Call call) {
        if (!call.caller().isAdmin()) {
            return Optional.of(true);
        }
        String asked = call.exchange().query("is_public").orElse("true");
        return switch (asked.toLowerCase(Locale.ROOT)) {
            case "none" -> Optional.empty();
            case "true", "t", "1", "yes", "y", "on" -> Optional.of(true);
            case "false", "f", "0", "no", "n", "off" -> Optional.of(false);
            default -> throw Problems.badRequest("InvalidInput", "Invalid is_public filter [" + asked + "]");
        };
    }

    private static int smallest(Call call, String parameter) {
        String text = call.exchange().query(parameter).orElse("0");
        if (!text.matches("[0-9]{1,9}")) {
            throw Problems.badRequest("InvalidInput", "Invalid " + parameter + " filter [" + text + "]");
        }
        return Integer.parseInt(text);
    }

    private static FlavorStore.SortKey sortKey(Call call) {
        String asked = call.exchange().query("sort_key").orElse("flavorid");
        for (FlavorStore.SortKey key : FlavorStore.SortKey.values()) {
            if (key.name().toLowerCase(Locale.ROOT).equals(asked)) {
                return key;
            }
        }
        throw Problems.badRequest(
                "InvalidInput",
                "Invalid input for query parameters sort_key. Value: " + asked
                        + ". It must be flavorid, name, memory_mb, vcpus or root_gb.");
    }

    private Reply create(Call call) {
        call.caller().requireAdmin("os_compute_api:os-flavor-manage:create");
        Fields fields = Fields.of(call, "flavor");
        Set<String> known = Set.of(
                "id",
                "name",
                "ram",
                "vcpus",
                "disk",
                "swap",
                "OS-FLV-EXT-DATA:ephemeral",
                "rxtx_factor",
                "os-flavor-access:is_public");
        fields.onlyKnows(call.version().atLeast(55) ? with(known, "description") : known);
        refuseUnlessZero(fields, "swap");
        refuseUnlessZero(fields, "OS-FLV-EXT-DATA:ephemeral");
        if (fields.isSet("rxtx_factor")
                && !fields.required("rxtx_factor").asString("").matches("1(\\.0*)?")) {
            throw fields.refused("rxtx_factor", "Sluice does not shape traffic by flavor; only 1.0 is offered");
        }
        Flavor flavor = new Flavor(
                id(fields),
                fields.nameText("name"),
                fields.integer("vcpus", 1, LARGEST),
                fields.integer("ram", 1, LARGEST),
                fields.integer("disk", 0, LARGEST),
                fields.flag("os-flavor-access:is_public").orElse(true),
                fields.optionalText("description", 0, LONGEST_DESCRIPTION).orElse(null),
                Map.of());
        boolean made = jdbi.withHandle(handle -> store.insert(handle, flavor));
        if (!made) {
            throw taken(flavor);
        }
        return single(flavor, call);
    }

    private ProblemException taken(Flavor flavor) {
        boolean sameId =
                jdbi.withHandle(handle -> store.find(handle, flavor.id())).isPresent();
        return sameId
                ? Problems.conflict("FlavorIdExists", "Flavor with ID " + flavor.id() + " already exists.")
                : Problems.conflict("FlavorExists", "Flavor with name " + flavor.name() + " already exists.");
    }

    private static Set<String> with(Set<String> known, String further) {
        Set<String> all = new HashSet<>(known);
        all.add(further);
        return all;
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
        if (!ID.matcher(id).matches() || id.length() > Fields.LONGEST_NAME) {
            throw fields.refused("id", "it may have 1 to 255 letters, digits, dots, spaces, underscores and hyphens");
        }
        return id;
    }

    private Reply show(Call call) {
        return single(visible(call), call);
    }

    private static Reply single(Flavor flavor, Call call) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.set("flavor", FlavorJson.full(flavor, call));
        return Reply.ok(body);
    }

    private Flavor visible(Call call) {
        return jdbi.withHandle(handle -> store.find(handle, call.path("id")))
                .filter(flavor -> flavor.isPublic() || call.caller().isAdmin())
                .orElseThrow(() -> unknown(call.path("id")));
    }

    private static ProblemException unknown(String id) {
        return Problems.notFound("FlavorNotFound", "Flavor " + id + " could not be found.");
    }

    private Reply update(Call call) {
        call.caller().requireAdmin("os_compute_api:os-flavor-manage:update");
        if (!call.version().atLeast(55)) {
            throw Problems.notFound("NotFound", "The resource could not be found.");
        }
        Fields fields = Fields.of(call, "flavor");
        fields.onlyKnows(Set.of("description"));
        fields.required("description");
        String description =
                fields.optionalText("description", 0, LONGEST_DESCRIPTION).orElse(null);
        boolean there = jdbi.withHandle(handle -> store.describe(handle, call.path("id"), description));
        if (!there) {
            throw unknown(call.path("id"));
        }
        return show(call);
    }

    private Reply delete(Call call) {
        call.caller().requireAdmin("os_compute_api:os-flavor-manage:delete");
        boolean gone = jdbi.withHandle(handle -> store.delete(handle, call.path("id")));
        if (!gone) {
            throw unknown(call.path("id"));
        }
        return Reply.empty(202);
    }

    private Reply access(Call call) {
        call.caller().requireAdmin("os_compute_api:os-flavor-access");
        Flavor flavor = visible(call);
        if (flavor.isPublic()) {
            throw Problems.notFound("FlavorIsPublic", "Access list not available for public flavors.");
        }
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.putArray("flavor_access");
        return Reply.ok(body);
    }

    private static Reply action(Call call) {
        call.caller().requireAdmin("os_compute_api:os-flavor-access");
        throw Problems.notOffered(
                "Granting a private flavor to single projects is not offered; private flavors are for admins.");
    }

    private Reply specs(Call call) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.set("extra_specs", TextMap.tree(visible(call).extraSpecs()));
        return Reply.ok(body);
    }

    private Reply putSpecs(Call call) {
        call.caller().requireAdmin("os_compute_api:os-flavor-extra-specs:create");
        Map<String, String> specs = Fields.of(call, "extra_specs").texts();
        put(call, specs);
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.set("extra_specs", TextMap.tree(specs));
        return Reply.ok(body);
    }

    private void put(Call call, Map<String, String> specs) {
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
        boolean there = jdbi.withHandle(handle -> store.putSpecs(handle, call.path("id"), specs));
        if (!there) {
            throw unknown(call.path("id"));
        }
    }

    private Reply spec(Call call) {
        String key = call.path("key");
        String value = visible(call).extraSpecs().get(key);
        if (value == null) {
            throw unknownSpec(call, key);
        }
        return Reply.ok(Json.MAPPER.createObjectNode().put(key, value));
    }

    private static ProblemException unknownSpec(Call call, String key) {
        return Problems.notFound(
                "FlavorExtraSpecsNotFound", "Flavor " + call.path("id") + " has no extra specs with key " + key + ".");
    }

    private Reply putSpec(Call call) {
        call.caller().requireAdmin("os_compute_api:os-flavor-extra-specs:update");
        String key = call.path("key");
        ObjectNode object = call.body();
        Map<String, String> specs = Fields.of("body", object).texts();
        if (!specs.keySet().equals(Set.of(key))) {
            throw Problems.badRequest(
                    "ValidationError", "The request body must have exactly one member, '" + key + "' as in the URL.");
        }
        put(call, specs);
        return Reply.ok(TextMap.tree(specs));
    }

    private Reply deleteSpec(Call call) {
        call.caller().requireAdmin("os_compute_api:os-flavor-extra-specs:delete");
        visible(call);
        String key = call.path("key");
        boolean gone = jdbi.withHandle(handle -> store.deleteSpec(handle, call.path("id"), key));
        if (!gone) {
            throw unknownSpec(call, key);
        }
        return Reply.empty(200);
    }
}
