package org.sluice.traffic.procedure;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A test of RFC 2544, by its section, and what later documents added. In the order in which they are run. */
public enum Procedure {
    /** Section 26.1: the highest rate without loss. The others need its answer. */
    THROUGHPUT,
    /** Section 26.2: latency at the throughput. */
    LATENCY,
    /** Section 26.3: the share of frames lost at each rate. */
    LOSS,
    /** Section 26.4 with RFC 9004: the longest burst that is forwarded whole. */
    BACK_TO_BACK,
    /** Section 26.5: how soon loss ends after an overload. */
    RECOVERY,
    /** Section 26.6: how long a reset interrupts forwarding. Needs a command that resets. */
    RESET,
    /** A fixed load for a long time. */
    SOAK;

    /** What {@code all} stands for: what needs nothing but time. */
    public static final Set<Procedure> ALL = EnumSet.of(THROUGHPUT, LATENCY, LOSS, BACK_TO_BACK, RECOVERY);

    /** Reads {@code throughput}, {@code back-to-back} ..., several with commas, or {@code all}. */
    public static Set<Procedure> parse(String text) {
        EnumSet<Procedure> chosen = EnumSet.noneOf(Procedure.class);
        for (String part : text.split(",", -1)) {
            if (part.equals("all")) {
                chosen.addAll(ALL);
            } else {
                chosen.add(one(part));
            }
        }
        return chosen;
    }

    private static Procedure one(String text) {
        for (Procedure procedure : values()) {
            if (procedure.toString().equals(text)) {
                return procedure;
            }
        }
        throw new IllegalArgumentException("\"" + text + "\" is no test: use "
                + Stream.of(values()).map(Procedure::toString).collect(Collectors.joining(", ")) + " or all.");
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
