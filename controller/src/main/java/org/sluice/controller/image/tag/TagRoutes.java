package org.sluice.controller.image.tag;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.image.image.ImageRules;
import org.sluice.controller.image.image.ImageWire;
import org.sluice.controller.image.image.Images;
import org.sluice.model.ImageId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/** {@code /v2/images/ID/tags} (Image API reference, "Image tags"). Thread-safe. */
public final class TagRoutes implements ResourceRoutes {
    private final Images images;

    public TagRoutes(Images images) {
        this.images = requireNonNull(images, "images is null");
    }

    @Override
    public void routes(Routes routes) {
        routes.put("/v2/images/{id}/tags/{tag}", ImageRules.MODIFY, this::add);
        routes.delete("/v2/images/{id}/tags/{tag}", ImageRules.MODIFY, this::remove);
    }

    private Reply add(Exchange exchange) {
        String tag = ImageWire.tag(exchange.path("tag"));
        images.change(exchange, image -> {
            List<String> tags = new ArrayList<>(image.metadata().tags());
            tags.add(tag);
            return image.with(image.projectId(), image.metadata().withTags(ImageWire.fewTags(tags)));
        });
        return Reply.empty(204);
    }

    private Reply remove(Exchange exchange) {
        String tag = exchange.path("tag");
        images.change(exchange, image -> {
            List<String> tags = new ArrayList<>(image.metadata().tags());
            if (!tags.remove(tag)) {
                throw unknown(image.id(), tag);
            }
            return image.with(image.projectId(), image.metadata().withTags(tags));
        });
        return Reply.empty(204);
    }

    private static ProblemException unknown(ImageId image, String tag) {
        return Problem.of(
                        Problem.Kind.NOT_FOUND,
                        "TagNotFound",
                        "Image " + image + " does not have the tag '" + tag + "'.")
                .asException();
    }
}
