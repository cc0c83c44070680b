package org.sluice.model.protocol;

import java.util.Objects;
import java.util.Optional;
import org.sluice.model.ImageId;

/**
 * What is wished of a server's root disk beside that it is there.
 *
 * @param copyTo the image that a copy of it is to become, once: an image is made once, so its id says which wish it is. Empty when
 *     none is wished
 * @param rescue what the guest is to boot from at its next start instead of it, a disk made from that image; the root disk is its
 *     second. Empty when it boots from its root disk, and in what was written before there was this member
 */
public record DiskWish(Optional<ImageId> copyTo, Optional<DesiredServer.Image> rescue) {
    /** Nothing. */
    public static final DiskWish NONE = new DiskWish(Optional.empty(), Optional.empty());

    public DiskWish {
        copyTo = Objects.requireNonNullElse(copyTo, Optional.empty());
        rescue = Objects.requireNonNullElse(rescue, Optional.empty());
    }

    /** A copy of it is to become that image. */
    public static DiskWish copiedTo(ImageId image) {
        return new DiskWish(Optional.of(image), Optional.empty());
    }

    /** The guest is to boot from that image. */
    public static DiskWish rescuedBy(DesiredServer.Image image) {
        return new DiskWish(Optional.empty(), Optional.of(image));
    }

    /** What of it is no single act, and stays so. */
    public DiskWish lasting() {
        return new DiskWish(Optional.empty(), rescue);
    }
}
