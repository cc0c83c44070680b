package org.sluice.cli.traffic;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sluice.traffic.report.CsvReport;
import org.sluice.traffic.report.HtmlReport;
import org.sluice.traffic.report.JsonReport;
import org.sluice.traffic.report.PngReport;
import org.sluice.traffic.report.Report;
import org.sluice.traffic.report.TextReport;
import picocli.CommandLine.Option;

/** Where a report is written, besides the text that is always printed. */
final class ReportOptions {
    @Option(names = "--json", paramLabel = "FILE", description = "Write the report as JSON.")
    private @Nullable Path json;

    @Option(names = "--html", paramLabel = "FILE", description = "Write the report as one HTML page with charts.")
    private @Nullable Path html;

    @Option(names = "--csv", paramLabel = "FILE", description = "Write one row for each frame size.")
    private @Nullable Path csv;

    @Option(names = "--png", paramLabel = "FILE", description = "Write the charts as a picture.")
    private @Nullable Path png;

    /**
     * Makes sure, before hours of measuring, that the files can be written.
     *
     * @throws IllegalArgumentException when one cannot, or two are the same
     */
    void check() {
        Map<String, @Nullable Path> files = new LinkedHashMap<>();
        files.put("--json", json);
        files.put("--html", html);
        files.put("--csv", csv);
        files.put("--png", png);
        Map<Path, String> seen = new HashMap<>();
        files.forEach((option, file) -> {
            if (file != null) {
                requireWritable(option, file);
                String other = seen.put(file.toAbsolutePath().normalize(), option);
                if (other != null && !isStream(file)) {
                    throw new IllegalArgumentException(
                            other + " and " + option + " name the same file " + file + ": name one for each.");
                }
            }
        });
    }

    /** @throws IllegalArgumentException when the file cannot be written */
    static void requireWritable(String option, Path file) {
        Path folder = file.toAbsolutePath().getParent();
        boolean writable = isStream(file)
                ? Files.isWritable(file)
                : folder != null && Files.isDirectory(folder) && Files.isWritable(folder) && !Files.isDirectory(file);
        if (!writable) {
            throw new IllegalArgumentException(option + " " + file
                    + " cannot be written: name a file in a folder that exists and that you may write to.");
        }
    }

    /** A pipe, a terminal, {@code /dev/stdout}: written in place. */
    private static boolean isStream(Path file) {
        return Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file);
    }

    /** Prints and writes everything that was asked for. */
    void write(Report report, PrintWriter out) {
        // The data first: whatever a drawing may need that is not there, the figures are safe.
        if (json != null) {
            JsonReport.write(report, json);
        }
        if (csv != null) {
            CsvReport.write(report, csv);
        }
        out.print(TextReport.text(report));
        out.flush();
        if (html != null) {
            HtmlReport.write(report, html);
        }
        if (png != null) {
            PngReport.write(report, png);
        }
    }
}
