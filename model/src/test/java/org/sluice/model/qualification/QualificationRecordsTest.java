package org.sluice.model.qualification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QualificationRecordsTest {
    private static final CardClass CLASS = CardClass.parse("8086:10c9:igb:1000:short");

    @Test
    void aClassIsOneWordThatCanBeReadAgain() {
        assertThat(CLASS).isEqualTo(new CardClass("8086", "10c9", "igb", 1_000, "short", false));
        assertThat(new CardClass("15b3", "101e", "mlx5_core", 100_000, "short-xdp", true).text())
                .isEqualTo("15b3:101e:mlx5_core:100000:short-xdp:emulated");
        assertThat(CardClass.parse("15b3:101e:mlx5_core:0:short:emulated"))
                .isEqualTo(new CardClass("15b3", "101e", "mlx5_core", 0, "short", true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "igb", "8086:10c9:igb", "8086:10c9:igb:fast:short", "8086:10c9:igb:1000:short:emulated:x"})
    void aTextOfAnotherFormIsNoClass(String text) {
        assertThatThrownBy(() -> CardClass.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is no card class; write VENDOR:DEVICE:DRIVER:MBPS:PROFILE");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "80867:10c9:igb:1000:short | The vendor of a card class is '80867'",
                "8086:10C9:igb:1000:short  | The device of a card class is '10C9'",
                "8086:10c9::1000:short     | The driver of a card class is ''",
                "8086:10c9:igb:1000:       | The profile of a card class is ''",
                "8086:10c9:igb:1000:Short  | The profile of a card class is 'Short'"
            })
    void aPartThatIsNotAsItMustBeIsNamed(String text, String sentence) {
        assertThatThrownBy(() -> CardClass.parse(text)).hasMessageStartingWith(sentence);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "63   | 1  | 1 | 1 | 0   | Member 'frame_bytes' is 63 and must be 64 to 9216.",
                "9217 | 1  | 1 | 1 | 0   | Member 'frame_bytes' is 9217 and must be 64 to 9216.",
                "64   | -1 | 1 | 1 | 0   | Member 'frames_per_second' at 64 bytes is -1 and must be 0 or more.",
                "64   | 1  | 5 | 4 | 0   | Member 'p99_latency_ns' at 64 bytes is 4 and must be at least p50_latency_ns,"
                        + " which is 5.",
                "64   | 1  | 1 | 1 | 1.1 | Member 'loss_ratio' at 64 bytes is 1.1 and must be 0 to 1.",
                "64   | 1  | 1 | 1 | NaN | Member 'loss_ratio' at 64 bytes is NaN and must be 0 to 1."
            })
    void aFigureIsWithinItsRanges(int size, long rate, long p50, long p99, double loss, String sentence) {
        assertThatThrownBy(() -> new MeasuredFigure(size, rate, p50, p99, loss, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(sentence);
    }

    @Test
    void aSummaryHasOneFigureAFrameSizeTheSmallestFirst() {
        MeasuredFigure small = new MeasuredFigure(64, 1_000, 10, 20, 0, false);
        MeasuredFigure large = new MeasuredFigure(1_518, 800, 10, 20, 0, false);

        assertThat(summary(List.of(large, small)).figures()).containsExactly(small, large);
        assertThatThrownBy(() -> summary(List.of(small, large, small)))
                .hasMessage("Member 'figures' has two entries for frames of 64 bytes; give one.");
        assertThatThrownBy(() -> summary(List.of()))
                .hasMessage("Member 'figures' has 0 entries and must have 1 to 64, one a frame size.");
    }

    @ParameterizedTest
    @CsvSource({"0, 1.5", "1.01, 1.5", "NaN, 1.5", "0.9, 0.99", "0.9, NaN", "0.9, 1001"})
    void settingsOutOfRangeAreRefused(double share, double factor) {
        assertThatThrownBy(() -> new QualificationSettings(QualificationPolicy.OFF, share, factor))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be");
    }

    private static QualificationSummary summary(List<MeasuredFigure> figures) {
        return new QualificationSummary("ens1f0", Instant.EPOCH, CLASS, figures);
    }
}
