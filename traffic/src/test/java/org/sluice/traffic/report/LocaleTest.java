package org.sluice.traffic.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LocaleTest {
    private final Locale before = Locale.getDefault();

    @AfterEach
    void restore() {
        Locale.setDefault(before);
    }

    @Test
    void everyReportIsTheSameInEveryLocale() {
        List<String> english = everything(Locale.ENGLISH);

        assertThat(everything(Locale.GERMANY)).isEqualTo(english);
        // Its own digits would show in every number.
        assertThat(everything(Locale.forLanguageTag("ar-EG-u-nu-arab"))).isEqualTo(english);
    }

    private static List<String> everything(Locale locale) {
        Locale.setDefault(locale);
        Report report = SampleReports.fourPatterns();
        Comparison comparison =
                Comparison.compare(report, SampleReports.onePattern(SampleReports.size("64", 64, 2e6, 9_000)));
        return List.of(
                TextReport.text(report),
                JsonReport.text(report),
                CsvReport.text(report),
                HtmlReport.text(report),
                comparison.text(),
                comparison.json());
    }
}
