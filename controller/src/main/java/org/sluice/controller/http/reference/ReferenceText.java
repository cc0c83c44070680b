package org.sluice.controller.http.reference;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.sluice.controller.http.Absent;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.BodyLimit;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.Route;
import org.sluice.controller.http.RouteTable;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.policy.Policy;
import org.sluice.controller.policy.RowTarget;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** The pages docs/api.md and docs/policy.md, made from the table of routes. Stateless. */
public final class ReferenceText {
    private ReferenceText() {}

    /** Every route: who may, since when, how it can be narrowed. */
    public static String api(RouteTable table) {
        StringBuilder page = new StringBuilder();
        for (ApiFamily family : table.families()) {
            page.append("## `").append(family.mount()).append("`\n\n");
            if (table.routes(family).stream().anyMatch(route -> route.list().isPresent())) {
                page.append("Lists take ")
                        .append(codes(family.pageStyle().parameters().stream().sorted()))
                        .append(" too.\n\n");
            }
            page.append("| route | rule | microversions | query | entity |\n|---|---|---|---|---|\n");
            table.routes(family).stream()
                    .sorted(Comparator.comparing(Route::pattern).thenComparing(Route::method))
                    .forEach(route -> row(page, route));
            page.append('\n');
            absences(page, family);
        }
        return page.toString();
    }

    private static void row(StringBuilder page, Route route) {
        String rule = switch (route.access()) {
            case Route.Access.Open _ -> "(open)";
            case Route.Access.Ruled ruled -> "`" + ruled.rule().name() + "`";
            case Route.Access.ByAction _ -> "(by action)";
            case Route.Access.Certified _ -> "(a host's certificate)";
        };
        page.append("| `")
                .append(route.method())
                .append(' ')
                .append(route.pattern())
                .append("` | ")
                .append(rule);
        page.append(" | ")
                .append(OpenApi.versions(route.versions()))
                .append(" | ")
                .append(route.offered() ? "" : "not offered: 501 ")
                .append(Stream.concat(
                                route.parameters().stream()
                                        .map(each -> parameter(each.name(), each.since(), Optional.empty())),
                                route.list().stream().flatMap(ReferenceText::filters))
                        .collect(Collectors.joining(" ")))
                .append(" | ")
                .append(entity(route))
                .append(" |\n");
        for (Route.Action action : route.actions()) {
            page.append("| &nbsp;&nbsp;`")
                    .append(action.name())
                    .append("` | `")
                    .append(action.rule().name());
            page.append("` | ")
                    .append(OpenApi.versions(action.versions()))
                    .append(action.offered() ? " | | |\n" : " | not offered: 501 | |\n");
        }
    }

    private static Stream<String> filters(ListQuery<?> list) {
        return list.filterNames().stream().map(name -> parameter(name, list.since(name), list.rule(name)));
    }

    private static String parameter(String name, int since, Optional<Rule> rule) {
        String conditions = Stream.concat(
                        since == 0 ? Stream.of() : Stream.of("since 2." + since),
                        rule.stream().map(needed -> "with `" + needed.name() + "`"))
                .collect(Collectors.joining(", "));
        return "`" + name + "`" + (conditions.isEmpty() ? "" : " (" + conditions + ")");
    }

    /** How large the entity may be, where that is not the usual. */
    private static String entity(Route route) {
        if (!OpenApi.takesEntity(route) || route.limit().equals(BodyLimit.USUAL)) {
            return "";
        }
        return route.limit().isStreamed() ? "streamed" : route.limit().bytes() / 1024 + " KiB";
    }

    private static void absences(StringBuilder page, ApiFamily family) {
        if (family.absences().isEmpty()) {
            return;
        }
        page.append("### Not offered at `").append(family.mount()).append("`\n\n| route | why |\n|---|---|\n");
        for (Absent absent : family.absences()) {
            page.append("| ").append(codes(Stream.of(absent.methods() + " " + absent.path())));
            page.append(" | ").append(absent.reason()).append(" |\n");
        }
        page.append('\n');
    }

    private static String codes(Stream<String> texts) {
        return texts.map(text -> "`" + text + "`").collect(Collectors.joining(" "));
    }

    /** Every rule: its default, and what it permits. */
    public static String policy(RouteTable table) {
        StringBuilder page = new StringBuilder("## Base rules\n\n| rule | check | who |\n|---|---|---|\n");
        for (Who who : Who.values()) {
            row(page, who.rule());
        }
        page.append("\n## Rules\n\n| rule | check | permits |\n|---|---|---|\n");
        List<Rule> rules = sorted(table);
        rules.forEach(rule -> row(page, rule));
        page.append(
                "\n## Rules that decide row by row\n\n| rule | attributes that its check can ask for |\n|---|---|\n");
        rules.forEach(rule -> rule.rows().ifPresent(rows -> rows(page, rule, rows)));
        return page.toString();
    }

    /** The same as JSON, a rule a line, as ShippedRules reads it. */
    public static String rules(RouteTable table) {
        return sorted(table).stream().map(ReferenceText::json).collect(Collectors.joining(",\n", "[\n", "\n]\n"));
    }

    private static String json(Rule rule) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", rule.name());
        members.put("check", rule.check());
        members.put("sentence", rule.sentence());
        rule.rows().ifPresent(rows -> members.put("attributes", rows.attributes()));
        return Json.MAPPER.writeValueAsString(members);
    }

    /** Without the base rules. */
    private static List<Rule> sorted(RouteTable table) {
        return table.policy().lines().stream()
                .map(Policy.Line::rule)
                .filter(rule -> !Who.names().contains(rule.name()))
                .sorted(Comparator.comparing(Rule::name))
                .toList();
    }

    private static void rows(StringBuilder page, Rule rule, RowTarget rows) {
        String attributes = codes(rows.attributes().stream());
        page.append("| `").append(rule.name()).append("` | ").append(attributes).append(" |\n");
    }

    private static void row(StringBuilder page, Rule rule) {
        page.append("| `")
                .append(rule.name())
                .append("` | `")
                .append(rule.check())
                .append("` | ");
        page.append(rule.sentence()).append(" |\n");
    }
}
