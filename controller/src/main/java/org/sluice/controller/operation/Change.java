package org.sluice.controller.operation;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import java.util.Optional;
import org.sluice.controller.server.Hardware;
import org.sluice.model.ImageId;
import org.sluice.model.protocol.Power;

/**
 * What {@link Resize} and {@link Move} are begun with.
 *
 * @param from what the server was
 * @param to what it becomes; the same where it only moves
 * @param before whether its guest ran
 * @param confirmed whether somebody said that it is to stay so
 * @param image carries its root disk to another host; empty where it stays on its own, and in the books of before servers moved
 */
record Change(Hardware from, Hardware to, Power.Level before, boolean confirmed, Optional<ImageId> image) {
    Change {
        requireNonNull(from, "from is null");
        requireNonNull(to, "to is null");
        requireNonNull(before, "before is null");
        image = requireNonNullElse(image, Optional.empty());
    }

    Change confirm() {
        return new Change(from, to, before, true, image);
    }

    /** Whether its guest ran, and is to run again. */
    boolean ran() {
        return before != Power.Level.STOPPED;
    }

    /** Whether it goes to another host. */
    boolean moves() {
        return image.isPresent();
    }
}
