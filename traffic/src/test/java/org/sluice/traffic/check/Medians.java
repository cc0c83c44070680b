package org.sluice.traffic.check;

import java.util.ArrayList;
import java.util.List;

/**
 * The rule for figures that a busy machine disturbs: an odd number of short trials, fixed beforehand, whose median counts. All of them
 * count; none is repeated because of what it showed. One before them warms the program up and is never looked at.
 */
final class Medians {

    private final List<Long> values = new ArrayList<>();

    void add(long value) {
        values.add(value);
    }

    long median() {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
