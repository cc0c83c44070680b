package org.sluice.traffic.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * Lines with their names at their right ends.
 *
 * @param title what it shows
 * @param description its main figures in words
 * @param heading printed above the plot, with the unit of the vertical axis
 * @param across the horizontal axis
 * @param vertical the vertical axis
 * @param tick labels of the vertical axis
 * @param series the lines
 */
record LineChart(
        String title,
        String description,
        String heading,
        Across across,
        Scale vertical,
        DoubleFunction<String> tick,
        List<Series> series) {
    private static final double HEIGHT = 270;
    private static final double LABEL_HEIGHT = 11;
    private static final int MANY = 25;

    LineChart {
        series = List.copyOf(series);
    }

    /** A horizontal axis. */
    sealed interface Across {
        /** Places side by side; the x of a point is its place's number, from 0. */
        record Places(List<String> names, String caption) implements Across {}

        /** A measure. */
        record Measure(Scale scale, DoubleFunction<String> tick, String caption) implements Across {}
    }

    /** One line, its points from left to right. */
    record Series(String name, List<Point> points) {
        Series {
            points = List.copyOf(points);
        }
    }

    /** A point in the units of the axes. */
    record Point(double x, double y) {}

    /** A line's name and how high its end is. */
    private record EndLabel(String name, int series, double y) {}

    void draw(Markup out, String id, double width) {
        int longest =
                series.stream().mapToInt(line -> line.name().length()).max().orElse(0);
        SvgChart chart = new SvgChart(out, id, width, HEIGHT, 0, 18 + longest * 6.2, title, description);
        chart.vertical(vertical, tick, heading);
        switch (across) {
            case Across.Places(List<String> names, String caption) -> chart.categories(names, caption);
            case Across.Measure(Scale scale, DoubleFunction<String> label, String caption) ->
                chart.horizontal(scale, label, caption);
        }
        List<EndLabel> ends = new ArrayList<>();
        for (int index = 0; index < series.size(); index++) {
            Series line = series.get(index);
            List<double[]> points = line.points().stream()
                    .map(point -> new double[] {chart.x(share(point.x())), chart.y(vertical.at(point.y()))})
                    .toList();
            if (!points.isEmpty()) {
                chart.path(points, index, points.size() < MANY);
                ends.add(new EndLabel(line.name(), index, points.getLast()[1]));
            }
        }
        for (EndLabel end : apart(ends, chart.y(0))) {
            chart.label(
                    chart.right() + 6, end.y() + 3.5, end.name(), "name fill" + end.series() % SvgChart.LOOKS, "start");
        }
        chart.close();
    }

    private double share(double x) {
        return switch (across) {
            case Across.Places(List<String> names, String _) -> (x + 0.5) / names.size();
            case Across.Measure(Scale scale, DoubleFunction<String> _, String _) -> scale.at(x);
        };
    }

    /** Moves labels that would touch upwards, the lowest first, so that none leaves the plot at its bottom. */
    private static List<EndLabel> apart(List<EndLabel> ends, double lowest) {
        List<EndLabel> sorted = new ArrayList<>(ends);
        sorted.sort(Comparator.comparingDouble(EndLabel::y)
                .thenComparingInt(EndLabel::series)
                .reversed());
        List<EndLabel> placed = new ArrayList<>();
        double free = lowest;
        for (EndLabel end : sorted) {
            double y = Math.min(end.y(), free);
            placed.add(new EndLabel(end.name(), end.series(), y));
            free = y - LABEL_HEIGHT;
        }
        return placed;
    }
}
