package org.sluice.controller.compute.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

class MicroversionTest {
    @Test
    void takesTheWholeRangeAndNothingElse() {
        assertThat(Microversion.parse("2.1")).isEqualTo(Microversion.FIRST);
        assertThat(Microversion.parse("2.96")).isEqualTo(Microversion.LATEST);
        assertThat(Microversion.parse("latest")).isEqualTo(Microversion.LATEST);
        assertThat(Microversion.parse("2.10").compareTo(Microversion.parse("2.9")))
                .isPositive();
        assertThat(Microversion.parse("2.10").compareTo(Microversion.parse("2.11")))
                .isNegative();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.0", "2.97", "1.1", "3.5"})
    void refusesWhatIsNotOffered(String text) {
        assertThatThrownBy(() -> Microversion.parse(text)).isInstanceOfSatisfying(ProblemException.class, failure -> {
            assertThat(failure.problem().kind()).isEqualTo(Problem.Kind.NOT_ACCEPTABLE);
            assertThat(failure.problem().text())
                    .isEqualTo("Version " + text + " is not supported by the API. Minimum is 2.1 and maximum is 2.96.");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "2.", "2.01", "02.1", "2.3.4", "two", "", "2.1234567"})
    void refusesWhatIsNoVersion(String text) {
        assertThatThrownBy(() -> Microversion.parse(text))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        failure -> assertThat(failure.problem().kind()).isEqualTo(Problem.Kind.BAD_REQUEST));
    }
}
