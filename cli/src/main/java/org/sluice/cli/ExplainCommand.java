package org.sluice.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code sluice explain SERVER}: where a server is and why, or why it is nowhere. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description = "Say why a server is where it is: every host with its reasons, its claim and its leases.")
final class ExplainCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final Operator operator = new Operator();

    @Parameters(paramLabel = "SERVER", description = "Its id or its name.")
    private String server = "";

    @Override
    public Integer call() throws Exception {
        JsonNode found = operator.client()
                .get("/sluice/v1/servers/" + CloudClient.segment(server) + "/explain")
                .path("server");
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "%s (%s) is %s%s%s%n",
                found.path("name").asString(),
                found.path("id").asString(),
                found.path("status").asString(),
                found.path("task_state").isNull()
                        ? ""
                        : " (" + found.path("task_state").asString() + ")",
                found.path("host").isNull()
                        ? ", on no host"
                        : " on " + found.path("host").asString() + ", zone "
                                + found.path("availability_zone").asString(""));
        if (found.path("host_down").isString()) {
            out.printf("its host is down: %s%n", found.path("host_down").asString());
        }
        if (found.path("locked_by").isString()) {
            out.printf("locked by its %s%n", found.path("locked_by").asString());
        }
        out.printf("power: %s%n", found.path("power_state").asString("").toLowerCase(Locale.ROOT));
        if (found.path("fault").isObject()) {
            out.printf("fault: %s%n", found.path("fault").path("message").asString(""));
        }
        JsonNode claim = found.path("claim");
        out.printf(
                "claim%s: %d processors, %d MiB of memory, %d GiB of disk%n",
                claim.path("held").asBoolean() ? "" : " (not held)",
                claim.path("vcpus").asInt(),
                claim.path("memory_mib").asInt(),
                claim.path("disk_gib").asInt());
        for (JsonNode lease : found.path("leases")) {
            out.printf(
                    "lease: VF %d of %s on %s%s, %s, generation %d, port %s%n",
                    lease.path("index").asInt(),
                    lease.path("physical_function").asString(),
                    lease.path("host").asString(),
                    role(lease.path("claim").asString("")),
                    lease.path("address").asString(),
                    lease.path("generation").asLong(),
                    lease.path("port_id").asString());
        }
        for (JsonNode drift : found.path("drifts")) {
            out.printf(
                    "drift: port %s, %s, %s%s: %s%n",
                    drift.path("port_id").asString(),
                    drift.path("at").asString(),
                    drift.path("lasts").asBoolean() ? "lasts" : "set back",
                    drift.path("times").asLong() == 1
                            ? ""
                            : ", " + drift.path("times").asLong() + " times",
                    drift.path("reason").asString());
        }
        decision(out, found.path("decision"));
        out.flush();
        return 0;
    }

    /** What a claim beside the one where the server is stands for. */
    private static String role(String claim) {
        return switch (claim) {
            case "outgoing" -> " (where it was)";
            case "incoming" -> " (where it is to go)";
            default -> "";
        };
    }

    private static void decision(PrintWriter out, JsonNode decision) {
        if (!decision.isObject()) {
            out.println("No decision is recorded.");
            return;
        }
        out.printf("decided %s:%n", decision.path("at").asString());
        int unshown =
                decision.path("considered").asInt() - decision.path("hosts").size();
        String chosen = decision.path("chosen").asString("");
        for (JsonNode host : decision.path("hosts")) {
            String name = host.path("host").asString();
            String verdict =
                    name.equals(chosen) ? "chosen" : host.path("accepted").asBoolean() ? "possible" : "refused";
            out.printf("  %-20s %s%n", name, verdict);
            for (JsonNode reason : host.path("reasons")) {
                out.printf(
                        "      %s: %s%n",
                        reason.path("filter").asString(),
                        reason.path("sentence").asString());
            }
        }
        if (unshown > 0) {
            out.printf(
                    "  and %d more hosts; of all %d refused:%n",
                    unshown, decision.path("considered").asInt());
            for (JsonNode reason : decision.path("reasons")) {
                out.printf(
                        "      %s: %d hosts%n",
                        reason.path("filter").asString(), reason.path("hosts").asLong());
            }
        }
    }
}
