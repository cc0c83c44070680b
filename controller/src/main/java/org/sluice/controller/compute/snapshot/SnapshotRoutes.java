package org.sluice.controller.compute.snapshot;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import org.sluice.controller.compute.metadata.ServerMetadata;
import org.sluice.controller.compute.server.Askers;
import org.sluice.controller.compute.server.Server;
import org.sluice.controller.compute.server.ServerLookup;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.compute.wire.Names;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.server.DiskCopies;
import org.sluice.controller.server.ServerAction;
import org.sluice.controller.server.Servers;
import org.sluice.controller.store.Transactions;
import org.sluice.model.ImageId;

/**
 * {@code createImage} of {@code POST /servers/ID/action} (Compute API reference, "Create image"): a copy of the root disk becomes an
 * image. The answer names the image, which is {@code saving} until its host has brought the bytes. Thread-safe.
 */
public final class SnapshotRoutes implements ResourceRoutes {
    /** From then on the answer has an entity, and no location. */
    private static final int WITH_ENTITY = 45;

    private final Transactions transactions;
    private final InstantSource clock;
    private final ServerLookup lookup = new ServerLookup();
    private final SnapshotImage images = new SnapshotImage();
    private final Servers servers = new Servers();
    private final DiskCopies copies = new DiskCopies();

    /**
     * Wires them.
     *
     * @param clock time of the images
     */
    public SnapshotRoutes(Transactions transactions, InstantSource clock) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public void routes(Routes routes) {
        routes.actions(Links.VERSION_PATH + "/servers/{id}/action")
                .on("createImage", SnapshotRules.CREATE, this::create);
    }

    private Reply create(Exchange exchange) {
        Fields fields = exchange.body("createImage")
                .onlyKnows(Set.of("name", "metadata"))
                .needs("name");
        String name = Names.read(fields, "name");
        Map<String, String> properties =
                fields.optionalObject("metadata").map(ServerMetadata::read).orElse(Map.of());
        ImageId image = transactions.run(handle -> {
            Server server = lookup.findToChange(handle, exchange);
            Servers.Held held = servers.hold(handle, server.id()).orElseThrow();
            ImageId made = images.make(handle, exchange.caller(), server, name, properties, clock.instant());
            copies.ask(handle, held, ServerAction.CREATE_IMAGE, made, Askers.of(exchange));
            server.host().ifPresent(host -> lookup.requireHeard(server, host, "createImage", clock.instant()));
            return made;
        });
        return exchange.minorVersion() < WITH_ENTITY
                ? Reply.empty(202).withHeader("Location", exchange.baseUrl() + "/image/v2/images/" + image)
                : Reply.json(202, Map.of("image_id", image.toString()));
    }
}
