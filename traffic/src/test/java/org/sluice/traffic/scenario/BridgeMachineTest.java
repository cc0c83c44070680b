package org.sluice.traffic.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.linux.LinuxException;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.traffic.engine.LatenessBounds;
import org.sluice.traffic.engine.Measurement;
import org.sluice.traffic.engine.Mode;
import org.sluice.traffic.engine.TestPath;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.guest.MachineProcesses;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.TrialResult;

/** A virtual machine from the lab's guest image routes between two bridges of this machine. */
@EnabledIfSystemProperty(
        named = "sluice.lab",
        matches = "true",
        disabledReason = "boots a virtual machine; ./verify runs it, or mvn verify -Dsluice.lab=true")
class BridgeMachineTest {
    private static final int FRAMES = 500;

    private static Path image;

    @TempDir
    private Path state;

    @BeforeAll
    static void findImage() throws IOException, InterruptedException {
        assumeTrue("root".equals(System.getProperty("user.name")), "Making network namespaces needs root.");
        // Surefire runs tests in the module's folder. The images are built here if nobody has built them yet.
        Process build = new ProcessBuilder("../lab/build")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        build.getOutputStream().close();
        String images = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(build.waitFor()).as("lab/build").isZero();
        image = Path.of(images).resolve("guest.qcow2");
    }

    @Test
    void aVirtualMachineRoutesBetweenTwoBridges() throws Exception {
        Pattern pattern = pattern(image, Duration.ofMinutes(5));
        assertThat(pattern.unavailable()).isEmpty();
        String machine;
        try (BuiltPath path = pattern.build()) {
            machine = machineName();
            assertThat(MachineProcesses.isRunning(machine)).isTrue();
            path.awaitReady();
            assertThat(path.notes()).anySatisfy(note -> assertThat(note).containsAnyOf("KVM", "TCG"));
            assertThat(path.devices()).hasSize(4);
            // A guest that is emulated may drop a few when the machine is busy.
            assertThat(arrived(path, FrameMix.of(64))).isGreaterThan(FRAMES * 9 / 10);
            assertThat(arrived(path, FrameMix.of(1_518))).isGreaterThan(FRAMES * 9 / 10);
        }
        assertThatNothingIsLeftOf(machine);
    }

    @Test
    void aMachineThatARunLeftIsKilledByTheNext(@TempDir Path dead) throws Exception {
        BuiltPath path = pattern(image, Duration.ofMinutes(5)).build();
        String machine = machineName();
        Path journal = Journals.in(state).getFirst();
        Path _ = Files.copy(journal, dead.resolve(journal.getFileName()));

        assertThat(Leftovers.remove(dead).removed()).contains("the virtual machine " + machine);

        assertThat(MachineProcesses.isRunning(machine)).isFalse();
        path.close();
        assertThatNothingIsLeftOf(machine);
    }

    @Test
    void aMachineThatDoesNotBootIsReportedWithItsLastWordsAndTakenDown(@TempDir Path elsewhere) throws Exception {
        Path empty = Files.write(elsewhere.resolve("empty.img"), new byte[1 << 20]);
        try (BuiltPath path = pattern(empty, Duration.ofSeconds(2)).build()) {
            assertThatThrownBy(path::awaitReady).isInstanceOfSatisfying(LinuxException.class, failure -> {
                assertThat(failure.code()).isEqualTo("machine.failed");
                assertThat(failure.sentence()).contains("is not ready after 2 s; its last words: ");
            });
        }
        assertThat(state).isEmptyDirectory();
    }

    private void assertThatNothingIsLeftOf(String machine) {
        assertThat(MachineProcesses.isRunning(machine)).isFalse();
        assertThat(NetworkNamespace.names())
                .noneMatch(name -> name.startsWith(machine.substring(0, machine.lastIndexOf('-'))));
        assertThat(state).isEmptyDirectory();
    }

    /** What the journal says. */
    private String machineName() throws IOException {
        return Files.readAllLines(Journals.in(state).getFirst()).stream()
                .filter(line -> line.startsWith("machine "))
                .map(line -> line.substring("machine ".length()))
                .findFirst()
                .orElseThrow();
    }

    private Pattern pattern(Path disk, Duration bootLimit) {
        return new BridgeMachine(
                state, new MachineOptions(Optional.of(disk), 128, Optional.empty(), bootLimit), Step.Listener.NONE);
    }

    private static long arrived(BuiltPath path, FrameMix mix) throws Exception {
        try (TestPath test = TestPath.open(path.streams(), Mode.MMSG, LatenessBounds.DEFAULT, Duration.ofSeconds(2));
                Measurement measurement = test.measure(mix)) {
            TrialResult result = measurement.run(new Load.Burst(FRAMES, 100));
            assertThat(result.sent()).isEqualTo(FRAMES);
            return result.received();
        }
    }
}
