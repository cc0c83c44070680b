package org.sluice.controller.image.data;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.sluice.controller.http.Reply;
import org.sluice.controller.image.image.ImageContent;
import org.sluice.controller.image.image.ImageRules;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Transactions;
import org.sluice.model.ImageId;

/**
 * SQL of images' bytes, on connections of their own. Whatever the size of an image, each piece is a transaction of its own,
 * so that neither a connection nor a row is held for the length of an upload or a download. Thread-safe.
 */
public final class ImageBytes {
    /** Images are kept in pieces of this size. */
    static final int CHUNK_BYTES = 1 << 20;

    /** Far beyond the time that one piece takes. */
    private static final Duration LONGEST_STANDSTILL = Duration.ofMinutes(10);
    /** Some 64 MiB: enough to be fast, short enough to be in nobody's way. */
    private static final int SWEPT_AT_ONCE = 64;

    /** A vacuum of a large store reads all of its table. */
    private static final Duration LONGEST_VACUUM = Duration.ofHours(1);

    private final Database database;
    private final Jdbi jdbi;
    private final Transactions transactions;
    /** Pieces since the table was last vacuumed for them. */
    private final AtomicInteger removed = new AtomicInteger();

    /** Bytes in that database. */
    public ImageBytes(Database database) {
        this.database = requireNonNull(database, "database is null");
        this.jdbi = database.jdbi();
        this.transactions = new Transactions(jdbi);
    }

    /**
     * Writes an image's bytes, {@link Reply#PIECE_BYTES} at a time. No connection to the database is held while the receiver
     * is slow.
     *
     * @throws IOException if the receiver is gone, or the image was deleted meanwhile; what was written is no whole image
     */
    public void writeTo(ImageId id, OutputStream out) throws IOException {
        Upload upload = jdbi.withHandle(handle -> active(handle, id))
                .orElseThrow(() -> new IOException("image " + id + " has no bytes"));
        long written = 0;
        int number = 0;
        int position = 0;
        while (written < upload.size()) {
            byte[] data = part(upload.id(), number, position)
                    .orElseThrow(() -> new IOException("image " + id + " was deleted while it was read"));
            out.write(data);
            written += data.length;
            position += data.length;
            if (data.length < Reply.PIECE_BYTES || position == CHUNK_BYTES) {
                number++;
                position = 0;
            }
        }
    }

    /** As much of a piece as one reply may hold: pieces are kept uncompressed, so that the rest of it is not read for that. */
    private Optional<byte[]> part(UUID upload, int number, int position) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select substring(data from :from for :length) from image_chunk
                        where upload_id = :upload and number = :number""")
                .bind("upload", upload)
                .bind("number", number)
                .bind("from", position + 1)
                .bind("length", Reply.PIECE_BYTES)
                .mapTo(byte[].class)
                .findOne());
    }

    private record Upload(UUID id, long size) {}

    private static Optional<Upload> active(Handle handle, ImageId id) {
        return handle.createQuery("""
                        select u.id, i.size from image i join image_upload u on u.image_id = i.id and u.active
                        where i.id = :id""")
                .bind("id", id.value())
                .map((row, _) -> new Upload(row.getObject("id", UUID.class), row.getLong("size")))
                .findOne();
    }

    /**
     * Makes an upload to an image.
     *
     * @throws org.sluice.model.ProblemException 404 when the image is gone
     */
    UUID begin(ImageId image) {
        UUID upload = UUID.randomUUID();
        transactions.run(handle -> {
            int made = handle.createUpdate("""
                            insert into image_upload (id, image_id) select :upload, id from image where id = :image""")
                    .bind("upload", upload)
                    .bind("image", image.value())
                    .execute();
            if (made == 0) {
                throw ImageRules.unknown(image.toString());
            }
            return made;
        });
        return upload;
    }

    /**
     * Adds pieces to an upload.
     *
     * @param first number of the first of them, from 0
     * @throws org.sluice.model.ProblemException 404 when the image is gone
     */
    void append(ImageId image, UUID upload, int first, List<byte[]> pieces) {
        transactions.run(handle -> {
            int touched = handle.createUpdate("""
                            update image_upload set touched_at = now() where id = :upload and image_id = :image""")
                    .bind("upload", upload)
                    .bind("image", image.value())
                    .execute();
            if (touched == 0) {
                throw ImageRules.unknown(image.toString());
            }
            for (int index = 0; index < pieces.size(); index++) {
                handle.createUpdate(
                                "insert into image_chunk (upload_id, number, data) values (:upload, :number, :data)")
                        .bind("upload", upload)
                        .bind("number", first + index)
                        .bind("data", pieces.get(index))
                        .execute();
            }
            return touched;
        });
    }

    /**
     * Makes a queued image active with the bytes of that upload.
     *
     * @param lastLook locks the image, and refuses when it cannot take the bytes any more
     * @throws org.sluice.model.ProblemException 404 when the image is gone
     */
    void activate(ImageId image, UUID upload, ImageContent content, Instant now, Consumer<Handle> lastLook) {
        transactions.run(handle -> {
            lastLook.accept(handle);
            int activated = handle.createUpdate("""
                            update image_upload set active = true where id = :upload and image_id = :image""")
                    .bind("upload", upload)
                    .bind("image", image.value())
                    .execute();
            if (activated == 0) {
                throw ImageRules.unknown(image.toString());
            }
            return handle.createUpdate("update image set status = 'active', size = :size, virtual_size = :virtualSize,"
                            + " checksum = :md5, os_hash_value = :sha512, updated_at = :now where id = :id")
                    .bind("id", image.value())
                    .bind("size", content.size())
                    .bind("virtualSize", content.virtualSize())
                    .bind("md5", content.md5())
                    .bind("sha512", content.sha512())
                    .bind("now", now)
                    .execute();
        });
    }

    /** Leaves the pieces of an upload that did not become active to the sweep. */
    void abandon(UUID upload) {
        transactions.run(handle -> handle.createUpdate(
                        "update image_upload set image_id = null where id = :upload and not active")
                .bind("upload", upload)
                .execute());
    }

    /**
     * What one step of sweeping came to.
     *
     * @param pieces how many were removed
     * @param more whether there may be more to remove
     */
    public record Swept(int pieces, boolean more) {}

    /**
     * Removes some of what no image needs: pieces of uploads whose image is gone, that were given up, or that have stood still for
     * ten minutes without becoming active. Active images and uploads on their way are left alone. Several controllers may do so at
     * a time, each with an upload of its own.
     */
    public Swept sweep() {
        transactions.run(handle -> handle.createUpdate("""
                        update image_upload set image_id = null where id in (
                            select id from image_upload where not active and image_id is not null
                              and touched_at < now() - make_interval(secs => :seconds)
                            limit :most for update skip locked)""")
                .bind("seconds", LONGEST_STANDSTILL.toSeconds())
                .bind("most", SWEPT_AT_ONCE)
                .execute());
        Optional<Integer> pieces = transactions.run(ImageBytes::sweepSome);
        if (pieces.isPresent()) {
            removed.addAndGet(pieces.get());
        } else if (removed.getAndSet(0) > 0) {
            // The room is for the next image then, and at the table's end it goes back to the disk.
            database.atLeisure(LONGEST_VACUUM, handle -> handle.execute("vacuum (skip_locked) image_chunk"));
        }
        return new Swept(pieces.orElse(0), pieces.isPresent());
    }

    /** Empty when there is nothing to sweep, or another controller is at it. */
    private static Optional<Integer> sweepSome(Handle handle) {
        Optional<UUID> upload = handle.createQuery(
                        "select id from image_upload where image_id is null limit 1 for update skip locked")
                .mapTo(UUID.class)
                .findOne();
        return upload.map(id -> {
            int removed = handle.createUpdate("""
                            delete from image_chunk where upload_id = :upload and number in (
                                select number from image_chunk where upload_id = :upload limit :most)""")
                    .bind("upload", id)
                    .bind("most", SWEPT_AT_ONCE)
                    .execute();
            if (removed < SWEPT_AT_ONCE) {
                handle.createUpdate("delete from image_upload where id = :upload")
                        .bind("upload", id)
                        .execute();
            }
            return removed;
        });
    }
}
