package org.sluice.controller.background;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.sluice.controller.image.data.ImageBytes;
import org.sluice.controller.image.data.ImageSweep;

/**
 * Removes the bytes that no image needs: those of uploads whose image was deleted, that were given up, or that have stood still for
 * ten minutes without becoming active ({@link ImageBytes#sweep}). Leaves active images, uploads on their way, and images that are
 * queued without bytes: whoever made one may fill it at any time. It looks when something was left behind and every minute, some
 * 64 MiB at a time, over the connections of images.
 */
public final class AbandonedUploads implements Reconciler {
    private final ImageBytes bytes;

    /** Wires it. */
    public AbandonedUploads(ImageBytes bytes) {
        this.bytes = requireNonNull(bytes, "bytes is null");
    }

    @Override
    public String name() {
        return "abandoned-uploads";
    }

    @Override
    public Duration pause() {
        return Duration.ofMinutes(1);
    }

    @Override
    public String topic() {
        return ImageSweep.TOPIC;
    }

    @Override
    public Look mend() {
        ImageBytes.Swept swept = bytes.sweep();
        return new Look(swept.pieces(), swept.more());
    }
}
