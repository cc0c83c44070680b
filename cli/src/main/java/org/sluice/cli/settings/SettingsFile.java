package org.sluice.cli.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sluice.model.FileFailure;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Reads the settings file: YAML mappings of sections and keys, whose values are scalars or lists of scalars. Stateless. */
final class SettingsFile {
    private static final long LARGEST = 256 << 10;
    private static final YAMLMapper YAML = new YAMLMapper();

    private final Path file;
    private final Map<String, Given> found = new LinkedHashMap<>();

    private SettingsFile(Path file) {
        this.file = file;
    }

    /**
     * Reads it.
     *
     * @return dotted name to value, in order
     * @throws ProblemException with a sentence that names file and line when it is no such file
     */
    static Map<String, Given> read(Path file) {
        SettingsFile settings = new SettingsFile(file);
        try {
            if (Files.size(file) > LARGEST) {
                throw refused("The settings file " + file + " is larger than " + LARGEST + " bytes.", null);
            }
            try (JsonParser parser = YAML.createParser(Files.readAllBytes(file))) {
                settings.read(parser);
            }
        } catch (IOException unreadable) {
            throw refused(
                    "The settings file " + file + " cannot be read: " + FileFailure.reason(unreadable) + ".",
                    unreadable);
        } catch (JacksonException malformed) {
            throw refused(
                    "The settings file " + file + " is no YAML at line "
                            + malformed.getLocation().getLineNr() + ": "
                            + malformed.getOriginalMessage().lines().findFirst().orElse("") + ".",
                    malformed);
        }
        return settings.found;
    }

    private void read(JsonParser parser) {
        @Nullable JsonToken first = parser.nextToken();
        if (first == null || first == JsonToken.VALUE_NULL) {
            return;
        }
        if (first != JsonToken.START_OBJECT) {
            throw refused("The settings file " + file + " must be a mapping of names to values.", null);
        }
        section(parser, "");
        if (parser.nextToken() != null) {
            throw refused("The settings file " + file + " must be one document.", null);
        }
    }

    /** The parser has read the section's beginning. */
    private void section(JsonParser parser, String prefix) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = prefix + parser.currentName();
            int line = parser.currentTokenLocation().getLineNr();
            JsonToken token = parser.nextToken();
            switch (token) {
                case START_OBJECT -> section(parser, name + ".");
                case START_ARRAY -> keep(name, list(parser, name), line);
                case VALUE_NULL -> {
                    // "limits:" with everything below it commented out.
                }
                default -> keep(name, List.of(scalar(parser, name)), line);
            }
        }
    }

    private List<String> list(JsonParser parser, String name) {
        List<String> texts = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            texts.add(scalar(parser, name));
        }
        return texts;
    }

    private String scalar(JsonParser parser, String name) {
        return Optional.ofNullable(parser.currentToken())
                .filter(JsonToken::isScalarValue)
                .map(_ -> parser.getString())
                .orElseThrow(() -> refused(
                        name + " in " + file + " line "
                                + parser.currentTokenLocation().getLineNr()
                                + " must be a value or a list of values.",
                        null));
    }

    private void keep(String name, List<String> texts, int line) {
        @Nullable Given other = found.putIfAbsent(name, new Given(texts, file + ":" + line));
        if (other != null) {
            throw refused(
                    name + " is given twice, in " + other.source() + " and in line " + line + "; keep one.", null);
        }
    }

    private static ProblemException refused(String sentence, @Nullable Exception cause) {
        Problem problem = Problem.of(Problem.Kind.BAD_REQUEST, "BadSettingsFile", sentence);
        return cause == null ? problem.asException() : new ProblemException(problem, cause);
    }
}
