package org.sluice.traffic.report;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The main charts of a report as one PNG image, one below the other: throughput with the line rate, and median and 99.9th
 * percentile of the latency. For slides and tickets; the HTML page shows more. Needs no display, but a Java runtime with AWT and
 * at least one font. Thread-safe.
 */
public final class PngReport {
    private PngReport() {}

    /**
     * Writes the file whole or not at all.
     *
     * @throws ReportException {@code report.draw} when this Java runtime cannot draw or the report has nothing to draw,
     *     {@code report.write} when the file cannot be written
     */
    public static void write(Report report, Path file) {
        ReportFile.write(file, image(report));
    }

    /**
     * The image.
     *
     * @throws ReportException {@code report.draw} when this Java runtime cannot draw, or the report has nothing to draw
     */
    public static byte[] image(Report report) {
        requireNonNull(report, "report is null");
        ChartData data = new ChartData(report.patterns());
        if (data.bits().isEmpty() && data.latencies().isEmpty()) {
            throw new ReportException(
                    "report.draw",
                    "There is nothing to draw: the report has neither a throughput nor a latency.",
                    "Measure at least one of them, or take the text or HTML report.",
                    null);
        }
        // AWT reads it when its first class is initialised; else it would look for the display that DISPLAY names.
        System.setProperty("java.awt.headless", "true");
        return drawing(() -> new PngCharts(report, data).image());
    }

    /** Something that AWT does. */
    @FunctionalInterface
    interface Drawing {
        byte[] draw() throws IOException;
    }

    /** Runs it, and says what to install where the runtime has no AWT, or AWT finds no native library or no font. */
    static byte[] drawing(Drawing drawing) {
        try {
            return drawing.draw();
        } catch (IOException | RuntimeException | LinkageError | InternalError e) {
            // By version and by what is missing it is a NoClassDefFoundError, an UnsatisfiedLinkError, an InternalError
            // or a
            // NullPointerException from the font configuration.
            throw new ReportException(
                    "report.draw",
                    "This Java runtime cannot draw PNG images: " + e + ".",
                    "Install the runtime's desktop part and a font (Debian: openjdk-25-jre instead of openjdk-25-jre-headless,"
                            + " libfreetype6, fontconfig and fonts-dejavu-core), or take the HTML report, which needs neither.",
                    e);
        }
    }
}
