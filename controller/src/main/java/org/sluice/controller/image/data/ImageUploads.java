package org.sluice.controller.image.data;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.controller.image.image.DiskFormat;
import org.sluice.controller.image.image.ImageContent;
import org.sluice.model.ImageId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * Brings the bytes of images in: received whole on this controller's disk, checked, copied piece by piece, and then made
 * active at once. An upload that fails anywhere leaves nothing behind. Thread-safe.
 */
final class ImageUploads {
    private static final Logger log = LoggerFactory.getLogger(ImageUploads.class);
    /** Pieces that are committed together: fewer waits for the disk, and still a short transaction. */
    private static final int PIECES_AT_ONCE = 4;

    private final ImageBytes bytes;
    private final ImageSweep sweep;
    private final UploadRoom room;
    private final InstantSource clock;

    ImageUploads(ImageBytes bytes, ImageSweep sweep, UploadRoom room, InstantSource clock) {
        this.bytes = requireNonNull(bytes, "bytes is null");
        this.sweep = requireNonNull(sweep, "sweep is null");
        this.room = requireNonNull(room, "room is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * Receives and stores an image's bytes.
     *
     * @param project whose place among the uploads it takes
     * @param promised how many bytes the sender says there are, if it says so
     * @param lastLook locks the image in the transaction that makes it active, and refuses when it cannot take the bytes any
     *     more
     * @throws ProblemException 400 when bytes are missing or are not of that format, 404 or 409 when the image went or changed
     *     meanwhile, 408 when they take too long, 413 and 507 when there are too many, 429 and 503 when too many uploads come
     *     in
     */
    void receive(
            ImageId image,
            String project,
            DiskFormat format,
            OptionalLong promised,
            InputStream source,
            Consumer<Handle> lastLook) {
        try (UploadRoom.Place _ = room.enter(project, promised.orElse(0));
                ImageSpool received = ImageSpool.receive(room, clock, source)) {
            requireComplete(promised, received.size());
            ImageContent content = received.content(
                    FormatCheck.virtualSize(format, received.head(), received.tail(), received.size()));
            try (UploadRoom.Place _ = room.takeTurn()) {
                store(image, received, content, lastLook);
            }
        } catch (IOException cause) {
            throw new UncheckedIOException("the data of image " + image + " could not be received", cause);
        }
    }

    /** A connection that breaks off must not make a shorter image. */
    private static void requireComplete(OptionalLong promised, long received) {
        if (promised.isPresent() && promised.getAsLong() != received) {
            throw Problem.of(
                            Problem.Kind.BAD_REQUEST,
                            "IncompleteData",
                            "The request promised " + promised.getAsLong() + " bytes of image data, and " + received
                                    + " came.")
                    .asException();
        }
    }

    private void store(ImageId image, ImageSpool received, ImageContent content, Consumer<Handle> lastLook)
            throws IOException {
        UUID upload = bytes.begin(image);
        boolean stored = false;
        try {
            copy(image, upload, received);
            bytes.activate(image, upload, content, clock.instant(), lastLook);
            stored = true;
        } finally {
            if (!stored) {
                abandon(upload);
            }
        }
    }

    private void copy(ImageId image, UUID upload, ImageSpool received) throws IOException {
        InputStream source = received.bytes();
        int number = 0;
        List<byte[]> pieces = pieces(source);
        while (!pieces.isEmpty()) {
            room.requireDatabaseDisk((long) pieces.size() * ImageBytes.CHUNK_BYTES);
            bytes.append(image, upload, number, pieces);
            number += pieces.size();
            pieces = pieces(source);
        }
    }

    private static List<byte[]> pieces(InputStream source) throws IOException {
        List<byte[]> pieces = new ArrayList<>();
        byte[] piece = source.readNBytes(ImageBytes.CHUNK_BYTES);
        while (piece.length > 0) {
            pieces.add(piece);
            piece = pieces.size() == PIECES_AT_ONCE ? new byte[0] : source.readNBytes(ImageBytes.CHUNK_BYTES);
        }
        return pieces;
    }

    private void abandon(UUID upload) {
        try {
            bytes.abandon(upload);
            sweep.wake();
        } catch (RuntimeException failure) {
            // The sweep finds it by its age; the reason why the upload failed is what its sender must hear.
            log.warn("upload {} could not be given up", upload, failure);
        }
    }
}
