package org.sluice.traffic.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

class SvgChartTest {
    @Test
    void barsAreAsHighAsTheirValues() throws Exception {
        Page page = draw(new BarChart(
                "title",
                "description",
                "Mbit/s",
                List.of("64", "128", "256"),
                List.of(series("one", 100, 50, 25)),
                Numbers::rate));
        List<Element> bars = page.all("//rect[@class='bar fill0'][@height != '10']");

        assertThat(bars).hasSize(3);
        double first = Page.number(bars.get(0), "height");
        assertThat(first).isGreaterThan(100);
        assertThat(Page.number(bars.get(1), "height") / first).isCloseTo(0.5, within(0.001));
        assertThat(Page.number(bars.get(2), "height") / first).isCloseTo(0.25, within(0.001));
        assertThat(bars)
                .allSatisfy(bar -> assertThat(Page.number(bar, "y") + Page.number(bar, "height"))
                        .as("all stand on the base line")
                        .isCloseTo(Page.number(bars.get(0), "y") + first, within(0.02)));
    }

    @Test
    void theLineAboveABarIsAtWhatWouldBePossible() throws Exception {
        Page page = draw(new BarChart(
                "title",
                "description",
                "Mbit/s",
                List.of("64"),
                List.of(new BarChart.Series(
                        "one", List.of(new BarChart.Bar(OptionalDouble.of(30), OptionalDouble.of(60), "50")))),
                Numbers::rate));
        Element bar = page.all("//rect[@class='bar fill0'][@height != '10']").getFirst();
        Element line = page.all("//line[@class='reference'][@y1 != '9']").getFirst();
        double base = Page.number(bar, "y") + Page.number(bar, "height");

        assertThat((base - Page.number(line, "y1")) / Page.number(bar, "height"))
                .isCloseTo(2, within(0.001));
        assertThat(page.texts("//text[@class='value']")).containsExactly("50");
    }

    @Test
    void seriesDifferByPatternAndNotOnlyByColour() throws Exception {
        BarChart.Series[] series = IntStream.range(0, SvgChart.LOOKS)
                .mapToObj(index -> series("s" + index, 10))
                .toArray(BarChart.Series[]::new);
        Page page = draw(new BarChart("title", "description", "fps", List.of("64"), List.of(series), Numbers::rate));

        assertThat(page.all("//pattern")).hasSize(SvgChart.LOOKS - 1);
        assertThat(page.all("//pattern").stream()
                        .map(pattern -> pattern.getAttribute("patternTransform")
                                + pattern.getLastChild().getNodeName()
                                + ((Element) pattern.getLastChild()).getAttribute("width")
                                + ((Element) pattern.getLastChild()).getAttribute("r")))
                .doesNotHaveDuplicates();
    }

    @Test
    void linesEndWithTheirNamesAndNamesDoNotTouch() throws Exception {
        Markup out = new Markup();
        new LineChart(
                        "title",
                        "description",
                        "heading",
                        new LineChart.Across.Places(List.of("64", "128"), "frame size"),
                        Scale.Linear.upTo(100),
                        Numbers::rate,
                        List.of(line("p50", 10, 11), line("p99", 10, 11), line("max", 90, 12)))
                .draw(out, "chart1", 480);
        Page page = Page.of(out.toString());
        List<Element> names = page.all("//text[starts-with(@class, 'name')]");

        assertThat(page.all("//path")).hasSize(3);
        assertThat(page.all("//path[@stroke-dasharray != 'none']")).hasSize(2);
        assertThat(names).extracting(Element::getTextContent).containsExactly("p99", "p50", "max");
        for (int index = 1; index < names.size(); index++) {
            assertThat(Page.number(names.get(index - 1), "y") - Page.number(names.get(index), "y"))
                    .isGreaterThanOrEqualTo(10.99);
        }
    }

    @Test
    void linearAxesEndAtARoundValueAboveTheLargest() {
        assertThat(Scale.Linear.upTo(9_870).ticks()).containsExactly(0.0, 2_000.0, 4_000.0, 6_000.0, 8_000.0, 10_000.0);
        assertThat(Scale.Linear.upTo(100).ticks()).startsWith(0.0, 20.0).endsWith(100.0);
        assertThat(Scale.Linear.upTo(0).end()).isEqualTo(1);
        assertThat(Scale.Linear.seconds(600).ticks()).containsExactly(0.0, 120.0, 240.0, 360.0, 480.0, 600.0);
        assertThat(Scale.Linear.seconds(0.5).ticks()).endsWith(0.5);
    }

    @Test
    void logarithmicAxesGiveEachDecadeTheSameLength() {
        Scale scale = Scale.Logarithmic.holding(1_200, 95_000);

        assertThat(scale.ticks()).containsExactly(1_000.0, 2_000.0, 5_000.0, 10_000.0, 20_000.0, 50_000.0, 100_000.0);
        assertThat(scale.at(1_000)).isZero();
        assertThat(scale.at(10_000)).isCloseTo(0.5, within(1e-9));
        assertThat(scale.at(100_000)).isCloseTo(1, within(1e-9));
        assertThat(Scale.Logarithmic.holding(10, 1e9).ticks())
                .startsWith(10.0, 100.0)
                .endsWith(1e9)
                .hasSize(9);
        assertThat(Scale.Logarithmic.holding(700, 700).ticks()).containsExactly(500.0, 1_000.0);
        assertThatIllegalArgumentException().isThrownBy(() -> Scale.Logarithmic.holding(0, 10));
    }

    private static Page draw(BarChart chart) throws Exception {
        Markup out = new Markup();
        chart.draw(out, "chart1");
        return Page.of(out.toString());
    }

    private static BarChart.Series series(String name, double... values) {
        return new BarChart.Series(
                name,
                Arrays.stream(values)
                        .mapToObj(value -> new BarChart.Bar(OptionalDouble.of(value), OptionalDouble.empty(), ""))
                        .toList());
    }

    private static LineChart.Series line(String name, double begin, double end) {
        return new LineChart.Series(name, List.of(new LineChart.Point(0, begin), new LineChart.Point(1, end)));
    }
}
