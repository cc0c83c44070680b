package org.sluice.traffic.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NumbersTest {
    @Test
    void groupsRates() {
        assertThat(Numbers.rate(1_488_095.24)).isEqualTo("1,488,095");
        assertThat(Numbers.rate(99.94)).isEqualTo("99.9");
        assertThat(Numbers.rate(0)).isEqualTo("0");
    }

    @Test
    void givesTimesTheUnitThatFits() {
        assertThat(Numbers.time(0)).isEqualTo("0 ns");
        assertThat(Numbers.time(21.5)).isEqualTo("21.5 ns");
        assertThat(Numbers.time(999.6)).isEqualTo("1.00 µs");
        assertThat(Numbers.time(12_345)).isEqualTo("12.3 µs");
        assertThat(Numbers.time(999_499)).isEqualTo("999 µs");
        assertThat(Numbers.time(999_600)).isEqualTo("1.00 ms");
        assertThat(Numbers.time(210_000_000)).isEqualTo("210 ms");
        assertThat(Numbers.time(3_400_000_000L)).isEqualTo("3.40 s");
    }

    @Test
    void neverRoundsToAllOrToNothing() {
        assertThat(Numbers.percent(1)).isEqualTo("100 %");
        assertThat(Numbers.percent(0.999_999_9)).isEqualTo("> 99.99 %");
        assertThat(Numbers.percent(0.999_6)).isEqualTo("99.96 %");
        assertThat(Numbers.percent(0.123_4)).isEqualTo("12.3 %");
        assertThat(Numbers.percent(0.000_000_12)).isEqualTo("0.000012 %");
        assertThat(Numbers.percent(0)).isEqualTo("0 %");
        assertThat(Numbers.shortPercent(0.999_9)).isEqualTo("99.9");
        assertThat(Numbers.shortPercent(0.37)).isEqualTo("37");
    }

    @Test
    void writesMegabits() {
        assertThat(Numbers.megabits(9_869_700_000.0)).isEqualTo("9,870");
        assertThat(Numbers.megabits(512_000)).isEqualTo("0.512");
        assertThat(Numbers.megabits(12_340_000)).isEqualTo("12.3");
    }

    @Test
    void shortensLabelsOfAxesOnlyBehindThePoint() {
        assertThat(Numbers.shortest("50.0 µs")).isEqualTo("50 µs");
        assertThat(Numbers.shortest("2.50M")).isEqualTo("2.5M");
        assertThat(Numbers.shortest("100")).isEqualTo("100");
        assertThat(Numbers.shortest("1,000")).isEqualTo("1,000");
    }

    @Test
    void writesDurationsAsPeopleSayThem() {
        assertThat(Numbers.duration(0.5)).isEqualTo("0.5 s");
        assertThat(Numbers.duration(60)).isEqualTo("60 s");
        assertThat(Numbers.duration(600)).isEqualTo("10 min");
        assertThat(Numbers.duration(7_500)).isEqualTo("2 h 5 min");
    }
}
