package org.sluice.controller.server;

import static java.util.Objects.requireNonNull;

import org.sluice.model.Resources;

/**
 * What a server was given of a flavor; later changes to the flavor do not change it.
 *
 * @param flavorId the flavor's id
 * @param flavorName its name
 * @param resources what is taken of a host
 * @param flavorDiskGib the disk that the flavor says, GiB; 0 where it takes the image's
 * @param extraSpecs the flavor's extra specs, a JSON object of texts
 */
public record Hardware(String flavorId, String flavorName, Resources resources, int flavorDiskGib, String extraSpecs) {
    public Hardware {
        requireNonNull(flavorId, "flavorId is null");
        requireNonNull(flavorName, "flavorName is null");
        requireNonNull(resources, "resources is null");
        requireNonNull(extraSpecs, "extraSpecs is null");
    }
}
