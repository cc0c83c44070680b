package org.sluice.traffic.engine;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Contenders that take turns, so that what else the machine does meets all of them alike. The first round warms up. */
final class Contest {
    /** One contender's figures in one round, in the order of the contest's columns. */
    @FunctionalInterface
    interface Turn {
        double[] figures() throws Exception;
    }

    private final String title;
    private final String[] columns;
    private final Map<String, Turn> contenders = new LinkedHashMap<>();

    Contest(String title, String... columns) {
        this.title = title;
        this.columns = columns;
    }

    void enter(String name, Turn turn) {
        contenders.put(name, turn);
    }

    /** Prints the medians; the first column also as a ratio to the first contender's. */
    void run(int rounds) throws InterruptedException {
        Map<String, List<double[]>> results = new LinkedHashMap<>();
        Map<String, String> refusals = new LinkedHashMap<>();
        for (int round = 0; round <= rounds; round++) {
            for (var contender : contenders.entrySet()) {
                String name = contender.getKey();
                if (refusals.containsKey(name)) {
                    continue;
                }
                try {
                    double[] figures = contender.getValue().figures();
                    if (round > 0) {
                        results.computeIfAbsent(name, _ -> new ArrayList<>()).add(figures);
                    }
                } catch (InterruptedException end) {
                    throw end;
                } catch (Exception refusal) {
                    refusals.put(name, String.valueOf(refusal.getMessage()));
                }
            }
        }
        print(results, refusals);
    }

    private void print(Map<String, List<double[]>> results, Map<String, String> refusals) {
        System.out.printf("%n%-34s", title);
        for (String column : columns) {
            System.out.printf(" %16s", column);
        }
        System.out.println("  first column / first row, [lowest, highest]");
        double reference = Double.NaN;
        for (String name : contenders.keySet()) {
            if (refusals.containsKey(name)) {
                System.out.printf("  %-32s not measured: %s%n", name, refusals.get(name));
                continue;
            }
            List<double[]> rows = requireNonNull(results.get(name), "a contender without figures was refused");
            System.out.printf("  %-32s", name);
            for (int column = 0; column < columns.length; column++) {
                System.out.printf(" %,16.1f", sorted(rows, column)[rows.size() / 2]);
            }
            double[] first = sorted(rows, 0);
            double median = first[first.length / 2];
            reference = Double.isNaN(reference) ? median : reference;
            System.out.printf("  %.2f [%,.0f, %,.0f]%n", median / reference, first[0], first[first.length - 1]);
        }
    }

    private static double[] sorted(List<double[]> rows, int column) {
        return rows.stream().mapToDouble(row -> row[column]).sorted().toArray();
    }
}
