package org.sluice.traffic.procedure;

/**
 * What all procedures of one frame size work with.
 *
 * @param trials where trials come from
 * @param findings where each writes down what it found
 * @param profile durations and repeats
 * @param highest the highest load
 * @param progress hears what is done
 */
record Bench(TrialRecorder trials, Findings findings, Profile profile, HighestRate highest, SizeProgress progress) {
    /** The throughput found before, in frames a second; 0 when there is none. */
    double rate() {
        return findings.rate();
    }

    /** Whether there is a throughput to measure at; says why something is left out when there is none. */
    boolean hasThroughput(Procedure procedure) {
        if (rate() > 0) {
            return true;
        }
        findings.note((findings.isTesterLimited()
                        ? "the tester itself was the limit at every rate, so "
                        : "nothing is forwarded without loss, so ")
                + procedure + " could not be measured.");
        return false;
    }
}
