package org.sluice.cli;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
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
        description = "Show who changed what in the cloud, from where, and what it was before; the newest first.")
final class AuditCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final Operator operator = new Operator();

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Only what happened then or later: 2026-11-22T19:47:19Z.")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Only what happened before then.")
    private @Nullable String until;

    @Option(names = "--user", paramLabel = "USER", description = "Only what that user did, by name or id.")
    private @Nullable String user;

    @Option(names = "--project", paramLabel = "PROJECT", description = "Only what was done in that project, by id.")
    private @Nullable String project;

    @Option(
            names = "--resource",
            paramLabel = "KIND",
            description = "Only what was done to that kind: port, server, account.")
    private @Nullable String resource;

    @Option(names = "--id", paramLabel = "ID", description = "Only what was done to the one of that id.")
    private @Nullable String id;

    @Option(
            names = "--request",
            paramLabel = "ID",
            description = "Only what that request did, by its id or its global id.")
    private @Nullable String request;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "So many events at most, 1,000 at the most; ${DEFAULT-VALUE}.")
    private int limit;

    @Option(names = "--whole", description = "With each event's row before and after, as JSON.")
    private boolean whole;

    @Override
    public Integer call() throws IOException, InterruptedException {
        StringBuilder path = new StringBuilder("/sluice/v1/audit?limit=" + limit);
        narrow(path, "since", since);
        narrow(path, "until", until);
        narrow(path, "user", user);
        narrow(path, "project", project);
        narrow(path, "resource", resource);
        narrow(path, "id", id);
        narrow(path, "request_id", request);
        Table table = whole
                ? new Table("TIME", "USER", "FROM", "ACTION", "WHAT", "REQUEST", "BEFORE", "AFTER")
                : new Table("TIME", "USER", "FROM", "ACTION", "WHAT", "REQUEST");
        for (JsonNode event : operator.client().get(path.toString()).path("audit_events")) {
            String what = event.path("outcome").asString().equals("refused")
                    ? "refused with " + event.path("status").asInt()
                    : event.path("operation").asString() + " "
                            + event.path("resource_type").asString() + " "
                            + event.path("resource_id").asString();
            String[] row = {
                event.path("at").asString(),
                event.path("user").asString("-"),
                event.path("peer").asString(),
                event.path("action").asString(),
                what,
                event.path("request_id").asString(),
                event.path("before").toString(),
                event.path("after").toString()
            };
            table.row(whole ? row : java.util.Arrays.copyOf(row, 6));
        }
        table.print(spec.commandLine().getOut());
        return 0;
    }

    private static void narrow(StringBuilder path, String parameter, @Nullable String value) {
        if (value != null) {
            path.append('&').append(parameter).append('=').append(URLEncoder.encode(value, StandardCharsets.UTF_8));
        }
    }
}
