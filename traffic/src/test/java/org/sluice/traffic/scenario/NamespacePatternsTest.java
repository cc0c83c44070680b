package org.sluice.traffic.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Links;
import org.sluice.traffic.engine.Bounds;
import org.sluice.traffic.engine.Measurement;
import org.sluice.traffic.engine.Mode;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.engine.TestPath;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.TrialResult;

/** The patterns that need namespaces alone, with frames through them, and all that can go wrong while they are built. */
class NamespacePatternsTest {
    @TempDir
    private Path state;

    /** Names of the namespaces that were made; other programs of this machine make some of their own meanwhile. */
    private final Set<String> made = new HashSet<>();

    @BeforeEach
    void requireRoot() {
        assumeTrue("root".equals(System.getProperty("user.name")), "Making network namespaces needs root.");
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        assertThat(ours()).isEmpty();
        assertThat(state).isEmptyDirectory();
    }

    private List<String> ours() {
        return NetworkNamespace.names().stream().filter(made::contains).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bare-forwarding", "tuned-bare-forwarding", "bridge-namespace"})
    void forwardsEveryFrameInBothDirections(String name) throws Exception {
        Pattern pattern = pattern(name, new Counting(_ -> {}));
        assertThat(pattern.unavailable()).isEmpty();
        try (BuiltPath path = pattern.build()) {
            assertThat(path.emulated()).isFalse();
            assertThat(path.mtu()).isEqualTo(9_216);
            assertThat(path.devices())
                    .allSatisfy(device -> assertThat(Site.link(device).up()).isTrue());
            List<Stream> both = new ArrayList<>(path.streams());
            both.addAll(path.backwards());
            for (FrameMix mix : List.of(FrameMix.of(64), FrameMix.of(9_216))) {
                assertThat(lost(both, mix)).as("%s of %s", mix, name).isZero();
            }
        }
    }

    private static long lost(List<Stream> streams, FrameMix mix) throws Exception {
        try (TestPath test = TestPath.open(streams, Mode.MMSG, Bounds.DEFAULT, Duration.ofMillis(500));
                Measurement measurement = test.measure(mix)) {
            TrialResult result = measurement.run(new Load.Paced(5_000, Duration.ofMillis(300)));
            assertThat(result.streams()).allSatisfy(stream -> {
                assertThat(stream.sent()).isEqualTo(1_500);
                assertThat(stream.corrupted()).isZero();
                assertThat(stream.duplicated()).isZero();
            });
            return result.lost();
        }
    }

    @Test
    void theStandInNeverCallsItselfAVirtualMachine() throws Exception {
        Pattern pattern = pattern("bridge-namespace", new Counting(_ -> {}));
        assertThat(pattern.title()).contains("stand-in, no VM");
        try (BuiltPath path = pattern.build()) {
            assertThat(path.description()).contains("in place of a virtual machine");
            assertThat(path.notes())
                    .anySatisfy(note -> assertThat(note).startsWith("No virtual machine is part of this path"));
        }
    }

    @Test
    void makesNothingInTheNamespaceOfTheHost() throws Exception {
        try (Links host = Links.open()) {
            List<String> devices =
                    host.list().stream().map(link -> link.name()).sorted().toList();
            try (BuiltPath _ =
                    pattern("bridge-namespace", new Counting(_ -> {})).build()) {
                assertThat(host.list().stream().map(link -> link.name()).sorted())
                        .isEqualTo(devices);
            }
        }
    }

    @Test
    void closingTwiceIsClosingOnce() throws Exception {
        BuiltPath path = pattern("bare-forwarding", new Counting(_ -> {})).build();
        path.close();
        path.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bare-forwarding", "bridge-namespace"})
    void aFailureAtAnyStepLeavesNothing(String name) throws Exception {
        int steps = steps(name);
        assertThat(steps).isGreaterThan(8);
        for (int step = 0; step < steps; step++) {
            int failing = step;
            Watch watch = new Counting(number -> {
                if (number == failing) {
                    throw new IllegalStateException("Step " + number + " fails.");
                }
            });
            assertThatThrownBy(() -> pattern(name, watch).build())
                    .hasMessage("Step " + step + " fails.")
                    .hasNoSuppressedExceptions();
            nothingIsLeft();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bare-forwarding", "bridge-namespace"})
    void theNextRunRemovesWhatARunLeftThatDiedAtAnyStep(String name, @TempDir Path dead) throws Exception {
        int steps = steps(name);
        for (int step = 0; step < steps; step++) {
            int last = step;
            // A run that died at this step left this journal, without a lock, and what stands at this moment.
            Watch watch = new Counting(number -> {
                if (number == last) {
                    copyJournal(dead);
                    assertThat(Leftovers.remove(state)).as("a living run's").isEmpty();
                    assertThat(Leftovers.remove(dead)).hasSize(1);
                    assertThat(ours()).isEmpty();
                    throw new IllegalStateException("Step " + number + " was the last.");
                }
            });
            assertThatThrownBy(() -> pattern(name, watch).build()).hasMessage("Step " + step + " was the last.");
            assertThat(dead).isEmptyDirectory();
        }
    }

    @Test
    void aScenarioListsThePatternsInOrderAndSaysWhatItLeavesOut() {
        Scenario scenario = Scenarios.fourPatterns(Options.in(state));
        assertThat(scenario.patterns())
                .extracting(Pattern::name)
                .containsExactly(
                        "bare-forwarding",
                        "tuned-bare-forwarding",
                        "bridge-tap-vm",
                        "bridge-namespace",
                        "one-vm-vf",
                        "ten-vms-vf");
        assertThat(scenario.available())
                .extracting(Pattern::name)
                .containsExactly("bare-forwarding", "tuned-bare-forwarding", "bridge-namespace");
        assertThat(scenario.leftOut())
                .hasSize(3)
                .first()
                .asString()
                .startsWith("Left out: Linux bridge, tap and a VM. ");
    }

    private void copyJournal(Path to) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(state)) {
            Path journal = files.iterator().next();
            Path _ = Files.write(to.resolve(journal.getFileName()), Files.readAllBytes(journal));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private int steps(String name) throws InterruptedException {
        Counting counting = new Counting(_ -> {});
        pattern(name, counting).build().close();
        return counting.count;
    }

    private Pattern pattern(String name, Watch watch) {
        Functions functions = Functions.ofThisMachine();
        Ground ground = new Ground(Options.in(state), functions, HostDriver.of(functions.tree()), watch);
        return Scenarios.fourPatterns(ground).patterns().stream()
                .filter(pattern -> pattern.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Numbers the places where a building can stop: before and after each thing is made. */
    private final class Counting implements Watch {
        private final IntConsumer at;
        private int count;

        Counting(IntConsumer at) {
            this.at = at;
        }

        @Override
        public void intended(Made thing) {
            if (thing instanceof Made.Namespace(String name)) {
                boolean _ = made.add(name);
            }
            at.accept(count++);
        }

        @Override
        public void done(Made thing) {
            at.accept(count++);
        }
    }
}
