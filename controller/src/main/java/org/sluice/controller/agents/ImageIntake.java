package org.sluice.controller.agents;

import java.io.InputStream;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.sluice.model.ImageId;

/** Where the copies of root disks go that are to become images. */
@FunctionalInterface
public interface ImageIntake {
    /**
     * Takes all bytes of that image.
     *
     * @param promised how many the sender says there are, if it says so
     * @param arrived is told in the transaction that makes the image active, and refuses when the copy is not wanted any more
     * @throws org.sluice.model.ProblemException when the bytes are not taken, or not now
     */
    void receive(ImageId image, OptionalLong promised, InputStream source, Consumer<Handle> arrived);
}
