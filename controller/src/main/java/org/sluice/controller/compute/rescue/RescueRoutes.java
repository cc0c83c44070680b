package org.sluice.controller.compute.rescue;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sluice.controller.compute.boot.BootFields;
import org.sluice.controller.compute.boot.RootImage;
import org.sluice.controller.compute.server.Askers;
import org.sluice.controller.compute.server.Server;
import org.sluice.controller.compute.server.ServerLookup;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.image.image.ImageRecord;
import org.sluice.controller.server.Rescues;
import org.sluice.controller.server.Servers;
import org.sluice.controller.store.Transactions;
import org.sluice.model.ImageId;

/**
 * {@code rescue} and {@code unrescue} of {@code POST /servers/ID/action} (Compute API reference, "Rescue server"): it boots from the
 * image that is named, or the one that it was made from. Thread-safe.
 */
public final class RescueRoutes implements ResourceRoutes {
    private final Transactions transactions;
    private final InstantSource clock;
    private final ServerLookup lookup = new ServerLookup();
    private final Servers servers = new Servers();
    private final Rescues rescues = new Rescues();

    /**
     * Wires them.
     *
     * @param clock tells for how long a host is silent
     */
    public RescueRoutes(Transactions transactions, InstantSource clock) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public void routes(Routes routes) {
        Routes.Actions actions = routes.actions(Links.VERSION_PATH + "/servers/{id}/action");
        actions.on("rescue", RescueRules.RESCUE, this::rescue);
        actions.on("unrescue", RescueRules.UNRESCUE, this::unrescue);
    }

    private Reply rescue(Exchange exchange) {
        Optional<Fields> fields = exchange.body()
                .optionalObject("rescue")
                .map(given -> given.onlyKnows(Set.of("adminPass", "rescue_image_ref")));
        fields.ifPresent(given -> BootFields.refuseNotOffered(given, List.of()));
        Optional<ImageId> named =
                fields.flatMap(given -> given.optionalId("rescue_image_ref")).map(ImageId::new);
        transactions.use(handle -> {
            Server server = lookup.findToChange(handle, exchange);
            Servers.Held held = servers.hold(handle, server.id()).orElseThrow();
            ImageId image = named.orElse(server.image());
            rescues.begin(handle, held, image, Askers.of(exchange));
            ImageRecord found = RootImage.require(handle, exchange.access(), image, "rescue_image_ref");
            // Its disk is as large as the image, whatever the server's own is.
            RootImage.requireRoom(found, "rescue_image_ref", server.memoryMib(), 0);
            server.host().ifPresent(host -> lookup.requireHeard(server, host, "rescue", clock.instant()));
        });
        // Nova's answer where it sets no passwords.
        return Reply.ok(Map.of());
    }

    private Reply unrescue(Exchange exchange) {
        exchange.body().refuseValue("unrescue", "it takes nothing");
        transactions.use(handle -> {
            Server server = lookup.findToChange(handle, exchange);
            Servers.Held held = servers.hold(handle, server.id()).orElseThrow();
            rescues.end(handle, held, Askers.of(exchange));
            server.host().ifPresent(host -> lookup.requireHeard(server, host, "unrescue", clock.instant()));
        });
        return Reply.empty(202);
    }
}
