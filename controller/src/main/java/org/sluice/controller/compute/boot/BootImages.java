package org.sluice.controller.compute.boot;

import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.policy.Access;
import org.sluice.model.ImageId;

/** What a server create needs of the Image API. Implemented where the program is wired. Thread-safe. */
@FunctionalInterface
public interface BootImages {
    /**
     * The image of that id, if whoever asks sees it in the Image API. The caller owns the transaction, and nobody deletes the
     * image until it ends, so that a server is not built from an image that went away meanwhile.
     */
    Optional<BootImage> find(Handle handle, Access access, ImageId id);

    /**
     * An image, as far as a server create looks at it.
     *
     * @param status its status in the Image API; only {@code active} can be booted
     * @param minDisk smallest root disk, GiB
     * @param minRam smallest memory, MiB
     * @param virtualBytes size of the disk that it holds, bytes
     * @param properties what its owner says about it, {@code hw_architecture} and the like
     */
    record BootImage(String status, int minDisk, int minRam, long virtualBytes, Map<String, String> properties) {
        public BootImage {
            properties = Map.copyOf(properties);
        }
    }
}
