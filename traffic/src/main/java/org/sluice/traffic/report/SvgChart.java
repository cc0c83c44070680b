package org.sluice.traffic.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/**
 * The paper a chart is drawn on: its size, its plot area, axes and texts, as SVG 1.1 inside a page. Colours come from the page's
 * style sheet by class; series differ by fill pattern or dash as well, so that they can be told apart in grey. Used by one thread.
 */
final class SvgChart {
    /** After so many series their looks repeat. */
    static final int LOOKS = 8;

    private static final String[] DASHES = {"", "6 3", "2 3", "9 3 2 3", "12 4", "4 2 1 2", "1 2", "14 3 3 3"};
    private static final double CHARACTER = 5.6;
    private static final double ROOM_FOR_CAPTION = 90;

    /** Room for the labels of the vertical axis. */
    static final double LEFT = 58;

    /** Height of a line of the legend; the first one stands beside the caption of the axis. */
    static final double LEGEND_LINE = 15;

    private final Markup out;
    private final String id;
    private final double width;
    private final double height;
    private final double left;
    private final double top;
    private final double right;
    private final double bottom;

    /**
     * Opens a chart.
     *
     * @param id unique within the page; every id inside begins with it
     * @param headRoom above the plot besides the caption of the axis, for more lines of a legend
     * @param labelRoom right of the plot
     * @param title what it shows, for who cannot see it
     * @param description its main figures, for who cannot see it
     */
    SvgChart(
            Markup out,
            String id,
            double width,
            double height,
            double headRoom,
            double labelRoom,
            String title,
            String description) {
        this.out = out;
        this.id = id;
        this.width = width;
        this.height = height;
        this.left = LEFT;
        this.top = 30 + headRoom;
        this.right = width - labelRoom;
        this.bottom = height - 40;
        out.open(
                "svg",
                "xmlns",
                "http://www.w3.org/2000/svg",
                "class",
                "chart",
                "id",
                id,
                "viewBox",
                "0 0 " + number(width) + " " + number(height),
                "role",
                "img",
                "aria-labelledby",
                id + "-title " + id + "-desc");
        out.element("title", title, "id", id + "-title");
        out.element("desc", description, "id", id + "-desc");
    }

    void close() {
        out.close();
    }

    double x(double share) {
        return left + share * (right - left);
    }

    double y(double share) {
        return bottom - share * (bottom - top);
    }

    double right() {
        return right;
    }

    /** Lines across the plot at the ticks, their labels on the left, and the caption above. */
    void vertical(Scale scale, DoubleFunction<String> label, String caption) {
        out.element("text", caption, "class", "axis", "x", "0", "y", "12");
        double last = Double.POSITIVE_INFINITY;
        for (double tick : scale.ticks()) {
            double y = y(scale.at(tick));
            line(left, y, right, y, tick == 0 ? "base" : "grid");
            // Labels that would touch the one below are left out, their lines stay.
            if (last - y >= 12) {
                label(left - 7, y + 3.5, shown(tick, label), "tick", "end");
                last = y;
            }
        }
    }

    /** Labels below the plot at the ticks, and the caption below them. */
    void horizontal(Scale scale, DoubleFunction<String> label, String caption) {
        line(left, bottom, right, bottom, "base");
        for (double tick : scale.ticks()) {
            double x = x(scale.at(tick));
            line(x, bottom, x, bottom + 4, "base");
            label(x, bottom + 16, shown(tick, label), "tick", "middle");
        }
        label((left + right) / 2, height - 6, caption, "axis", "middle");
    }

    /** Labels below the plot, each in the middle of its part of the width. */
    void categories(List<String> names, String caption) {
        line(left, bottom, right, bottom, "base");
        for (int index = 0; index < names.size(); index++) {
            label(x((index + 0.5) / names.size()), bottom + 16, names.get(index), "tick", "middle");
        }
        label((left + right) / 2, height - 6, caption, "axis", "middle");
    }

    /** How many lines a legend of these names takes. */
    static int legendLines(double width, List<String> names) {
        return lines(width, names).size();
    }

    /** Swatches with names in the upper right corner; the last name is that of the reference line when there is one. */
    void legend(List<String> names, boolean reference) {
        int series = 0;
        double y = 4;
        for (List<String> line : lines(width, names)) {
            double x = width - line.stream().mapToDouble(SvgChart::legendWidth).sum() + 12;
            for (String name : line) {
                if (reference && series == names.size() - 1) {
                    line(x, y + 5, x + 12, y + 5, "reference");
                } else {
                    bar(x, y, 12, 10, series);
                }
                label(x + 17, y + 8.5, name, "legend", "start");
                x += legendWidth(name);
                series++;
            }
            y += LEGEND_LINE;
        }
    }

    private static List<List<String>> lines(double width, List<String> names) {
        List<List<String>> lines = new ArrayList<>();
        double used = Double.POSITIVE_INFINITY;
        for (String name : names) {
            if (used + legendWidth(name) > width - ROOM_FOR_CAPTION) {
                lines.add(new ArrayList<>());
                used = 0;
            }
            lines.getLast().add(name);
            used += legendWidth(name);
        }
        return lines;
    }

    private static double legendWidth(String name) {
        return name.length() * CHARACTER + 32;
    }

    /** The fills of that many series; bars refer to them. */
    void fills(int count) {
        out.open("defs");
        for (int look = 1; look < Math.min(count, LOOKS); look++) {
            boolean dots = look % 4 == 2;
            double turn = switch (look % 4) {
                case 1 -> 45;
                case 3 -> -45;
                default -> 0;
            };
            out.open(
                    "pattern",
                    "id",
                    id + "-fill" + look,
                    "patternUnits",
                    "userSpaceOnUse",
                    "width",
                    "6",
                    "height",
                    "6",
                    "patternTransform",
                    "rotate(" + number(turn) + ")");
            out.empty("rect", "class", "fill" + look, "width", "6", "height", "6");
            if (dots) {
                out.empty("circle", "class", "hatch", "cx", "3", "cy", "3", "r", look < 4 ? "1.3" : "2.1");
            } else {
                out.empty("rect", "class", "hatch", "width", look < 4 ? "1.6" : "3.2", "height", "6");
            }
            out.close();
        }
        out.close();
    }

    void bar(double x, double y, double barWidth, double barHeight, int series) {
        int look = series % LOOKS;
        String[] place = {"x", number(x), "y", number(y), "width", number(barWidth), "height", number(barHeight)};
        List<String> attributes = new ArrayList<>(List.of("class", look == 0 ? "bar fill0" : "bar"));
        if (look > 0) {
            attributes.addAll(List.of("fill", "url(#" + id + "-fill" + look + ")"));
        }
        attributes.addAll(List.of(place));
        out.empty("rect", attributes.toArray(String[]::new));
    }

    /** A line through points of the paper, in the look of the series, with a dot at each when there are few. */
    void path(List<double[]> points, int series, boolean dots) {
        StringBuilder path = new StringBuilder();
        for (double[] point : points) {
            path.append(path.isEmpty() ? "M" : " L")
                    .append(number(point[0]))
                    .append(' ')
                    .append(number(point[1]));
        }
        int look = series % LOOKS;
        out.empty(
                "path",
                "class",
                "line stroke" + look,
                "stroke-dasharray",
                DASHES[look].isEmpty() ? "none" : DASHES[look],
                "d",
                path.toString());
        if (dots) {
            points.forEach(point -> out.empty(
                    "circle", "class", "dot fill" + look, "cx", number(point[0]), "cy", number(point[1]), "r", "2.4"));
        }
    }

    void line(double x1, double y1, double x2, double y2, String look) {
        out.empty("line", "class", look, "x1", number(x1), "y1", number(y1), "x2", number(x2), "y2", number(y2));
    }

    void label(double x, double y, String text, String look, String anchor) {
        out.element("text", text, "class", look, "x", number(x), "y", number(y), "text-anchor", anchor);
    }

    /** A label that reads upwards. */
    void upright(double x, double y, String text, String look) {
        out.element(
                "text", text, "class", look, "transform", "translate(" + number(x) + " " + number(y) + ") rotate(-90)");
    }

    private static String shown(double tick, DoubleFunction<String> label) {
        return tick == 0 ? "0" : Numbers.shortest(label.apply(tick));
    }

    private static String number(double value) {
        String fixed = String.format(Locale.ROOT, "%.2f", value);
        return fixed.endsWith(".00") ? fixed.substring(0, fixed.length() - 3) : fixed;
    }
}
