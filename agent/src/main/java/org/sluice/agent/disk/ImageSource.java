package org.sluice.agent.disk;

import java.io.IOException;
import java.io.OutputStream;
import org.sluice.model.ImageId;

/** Where the bytes of an image come from: the controller. */
@FunctionalInterface
public interface ImageSource {
    /**
     * Writes the image's bytes.
     *
     * @throws IOException when the connection breaks or the controller has no such image; what was written is void
     */
    void fetch(ImageId image, OutputStream out) throws IOException;
}
