package org.sluice.controller.edge;

import static java.util.Objects.requireNonNull;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.Route;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.policy.Policy;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Target;

/**
 * A request that is as it should be, to one route or action, about a thing that exists; and what the policy table makes of it.
 *
 * @param action if the entity names one
 * @param parameters what stands where the route's pattern has names
 * @param query begins with a question mark, or is empty
 * @param headers made anew for each request: some things can be spent
 * @param body made anew for each request
 * @param status what whoever may gets
 * @param conditions what must be passed beside the route's rule for something of one's own, in the order in which they are asked
 * @param shown what the reply has in it for some, and not for others
 */
record Example(
        ApiFamily family,
        Route route,
        Optional<Route.Action> action,
        Map<String, String> parameters,
        String query,
        Supplier<Map<String, String>> headers,
        Supplier<byte[]> body,
        int status,
        List<Condition> conditions,
        List<Shown> shown) {
    /** The newest microversion of the Compute API. */
    private static final int NEWEST = 96;

    /** What is asked of a caller, and what whoever does not pass it gets. */
    record Condition(BiPredicate<Policy, Caller> passes, int otherwise) {}

    /** Text that the reply has for those callers only. */
    record Shown(String text, BiPredicate<Policy, Caller> seenBy) {}

    Example {
        requireNonNull(route, "route is null");
        parameters = Map.copyOf(parameters);
        conditions = List.copyOf(conditions);
        shown = List.copyOf(shown);
    }

    /** The path and the query. */
    String target() {
        StringBuilder path = new StringBuilder(family.mount());
        for (String segment : route.pattern().split("/", -1)) {
            if (segment.isEmpty()
                    && path.length() == family.mount().length()
                    && !route.pattern().equals("/")) {
                continue;
            }
            path.append('/').append(segment.startsWith("{") ? encoded(valueOf(segment)) : segment);
        }
        return path + query;
    }

    private String valueOf(String segment) {
        return requireNonNull(
                parameters.get(segment.substring(1, segment.length() - 1)),
                () -> "the example of " + this + " has no " + segment);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** All headers for whoever has that token; the microversion is the newest that has the route. */
    Map<String, String> headers(String token) {
        Map<String, String> all = new LinkedHashMap<>();
        if (!token.isEmpty()) {
            all.put("X-Auth-Token", token);
        }
        int version = Math.min(
                NEWEST,
                Math.min(
                        route.versions().until(),
                        action.map(each -> each.versions().until()).orElse(NEWEST)));
        all.put("OpenStack-API-Version", "compute 2." + version);
        all.put("Content-Type", route.mediaTypes().stream().findFirst().orElse("application/json"));
        all.put("Accept", "application/json");
        all.putAll(headers.get());
        return all;
    }

    /** Whether making it writes something: what it sends is spent. */
    boolean isMadeAnew() {
        return family.mount().endsWith("/enrol");
    }

    /** The rule of the route or the action; none where anybody may ask. */
    Optional<Rule> rule() {
        return action.map(Route.Action::rule).or(() -> switch (route.access()) {
            case Route.Access.Ruled ruled -> Optional.of(ruled.rule());
            case Route.Access.Open _, Route.Access.ByAction _, Route.Access.Certified _ -> Optional.empty();
        });
    }

    /** What that caller must get, by the policy table. */
    int expected(Policy policy, Caller caller) {
        Optional<Rule> rule = rule();
        if (rule.isEmpty()) {
            return status;
        }
        if (!family.takes(caller.scope()) || !policy.access(caller).may(rule.get())) {
            return 403;
        }
        return conditions.stream()
                .filter(condition -> !condition.passes().test(policy, caller))
                .findFirst()
                .map(Condition::otherwise)
                .orElse(status);
    }

    /** Whoever passes the rule of that name for that thing. */
    static BiPredicate<Policy, Caller> passing(String rule, Target target) {
        return (policy, caller) -> policy.allows(ruleCalled(policy, rule), caller, target);
    }

    private static Rule ruleCalled(Policy policy, String name) {
        return policy.lines().stream()
                .map(Policy.Line::rule)
                .filter(rule -> rule.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no rule " + name));
    }

    @Override
    public String toString() {
        return route.method() + " " + family.mount() + route.pattern()
                + action.map(each -> " " + each.name()).orElse("");
    }
}
