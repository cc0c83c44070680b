package org.sluice.agent.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepRunnerTest {
    private final List<String> done = new ArrayList<>();
    private final StepRunner runner = new StepRunner(StepObserver.NONE);

    @Test
    void undoesInReverseWhatWasBegun() {
        List<Step> steps = List.of(step("a"), step("b"), failing("c"), step("d"));
        assertThatThrownBy(() -> runner.apply(steps, 0, failure -> done.add("failed " + failure.step())))
                .isInstanceOfSatisfying(StepFailure.class, failure -> {
                    assertThat(failure.step()).isEqualTo("c");
                    assertThat(failure.reason()).hasMessage("c refuses");
                    assertThat(failure.isUndone()).isTrue();
                });
        assertThat(done).containsExactly("a", "b", "failed c", "undo c", "undo b", "undo a");
    }

    @Test
    void undoesAlsoWhatAnEarlierRunMayHaveBegun() {
        List<Step> steps = List.of(step("a"), failing("b"), step("c"));
        assertThatThrownBy(() -> runner.apply(steps, 3, failure -> {})).isInstanceOf(StepFailure.class);
        assertThat(done).containsExactly("a", "undo c", "undo b", "undo a");
    }

    @Test
    void stopsUndoingAtWhatCannotBeUndoneAndKeepsBothReasons() {
        List<Step> steps = List.of(step("a"), stuck("b"), failing("c"));
        assertThatThrownBy(() -> runner.apply(steps, 0, failure -> {}))
                .isInstanceOfSatisfying(StepFailure.class, failure -> {
                    assertThat(failure.isUndone()).isFalse();
                    assertThat(failure.reason()).hasMessage("c refuses");
                    assertThat(failure.getSuppressed()[0]).hasRootCauseMessage("b is stuck");
                });
        assertThat(done).containsExactly("a", "b", "undo c");
    }

    @Test
    void restoresWithoutUndoing() {
        List<Step> steps = List.of(step("a"), failing("b"));
        assertThatThrownBy(() -> runner.restore(steps)).isInstanceOf(StepFailure.class);
        assertThat(done).containsExactly("a");
    }

    @Test
    void doesNothingMoreAfterAnError() {
        Step dies = new Step(
                "dies",
                () -> {
                    throw new AssertionError("killed");
                },
                () -> done.add("undo"));
        assertThatThrownBy(() -> runner.apply(List.of(step("a"), dies), 0, failure -> done.add("failed")))
                .isInstanceOf(AssertionError.class);
        assertThat(done).containsExactly("a");
    }

    @Test
    void patiencePausesTwiceAsLongEachTimeAndEnds() {
        List<Duration> pauses = new ArrayList<>();
        Patience.Series series = new Patience(Duration.ofMillis(400), Duration.ofSeconds(3), pauses::add).begin();
        while (series.pause()) {
            assertThat(pauses).hasSizeLessThan(10);
        }
        assertThat(pauses)
                .containsExactly(
                        Duration.ofMillis(400), Duration.ofMillis(800), Duration.ofSeconds(1), Duration.ofSeconds(1));
    }

    private Step step(String name) {
        return new Step(name, () -> done.add(name), () -> done.add("undo " + name));
    }

    private Step failing(String name) {
        return new Step(
                name,
                () -> {
                    throw new IllegalStateException(name + " refuses");
                },
                () -> done.add("undo " + name));
    }

    private Step stuck(String name) {
        return new Step(name, () -> done.add(name), () -> {
            throw new IllegalStateException(name + " is stuck");
        });
    }
}
