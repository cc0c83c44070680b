package org.sluice.controller.image.image;

import java.util.Locale;
import java.util.Optional;

/** How an image lays out a disk. */
public enum DiskFormat {
    /** The bytes of the disk. */
    RAW,
    /** QEMU's copy-on-write format, versions 2 and 3. */
    QCOW2;

    /** As the API writes it: {@code raw}, {@code qcow2}. */
    public String apiName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The format of that API name. */
    public static Optional<DiskFormat> of(String apiName) {
        for (DiskFormat format : values()) {
            if (format.apiName().equals(apiName)) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }
}
