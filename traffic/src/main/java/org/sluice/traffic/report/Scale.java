package org.sluice.traffic.report;

import java.util.ArrayList;
import java.util.List;

/** Where a value stands along an axis, as a share of its length, and which values get a line. */
sealed interface Scale {
    /** 0 at the axis' begin, 1 at its end; values beyond stay at the ends. */
    double at(double value);

    /** Round values, at most about seven, the smallest first. */
    List<Double> ticks();

    /** From 0 to a round value that holds the largest. */
    record Linear(double end, double step) implements Scale {
        private static final int STEPS = 6;

        /** Holds values from 0 to the largest; an axis of nothing ends at 1. */
        static Linear upTo(double largest) {
            double top = largest > 0 ? largest : 1;
            double raw = top / STEPS;
            double decade = Math.pow(10, Math.floor(Math.log10(raw)));
            double step = decade * 10;
            for (double round : new double[] {1, 2, 2.5, 5}) {
                if (round * decade >= raw * (1 - 1e-9)) {
                    step = round * decade;
                    break;
                }
            }
            return new Linear(Math.ceil(top / step - 1e-9) * step, step);
        }

        /** The same for seconds, with steps that people count time in. */
        static Linear seconds(double largest) {
            double top = largest > 0 ? largest : 1;
            for (double step : new double[] {
                1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400
            }) {
                if (step * STEPS >= top && top >= step) {
                    return new Linear(Math.ceil(top / step - 1e-9) * step, step);
                }
            }
            return upTo(top);
        }

        @Override
        public double at(double value) {
            return Math.clamp(value / end, 0, 1);
        }

        @Override
        public List<Double> ticks() {
            List<Double> ticks = new ArrayList<>();
            int count = (int) Math.round(end / step);
            for (int tick = 0; tick <= count; tick++) {
                ticks.add(tick * step);
            }
            return ticks;
        }
    }

    /** Powers of ten; between few of them also their 2 and 5. */
    record Logarithmic(double begin, double end) implements Scale {
        /** Holds values from the smallest to the largest, both more than 0. */
        static Logarithmic holding(double smallest, double largest) {
            if (!(smallest > 0)) {
                throw new IllegalArgumentException("A logarithmic axis has no place for " + smallest + ".");
            }
            return new Logarithmic(roundDown(smallest), roundUp(largest));
        }

        @Override
        public double at(double value) {
            return value <= begin ? 0 : Math.clamp(Math.log(value / begin) / Math.log(end / begin), 0, 1);
        }

        @Override
        public List<Double> ticks() {
            boolean between = end / begin <= 1_001;
            List<Double> ticks = new ArrayList<>();
            for (double decade = Math.pow(10, Math.floor(Math.log10(begin) + 1e-9));
                    decade <= end * 1.000_001;
                    decade *= 10) {
                for (double factor : between ? new double[] {1, 2, 5} : new double[] {1}) {
                    double tick = decade * factor;
                    if (tick >= begin * 0.999_999 && tick <= end * 1.000_001) {
                        ticks.add(tick);
                    }
                }
            }
            return ticks;
        }

        private static double roundDown(double value) {
            double decade = Math.pow(10, Math.floor(Math.log10(value)));
            return value >= 5 * decade ? 5 * decade : value >= 2 * decade ? 2 * decade : decade;
        }

        private static double roundUp(double value) {
            double decade = Math.pow(10, Math.floor(Math.log10(value)));
            return value < 2 * decade ? 2 * decade : value < 5 * decade ? 5 * decade : 10 * decade;
        }
    }
}
