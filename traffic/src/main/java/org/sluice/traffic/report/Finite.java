package org.sluice.traffic.report;

import java.util.List;
import java.util.OptionalDouble;

/** Refuses what is no number: JSON has no way to write it, and a figure that nobody could compute is left out instead. */
final class Finite {
    private Finite() {}

    static void require(double value, String name) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(name + " is " + value + ", which is no number.");
        }
    }

    static void require(OptionalDouble value, String name) {
        value.ifPresent(number -> require(number, name));
    }

    static List<Double> require(List<Double> values, String name) {
        values.forEach(value -> require(value, name));
        return List.copyOf(values);
    }
}
