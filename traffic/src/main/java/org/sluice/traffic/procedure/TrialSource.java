package org.sluice.traffic.procedure;

import org.HdrHistogram.Histogram;
import org.sluice.traffic.engine.Measurement;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.TrialResult;

/** Where trials come from: an open path with frames of one size or mix. For one thread. */
interface TrialSource {
    /** The size or mix. */
    FrameMix mix();

    /**
     * Runs one trial.
     *
     * @throws InterruptedException when the thread was interrupted; nothing is sent any more by then
     */
    TrialResult run(Load load) throws InterruptedException;

    /** The latencies of the last trial in nanoseconds, all streams together. */
    Histogram latencies();

    /** Trials over real interfaces. */
    static TrialSource of(Measurement measurement) {
        return new TrialSource() {
            @Override
            public FrameMix mix() {
                return measurement.mix();
            }

            @Override
            public TrialResult run(Load load) throws InterruptedException {
                return measurement.run(load);
            }

            @Override
            public Histogram latencies() {
                return measurement.latencies();
            }
        };
    }
}
