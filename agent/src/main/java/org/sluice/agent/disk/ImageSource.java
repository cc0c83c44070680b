package org.sluice.agent.disk;

import java.io.IOException;
import java.io.OutputStream;
import org.sluice.model.ImageId;

/** Where the bytes of an image come from: the controller. */
@FunctionalInterface
public interface ImageSource {
    /**
     * Writes the image's bytes. When it fails, what was written is void.
     *
     * @throws org.sluice.agent.controller.ControllerUnavailableException when the controller is away or breaks off: it may come later
     * @throws org.sluice.model.ProblemException when the controller has no such image
     * @throws IOException when the bytes cannot be written
     */
    void fetch(ImageId image, OutputStream out) throws IOException;
}
