package org.sluice.traffic.tuning;

import org.sluice.linux.LinuxException;

/** A failure as a sentence. */
final class Reasons {
    private Reasons() {}

    static String of(RuntimeException failure) {
        return failure instanceof LinuxException refusal ? refusal.sentence() : "It failed: " + failure + ".";
    }
}
