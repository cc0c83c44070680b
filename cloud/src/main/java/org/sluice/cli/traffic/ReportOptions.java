package org.sluice.cli.traffic;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

    /** Makes sure, before hours of measuring, that the files can be written. */
    void check() {
        for (@Nullable Path file : files()) {
            if (file == null) {
                continue;
            }
            Path folder = file.toAbsolutePath().getParent();
            if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder) || Files.isDirectory(file)) {
                throw new IllegalArgumentException(
                        "The report cannot be written to " + file + ": name a file in a folder that exists.");
            }
        }
    }

    private List<@Nullable Path> files() {
        List<@Nullable Path> files = new ArrayList<>();
        files.add(json);
        files.add(html);
        files.add(csv);
        files.add(png);
        return files;
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
