package org.sluice.controller.policy;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * An operator's overrides, as OpenStack's services take them in {@code policy.yaml}: one mapping of rule names to checks.
 * Immutable.
 *
 * @param file where they stand
 * @param overrides by rule
 */
public record PolicyFile(Path file, Map<String, Line> overrides) {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Pattern LINE = Pattern.compile("line ([0-9]{1,8})");
    /** A policy of every rule there is has some 30 KB. */
    private static final long LARGEST = 1 << 20;

    /** A check and the line that it stands in. */
    public record Line(String check, int number) {}

    public PolicyFile {
        requireNonNull(file, "file is null");
        overrides = Collections.unmodifiableMap(new LinkedHashMap<>(overrides));
    }

    /**
     * Reads overrides.
     *
     * @throws IllegalArgumentException with a sentence that names file and line, when it is no such mapping
     * @throws IOException when it cannot be read
     */
    public static PolicyFile read(Path file) throws IOException {
        if (Files.size(file) > LARGEST) {
            throw new IllegalArgumentException("The policy file " + file + " is larger than " + LARGEST + " bytes.");
        }
        try (JsonParser parser = YAML.createParser(Files.readAllBytes(file))) {
            return new PolicyFile(file, overrides(file, parser));
        } catch (JacksonException malformed) {
            throw new IllegalArgumentException(
                    place(file, line(malformed)) + ": this is no YAML: "
                            + malformed.getOriginalMessage().lines().findFirst().orElse("") + ".",
                    malformed);
        }
    }

    private static Map<String, Line> overrides(Path file, JsonParser parser) {
        Map<String, Line> overrides = new LinkedHashMap<>();
        @Nullable JsonToken first = parser.nextToken();
        if (first == null || first == JsonToken.VALUE_NULL) {
            return overrides;
        }
        if (first != JsonToken.START_OBJECT) {
            throw new IllegalArgumentException(
                    "The policy file " + file + " is not a YAML mapping of rule names to checks.");
        }
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String rule = parser.currentName();
            int line = parser.currentTokenLocation().getLineNr();
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                throw new IllegalArgumentException(place(file, line) + ": the rule '" + rule
                        + "' has a check that is no text; write it as \"role:admin\".");
            }
            @Nullable Line other = overrides.putIfAbsent(rule, new Line(parser.getString(), line));
            if (other != null) {
                throw new IllegalArgumentException(
                        place(file, line) + ": the rule '" + rule + "' stands in line " + other.number() + " already.");
            }
        }
        if (parser.nextToken() != null) {
            throw new IllegalArgumentException(
                    place(file, parser.currentTokenLocation().getLineNr())
                            + ": a second document begins, which would not be in force.");
        }
        return overrides;
    }

    /**
     * Shipped rules with these checks in the place of theirs.
     *
     * @throws IllegalArgumentException with a sentence that names file and line, when a rule does not exist or its check is none
     */
    public Policy over(Policy shipped) {
        Map<String, String> checks = new LinkedHashMap<>();
        overrides.forEach((rule, line) -> checks.put(rule, line.check()));
        try {
            return shipped.overriddenBy(checks);
        } catch (Policy.UnsoundRule unsound) {
            // A rule that is not in the file may have become unsound by one that is.
            @Nullable Line own = overrides.get(unsound.rule());
            String where = own == null ? "The policy file " + file : place(file, own.number());
            throw new IllegalArgumentException(where + ": " + unsound.getMessage(), unsound);
        }
    }

    /** Where what is malformed begins, which the parser's words say; its location is that of what it read before. */
    private static int line(JacksonException malformed) {
        Matcher named = LINE.matcher(malformed.getOriginalMessage());
        return named.find()
                ? Integer.parseInt(named.group(1))
                : malformed.getLocation().getLineNr();
    }

    private static String place(Path file, int line) {
        return "The policy file " + file + ", line " + line;
    }
}
