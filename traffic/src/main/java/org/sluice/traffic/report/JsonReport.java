package org.sluice.traffic.report;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.MismatchedInputException;

/** A report as JSON, in the schema that docs/traffic-report.md describes. Thread-safe. */
public final class JsonReport {
    private static final String FIX = "Take a file that 'sluice traffic' wrote with --json, or measure again.";

    private JsonReport() {}

    /** The report as JSON text, with a line break at its end. */
    public static String text(Report report) {
        return ReportJson.MAPPER.writeValueAsString(requireNonNull(report, "report is null")) + "\n";
    }

    /**
     * Writes the file whole or not at all.
     *
     * @throws ReportException {@code report.write} when that is not possible
     */
    public static void write(Report report, Path file) {
        ReportFile.write(file, text(report));
    }

    /**
     * Reads a report. Members that this version does not know are passed over, as long as the schema is the same.
     *
     * @throws ReportException {@code report.read} when there is no such file, or it is no report, or one of another schema
     */
    public static Report read(Path file) {
        requireNonNull(file, "file is null");
        try {
            JsonNode tree = ReportJson.MAPPER.readTree(Files.readAllBytes(file));
            checkSchema(tree, file);
            return ReportJson.MAPPER.treeToValue(tree, Report.class);
        } catch (IOException e) {
            throw unreadable(file, "cannot be read: " + ReportFile.reason(e), e);
        } catch (StreamReadException e) {
            TokenStreamLocation at = e.getLocation();
            throw unreadable(
                    file,
                    "is damaged or no JSON: line " + at.getLineNr() + ", column " + at.getColumnNr() + " says "
                            + e.getOriginalMessage().lines().findFirst().orElse("nothing"),
                    e);
        } catch (JacksonException e) {
            throw unreadable(file, "is damaged: " + damage(e), e);
        }
    }

    private static void checkSchema(JsonNode tree, Path file) {
        JsonNode schema = tree.path("schema");
        if (!schema.isString()) {
            throw unreadable(file, "is no report of sluice traffic: the field 'schema' is missing", null);
        }
        if (!schema.asString().equals(Report.SCHEMA)) {
            throw new ReportException(
                    "report.read",
                    "The file " + file + " has the schema '" + schema.asString()
                            + "' in its field 'schema'; this Sluice reads '" + Report.SCHEMA + "'.",
                    "Read it with the version of Sluice that wrote it, or measure again.",
                    null);
        }
    }

    private static String damage(JacksonException failure) {
        String field = field(failure.getPath());
        Throwable cause = failure.getCause();
        if (cause instanceof IllegalArgumentException refused) {
            return "the field '" + field + "' cannot be: " + withoutStop(String.valueOf(refused.getMessage()));
        }
        if (failure instanceof MismatchedInputException mismatch) {
            String message = String.valueOf(mismatch.getOriginalMessage());
            if (message.startsWith("Missing required creator property")) {
                return "the field '" + field + "' is missing";
            }
            if (message.startsWith("Null value") || message.startsWith("Cannot map `null`")) {
                return "the field '" + field + "' is empty";
            }
        }
        return "the field '" + field + "' has a value of the wrong kind";
    }

    private static String field(List<JacksonException.Reference> path) {
        StringBuilder field = new StringBuilder();
        for (JacksonException.Reference step : path) {
            if (step.getPropertyName() == null) {
                field.append('[').append(step.getIndex()).append(']');
            } else {
                field.append(field.isEmpty() ? "" : ".").append(step.getPropertyName());
            }
        }
        return field.isEmpty() ? "(the whole)" : field.toString();
    }

    private static String withoutStop(String sentence) {
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }

    private static ReportException unreadable(Path file, String what, @Nullable Throwable cause) {
        return new ReportException("report.read", "The file " + file + " " + what + ".", FIX, cause);
    }
}
