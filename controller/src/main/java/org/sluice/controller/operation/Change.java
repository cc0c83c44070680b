package org.sluice.controller.operation;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
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
    @SuppressWarnings("OptionalAssignedToNull") // as the books of before it was there have it
    Change(Hardware from, Hardware to, Power.Level before, boolean confirmed, @Nullable Optional<ImageId> image) {
        this.from = requireNonNull(from, "from is null");
        this.to = requireNonNull(to, "to is null");
        this.before = requireNonNull(before, "before is null");
        this.confirmed = confirmed;
        this.image = image == null ? Optional.empty() : image;
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
