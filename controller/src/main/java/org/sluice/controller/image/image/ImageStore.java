package org.sluice.controller.image.image;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jdbi.v3.core.statement.Update;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.list.Window;
import org.sluice.controller.policy.Access;
import org.sluice.controller.policy.RowCondition;
import org.sluice.model.ImageId;
import tools.jackson.core.type.TypeReference;

/** SQL of images; {@code image.data} has their bytes. Stateless; the caller owns the transaction. */
public final class ImageStore {
    private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};

    private static final String IMAGE = "select id, project_id, name, status, visibility, protected, os_hidden,"
            + " disk_format, container_format, min_disk, min_ram, size, virtual_size, checksum, os_hash_value,"
            + " properties, tags, created_at, updated_at from image ";

    /** The image, in whatever state it is and whoever owns it. */
    public Optional<ImageRecord> find(Handle handle, ImageId id) {
        return handle.createQuery(IMAGE + "where id = :id")
                .bind("id", id.value())
                .map((row, context) -> image(row))
                .findOne();
    }

    /** The image, if whoever asks may see it, and nobody deletes it until the transaction ends: for whoever commits to using it. */
    public Optional<ImageRecord> findAndKeep(Handle handle, Access access, ImageId id) {
        RowCondition seen = access.rows(ImageRules.SHOW);
        return seen.bind(handle.createQuery(IMAGE + "where id = :id and " + seen.sql() + " for key share"))
                .bind("id", id.value())
                .map((row, context) -> image(row))
                .findOne();
    }

    /** As {@link #find}, and nobody else changes the image until the transaction ends. */
    public Optional<ImageRecord> findAndLock(Handle handle, ImageId id) {
        return handle.createQuery(IMAGE + "where id = :id for update")
                .bind("id", id.value())
                .map((row, context) -> image(row))
                .findOne();
    }

    /**
     * Which images a list has.
     *
     * @param rows those that the caller sees
     * @param communityOf of community images only those of this project; those of all projects if empty
     */
    record Listed(RowCondition rows, Optional<String> communityOf) {
        private String sql() {
            return "where " + rows.sql()
                    + (communityOf.isPresent() ? " and (visibility <> 'community' or project_id = :communityOf)" : "");
        }

        private <S extends SqlStatement<S>> S bind(S statement) {
            communityOf.ifPresent(project -> statement.bind("communityOf", project));
            return rows.bind(statement);
        }
    }

    List<ImageRecord> list(Handle handle, Listed listed, boolean hiddenToo, Window window) {
        return window.list(
                listed.bind(handle.createQuery(
                        IMAGE + listed.sql() + (hiddenToo ? "" : " and not os_hidden") + window.sql())),
                (row, context) -> image(row));
    }

    Optional<ImageRecord> findListed(Handle handle, Listed listed, ImageId id) {
        return listed.bind(handle.createQuery(IMAGE + listed.sql() + " and id = :id"))
                .bind("id", id.value())
                .map((row, context) -> image(row))
                .findOne();
    }

    /** Returns whether the identifier was free. */
    public boolean insert(Handle handle, ImageRecord image) {
        return bind(
                                handle.createUpdate("insert into image (id, project_id, name, status, visibility,"
                                        + " protected, os_hidden, disk_format, container_format, min_disk, min_ram,"
                                        + " properties, tags, created_at, updated_at) values (:id, :project, :name,"
                                        + " :status, :visibility, :protected, :hidden, :diskFormat, :containerFormat,"
                                        + " :minDisk, :minRam, cast(:properties as jsonb), :tags, :createdAt, :updatedAt)"
                                        + " on conflict (id) do nothing"),
                                image)
                        .bind("status", image.status().apiName())
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

    /** Deactivates an active image, or reactivates a deactivated one. */
    public void setStatus(Handle handle, ImageId id, ImageStatus status, Instant now) {
        handle.createUpdate("update image set status = :status, updated_at = :now where id = :id")
                .bind("id", id.value())
                .bind("status", status.apiName())
                .bind("now", now)
                .execute();
    }

    void delete(Handle handle, ImageId id) {
        handle.createUpdate("delete from image where id = :id")
                .bind("id", id.value())
                .execute();
    }

    /** Whether a server is made from it, moves with it, is to be tried again, is shelved in it or rescued by it: its host may not have fetched the bytes yet. */
    boolean isNeeded(Handle handle, ImageId id) {
        return handle.createQuery("""
                        select exists (select 1 from server s where image_id = :id
                            and (status = 'BUILD' or task_state = 'rebuilding' or status = 'ERROR'
                                and exists (select 1 from claim c where c.server_id = s.id and c.present)))
                            or exists (select 1 from server where shelved_image_id = :id)
                            or exists (select 1 from claim where image_id = :id)
                            or exists (select 1 from server where rescue_image_id = :id)""")
                .bind("id", id.value())
                .mapTo(Boolean.class)
                .one();
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
            case "saving" -> ImageStatus.SAVING;
            case "deactivated" -> ImageStatus.DEACTIVATED;
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
                status.hasContent()
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
