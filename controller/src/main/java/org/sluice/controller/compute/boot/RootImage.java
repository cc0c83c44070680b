package org.sluice.controller.compute.boot;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.image.image.ImageContent;
import org.sluice.controller.image.image.ImageRecord;
import org.sluice.controller.image.image.ImageStatus;
import org.sluice.controller.image.image.ImageStore;
import org.sluice.controller.policy.Access;
import org.sluice.model.ImageId;

/** The image that a server's root disk is made from. Stateless; callers own the transaction. */
public final class RootImage {
    static final long GIB = 1L << 30;

    private static final ImageStore IMAGES = new ImageStore();

    private RootImage() {}

    /**
     * The image, which stays until the transaction ends.
     *
     * @param field of the request that names it, for the refusal
     * @throws org.sluice.model.ProblemException 400 when the caller does not see it, or it has no content yet
     */
    public static ImageRecord require(Handle handle, Access access, ImageId id, String field) {
        ImageRecord image = IMAGES.findAndKeep(handle, access, id)
                .orElseThrow(() -> Problems.badRequest(
                        "ImageNotFound",
                        "Can not find requested image: Image " + id + " (" + field + ") could not be found."));
        if (image.status() != ImageStatus.ACTIVE) {
            throw Problems.badRequest("ImageNotActive", "Image " + id + " (" + field + ") is not active.");
        }
        return image;
    }

    /**
     * Refuses an image that needs more than there is.
     *
     * @param field of the request that names the image, for the refusal
     * @param memoryMib memory of the server, MiB
     * @param diskGib its root disk, GiB; 0 takes the size of the image
     */
    public static void requireRoom(ImageRecord image, String field, int memoryMib, int diskGib) {
        if (memoryMib < image.metadata().minRam()) {
            throw Problems.badRequest(
                    "FlavorMemoryTooSmall",
                    "Flavor's memory is too small for requested image (" + field + "): it has " + memoryMib
                            + " MiB and the image wants " + image.metadata().minRam() + " MiB.");
        }
        if (diskGib == 0) {
            return;
        }
        if (diskGib < image.metadata().minDisk()) {
            throw Problems.badRequest(
                    "FlavorDiskSmallerThanMinDisk",
                    "Flavor's disk is smaller than the minimum size specified in image metadata. Flavor disk is "
                            + diskGib * GIB + " bytes, minimum size is "
                            + image.metadata().minDisk() * GIB + " bytes.");
        }
        if (diskGib * GIB < virtualBytes(image)) {
            throw Problems.badRequest(
                    "FlavorDiskSmallerThanImage",
                    "Flavor's disk is too small for requested image. Flavor disk is " + diskGib * GIB
                            + " bytes, image is " + virtualBytes(image) + " bytes.");
        }
    }

    /** The size of the disk that it holds. */
    static long virtualBytes(ImageRecord image) {
        return image.content().map(ImageContent::virtualSize).orElse(0L);
    }

    /** What is remembered of it with a server. */
    public static Map<String, String> facts(ImageRecord image) {
        return new LinkedHashMap<>(image.properties());
    }
}
