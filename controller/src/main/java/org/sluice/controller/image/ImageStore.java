package org.sluice.controller.image;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Update;
import org.sluice.controller.http.Json;
import org.sluice.controller.store.Database;
import org.sluice.model.ImageId;
import tools.jackson.core.type.TypeReference;

/** SQL of images and their bytes. Thread-safe; methods that take a handle are part of the caller's transaction. */
public final class ImageStore {
    /** Images are kept in pieces of this size, so that no request holds more than one of them in memory. */
    static final int CHUNK_BYTES = 1 << 20;

    private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};

    private static final String IMAGE = "select id, project_id, name, status, visibility, protected, os_hidden,"
            + " disk_format, container_format, min_disk, min_ram, size, virtual_size, checksum, os_hash_value,"
            + " properties, tags, created_at, updated_at from image ";

    private final Jdbi jdbi;

    /** Images of that database. */
    public ImageStore(Database database) {
        this.jdbi = requireNonNull(database, "database is null").jdbi();
    }

    /** The image, in whatever state it is and whoever owns it. */
    public Optional<ImageRecord> find(Handle handle, ImageId id) {
        return handle.createQuery(IMAGE + "where id = :id")
                .bind("id", id.value())
                .map((row, context) -> image(row))
                .findOne();
    }

    /**
     * Writes an active image's bytes. No connection to the database is held while the receiver is slow.
     *
     * @throws IOException if the receiver is gone, or the image was deleted meanwhile; what was written is no whole image
     */
    public void writeTo(ImageId id, OutputStream out) throws IOException {
        ImageContent content = jdbi.withHandle(handle -> find(handle, id))
                .flatMap(ImageRecord::content)
                .orElseThrow(() -> new IOException("image " + id + " has no bytes"));
        long written = 0;
        for (int number = 0; written < content.size(); number++) {
            int piece = number;
            byte[] data = jdbi.withHandle(handle -> handle.createQuery(
                                    "select data from image_chunk where image_id = :id and number = :number")
                            .bind("id", id.value())
                            .bind("number", piece)
                            .mapTo(byte[].class)
                            .findOne())
                    .orElseThrow(() -> new IOException("image " + id + " was deleted while it was read"));
            out.write(data);
            written += data.length;
        }
    }

    /** As {@link #find}, and nobody deletes it until the transaction ends: for whoever commits to using it. */
    public Optional<ImageRecord> findAndKeep(Handle handle, ImageId id) {
        return handle.createQuery(IMAGE + "where id = :id for key share")
                .bind("id", id.value())
                .map((row, context) -> image(row))
                .findOne();
    }

    /** As {@link #find}, and nobody else changes the image until the transaction ends. */
    Optional<ImageRecord> findAndLock(Handle handle, ImageId id) {
        return handle.createQuery(IMAGE + "where id = :id for update")
                .bind("id", id.value())
                .map((row, context) -> image(row))
                .findOne();
    }

    List<ImageRecord> all(Handle handle) {
        return handle.createQuery(IMAGE).map((row, context) -> image(row)).list();
    }

    /** Returns whether the identifier was free. */
    boolean insert(Handle handle, ImageRecord image) {
        return bind(
                                handle.createUpdate("insert into image (id, project_id, name, status, visibility,"
                                        + " protected, os_hidden, disk_format, container_format, min_disk, min_ram,"
                                        + " properties, tags, created_at, updated_at) values (:id, :project, :name,"
                                        + " 'queued', :visibility, :protected, :hidden, :diskFormat, :containerFormat,"
                                        + " :minDisk, :minRam, cast(:properties as jsonb), :tags, :createdAt, :updatedAt)"
                                        + " on conflict (id) do nothing"),
                                image)
                        .bind("createdAt", image.createdAt())
                        .execute()
                == 1;
    }

    void update(Handle handle, ImageRecord image) {
        bind(
                        handle.createUpdate("update image set project_id = :project, name = :name,"
                                + " visibility = :visibility, protected = :protected, os_hidden = :hidden,"
                                + " disk_format = :diskFormat, container_format = :containerFormat,"
                                + " min_disk = :minDisk, min_ram = :minRam, properties = cast(:properties as jsonb),"
                                + " tags = :tags, updated_at = :updatedAt where id = :id"),
                        image)
                .execute();
    }

    void delete(Handle handle, ImageId id) {
        handle.createUpdate("delete from image where id = :id")
                .bind("id", id.value())
                .execute();
    }

    /** Whether a server is being built from it: its host may not have fetched the bytes yet. */
    boolean isNeeded(Handle handle, ImageId id) {
        return handle.createQuery("select exists (select 1 from server where image_id = :id and status = 'BUILD')")
                .bind("id", id.value())
                .mapTo(Boolean.class)
                .one();
    }

    /** Stores the bytes of a queued image, all of {@code bytes}, and makes it active. */
    void activate(Handle handle, ImageId id, ImageContent content, InputStream bytes, Instant now) throws IOException {
        byte[] piece = bytes.readNBytes(CHUNK_BYTES);
        for (int number = 0; piece.length > 0; number++) {
            handle.createUpdate("insert into image_chunk (image_id, number, data) values (:id, :number, :data)")
                    .bind("id", id.value())
                    .bind("number", number)
                    .bind("data", piece)
                    .execute();
            piece = bytes.readNBytes(CHUNK_BYTES);
        }
        handle.createUpdate("update image set status = 'active', size = :size, virtual_size = :virtualSize,"
                        + " checksum = :md5, os_hash_value = :sha512, updated_at = :now where id = :id")
                .bind("id", id.value())
                .bind("size", content.size())
                .bind("virtualSize", content.virtualSize())
                .bind("md5", content.md5())
                .bind("sha512", content.sha512())
                .bind("now", now)
                .execute();
    }

    private static Update bind(Update update, ImageRecord image) {
        ImageMetadata metadata = image.metadata();
        return update.bind("id", image.id().value())
                .bind("project", image.projectId())
                .bind("name", metadata.name().orElse(null))
                .bind("visibility", metadata.visibility().apiName())
                .bind("protected", metadata.isProtected())
                .bind("hidden", metadata.hidden())
                .bind(
                        "diskFormat",
                        metadata.diskFormat().map(DiskFormat::apiName).orElse(null))
                .bind("containerFormat", metadata.containerFormat().orElse(null))
                .bind("minDisk", metadata.minDisk())
                .bind("minRam", metadata.minRam())
                .bind("properties", Json.MAPPER.writeValueAsString(metadata.properties()))
                .bindArray("tags", String.class, metadata.tags())
                .bind("updatedAt", image.updatedAt());
    }

    private static ImageRecord image(ResultSet row) throws SQLException {
        ImageStatus status = switch (row.getString("status")) {
            case "active" -> ImageStatus.ACTIVE;
            case "queued" -> ImageStatus.QUEUED;
            case String other -> throw new SQLException("image.status is '" + other + "'");
        };
        return new ImageRecord(
                new ImageId(row.getObject("id", UUID.class)),
                row.getString("project_id"),
                status,
                new ImageMetadata(
                        Optional.ofNullable(row.getString("name")),
                        Visibility.of(row.getString("visibility")).orElseThrow(),
                        row.getBoolean("protected"),
                        row.getBoolean("os_hidden"),
                        Optional.ofNullable(row.getString("disk_format")).flatMap(DiskFormat::of),
                        Optional.ofNullable(row.getString("container_format")),
                        row.getInt("min_disk"),
                        row.getInt("min_ram"),
                        texts(row.getArray("tags")),
                        Json.MAPPER.readValue(row.getString("properties"), TEXTS)),
                status == ImageStatus.ACTIVE
                        ? Optional.of(new ImageContent(
                                row.getLong("size"),
                                row.getLong("virtual_size"),
                                row.getString("checksum"),
                                row.getString("os_hash_value")))
                        : Optional.empty(),
                row.getTimestamp("created_at").toInstant(),
                row.getTimestamp("updated_at").toInstant());
    }

    private static List<String> texts(Array array) throws SQLException {
        return List.of((String[]) array.getArray());
    }
}
