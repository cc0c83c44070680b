package org.sluice.controller.compute.flavor;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A size of server.
 *
 * @param id its id: a UUID unless the operator chose another text
 * @param name its name, unique
 * @param vcpus virtual processors
 * @param memoryMib memory, MiB
 * @param diskGib root disk, GiB; 0 for the image's own size
 * @param isPublic whether projects without an explicit grant see it
 * @param description the operator's words, if any
 * @param extraSpecs what the scheduler and the agent should heed
 */
public record Flavor(
        String id,
        String name,
        int vcpus,
        int memoryMib,
        int diskGib,
        boolean isPublic,
        @Nullable String description,
        Map<String, String> extraSpecs) {
    public Flavor {
        extraSpecs = Map.copyOf(extraSpecs);
    }
}
