package org.sluice.controller.compute;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Ids;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;

/** Turns the query parameters of {@code GET /servers} into a query: what each may be, and who may use it. */
final class ServerListing {
    private static final Set<String> KNOWN = Set.of(
            "all_tenants",
            "availability_zone",
            "changes-before",
            "changes-since",
            "config_drive",
            "created_at",
            "deleted",
            "description",
            "flavor",
            "host",
            "hostname",
            "image",
            "ip",
            "ip6",
            "key_name",
            "launch_index",
            "limit",
            "locked",
            "marker",
            "name",
            "node",
            "not-tags",
            "not-tags-any",
            "power_state",
            "project_id",
            "reservation_id",
            "sort_dir",
            "sort_key",
            "soft_deleted",
            "status",
            "tags",
            "tags-any",
            "task_state",
            "tenant_id",
            "user_id",
            "uuid",
            "vm_state");

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
        if (call.version().atLeast(75)) {
            for (String name : exchange.queryNames()) {
                if (!KNOWN.contains(name)) {
                    throw Problems.badRequest(
                            "ValidationError",
                            "Invalid input for query parameters " + name + ". Additional properties are not allowed ('"
                                    + name + "' was unexpected)");
                }
            }
        }
    }

    private void scope() {
        boolean everywhere = exchange.query("all_tenants").map(this::isTrue).orElse(false);
        if (!everywhere) {
            query.where("s.project_id = :project", "project", call.caller().projectId());
            return;
        }
        call.caller().requireAdmin("os_compute_api:servers:index:get_all_tenants");
        exchange.query("project_id")
                .or(() -> exchange.query("tenant_id"))
                .ifPresent(project -> query.where("s.project_id = :project", "project", project));
    }

    private boolean isTrue(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "", "1", "true", "t", "yes", "y", "on" -> true;
            case "0", "false", "f", "no", "n", "off" -> false;
            default ->
                throw Problems.badRequest(
                        "InvalidInput", "Invalid input for query parameters all_tenants. Value: " + text + ".");
        };
    }

    private void filter() {
        pattern("name", "s.name ~ :name");
        pattern("hostname", "s.hostname ~ :hostname");
        pattern(
                "ip",
                "exists (select 1 from port p join ip_allocation a on a.port_id = p.id"
                        + " where p.server_id = s.id and family(a.address) = 4 and host(a.address) ~ :ip)");
        pattern(
                "ip6",
                "exists (select 1 from port p join ip_allocation a on a.port_id = p.id"
                        + " where p.server_id = s.id and family(a.address) = 6 and host(a.address) ~ :ip6)");
        equal("flavor", "s.flavor_id = :flavor");
        equal("image", "cast(s.image_id as text) = :image");
        equal("uuid", "cast(s.id as text) = :uuid");
        equal("reservation_id", "s.reservation_id = :reservation_id");
        equal("key_name", "s.key_name = :key_name");
        equal("description", "s.description = :description");
        equal("availability_zone", "s.availability_zone = :availability_zone");
        status();
        tags();
        exchange.query("changes-since")
                .ifPresent(text -> query.where(
                        "s.updated_at >= :since", "since", ServerStore.time(instant("changes-since", text))));
        if (call.version().atLeast(66)) {
            exchange.query("changes-before")
                    .ifPresent(text -> query.where(
                            "s.updated_at <= :before", "before", ServerStore.time(instant("changes-before", text))));
        }
        // What only operators see is theirs to filter by; for others nova ignores it.
        if (call.caller().isAdmin()) {
            equal("host", "h.name = :host");
            equal("node", "h.name = :node");
            equal("user_id", "s.user_id = :user_id");
            equal("task_state", "s.task_state = :task_state");
            exchange.query("vm_state").ifPresent(this::vmState);
            if (exchange.query("deleted").map(this::isTrue).orElse(false)) {
                // A deleted server is gone with everything of it.
                query.where("false");
            }
        }
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

    private void vmState(String state) {
        query.where(shownAs(state.equals("building") ? "BUILD" : state.toUpperCase(Locale.ROOT)));
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

    private void tags() {
        if (call.version().atLeast(26)) {
            exchange.query("tags").ifPresent(text -> query.where("s.tags @> :tags", "tags", split(text)));
            exchange.query("tags-any").ifPresent(text -> query.where("s.tags && :anyTags", "anyTags", split(text)));
            exchange.query("not-tags").ifPresent(text -> query.where("not s.tags @> :noTags", "noTags", split(text)));
            exchange.query("not-tags-any")
                    .ifPresent(text -> query.where("not s.tags && :noneTags", "noneTags", split(text)));
        }
    }

    private static String[] split(String text) {
        return text.split(",");
    }

    private void equal(String parameter, String condition) {
        exchange.query(parameter).ifPresent(value -> query.where(condition, parameter, value));
    }

    private void pattern(String parameter, String condition) {
        Optional<String> text = exchange.query(parameter);
        if (text.isPresent()) {
            try {
                Pattern.compile(text.get());
            } catch (PatternSyntaxException cause) {
                throw new ProblemException(
                        Problems.badRequest(
                                        "InvalidInput",
                                        "Invalid input for query parameters " + parameter + ". Value: " + text.get()
                                                + ". It is not a regular expression.")
                                .problem(),
                        cause);
            }
            query.where(condition, parameter, text.get());
        }
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
