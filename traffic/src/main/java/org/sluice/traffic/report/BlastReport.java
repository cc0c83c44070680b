package org.sluice.traffic.report;

import java.nio.file.Path;
import java.time.Instant;
import org.sluice.traffic.trial.TrialResult;

/** The JSON form of a single trial: the schema {@value #SCHEMA}, described in docs/traffic-report.md. */
public final class BlastReport {
    /** The name and version of the JSON form. */
    public static final String SCHEMA = "sluice-traffic-trial/1";

    private BlastReport() {}

    /**
     * Writes it whole or not at all.
     *
     * @param frames frame size or mix
     * @throws ReportException when the file cannot be written
     */
    public static void write(TrialResult result, String frames, Instant started, Path file) {
        ReportFile.write(file, ReportJson.MAPPER.writeValueAsString(new Form(SCHEMA, started, frames, result)) + "\n");
    }

    private record Form(String schema, Instant started, String frames, TrialResult trial) {}
}
