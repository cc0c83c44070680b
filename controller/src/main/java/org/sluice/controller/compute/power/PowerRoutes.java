package org.sluice.controller.compute.power;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.sluice.controller.compute.server.Askers;
import org.sluice.controller.compute.server.Server;
import org.sluice.controller.compute.server.ServerLookup;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.server.ServerAction;
import org.sluice.controller.server.Servers;
import org.sluice.controller.store.Transactions;

/**
 * Actions of {@code POST /servers/ID/action} that concern a guest's power (Compute API reference, "Servers - run an action"). The
 * answer says that it was asked for; {@code task_state} says until when it is under way. Thread-safe.
 */
public final class PowerRoutes implements ResourceRoutes {
    /** As Nova's schema has them. */
    private static final List<String> REBOOTS = List.of("HARD", "Hard", "hard", "SOFT", "Soft", "soft");

    private final Transactions transactions;
    private final InstantSource clock;
    private final ServerLookup lookup = new ServerLookup();
    private final Servers servers = new Servers();

    /**
     * Wires them.
     *
     * @param clock tells for how long a host is silent
     */
    public PowerRoutes(Transactions transactions, InstantSource clock) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public void routes(Routes routes) {
        Routes.Actions actions = routes.actions(Links.VERSION_PATH + "/servers/{id}/action");
        actions.on("os-start", PowerRules.START, exchange -> plain(exchange, "os-start", ServerAction.START));
        actions.on("os-stop", PowerRules.STOP, exchange -> plain(exchange, "os-stop", ServerAction.STOP));
        actions.on("reboot", PowerRules.REBOOT, this::reboot);
        actions.on("pause", PowerRules.PAUSE, exchange -> plain(exchange, "pause", ServerAction.PAUSE));
        actions.on("unpause", PowerRules.UNPAUSE, exchange -> plain(exchange, "unpause", ServerAction.UNPAUSE));
        actions.on("suspend", PowerRules.SUSPEND, exchange -> plain(exchange, "suspend", ServerAction.SUSPEND));
        actions.on("resume", PowerRules.RESUME, exchange -> plain(exchange, "resume", ServerAction.RESUME));
    }

    private Reply plain(Exchange exchange, String name, ServerAction action) {
        exchange.body().refuseValue(name, "it takes nothing");
        return ask(exchange, action);
    }

    private Reply reboot(Exchange exchange) {
        Fields fields = exchange.body("reboot").onlyKnows(Set.of("type")).needs("type");
        String type = fields.oneOf("type", REBOOTS).orElseThrow();
        return ask(
                exchange,
                type.toUpperCase(Locale.ROOT).equals("HARD") ? ServerAction.HARD_REBOOT : ServerAction.REBOOT);
    }

    private Reply ask(Exchange exchange, ServerAction action) {
        transactions.use(handle -> {
            Server server = lookup.findToChange(handle, exchange);
            Servers.Held held = servers.hold(handle, server.id()).orElseThrow();
            servers.ask(handle, held, action, Askers.of(exchange));
            // After the state, which is more about the server than its host is.
            server.host().ifPresent(host -> lookup.requireHeard(server, host, action.text(), clock.instant()));
        });
        return Reply.empty(202);
    }
}
