package org.sluice.controller.compute.server;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.sluice.controller.http.body.Fields;

/**
 * {@code OS-DCF:diskConfig}: whether whoever builds a server grows the image's partition to the size of the disk. Only XenServer
 * did; with libvirt, and here, it is shown as it was given, and a guest grows its partition itself (cloud-init, "Growpart").
 */
public enum DiskConfig {
    AUTO,
    MANUAL;

    private static final String FIELD = "OS-DCF:diskConfig";
    private static final List<String> WORDS =
            Arrays.stream(values()).map(DiskConfig::name).toList();

    /** What the field says, if it is there. */
    public static Optional<DiskConfig> read(Fields fields) {
        return fields.oneOf(FIELD, WORDS).map(DiskConfig::valueOf);
    }
}
