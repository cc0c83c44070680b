package org.sluice.controller.compute;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Ids;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;

/** Turns the query parameters of {@code GET /servers} into a query: what each may be, and who may use it. */
final class ServerListing {
    /** A pattern of a tenant runs on the database; longer ones are programs and not names. */
    private static final int LONGEST_PATTERN = 255;

    /** Adds what one parameter asks for. */
    @FunctionalInterface
    private interface Condition {
        void add(ServerQuery query, String parameter, String value);
    }

    /**
     * A parameter that selects servers.
     *
     * @param since the microversion that brought it; before, nova passes it over
     * @param forOperators whether it tells where servers are, which is for who may see that
     */
    private record Filter(String parameter, int since, boolean forOperators, Condition condition) {
        static Filter of(String parameter, Condition condition) {
            return new Filter(parameter, 1, false, condition);
        }
    }

    private static final List<Filter> FILTERS = List.of(
            Filter.of("name", pattern("s.name ~ :name")),
            Filter.of("hostname", pattern("s.hostname ~ :hostname")),
            Filter.of("ip", pattern(address(4, "ip"))),
            Filter.of("ip6", pattern(address(6, "ip6"))),
            Filter.of("flavor", equal("s.flavor_id = :flavor")),
            Filter.of("image", equal("cast(s.image_id as text) = :image")),
            Filter.of("uuid", equal("cast(s.id as text) = :uuid")),
            Filter.of("reservation_id", equal("s.reservation_id = :reservation_id")),
            Filter.of("key_name", equal("s.key_name = :key_name")),
            Filter.of("description", equal("s.description = :description")),
            Filter.of("availability_zone", equal("s.availability_zone = :availability_zone")),
            Filter.of("user_id", equal("s.user_id = :user_id")),
            Filter.of("task_state", equal("s.task_state = :task_state")),
            Filter.of(
                    "vm_state",
                    (query, _, value) ->
                            query.where(shownAs(value.equals("building") ? "BUILD" : value.toUpperCase(Locale.ROOT)))),
            Filter.of("power_state", ServerListing::powerState),
            Filter.of(
                    "config_drive",
                    (query, parameter, value) ->
                            query.where("s.config_drive = :config_drive", parameter, isTrue(parameter, value))),
            Filter.of(
                    "launch_index",
                    (query, parameter, value) ->
                            query.where("s.launch_index = :launch_index", parameter, number(parameter, value))),
            Filter.of(
                    "created_at",
                    (query, parameter, value) -> query.where(
                            // Shown to the second, so that is how it is asked for.
                            "date_trunc('second', s.created_at) = date_trunc('second', cast(:created_at as timestamptz))",
                            parameter,
                            ServerStore.time(instant(parameter, value)))),
            // No server is locked, and none that was deleted is kept.
            Filter.of("locked", ServerListing::noneIs),
            Filter.of("deleted", ServerListing::noneIs),
            Filter.of("soft_deleted", ServerListing::noneIs),
            new Filter("tags", 26, false, tags("s.tags @> cast(:%s as text[])")),
            new Filter("tags-any", 26, false, tags("s.tags && cast(:%s as text[])")),
            new Filter("not-tags", 26, false, tags("not s.tags @> cast(:%s as text[])")),
            new Filter("not-tags-any", 26, false, tags("not s.tags && cast(:%s as text[])")),
            Filter.of(
                    "changes-since",
                    (query, parameter, value) -> query.where(
                            "s.updated_at >= :since", "since", ServerStore.time(instant(parameter, value)))),
            new Filter(
                    "changes-before",
                    66,
                    false,
                    (query, parameter, value) -> query.where(
                            "s.updated_at <= :before", "before", ServerStore.time(instant(parameter, value)))),
            new Filter("host", 1, true, equal("h.name = :host")),
            new Filter("node", 1, true, equal("h.name = :node")));

    /** Filters of nova that would be passed over here: better refused than a list of servers that were not asked for. */
    private static final Set<String> NOT_OFFERED = Set.of(
            "access_ip_v4",
            "access_ip_v6",
            "instance_type_id",
            "kernel_id",
            "launched_at",
            "metadata",
            "progress",
            "ramdisk_id",
            "root_device_name",
            "system_metadata",
            "terminated_at");

    /** Parameters that do not select by themselves. */
    private static final Set<String> OTHERS =
            Set.of("all_tenants", "limit", "marker", "project_id", "sort_dir", "sort_key", "status", "tenant_id");

    /** By libvirt's numbers, and by the names that clients have for them. */
    private static final Map<String, Integer> POWER_STATES =
            Map.of("pending", 0, "nostate", 0, "running", 1, "paused", 3, "shutdown", 4, "crashed", 6, "suspended", 7);

    private final Call call;
    private final Exchange exchange;
    private final ServerQuery query = new ServerQuery();

    private ServerListing(Call call) {
        this.call = call;
        this.exchange = call.exchange();
    }

    static ServerQuery of(Call call, Page page) {
        ServerListing listing = new ServerListing(call);
        listing.refuseUnknown();
        listing.scope();
        listing.filter();
        listing.sort();
        page.marker().ifPresent(marker -> listing.query.after(serverMarker(marker)));
        listing.query.limit(page.limit());
        return listing.query;
    }

    /** The marker as a server id; what is none cannot be found either. */
    static ServerId serverMarker(String marker) {
        return Ids.parse(marker)
                .map(ServerId::new)
                .orElseThrow(() -> Problems.badRequest("MarkerNotFound", "marker [" + marker + "] not found"));
    }

    /** Before 2.75 nova ignores parameters that it does not know. */
    private void refuseUnknown() {
        for (String name : exchange.queryNames()) {
            if (NOT_OFFERED.contains(name)) {
                throw Problems.badRequest(
                        "InvalidInput",
                        "Invalid input for query parameters " + name
                                + ". Servers cannot be filtered by it; leave it out.");
            }
            if (call.version().atLeast(75)
                    && !OTHERS.contains(name)
                    && FILTERS.stream().noneMatch(filter -> filter.parameter().equals(name))) {
                throw Problems.badRequest(
                        "ValidationError",
                        "Invalid input for query parameters " + name + ". Additional properties are not allowed ('"
                                + name + "' was unexpected)");
            }
            if (exchange.queryAll(name).stream().anyMatch(value -> value.indexOf('\0') >= 0)) {
                throw Problems.badRequest(
                        "InvalidInput", "Invalid input for query parameters " + name + ". It must not contain NUL.");
            }
        }
    }

    private void scope() {
        boolean everywhere = exchange.query("all_tenants")
                .map(text -> isTrue("all_tenants", text))
                .orElse(false);
        if (!everywhere) {
            query.where("s.project_id = :project", "project", call.caller().projectId());
            return;
        }
        call.caller().requireAdmin("os_compute_api:servers:index:get_all_tenants");
        exchange.query("project_id")
                .or(() -> exchange.query("tenant_id"))
                .ifPresent(project -> query.where("s.project_id = :project", "project", project));
    }

    private static boolean isTrue(String parameter, String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "", "1", "true", "t", "yes", "y", "on" -> true;
            case "0", "false", "f", "no", "n", "off" -> false;
            default ->
                throw Problems.badRequest(
                        "InvalidInput",
                        "Invalid input for query parameters " + parameter + ". Value: " + text
                                + ". It must be true or false.");
        };
    }

    private static int number(String parameter, String text) {
        if (!text.matches("[0-9]{1,9}")) {
            throw Problems.badRequest(
                    "InvalidInput",
                    "Invalid input for query parameters " + parameter + ". Value: " + text
                            + ". It must be an integer of at least 0.");
        }
        return Integer.parseInt(text);
    }

    private void filter() {
        for (Filter filter : FILTERS) {
            Optional<String> value = exchange.query(filter.parameter());
            if (value.isPresent() && call.version().atLeast(filter.since())) {
                if (filter.forOperators()) {
                    call.caller().requireAdmin("os_compute_api:servers:allow_all_filters");
                }
                filter.condition().add(query, filter.parameter(), value.get());
            }
        }
        status();
    }

    private static void powerState(ServerQuery query, String parameter, String value) {
        Integer named = POWER_STATES.get(value.toLowerCase(Locale.ROOT));
        int state = named == null ? number(parameter, value) : named;
        query.where(
                switch (state) {
                    case ServerJson.NO_STATE -> "not " + shownAs("ACTIVE");
                    case ServerJson.RUNNING -> shownAs("ACTIVE");
                    default -> "false";
                });
    }

    private static void noneIs(ServerQuery query, String parameter, String value) {
        if (isTrue(parameter, value)) {
            query.where("false");
        }
    }

    private static String address(int family, String parameter) {
        return "exists (select 1 from port p join ip_allocation a on a.port_id = p.id where p.server_id = s.id and"
                + " family(a.address) = " + family + " and host(a.address) ~ :" + parameter + ")";
    }

    private void status() {
        List<String> wanted = exchange.queryAll("status");
        if (!wanted.isEmpty()) {
            StringBuilder any = new StringBuilder();
            for (String status : wanted) {
                any.append(any.isEmpty() ? "" : " or ").append(shownAs(status.toUpperCase(Locale.ROOT)));
            }
            query.where("(" + any + ")");
        }
    }

    /** As {@link ServerRow#shownStatus}; nothing has a status of another name. */
    private static String shownAs(String status) {
        return switch (status) {
            case "BUILD" ->
                "(s.status = 'BUILD' or s.status = 'DELETING' and s.fault_at is null and s.launched_at is null)";
            case "ACTIVE" ->
                "(s.status = 'ACTIVE' or s.status = 'DELETING' and s.fault_at is null and s.launched_at is not null)";
            case "ERROR" -> "(s.status = 'ERROR' or s.status = 'DELETING' and s.fault_at is not null)";
            default -> "false";
        };
    }

    private static Condition tags(String condition) {
        return (query, parameter, value) -> {
            String binding = parameter.replace('-', '_');
            query.where(condition.formatted(binding), binding, value.split(","));
        };
    }

    private static Condition equal(String condition) {
        return (query, parameter, value) -> query.where(condition, parameter, value);
    }

    /**
     * A regular expression, found anywhere in the text. As in nova it is the database's: an advanced regular expression of
     * PostgreSQL, so that only PostgreSQL can say whether it is one.
     */
    private static Condition pattern(String condition) {
        return (query, parameter, value) -> {
            if (value.length() > LONGEST_PATTERN) {
                throw Problems.badRequest(
                        "InvalidInput",
                        "Invalid input for query parameters " + parameter + ". A regular expression has at most "
                                + LONGEST_PATTERN + " characters.");
            }
            query.wherePattern(condition, parameter, value);
        };
    }

    private static Instant instant(String parameter, String text) {
        try {
            // A plus in a query that was not encoded arrives as a space.
            String normal = text.strip().replace(' ', 'T');
            return normal.matches(".*(Z|[+-][0-9]{2}:?[0-9]{2})")
                    ? OffsetDateTime.parse(normal).toInstant()
                    : LocalDateTime.parse(normal).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException cause) {
            throw new ProblemException(
                    Problems.badRequest(
                                    "InvalidInput",
                                    "Invalid input for query parameters " + parameter + ". Value: " + text
                                            + ". It must be a time such as 2026-11-22T19:47:19Z.")
                            .problem(),
                    cause);
        }
    }

    private void sort() {
        List<String> keys = exchange.queryAll("sort_key");
        List<String> directions = exchange.queryAll("sort_dir");
        for (int i = 0; i < keys.size(); i++) {
            query.orderBy(sortKey(keys.get(i)), isDescending(i < directions.size() ? directions.get(i) : "desc"));
        }
        if (keys.isEmpty()) {
            query.orderBy(
                    ServerQuery.SortKey.CREATED_AT,
                    isDescending(directions.isEmpty() ? "desc" : directions.getFirst()));
        }
    }

    private static ServerQuery.SortKey sortKey(String name) {
        for (ServerQuery.SortKey key : ServerQuery.SortKey.values()) {
            if (key.name().toLowerCase(Locale.ROOT).equals(name)) {
                return key;
            }
        }
        throw Problems.badRequest(
                "InvalidInput",
                "Invalid input for query parameters sort_key. Value: " + name + ". Servers cannot be sorted by it.");
    }

    private static boolean isDescending(String direction) {
        return switch (direction) {
            case "desc" -> true;
            case "asc" -> false;
            default ->
                throw Problems.badRequest(
                        "InvalidInput",
                        "Invalid input for query parameters sort_dir. Value: " + direction
                                + ". It must be asc or desc.");
        };
    }
}
