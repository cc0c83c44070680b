package org.sluice.controller.compute.snapshot;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
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
import org.sluice.controller.server.Backups;
import org.sluice.controller.server.Servers;
import org.sluice.controller.store.Transactions;
import org.sluice.model.ImageId;

/**
 * {@code createBackup} of {@code POST /servers/ID/action} (Compute API reference, "Create Server Back Up"): an image of the server, after
 * which only so many of its {@code backup_type} are kept. Thread-safe.
 */
public final class BackupRoutes implements ResourceRoutes {
    /** From then on the answer has an entity, and no location. */
    private static final int WITH_ENTITY = 45;

    /** As Nova's schema bounds it. */
    private static final int LONGEST_TYPE = 255;

    private final Transactions transactions;
    private final InstantSource clock;
    private final ServerLookup lookup = new ServerLookup();
    private final SnapshotImage images = new SnapshotImage();
    private final Servers servers = new Servers();
    private final Backups backups = new Backups();

    /**
     * Wires them.
     *
     * @param clock time of the images
     */
    public BackupRoutes(Transactions transactions, InstantSource clock) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public void routes(Routes routes) {
        routes.actions(Links.VERSION_PATH + "/servers/{id}/action")
                .on("createBackup", SnapshotRules.BACK_UP, this::create);
    }

    /** What is asked for. */
    private record Backup(String name, String type, int rotation, Map<String, String> properties) {}

    private Reply create(Exchange exchange) {
        Fields fields = exchange.body("createBackup")
                .onlyKnows(Set.of("name", "backup_type", "rotation", "metadata"))
                .needs("name")
                .needs("backup_type")
                .needs("rotation");
        Backup backup = new Backup(
                Names.read(fields, "name"),
                fields.text("backup_type", 1, LONGEST_TYPE),
                fields.integer("rotation", 0, Integer.MAX_VALUE),
                fields.optionalObject("metadata").map(ServerMetadata::read).orElse(Map.of()));
        Optional<ImageId> image = transactions.run(handle -> create(handle, exchange, backup));
        if (image.isEmpty()) {
            return Reply.empty(202);
        }
        return exchange.minorVersion() < WITH_ENTITY
                ? Reply.empty(202).withHeader("Location", exchange.baseUrl() + "/image/v2/images/" + image.get())
                : Reply.json(202, Map.of("image_id", image.get().toString()));
    }

    /** The image that is made; none is when none is to be kept. */
    private Optional<ImageId> create(Handle handle, Exchange exchange, Backup backup) {
        Server server = lookup.findToChange(handle, exchange);
        Servers.Held held = servers.hold(handle, server.id()).orElseThrow();
        Optional<ImageId> made = Optional.empty();
        if (backup.rotation() == 0) {
            backups.keepNone(handle, held, server.projectId(), backup.type(), Askers.of(exchange));
        } else {
            ImageId image = images.make(
                    handle,
                    exchange.caller(),
                    server,
                    backup.name(),
                    backup.properties(),
                    Map.of("image_type", "backup", "backup_type", backup.type()),
                    clock.instant());
            backups.ask(handle, held, image, backup.rotation(), Askers.of(exchange));
            made = Optional.of(image);
        }
        server.host().ifPresent(host -> lookup.requireHeard(server, host, "createBackup", clock.instant()));
        return made;
    }
}
