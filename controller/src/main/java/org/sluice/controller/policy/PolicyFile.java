package org.sluice.controller.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * An operator's overrides, as OpenStack's services take them in {@code policy.yaml}: one mapping of rule names to checks.
 * Stateless.
 */
public final class PolicyFile {
    private static final YAMLMapper YAML = new YAMLMapper();
    /** A policy of every rule there is has some 30 KB. */
    private static final long LARGEST = 1 << 20;

    private PolicyFile() {}

    /**
     * Reads overrides.
     *
     * @throws IllegalArgumentException with a sentence that names the file, when it is no such mapping
     * @throws IOException when it cannot be read
     */
    public static Map<String, String> read(Path file) throws IOException {
        if (Files.size(file) > LARGEST) {
            throw new IllegalArgumentException("The policy file " + file + " is larger than " + LARGEST + " bytes.");
        }
        @Nullable Map<String, @Nullable Object> tree;
        try {
            tree = YAML.readValue(Files.readAllBytes(file), new TypeReference<Map<String, @Nullable Object>>() {});
        } catch (JacksonException cause) {
            throw new IllegalArgumentException(
                    "The policy file " + file + " is not a YAML mapping of rule names to checks: "
                            + cause.getOriginalMessage() + ".",
                    cause);
        }
        Map<String, String> overrides = new LinkedHashMap<>();
        if (tree != null) {
            tree.forEach((rule, check) -> {
                if (!(check instanceof String text)) {
                    throw new IllegalArgumentException("The policy file " + file + " gives the rule '" + rule
                            + "' a check that is no text; write it as \"role:admin\".");
                }
                overrides.put(rule, text);
            });
        }
        return overrides;
    }
}
