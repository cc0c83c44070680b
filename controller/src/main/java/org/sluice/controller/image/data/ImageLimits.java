package org.sluice.controller.image.data;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * What images may take of a controller and of its database.
 *
 * @param largestImage bytes that one image may have
 * @param reserve bytes that uploads leave free on the disk
 * @param uploads how many may come in at once, 1 or more
 * @param uploadsOfProject how many of those may be of one project, 1 or more
 * @param longestUpload how long one may take to come in
 * @param copies how many of those may write into the database at once, 1 or more; the others wait for their turn
 */
public record ImageLimits(
        long largestImage, long reserve, int uploads, int uploadsOfProject, Duration longestUpload, int copies) {
    /**
     * 64 GiB an image, 1 GiB of the disk left free; 32 uploads at once, 8 of a project, each within half a day, of which 2
     * write into the database.
     */
    public static final ImageLimits USUAL = new ImageLimits(64L << 30, 1L << 30, 32, 8, Duration.ofHours(12), 2);

    public ImageLimits {
        requireNonNull(longestUpload, "longestUpload is null");
        if (largestImage < 1
                || reserve < 0
                || uploads < 1
                || uploadsOfProject < 1
                || !longestUpload.isPositive()
                || copies < 1) {
            throw new IllegalArgumentException("limits of images must be positive: largestImage " + largestImage
                    + ", reserve " + reserve + ", uploads " + uploads + ", uploadsOfProject " + uploadsOfProject
                    + ", longestUpload " + longestUpload + ", copies " + copies);
        }
    }

    /** Connections to the database that images' bytes need: those of the copies, and some for whoever reads. */
    public int connections() {
        return copies + 3;
    }
}
