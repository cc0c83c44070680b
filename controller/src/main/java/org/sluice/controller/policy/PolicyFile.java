package org.sluice.controller.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
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
        JsonNode tree;
        try {
            tree = YAML.readTree(Files.readAllBytes(file));
        } catch (JacksonException cause) {
            throw new IllegalArgumentException(
                    "The policy file " + file + " is not a YAML mapping of rule names to checks: "
                            + cause.getOriginalMessage() + ".",
                    cause);
        }
        Map<String, String> overrides = new LinkedHashMap<>();
        if (tree.isMissingNode() || tree.isNull()) {
            return overrides;
        }
        if (!tree.isObject()) {
            throw new IllegalArgumentException(
                    "The policy file " + file + " is not a YAML mapping of rule names to checks.");
        }
        tree.properties().forEach(entry -> {
            if (!entry.getValue().isString()) {
                throw new IllegalArgumentException("The policy file " + file + " gives the rule '" + entry.getKey()
                        + "' a check that is no text; write it as \"role:admin\".");
            }
            overrides.put(entry.getKey(), entry.getValue().stringValue());
        });
        return overrides;
    }
}
