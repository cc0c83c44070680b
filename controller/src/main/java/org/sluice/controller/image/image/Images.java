package org.sluice.controller.image.image;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.store.Transactions;
import org.sluice.model.ImageId;

/** The image that a request's path names, found and changed as far as the caller may. Thread-safe. */
public final class Images {
    private final Transactions transactions;
    private final InstantSource clock;
    private final ImageStore store = new ImageStore();

    public Images(Transactions transactions, InstantSource clock) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** The identifier in the path; 404 for what is none. */
    public static ImageId id(Exchange exchange) {
        return ImageRules.id(exchange.path("id"));
    }

    /** The image, if the caller sees it and passes the route's rule for it; 404 and 403 otherwise. */
    public ImageRecord permitted(Exchange exchange) {
        ImageId id = id(exchange);
        return ImageRules.permitted(exchange, transactions.autocommit(handle -> store.find(handle, id)), id);
    }

    /** As {@link #permitted(Exchange)}, and nobody else changes the image until the caller's transaction ends. */
    public ImageRecord locked(Handle handle, Exchange exchange) {
        ImageId id = id(exchange);
        return ImageRules.permitted(exchange, store.findAndLock(handle, id), id);
    }

    /**
     * Changes the image if the caller may.
     *
     * @param change what it is to be; its status and its bytes stay, and the time of the change is set afterwards
     */
    public ImageRecord change(Exchange exchange, UnaryOperator<ImageRecord> change) {
        return transactions.run(handle -> {
            ImageRecord next = change.apply(locked(handle, exchange)).changedAt(clock.instant());
            store.update(handle, next);
            return next;
        });
    }
}
