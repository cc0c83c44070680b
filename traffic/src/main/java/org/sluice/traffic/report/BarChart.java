package org.sluice.traffic.report;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;
import java.util.stream.Stream;

/**
 * Groups of bars: a group for each category, in it a bar for each series, and over each bar a line at what would be possible.
 *
 * @param title what it shows
 * @param description its main figures in words
 * @param caption the vertical axis: what and in which unit
 * @param categories names of the groups
 * @param series the bars, as many values each as there are categories
 * @param tick labels of the vertical axis
 */
record BarChart(
        String title,
        String description,
        String caption,
        List<String> categories,
        List<Series> series,
        DoubleFunction<String> tick) {
    private static final double WIDTH = 960;
    private static final double HEIGHT = 330;
    private static final double RIGHT = 8;
    private static final double GROUP = 0.8;
    private static final double WIDEST = 70;
    private static final double ROOM_FOR_A_LABEL = 23;
    private static final double ROOM_FOR_AN_UPRIGHT_LABEL = 9;
    private static final double LENGTH_OF_AN_UPRIGHT_LABEL = 24;

    BarChart {
        categories = List.copyOf(categories);
        series = List.copyOf(series);
    }

    /** Bars of one look. */
    record Series(String name, List<Bar> bars) {
        Series {
            bars = List.copyOf(bars);
        }
    }

    /** A height, the height that would be possible, and a short label; absent where it was not measured or is not known. */
    record Bar(OptionalDouble value, OptionalDouble possible, String label) {
        static final Bar NONE = new Bar(OptionalDouble.empty(), OptionalDouble.empty(), "");
    }

    /** Whether there is anything to draw. */
    boolean isEmpty() {
        return bars().allMatch(bar -> bar.value().isEmpty());
    }

    void draw(Markup out, String id) {
        boolean reference = bars().anyMatch(bar -> bar.possible().isPresent());
        List<String> legend = new ArrayList<>(series.stream().map(Series::name).toList());
        if (reference) {
            legend.add("line rate");
        }
        double group = (WIDTH - SvgChart.LEFT - RIGHT) / categories.size();
        double slot = Math.min(group * GROUP / series.size(), WIDEST);
        double legendLines = legend.size() < 2 ? 0 : SvgChart.legendLines(WIDTH, legend) - 1.0;
        double more = SvgChart.LEGEND_LINE * legendLines + (slot < ROOM_FOR_A_LABEL ? LENGTH_OF_AN_UPRIGHT_LABEL : 0);
        SvgChart chart = new SvgChart(out, id, WIDTH, HEIGHT + more, more, RIGHT, title, description);
        chart.fills(series.size());
        Scale scale = Scale.Linear.upTo(bars().flatMap(bar -> Stream.of(bar.value(), bar.possible()))
                .mapToDouble(value -> value.orElse(0))
                .max()
                .orElse(0));
        chart.vertical(scale, tick, caption);
        if (legend.size() > 1) {
            chart.legend(legend, reference);
        }
        for (int category = 0; category < categories.size(); category++) {
            double begin = chart.x((category + 0.5) / categories.size()) - slot * series.size() / 2;
            for (int index = 0; index < series.size(); index++) {
                bar(chart, series.get(index).bars().get(category), scale, begin + index * slot, slot, index);
            }
        }
        chart.categories(categories, "frame size, bytes");
        chart.close();
    }

    private static void bar(SvgChart chart, Bar bar, Scale scale, double x, double slot, int index) {
        double gap = Math.min(2, slot * 0.1);
        if (bar.value().isPresent()) {
            double y = chart.y(scale.at(bar.value().getAsDouble()));
            chart.bar(x + gap / 2, y, slot - gap, chart.y(0) - y, index);
        }
        if (bar.possible().isPresent()) {
            double y = chart.y(scale.at(bar.possible().getAsDouble()));
            chart.line(x, y, x + slot, y, "reference");
        }
        if (bar.value().isPresent()) {
            double y = chart.y(scale.at(bar.value().getAsDouble()));
            if (slot >= ROOM_FOR_A_LABEL) {
                chart.label(x + slot / 2, y - 4, bar.label(), "value", "middle");
            } else if (slot >= ROOM_FOR_AN_UPRIGHT_LABEL) {
                chart.upright(x + slot / 2 + 3, y - 4, bar.label(), "value");
            }
        }
    }

    private Stream<Bar> bars() {
        return series.stream().flatMap(one -> one.bars().stream());
    }
}
