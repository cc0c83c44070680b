package org.sluice.model.protocol;

import java.util.Objects;
import java.util.Optional;
import org.sluice.model.ImageId;

/**
 * What is wished of a server's root disk beside that it is there.
 *
 * @param copyTo the image that a copy of it is to become, once: an image is made once, so its id says which wish it is. Empty when
 *     none is wished
 */
public record DiskWish(Optional<ImageId> copyTo) {
    /** Nothing. */
    public static final DiskWish NONE = new DiskWish(Optional.empty());

    public DiskWish {
        copyTo = Objects.requireNonNullElse(copyTo, Optional.empty());
    }

    /** A copy of it is to become that image. */
    public static DiskWish copiedTo(ImageId image) {
        return new DiskWish(Optional.of(image));
    }
}
