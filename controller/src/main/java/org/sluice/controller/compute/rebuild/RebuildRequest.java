package org.sluice.controller.compute.rebuild;

import java.util.Map;
import java.util.Optional;
import org.sluice.controller.compute.server.DiskConfig;
import org.sluice.model.ImageId;

/**
 * What a server is to be made anew of. What is empty stays as it is.
 *
 * @param description empty inside for none
 * @param key name of the key pair; empty inside for none
 * @param userData base64; empty inside for none
 */
record RebuildRequest(
        ImageId image,
        Optional<String> name,
        Optional<String> hostname,
        Optional<Optional<String>> description,
        Optional<Map<String, String>> metadata,
        Optional<Optional<String>> key,
        Optional<Optional<String>> userData,
        Optional<DiskConfig> diskConfig) {}
