package org.sluice.controller.image.image;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.sluice.model.ImageId;

/**
 * An image.
 *
 * @param id its identity
 * @param projectId the project that owns it
 * @param status where it is in its life
 * @param metadata what its owner says about it
 * @param content what is known of its bytes; there when it is active
 * @param createdAt when it was made
 * @param updatedAt when anything about it changed last
 */
public record ImageRecord(
        ImageId id,
        String projectId,
        ImageStatus status,
        ImageMetadata metadata,
        Optional<ImageContent> content,
        Instant createdAt,
        Instant updatedAt) {
    public ImageRecord {
        requireNonNull(id, "id is null");
        requireNonNull(projectId, "projectId is null");
        requireNonNull(status, "status is null");
        requireNonNull(metadata, "metadata is null");
        requireNonNull(content, "content is null");
    }

    /** The same image with another owner and other metadata. */
    public ImageRecord with(String owner, ImageMetadata said) {
        return new ImageRecord(id, owner, status, said, content, createdAt, updatedAt);
    }

    /** The same image, changed last at that time. */
    ImageRecord changedAt(Instant time) {
        return new ImageRecord(id, projectId, status, metadata, content, createdAt, time);
    }

    /** Its name, if it has one. */
    public Optional<String> name() {
        return metadata.name();
    }

    /** How it lays out a disk; there when it is active. */
    public Optional<DiskFormat> diskFormat() {
        return metadata.diskFormat();
    }

    /** Properties such as {@code hw_vif_model}. */
    public Map<String, String> properties() {
        return metadata.properties();
    }
}
