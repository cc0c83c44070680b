package org.sluice.controller.image.image;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sluice.controller.http.BodyLimit;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.body.EntityReader;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.policy.RowCondition;
import org.sluice.controller.store.Transactions;
import org.sluice.model.ImageId;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v2/images} (Image API reference, "Images"). Thread-safe. */
public final class ImageRoutes implements ResourceRoutes {
    /** Properties and tags of the largest image, all of their characters escaped. */
    private static final BodyLimit METADATA = BodyLimit.BULK;

    private final Transactions transactions;
    private final Images images;
    private final Runnable bytesWentOut;
    private final ImageDepartures departures;
    private final InstantSource clock;
    private final ImageStore store = new ImageStore();

    /**
     * @param bytesWentOut is told of every image with bytes that was deleted
     * @param departures are told of every image before it is
     */
    public ImageRoutes(
            Transactions transactions,
            Images images,
            Runnable bytesWentOut,
            ImageDepartures departures,
            InstantSource clock) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.images = requireNonNull(images, "images is null");
        this.bytesWentOut = requireNonNull(bytesWentOut, "bytesWentOut is null");
        this.departures = requireNonNull(departures, "departures is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public void routes(Routes routes) {
        routes.list("/v2/images", ImageRules.LIST, ImageWire.LIST, source());
        routes.post("/v2/images", ImageRules.CREATE, this::create).atMost(METADATA);
        routes.get("/v2/images/{id}", ImageRules.SHOW, this::show);
        routes.patch("/v2/images/{id}", ImageRules.MODIFY, this::patch)
                .takes(ImagePatch.MEDIA_TYPE)
                .atMost(METADATA);
        routes.delete("/v2/images/{id}", ImageRules.DELETE, this::delete);
        routes.rules(List.of(ImageRules.PUBLICIZE, ImageRules.COMMUNITIZE));
    }

    private Source<ImageRecord> source() {
        return Source.byId(
                (exchange, window) -> {
                    ImageStore.Listed listed = listed(exchange);
                    boolean hiddenToo = exchange.query("os_hidden").isPresent();
                    return transactions.run(handle -> store.list(handle, listed, hiddenToo, window));
                },
                (exchange, id) ->
                        transactions.autocommit(handle -> store.findListed(handle, listed(exchange), new ImageId(id))));
    }

    /** As in Glance, community images of others are in lists that ask for them, and in those of whoever sees everything. */
    private static ImageStore.Listed listed(Exchange exchange) {
        RowCondition rows = exchange.rows(ImageRules.SHOW);
        boolean community = exchange.query("visibility")
                .filter(value -> value.equals("community") || value.equals("all"))
                .isPresent();
        return new ImageStore.Listed(
                rows,
                community || rows.isAll()
                        ? Optional.empty()
                        : Optional.of(exchange.caller().projectId()));
    }

    private Reply create(Exchange exchange) {
        ImageWire.Wanted wanted = ImageWire.read(exchange.body());
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        ImageRecord image = new ImageRecord(
                wanted.id().orElseGet(ImageId::random),
                ImageRules.owner(exchange, wanted.owner(), exchange.caller().projectId()),
                ImageStatus.QUEUED,
                wanted.metadata(),
                Optional.empty(),
                now,
                now);
        exchange.require(ImageRules.target(image));
        ImageRules.requireMayShow(exchange, image);
        ImageProperties.requireOffered(Map.of(), image.properties());
        if (!transactions.run(handle -> store.insert(handle, image))) {
            throw ImageRules.taken(image.id());
        }
        return shown(201, image, exchange)
                .withHeader("Location", exchange.baseUrl() + "/image" + ImageWire.path(image));
    }

    private Reply show(Exchange exchange) {
        return shown(200, images.permitted(exchange), exchange);
    }

    /** An image stands alone, without a member around it. */
    private static Reply shown(int status, ImageRecord image, Exchange exchange) {
        return Reply.written(status, json -> ImageWire.VIEW.to(exchange).write(json, image));
    }

    private Reply patch(Exchange exchange) {
        JsonNode operations = EntityReader.tree(exchange.bodyBytes(), exchange.wording());
        ImageRecord changed = images.change(exchange, image -> {
            ObjectNode attributes = ImagePatch.editable(image);
            ImagePatch.apply(operations, attributes);
            ImageWire.Wanted wanted = ImageWire.read(Fields.of("image", attributes, exchange.wording()));
            ImageRecord next =
                    image.with(ImageRules.owner(exchange, wanted.owner(), image.projectId()), wanted.metadata());
            if (next.metadata().visibility() != image.metadata().visibility()) {
                ImageRules.requireMayShow(exchange, next);
            }
            ImageRules.requireSameFormats(image, next.metadata());
            ImageProperties.requireOffered(image.properties(), next.properties());
            return next;
        });
        return shown(200, changed, exchange);
    }

    private Reply delete(Exchange exchange) {
        ImageId id = images.permitted(exchange).id();
        boolean hadContent = transactions.run(handle -> {
            departures.leaves(handle, id);
            ImageRecord image = images.locked(handle, exchange);
            ImageRules.requireDeletable(image, store.isNeeded(handle, image.id()));
            store.delete(handle, image.id());
            return image.status().hasContent();
        });
        if (hadContent) {
            bytesWentOut.run();
        }
        return Reply.empty(204);
    }
}
