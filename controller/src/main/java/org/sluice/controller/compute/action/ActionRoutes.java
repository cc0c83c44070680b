package org.sluice.controller.compute.action;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sluice.controller.compute.server.Server;
import org.sluice.controller.compute.server.ServerDeletion;
import org.sluice.controller.compute.server.ServerLookup;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.compute.wire.Names;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.store.Transactions;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * {@code /servers/ID/action} and {@code /remote-consoles} (Compute API reference, "Servers - run an action", "Server
 * consoles"): console output, deletion; what Sluice does not do with a server says so. Thread-safe.
 */
public final class ActionRoutes implements ResourceRoutes {
    /** A host that polls answers within a round trip; this is for one that is busy. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

    private static final int ALL_LINES = -1;

    private final Transactions transactions;
    private final ServerDeletion deletion;
    private final HostConsoles consoles;
    private final ServerLookup lookup = new ServerLookup();

    /**
     * Wires them.
     *
     * @param deletion has servers go
     * @param consoles asks hosts for console output
     */
    public ActionRoutes(Transactions transactions, ServerDeletion deletion, HostConsoles consoles) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.deletion = requireNonNull(deletion, "deletion is null");
        this.consoles = requireNonNull(consoles, "consoles is null");
    }

    @Override
    public void routes(Routes routes) {
        String server = Links.VERSION_PATH + "/servers/{id}";
        Routes.Actions actions = routes.actions(server + "/action");
        actions.on("os-getConsoleOutput", ActionRules.CONSOLE_OUTPUT, this::console);
        actions.on("forceDelete", ActionRules.FORCE_DELETE, exchange -> {
            exchange.body().refuseValue("forceDelete", "it takes nothing");
            deletion.request(exchange);
            return Reply.empty(202);
        });
        for (NotOffered action : NotOffered.ALL) {
            actions.on(action.name(), action.rule(), exchange -> {
                        find(exchange);
                        throw action.refusal();
                    })
                    .since(action.since())
                    .until(action.until())
                    .refused();
        }
        routes.post(server + "/remote-consoles", ActionRules.REMOTE_CONSOLES, this::remoteConsole)
                .since(6);
    }

    private Server find(Exchange exchange) {
        return transactions.autocommit(handle -> lookup.find(handle, exchange));
    }

    private Reply console(Exchange exchange) {
        int lines = exchange.body("os-getConsoleOutput")
                .onlyKnows(Set.of("length"))
                .optionalInteger("length", ALL_LINES, Integer.MAX_VALUE)
                .orElse(ALL_LINES);
        Server server = find(exchange);
        Server.Host host = server.host()
                .orElseThrow(() -> Problems.conflict(
                        "InstanceNotReady", "Instance " + server.id() + " is not ready: it is on no host."));
        String text = tail(host, server, lines).orElseThrow(() -> silent(host).asException());
        return Reply.ok(Map.of("output", text));
    }

    private Optional<String> tail(Server.Host host, Server server, int lines) {
        try {
            return consoles.tail(host.id(), server.id(), lines, LONGEST_WAIT);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new ProblemException(
                    Problem.of(Problem.Kind.UNAVAILABLE, "Closing", "The controller is closing; ask another one."),
                    stopped);
        }
    }

    private static Problem silent(Server.Host host) {
        return Problem.of(
                Problem.Kind.UNAVAILABLE,
                "HostSilent",
                "Host " + host.name() + " did not answer within " + LONGEST_WAIT.toSeconds()
                        + " s; its agent may be down.");
    }

    private Reply remoteConsole(Exchange exchange) {
        find(exchange);
        Fields console = exchange.body("remote_console").onlyKnows(Set.of("protocol", "type"));
        console.text("protocol", 1, Names.LONGEST);
        throw Problems.badRequest(
                "ConsoleTypeUnavailable", "Unavailable console type " + console.text("type", 1, Names.LONGEST) + ".");
    }
}
