package org.sluice.controller.compute;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /servers/ID/action}: console output; what Sluice does not do with a server says so. */
final class ServerActions {
    /** A host that polls answers within a round trip; this is for one that is busy. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

    private static final int ALL_LINES = -1;

    /** Actions of nova that Sluice does not have, by the word for what they do. */
    private static final Map<String, String> NOT_OFFERED = Map.ofEntries(
            Map.entry("reboot", "Rebooting"),
            Map.entry("os-start", "Starting"),
            Map.entry("os-stop", "Stopping"),
            Map.entry("pause", "Pausing"),
            Map.entry("unpause", "Unpausing"),
            Map.entry("suspend", "Suspending"),
            Map.entry("resume", "Resuming"),
            Map.entry("lock", "Locking"),
            Map.entry("unlock", "Unlocking"),
            Map.entry("rebuild", "Rebuilding"),
            Map.entry("resize", "Resizing"),
            Map.entry("confirmResize", "Resizing"),
            Map.entry("revertResize", "Resizing"),
            Map.entry("rescue", "Rescuing"),
            Map.entry("unrescue", "Rescuing"),
            Map.entry("shelve", "Shelving"),
            Map.entry("shelveOffload", "Shelving"),
            Map.entry("unshelve", "Shelving"),
            Map.entry("migrate", "Migrating"),
            Map.entry("os-migrateLive", "Migrating"),
            Map.entry("evacuate", "Evacuating"),
            Map.entry("createImage", "Making an image of"),
            Map.entry("createBackup", "Backing up"),
            Map.entry("changePassword", "Changing the password of"),
            Map.entry("addSecurityGroup", "Adding a security group (set it on the port instead) to"),
            Map.entry("removeSecurityGroup", "Removing a security group (set it on the port instead) from"),
            Map.entry("os-resetState", "Setting the state of"),
            Map.entry("resetNetwork", "Resetting the network of"),
            Map.entry("injectNetworkInfo", "Injecting network information into"),
            Map.entry("trigger_crash_dump", "Crashing"),
            Map.entry("restore", "Restoring"),
            Map.entry("os-getVNCConsole", "A graphical console of"),
            Map.entry("os-getSPICEConsole", "A graphical console of"),
            Map.entry("os-getSerialConsole", "An interactive console of"));

    private final Jdbi jdbi;
    private final ServerLookup lookup;
    private final ServerRoutes servers;
    private final HostConsoles consoles;

    ServerActions(Jdbi jdbi, ServerLookup lookup, ServerRoutes servers, HostConsoles consoles) {
        this.jdbi = jdbi;
        this.lookup = lookup;
        this.servers = servers;
        this.consoles = consoles;
    }

    void routes(Routes routes) {
        String server = ComputeFamily.VERSION_PATH + "/servers/{id}";
        routes.post(server + "/action", Call.versioned(this::action))
                .post(server + "/remote-consoles", Call.versioned(this::remoteConsole));
    }

    private Reply action(Call call) {
        ObjectNode body = call.body();
        if (body.size() != 1) {
            throw Problems.badRequest("ValidationError", "The request body must name exactly one action.");
        }
        String action = body.propertyNames().iterator().next();
        return switch (action) {
            case "os-getConsoleOutput" -> console(call);
            case "forceDelete" -> {
                servers.deleteServer(call);
                yield Reply.empty(202);
            }
            default -> throw refused(call, action);
        };
    }

    private ProblemException refused(Call call, String action) {
        jdbi.withHandle(handle -> lookup.find(handle, call));
        String doing = NOT_OFFERED.get(action);
        return doing == null
                ? Problems.badRequest("NoSuchAction", "There is no such action: " + action)
                : Problems.notOffered(doing + " a server is not offered (action '" + action + "').");
    }

    private Reply console(Call call) {
        call.caller().requireWriter("os_compute_api:os-console-output");
        Fields fields = Fields.of(call, "os-getConsoleOutput");
        fields.onlyKnows(Set.of("length"));
        int lines =
                fields.optionalInteger("length", ALL_LINES, Integer.MAX_VALUE).orElse(ALL_LINES);
        ServerRow server = jdbi.withHandle(handle -> lookup.find(handle, call));
        ServerRow.Host host = server.host()
                .orElseThrow(() -> Problems.conflict(
                        "InstanceNotReady", "Instance " + server.id() + " is not ready: it is on no host."));
        String text = tail(host, server, lines).orElseThrow(() -> silent(host).asException());
        return Reply.ok(Json.MAPPER.createObjectNode().put("output", text));
    }

    private Optional<String> tail(ServerRow.Host host, ServerRow server, int lines) {
        try {
            return consoles.tail(host.id(), server.id(), lines, LONGEST_WAIT);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new ProblemException(silent(host), stopped);
        }
    }

    private static Problem silent(ServerRow.Host host) {
        return Problem.of(
                Problem.Kind.UNAVAILABLE,
                "HostSilent",
                "Host " + host.name() + " did not answer within " + LONGEST_WAIT.toSeconds()
                        + " s; its agent may be down.");
    }

    private Reply remoteConsole(Call call) {
        jdbi.withHandle(handle -> lookup.find(handle, call));
        JsonNode type = call.exchange().bodyObject("remote_console").path("type");
        throw Problems.badRequest("ConsoleTypeUnavailable", "Unavailable console type " + type.asString("") + ".");
    }
}
