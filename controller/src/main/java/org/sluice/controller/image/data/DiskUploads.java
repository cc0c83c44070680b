package org.sluice.controller.image.data;

import static java.util.Objects.requireNonNull;

import java.io.InputStream;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.image.image.ImageRecord;
import org.sluice.controller.image.image.ImageRules;
import org.sluice.controller.image.image.ImageStatus;
import org.sluice.controller.image.image.ImageStore;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Transactions;
import org.sluice.model.ImageId;

/**
 * Brings copies of servers' root disks into the images that await them: received, bounded and checked like every other upload
 * ({@link ImageUploads}), of which they take a place. Thread-safe.
 */
public final class DiskUploads {
    private final Transactions transactions;
    private final ImageStore store = new ImageStore();
    private final ImageUploads uploads;

    /** Into images of that database, whose bytes go where those of all images go. */
    public DiskUploads(Database database, ImageBytes bytes, ImageSweep sweep, UploadRoom room, InstantSource clock) {
        this.transactions =
                new Transactions(requireNonNull(database, "database is null").jdbi());
        this.uploads = new ImageUploads(bytes, sweep, room, clock);
    }

    /**
     * Receives and stores a copy.
     *
     * @param promised how many bytes the sender says there are, if it says so
     * @param arrived is told in the transaction that makes the image active, before the image's row is held, and refuses when the
     *     copy is not awaited any more
     * @throws org.sluice.model.ProblemException as {@link ImageUploads#receive}
     */
    public void receive(ImageId image, OptionalLong promised, InputStream source, Consumer<Handle> arrived) {
        ImageRecord awaiting = transactions.run(handle -> awaiting(image, store.find(handle, image)));
        uploads.receive(
                image,
                awaiting.projectId(),
                awaiting.diskFormat().orElseThrow(() -> ImageRules.unknown(image.toString())),
                promised,
                source,
                handle -> {
                    arrived.accept(handle);
                    awaiting(image, store.findAndLock(handle, image));
                });
    }

    private static ImageRecord awaiting(ImageId image, Optional<ImageRecord> found) {
        return found.filter(record -> record.status() == ImageStatus.SAVING)
                .orElseThrow(() -> ImageRules.unknown(image.toString()));
    }
}
