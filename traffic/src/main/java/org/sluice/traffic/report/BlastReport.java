package org.sluice.traffic.report;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.StreamResult;
import org.sluice.traffic.trial.TrialResult;

/**
 * A single trial. Its JSON form is the schema {@value #SCHEMA}, described in docs/traffic-report.md: the components of these records
 * by name.
 *
 * @param schema {@value #SCHEMA}
 * @param started when the first frame was sent
 * @param complete whether the load was sent to its end; otherwise the figures are of what was sent until it was stopped
 * @param frames frame size or mix
 * @param framesPerSecond what each stream was to send; absent for as fast as possible
 * @param notes what the mode became on each port, one sentence each
 * @param streams one in each direction and for each pair of interfaces
 */
public record BlastReport(
        String schema,
        Instant started,
        boolean complete,
        String frames,
        OptionalDouble framesPerSecond,
        List<String> notes,
        List<StreamResult> streams) {
    /** The name and version of the JSON form. */
    public static final String SCHEMA = "sluice-traffic-trial/1";

    /** Checks for null. */
    public BlastReport {
        requireNonNull(schema, "schema is null");
        requireNonNull(started, "started is null");
        requireNonNull(frames, "frames is null");
        requireNonNull(framesPerSecond, "framesPerSecond is null");
        notes = List.copyOf(notes);
        streams = List.copyOf(streams);
    }

    /** The report of a trial, see the components. */
    public static BlastReport of(TrialResult trial, boolean complete, String frames, List<String> notes) {
        OptionalDouble rate = trial.load() instanceof Load.Paced paced
                ? OptionalDouble.of(paced.framesPerSecond())
                : OptionalDouble.empty();
        return new BlastReport(SCHEMA, trial.started(), complete, frames, rate, notes, trial.streams());
    }

    /**
     * Writes it whole or not at all.
     *
     * @throws ReportException when the file cannot be written
     */
    public void write(Path file) {
        ReportFile.write(file, ReportJson.MAPPER.writeValueAsString(this) + "\n");
    }
}
