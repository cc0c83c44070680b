package org.sluice.controller.agents;

import java.io.IOException;
import java.io.OutputStream;
import org.sluice.model.ImageId;

/** Where the bytes of images come from. */
@FunctionalInterface
public interface ImageContent {
    /** Writes all bytes of that image; an exception breaks the download off. */
    void writeTo(ImageId image, OutputStream out) throws IOException;
}
