package org.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code sluice audit}: who changed what, the newest first. */
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Show who changed what, from where, for which request; the newest first.")
final class AuditCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final Operator operator = new Operator();

    @Option(names = "--since", paramLabel = "TIME", description = "From then on: 2026-11-29T12:00:00Z.")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Before then.")
    private @Nullable String until;

    @Option(names = "--user", paramLabel = "USER", description = "By that user, by id or by name.")
    private @Nullable String user;

    @Option(names = "--project", paramLabel = "ID", description = "By users in that project.")
    private @Nullable String project;

    @Option(names = "--resource", paramLabel = "TYPE", description = "Of that type: port, server, network, user, ...")
    private @Nullable String resource;

    @Option(names = "--id", paramLabel = "ID", description = "Of that resource.")
    private @Nullable String id;

    @Option(
            names = "--operation",
            paramLabel = "NAME",
            description = "Of that kind: create, update, delete, or the name of an action such as forceDelete.")
    private @Nullable String operation;

    @Option(names = "--outcome", paramLabel = "OUTCOME", description = "changed (or done), or refused.")
    private @Nullable String outcome;

    @Option(names = "--request", paramLabel = "ID", description = "For that request, or all of one global request id.")
    private @Nullable String request;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "At most so many; ${DEFAULT-VALUE}.")
    private int limit;

    @Option(names = "--json", description = "Whole events, with before and after, one a line.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        List<JsonNode> events = operator.client()
                .get("/sluice/v1/audit?" + query())
                .path("audit_events")
                .valueStream()
                .toList();
        if (json) {
            events.forEach(event -> spec.commandLine().getOut().println(event));
            spec.commandLine().getOut().flush();
            return 0;
        }
        Table table = new Table("AT", "USER", "FROM", "WHAT", "RESOURCE", "ID", "CHANGED", "REQUEST");
        for (JsonNode event : events) {
            table.row(
                    event.path("at").asString(),
                    printable(event.path("user").asString("-")),
                    event.path("peer").asString(""),
                    what(event),
                    event.path("resource_type").asString(event.path("action").asString("")),
                    printable(event.path("resource_id").asString("-")),
                    changed(event),
                    event.path("request_id").asString(""));
        }
        table.print(spec.commandLine().getOut());
        return 0;
    }

    /** What was refused was asked for, and not done. */
    private static String what(JsonNode event) {
        String operation = event.path("operation").asString("");
        return event.path("outcome").asString("").equals("refused")
                ? ("refused " + event.path("status").asString("") + " " + operation).strip()
                : operation;
    }

    private String query() {
        Map<String, @Nullable String> asked = new LinkedHashMap<>();
        asked.put("since", since);
        asked.put("until", until);
        asked.put("user", user);
        asked.put("project", project);
        asked.put("resource", resource);
        asked.put("id", id);
        asked.put("operation", operation);
        asked.put("outcome", outcome);
        asked.put("request_id", request);
        StringBuilder query = new StringBuilder("limit=" + limit);
        asked.forEach((name, value) -> {
            if (value != null) {
                query.append('&').append(name).append('=').append(URLEncoder.encode(value, UTF_8));
            }
        });
        return query.toString();
    }

    /** The members that differ. */
    private static String changed(JsonNode event) {
        JsonNode before = event.path("before");
        JsonNode after = event.path("after");
        if (!before.isObject() || !after.isObject()) {
            return "-";
        }
        TreeSet<String> names = new TreeSet<>(after.propertyNames());
        names.removeIf(name -> after.path(name).equals(before.path(name)));
        return String.join(",", names);
    }

    /** Names are users' to choose, and a terminal obeys some characters. */
    private static String printable(String text) {
        return text.replaceAll("[\\p{C}]", "?");
    }
}
