package org.sluice.controller.image.image;

import org.jdbi.v3.core.Handle;
import org.sluice.model.ImageId;

/** Who must hear that an image is about to be deleted. */
@FunctionalInterface
public interface ImageDepartures {
    /** Nobody. */
    ImageDepartures UNHEARD = (_, _) -> {};

    /**
     * The image goes, if the transaction comes to its end. Told before its row is held, since whoever makes images of servers holds
     * the server first.
     */
    void leaves(Handle handle, ImageId image);
}
