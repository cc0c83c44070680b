package org.sluice.controller.image.image;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the owner says about an image and may change.
 *
 * @param name up to 255 characters; need not be unique
 * @param visibility who can see it
 * @param isProtected whether it must not be deleted
 * @param hidden whether lists leave it out unless asked
 * @param diskFormat needed before the upload
 * @param containerFormat {@code bare}; needed before the upload
 * @param minDisk GiB that a flavor's disk must have
 * @param minRam MiB that a flavor's memory must have
 * @param tags sorted, each once
 * @param properties whatever else, such as {@code hw_vif_model}
 */
public record ImageMetadata(
        Optional<String> name,
        Visibility visibility,
        boolean isProtected,
        boolean hidden,
        Optional<DiskFormat> diskFormat,
        Optional<String> containerFormat,
        int minDisk,
        int minRam,
        List<String> tags,
        Map<String, String> properties) {
    public ImageMetadata {
        requireNonNull(name, "name is null");
        requireNonNull(visibility, "visibility is null");
        requireNonNull(diskFormat, "diskFormat is null");
        requireNonNull(containerFormat, "containerFormat is null");
        tags = tags.stream().distinct().sorted().toList();
        properties = Collections.unmodifiableMap(new TreeMap<>(properties));
    }

    /** The same with these tags. */
    public ImageMetadata withTags(List<String> others) {
        return new ImageMetadata(
                name,
                visibility,
                isProtected,
                hidden,
                diskFormat,
                containerFormat,
                minDisk,
                minRam,
                others,
                properties);
    }
}
