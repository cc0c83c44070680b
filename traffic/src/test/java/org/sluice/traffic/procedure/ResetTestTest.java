package org.sluice.traffic.procedure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.linux.LinuxException;
import org.sluice.traffic.report.SizeResult.Reset;

/** The reset test, with commands that behave and commands that do not. */
class ResetTestTest {
    private static final ResetTest.Times TIMES =
            new ResetTest.Times(Duration.ofSeconds(2), Duration.ofMillis(1), Duration.ofSeconds(10));

    private static Bench bench(SimulatedPath path) {
        return Plans.bench(path, 5_000, 20_000);
    }

    private static Optional<Reset> reset(Bench bench) {
        return bench.findings().result(List.of()).reset();
    }

    @Test
    void theLongestSilenceIsTheAnswer() throws Exception {
        Bench bench = bench(new SimulatedPath(10_000, 10).silent(0.7, 1.2));
        new ResetTest(bench, "true", TIMES).run();

        assertThat(reset(bench)).hasValueSatisfying(found -> {
            assertThat((double) found.nanoseconds()).isCloseTo(0.5e9, within(1e6));
            assertThat(found.how()).isEqualTo("\"true\" was run");
        });
        assertThat(bench.findings().notes()).isEmpty();
    }

    @Test
    void aResetThatInterruptsNothingIsSaidToBeSo() throws Exception {
        Bench bench = bench(new SimulatedPath(10_000, 10));
        new ResetTest(bench, "true", TIMES).run();

        assertThat(reset(bench).orElseThrow().nanoseconds()).isZero();
        assertThat(bench.findings().notes()).singleElement().asString().contains("make sure that it resets the device");
    }

    @Test
    void aDeviceThatStaysAwayHasNoResetTime() throws Exception {
        Bench bench = bench(new SimulatedPath(10_000, 10).silent(0.7, 100));
        new ResetTest(bench, "true", TIMES).run();

        assertThat(reset(bench)).isEmpty();
        assertThat(bench.findings().notes())
                .containsExactly("With frames of 64 bytes the path did not forward again within the 1.999 s that were"
                        + " left after the reset command: give it longer (--reset-for).");
    }

    @Test
    void aCommandThatFailsIsAnErrorWithItsStatus() {
        assertThatThrownBy(() -> new ResetTest(bench(new SimulatedPath(10_000, 10)), "exit 3", TIMES).run())
                .isInstanceOfSatisfying(LinuxException.class, failure -> {
                    assertThat(failure.code()).isEqualTo("reset.failed");
                    assertThat(failure.sentence()).isEqualTo("The reset command \"exit 3\" ended with status 3.");
                });
        assertThatThrownBy(() -> new ResetTest(bench(new SimulatedPath(10_000, 10)), "no-such-program-1", TIMES).run())
                .isInstanceOfSatisfying(
                        LinuxException.class,
                        failure -> assertThat(failure.sentence()).endsWith("ended with status 127, not found."));
    }

    @Test
    void aCommandThatCannotBeStartedIsAnError() {
        assertThatThrownBy(() -> new ResetTest(bench(new SimulatedPath(10_000, 10)), "true \0", TIMES).run())
                .isInstanceOfSatisfying(LinuxException.class, failure -> {
                    assertThat(failure.code()).isEqualTo("reset.failed");
                    assertThat(failure.sentence()).contains("cannot be started: ");
                });
    }

    @Test
    void aCommandThatHangsIsEndedWithItsChildren(@TempDir Path folder) throws Exception {
        Path child = folder.resolve("child");
        String command = "sh -c 'echo $$ > " + child + "; exec sleep 600' & wait";
        ResetTest.Times times = new ResetTest.Times(Duration.ofSeconds(1), Duration.ofMillis(1), Duration.ofSeconds(2));

        assertThatThrownBy(() -> new ResetTest(bench(new SimulatedPath(10_000, 10)), command, times).run())
                .isInstanceOfSatisfying(LinuxException.class, failure -> {
                    assertThat(failure.code()).isEqualTo("reset.hangs");
                    assertThat(failure.sentence()).endsWith("took longer than 2 seconds.");
                });

        long pid = Long.parseLong(Files.readString(child).strip());
        ProcessHandle.of(pid).ifPresent(handle -> handle.onExit().join());
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void anInterruptedTrialDoesNotRunTheCommandAnyMore(@TempDir Path folder) {
        Path touched = folder.resolve("touched");
        ResetTest.Times times =
                new ResetTest.Times(Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofSeconds(10));

        assertThatThrownBy(() -> new ResetTest(
                                bench(new SimulatedPath(10_000, 10).interruptedAt(0)), "touch " + touched, times)
                        .run())
                .isInstanceOf(InterruptedException.class);
        assertThat(touched).doesNotExist();
    }
}
