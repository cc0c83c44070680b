package org.sluice.traffic.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.linux.LinuxException;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.traffic.engine.Bounds;
import org.sluice.traffic.engine.Measurement;
import org.sluice.traffic.engine.Mode;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.engine.TestPath;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.TrialResult;

/** A virtual machine from the lab's guest image routes between two bridges of this machine. */
@EnabledIfSystemProperty(
        named = "sluice.lab",
        matches = "true",
        disabledReason = "boots a virtual machine; ./verify runs it, or mvn verify -Dsluice.lab=true")
class MachineInTheLabTest {
    private static Path image;

    @TempDir
    private Path state;

    @BeforeAll
    static void findImage() throws IOException, InterruptedException {
        assumeTrue("root".equals(System.getProperty("user.name")), "Making network namespaces needs root.");
        // Surefire runs tests in the module's folder.
        Process build = new ProcessBuilder("../lab/build", "--print").start();
        build.getOutputStream().close();
        String images = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assumeTrue(build.waitFor() == 0, "The lab's images are not built (lab/build).");
        image = Path.of(images).resolve("guest.qcow2");
    }

    @Test
    void aVirtualMachineRoutesBetweenTwoBridges() throws Exception {
        Options options = Options.in(state).withImage(image);
        Pattern pattern = pattern(options);
        assertThat(pattern.unavailable()).isEmpty();
        String machine;
        try (BuiltPath path = pattern.build()) {
            machine = machineName();
            assertThat(MachineProcesses.isRunning(machine)).isTrue();
            assertThat(path.notes()).anySatisfy(note -> assertThat(note).containsAnyOf("KVM", "TCG"));
            assertThat(arrived(path.streams(), FrameMix.of(64))).isGreaterThan(475);
            assertThat(arrived(path.backwards(), FrameMix.of(1_518))).isGreaterThan(475);
            assertThat(arrived(path.streams(), FrameMix.of(9_216))).isGreaterThan(475);
        }
        assertThat(MachineProcesses.isRunning(machine)).isFalse();
        assertThat(state).isEmptyDirectory();
        assertThat(NetworkNamespace.names())
                .filteredOn(name -> name.startsWith(machine.substring(0, 15)))
                .isEmpty();
    }

    @Test
    void aMachineThatARunLeftIsKilledByTheNext(@TempDir Path dead) throws Exception {
        BuiltPath path = pattern(Options.in(state).withImage(image)).build();
        String machine = machineName();
        Path journal = state.resolve(machine.substring(0, machine.lastIndexOf('-')) + Journal.SUFFIX);
        Path _ = Files.copy(journal, dead.resolve(journal.getFileName()));

        assertThat(Leftovers.remove(dead)).hasSize(1);

        assertThat(MachineProcesses.isRunning(machine)).isFalse();
        path.close();
        assertThat(state).isEmptyDirectory();
    }

    @Test
    void aMachineThatDoesNotBootIsReportedWithItsLastWordsAndTakenDown() throws Exception {
        Path empty = Files.createFile(state.resolve("empty.img"));
        Files.write(empty, new byte[1 << 20]);
        Options options = new Options(
                state,
                Optional.of(empty),
                "qemu-system-x86_64",
                Optional.empty(),
                Optional.empty(),
                List.of(),
                0,
                2,
                64,
                Duration.ofSeconds(2));

        assertThatThrownBy(() -> pattern(options).build()).isInstanceOfSatisfying(LinuxException.class, failure -> {
            assertThat(failure.code()).isEqualTo("machine.failed");
            assertThat(failure.sentence()).contains("is not ready after 2 s; its last words: ");
        });
        assertThat(state).isDirectoryNotContaining(file -> !file.equals(empty));
    }

    private String machineName() throws IOException {
        try (var files = Files.list(state)) {
            String seed = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".iso"))
                    .findFirst()
                    .orElseThrow();
            return seed.substring(0, seed.length() - ".iso".length());
        }
    }

    private static Pattern pattern(Options options) {
        return Scenarios.fourPatterns(options).patterns().stream()
                .filter(each -> each.name().equals("bridge-tap-vm"))
                .findFirst()
                .orElseThrow();
    }

    private static long arrived(List<Stream> streams, FrameMix mix) throws Exception {
        try (TestPath test = TestPath.open(streams, Mode.MMSG, Bounds.DEFAULT, Duration.ofSeconds(2));
                Measurement measurement = test.measure(mix)) {
            TrialResult result = measurement.run(new Load.Paced(100, Duration.ofSeconds(5)));
            assertThat(result.streams().getFirst().sent()).isEqualTo(500);
            return result.received();
        }
    }
}
