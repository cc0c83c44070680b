package org.sluice.controller.compute.server;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.server.ServerState;
import org.sluice.controller.server.ServerStatus;
import org.sluice.controller.server.Task;
import org.sluice.model.AgentSilence;

/**
 * What {@code GET /servers} may be asked for. Filters of nova that are not here are refused by name: a list of servers that
 * were not asked for would be worse.
 */
final class ServerFilters {
    /** A pattern of a tenant runs on the database; longer ones are programs and not names. */
    private static final int LONGEST_PATTERN = 255;

    /** Parameters whose values are regular expressions. */
    static final List<String> PATTERNS = List.of("name", "hostname", "ip", "ip6");

    /** Every status that a server of nova can have, so that one that is misspelt is told from one that no server has. */
    private static final Set<String> STATUSES = Set.of(
            "ACTIVE",
            "BUILD",
            "DELETED",
            "ERROR",
            "HARD_REBOOT",
            "MIGRATING",
            "PASSWORD",
            "PAUSED",
            "REBOOT",
            "REBUILD",
            "RESCUE",
            "RESIZE",
            "REVERT_RESIZE",
            "SHELVED",
            "SHELVED_OFFLOADED",
            "SHUTOFF",
            "SOFT_DELETED",
            "SUSPENDED",
            "UNKNOWN",
            "VERIFY_RESIZE");

    /** As {@link Server.Host#isUp} has it. */
    private static final String HOST_IS_UP = "coalesce(h.forced_down_at is null and h.last_seen_at >= now()"
            + " - make_interval(secs => " + AgentSilence.LONGEST.toSeconds() + "), false)";

    private static final Set<String> YES = Set.of("", "1", "true", "t", "yes", "y", "on");

    private ServerFilters() {}

    /** Adds all of them to a list. */
    static ListQuery.Builder<Whole> of(ListQuery.Builder<Whole> list) {
        return list.filter("name", pattern("s.name ~ %s"))
                .filter("hostname", pattern("s.hostname ~ %s"))
                .filter("ip", pattern(address(4)))
                .filter("ip6", pattern(address(6)))
                .filter("flavor", Filter.text("s.flavor_id"))
                .filter("image", Filter.uuid("s.image_id"))
                .filter("uuid", Filter.uuid("s.id"))
                .filter("reservation_id", Filter.text("s.reservation_id"))
                .filter("key_name", Filter.text("s.key_name"))
                .filter("description", Filter.text("s.description"))
                .filter("availability_zone", Filter.text("s.availability_zone"))
                .filter("user_id", Filter.text("s.user_id"))
                .filter("task_state", Filter.text("s.task_state"))
                .filter("status", any((value, terms) -> shownAs(value.toUpperCase(Locale.ROOT), terms)))
                .filter("vm_state", any(ServerFilters::vmState))
                .filter("power_state", any(ServerFilters::powerState))
                .filter("config_drive", Filter.truth("s.config_drive"))
                .filter("launch_index", any((value, terms) -> "s.launch_index = " + terms.value(natural(value, terms))))
                // Shown to the second, so that is how it is asked for.
                .filter(
                        "created_at",
                        any((value, terms) -> "date_trunc('second', s.created_at) = date_trunc('second', cast("
                                + terms.value(Filter.instant(value, terms)) + " as timestamptz))"))
                .filter("locked", Filter.truth("(s.locked_by is not null)"))
                // None that was deleted is kept.
                .filter("deleted", any(ServerFilters::noneIs))
                .filter("soft_deleted", any(ServerFilters::noneIs))
                .filter("tags", Filter.hasAll("s.tags"))
                .since(26)
                .filter("tags-any", Filter.hasAny("s.tags"))
                .since(26)
                .filter("not-tags", Filter.not(Filter.hasAll("s.tags")))
                .since(26)
                .filter("not-tags-any", Filter.not(Filter.hasAny("s.tags")))
                .since(26)
                .filter("changes-since", Filter.time("s.updated_at", ">="))
                .filter("changes-before", Filter.time("s.updated_at", "<="))
                .since(66)
                .filter("host", Filter.text("h.name"))
                .allowedWith(ServerRules.ALL_FILTERS)
                .filter("node", Filter.text("h.name"))
                .allowedWith(ServerRules.ALL_FILTERS)
                .filter("all_tenants", any((value, terms) -> {
                    Filter.truth(value, terms);
                    return "true";
                }))
                .scope("project_id")
                .scope("tenant_id");
    }

    /**
     * Which servers a list is about.
     *
     * @param project whose; of all projects when empty
     * @param rule of these, those for which it passes
     */
    record Scope(Optional<String> project, Rule rule) {}

    /**
     * Which servers a list is about: those of the caller's project for which the route's rule passes, or if he asks for others'
     * too, those for which that other rule passes.
     */
    static Scope scope(Exchange exchange, Rule all) {
        String own = exchange.caller().projectId();
        Optional<String> named = exchange.query("project_id").or(() -> exchange.query("tenant_id"));
        boolean everywhere = exchange.query("all_tenants")
                .filter(text -> YES.contains(text.toLowerCase(Locale.ROOT)))
                .isPresent();
        // As in nova, who names another project means all_tenants.
        if (!everywhere && named.orElse(own).equals(own)) {
            return new Scope(Optional.of(own), exchange.rule());
        }
        exchange.require(all);
        return new Scope(named, all);
    }

    /** 400 for a status that there is not, from 2.38 on; before, no server has it. */
    static void requireKnownStatus(Exchange exchange) {
        if (!exchange.atLeast(38)) {
            return;
        }
        for (String status : exchange.queryAll("status")) {
            if (!STATUSES.contains(status.toUpperCase(Locale.ROOT))) {
                throw exchange.wording().badFilter("status", status, "the status of a server");
            }
        }
    }

    /** The regular expressions of a request, by parameter. */
    static Map<String, String> patterns(Exchange exchange) {
        Map<String, String> patterns = new TreeMap<>();
        for (String name : PATTERNS) {
            exchange.query(name).ifPresent(pattern -> patterns.put(name, pattern));
        }
        return patterns;
    }

    private static Filter any(BiFunction<String, Filter.Terms, String> condition) {
        return (values, terms) ->
                values.stream().map(value -> condition.apply(value, terms)).collect(Collectors.joining(" or "));
    }

    /**
     * A regular expression, found anywhere in the text. As in nova it is the database's: an advanced regular expression of
     * PostgreSQL, so that only PostgreSQL can say whether it is one.
     */
    private static Filter pattern(String condition) {
        return any((value, terms) -> {
            if (value.length() > LONGEST_PATTERN) {
                throw terms.bad(value, "a regular expression of at most " + LONGEST_PATTERN + " characters");
            }
            return condition.formatted(terms.value(value));
        });
    }

    private static String address(int family) {
        return "exists (select 1 from port p join port_address a on a.port_id = p.id where p.server_id = s.id and"
                + " family(a.address) = " + family + " and host(a.address) ~ %s)";
    }

    private static long natural(String value, Filter.Terms terms) {
        long number = Filter.whole(value, terms);
        if (number < 0) {
            throw terms.bad(value, "an integer of at least 0");
        }
        return number;
    }

    private static String powerState(String value, Filter.Terms terms) {
        long state = PowerStates.named(value.toLowerCase(Locale.ROOT)).orElseGet(() -> natural(value, terms));
        if (state == PowerStates.NO_STATE) {
            return "(s.power_state = 'NONE' or not " + HOST_IS_UP + ")";
        }
        return PowerStates.stored(state).stream()
                .map(stored -> "s.power_state = " + terms.value(stored))
                .collect(Collectors.collectingAndThen(
                        Collectors.joining(" or "),
                        any -> any.isEmpty() ? "false" : "((" + any + ") and " + HOST_IS_UP + ")"));
    }

    private static String noneIs(String value, Filter.Terms terms) {
        return Filter.truth(value, terms) ? "false" : "true";
    }

    private static String vmState(String value, Filter.Terms terms) {
        return Arrays.stream(ServerStatus.values())
                .filter(status -> status.vmState().equals(value))
                .map(status -> "s.status = " + terms.value(status.name()))
                .findFirst()
                .orElse("false");
    }

    /** As {@link ServerState#shown}; nothing has a status of another name. */
    private static String shownAs(String name, Filter.Terms terms) {
        List<ServerState> states = ServerState.shownAs(name);
        if (states.isEmpty()) {
            return "false";
        }
        return states.stream()
                .map(state -> "(s.status = " + terms.value(state.status().name()) + " and coalesce(s.task_state, '') = "
                        + terms.value(state.task().map(Task::text).orElse("")) + ")")
                .collect(Collectors.joining(" or ", "(", ")"));
    }
}
