package org.sluice.traffic.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;
import org.knowm.xchart.style.CategoryStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.sluice.traffic.trial.Latency;

/** Draws charts with XChart. Everything that touches AWT is here, so that the rest works in a runtime without it. */
final class PngCharts {
    private static final int WIDTH = 1_200;
    private static final int HEIGHT = 560;
    private static final int[] COLOURS = {0x1f5fa8, 0xc2570c, 0x1d7a5a, 0x8a3ea8, 0xb0252f, 0x6b6a00, 0x00788c, 0x7a5230
    };

    private static final Color LINE_RATE = new Color(0xd3d8df);

    private final Report report;
    private final ChartData data;

    PngCharts(Report report, ChartData data) {
        this.report = report;
        this.data = data;
    }

    byte[] image() throws IOException {
        List<CategoryChart> charts = new ArrayList<>();
        if (!data.bits().isEmpty()) {
            charts.add(throughput());
        }
        if (!data.latencies().isEmpty()) {
            charts.add(latency());
        }
        ByteArrayOutputStream image = new ByteArrayOutputStream();
        BitmapEncoder.saveBitmap(charts, charts.size(), 1, image, BitmapEncoder.BitmapFormat.PNG);
        return image.toByteArray();
    }

    private CategoryChart throughput() {
        BarChart bars = data.bits();
        CategoryChart chart = chart("Throughput", "Mbit/s");
        List<Double> line = new ArrayList<>();
        for (int place = 0; place < data.frames().size(); place++) {
            int at = place;
            line.add(bars.series().stream()
                    .map(series -> series.bars().get(at).possible())
                    .mapToDouble(possible -> possible.orElse(0))
                    .max()
                    .orElse(0));
        }
        if (line.stream().anyMatch(rate -> rate > 0)) {
            chart.addSeries("line rate", data.frames(), line).setFillColor(LINE_RATE);
        }
        for (int index = 0; index < bars.series().size(); index++) {
            List<Double> values = bars.series().get(index).bars().stream()
                    .map(bar -> bar.value().orElse(0))
                    .toList();
            chart.addSeries(name(index) + limit(index), data.frames(), values).setFillColor(colour(index));
        }
        return chart;
    }

    private CategoryChart latency() {
        CategoryChart chart = chart("Latency at the throughput: median, and 99.9th percentile dashed", "µs");
        chart.getStyler().setYAxisLogarithmic(true);
        chart.getStyler().setYAxisLogarithmicDecadeOnly(false);
        // Else each line is shifted aside, as if it were a bar of the group.
        chart.getStyler().setOverlapped(true);
        chart.getStyler().setDefaultSeriesRenderStyle(CategorySeriesRenderStyle.Line);
        for (int index = 0; index < report.patterns().size(); index++) {
            line(chart, index, " p50", Latency::p50, new BasicStroke(2.5f));
            line(chart, index, " p99.9", Latency::p999, dashes());
        }
        return chart;
    }

    private void line(CategoryChart chart, int index, String what, ToLongFunction<Latency> value, BasicStroke stroke) {
        PatternResult pattern = report.patterns().get(index);
        List<Double> values = data.frames().stream()
                .map(frames -> ChartData.size(pattern, frames)
                        .flatMap(SizeResult::latency)
                        .map(found -> Math.max(1, value.applyAsLong(found.all())) / 1e3)
                        .orElse(Double.NaN))
                .toList();
        if (values.stream().anyMatch(number -> !number.isNaN())) {
            CategorySeries series = chart.addSeries(name(index) + what, data.frames(), values);
            series.setLineColor(colour(index));
            series.setMarkerColor(colour(index));
            series.setMarker(SeriesMarkers.CIRCLE);
            series.setLineStyle(stroke);
        }
    }

    private CategoryChart chart(String title, String unit) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title + (report.complete() ? "" : " (incomplete run)"))
                .xAxisTitle("frame size, bytes")
                .yAxisTitle(unit)
                .build();
        CategoryStyler styler = chart.getStyler();
        styler.setLocale(Locale.ROOT);
        styler.setBaseFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14));
        styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 18));
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setChartTitleBoxVisible(false);
        styler.setLegendPosition(Styler.LegendPosition.OutsideE);
        styler.setLegendBorderColor(Color.WHITE);
        styler.setPlotGridVerticalLinesVisible(false);
        styler.setYAxisDecimalPattern("#,##0.###");
        styler.setAvailableSpaceFill(0.85);
        return chart;
    }

    /** Names of series have to differ, titles of patterns need not. */
    private String name(int index) {
        PatternResult pattern = report.patterns().get(index);
        boolean shared = report.patterns().stream()
                        .filter(other -> other.title().equals(pattern.title()))
                        .count()
                > 1;
        return (shared ? pattern.name() : pattern.title()) + (pattern.emulated() ? " (emulated)" : "");
    }

    /** Where the tester was the limit and not the pattern. */
    private String limit(int index) {
        List<String> limited = report.patterns().get(index).sizes().stream()
                .filter(size -> !size.testerLimited().isEmpty())
                .map(SizeResult::frames)
                .toList();
        if (limited.isEmpty()) {
            return "";
        }
        return limited.size() == data.frames().size()
                ? " (tester-limited)"
                : " (tester-limited: " + String.join(", ", limited) + ")";
    }

    private static Color colour(int index) {
        return new Color(COLOURS[index % COLOURS.length]);
    }

    private static BasicStroke dashes() {
        return new BasicStroke(2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {7, 5}, 0);
    }
}
