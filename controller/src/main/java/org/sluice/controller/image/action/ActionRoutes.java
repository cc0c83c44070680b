package org.sluice.controller.image.action;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.image.image.ImageRecord;
import org.sluice.controller.image.image.ImageStatus;
import org.sluice.controller.image.image.ImageStore;
import org.sluice.controller.image.image.Images;
import org.sluice.controller.store.Transactions;

/** {@code /v2/images/ID/actions} (Image API reference, "Images"). Thread-safe. */
public final class ActionRoutes implements ResourceRoutes {
    private final Transactions transactions;
    private final Images images;
    private final InstantSource clock;
    private final ImageStore store = new ImageStore();

    public ActionRoutes(Transactions transactions, Images images, InstantSource clock) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.images = requireNonNull(images, "images is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public void routes(Routes routes) {
        routes.post(
                "/v2/images/{id}/actions/deactivate",
                ActionRules.DEACTIVATE,
                exchange -> act(exchange, "deactivate", ImageStatus.DEACTIVATED));
        routes.post(
                "/v2/images/{id}/actions/reactivate",
                ActionRules.REACTIVATE,
                exchange -> act(exchange, "reactivate", ImageStatus.ACTIVE));
    }

    private Reply act(Exchange exchange, String action, ImageStatus next) {
        transactions.use(handle -> {
            ImageRecord image = images.locked(handle, exchange);
            ActionRules.requireContent(image, action);
            if (image.status() != next) {
                store.setStatus(handle, image.id(), next, clock.instant());
            }
        });
        return Reply.empty(204);
    }
}
