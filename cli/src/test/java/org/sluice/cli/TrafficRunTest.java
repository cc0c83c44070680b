package org.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.traffic.report.JsonReport;
import org.sluice.traffic.report.PatternResult;
import org.sluice.traffic.report.Report;
import org.sluice.traffic.report.SettingChange;

/** {@code sluice traffic run} as a person types it, in processes that are let end, stopped and killed. */
class TrafficRunTest {
    @TempDir
    private Path state;

    @TempDir
    private Path reports;

    @BeforeEach
    void mayMakeNamespaces() {
        assumeTrue("root".equals(System.getProperty("user.name")), "Making network namespaces needs root.");
    }

    @Test
    void measuresWhatThisMachineCanAfterClearingAwayWhatAKilledRunLeft() throws Exception {
        List<String> left;
        try (SluiceProcess killed = SluiceProcess.start(arguments("tuned-bare-forwarding"))) {
            String _ = killed.awaitLine("  Tuned bare forwarding, floor");
            killed.kill();
            left = madeNamespaces();
        }
        assertThat(left).hasSize(3);
        assertThat(NetworkNamespace.names()).containsAll(left);

        SluiceProcess.Result ended = SluiceProcess.run(arguments("four-patterns"));

        assertThat(ended.code()).as(ended.output()).isZero();
        assertThat(ended.output())
                .contains("sluice: Settings that a killed run had changed were put back: ")
                .contains("sluice: A killed run had left these, which were taken away: ")
                .contains("the network namespace " + left.getFirst());
        assertThat(NetworkNamespace.names()).doesNotContainAnyElementsOf(left);
        assertThat(state).isEmptyDirectory();

        Report report = JsonReport.read(json());
        assertThat(report.complete()).isTrue();
        assertThat(report.patterns())
                .extracting(PatternResult::name)
                .containsExactly("bare-forwarding", "tuned-bare-forwarding", "bridge-namespace");
        assertThat(report.patterns()).allSatisfy(pattern -> {
            assertThat(pattern.sizes()).hasSize(1);
            assertThat(pattern.sizes().getFirst().throughput()).isPresent();
            assertThat(pattern.sizes().getFirst().latency()).isPresent();
            assertThat(pattern.emulated()).isFalse();
        });
        assertThat(report.patterns().get(0).settings()).isEmpty();
        assertThat(report.patterns().get(1).settings())
                .extracting(SettingChange::outcome)
                .contains("restored")
                .allSatisfy(outcome -> assertThat(outcome).matches("restored|This machine does not have .*"));
        assertThat(report.patterns().get(2).title()).contains("namespace in place of the VM");
        assertThat(report.leftOut())
                .satisfiesExactly(
                        bridge -> assertThat(bridge).startsWith("Linux bridge with a VM: "),
                        one -> assertThat(one).startsWith("One VM with a VF: "),
                        ten -> assertThat(ten).startsWith("Ten VMs with a VF each: "));
    }

    @Test
    void anInterruptedRunPutsEverythingBackAndStillReports() throws Exception {
        List<String> made;
        try (SluiceProcess interrupted = SluiceProcess.start(arguments("four-patterns"))) {
            String _ = interrupted.awaitLine("  Tuned bare forwarding, 64 bytes: warm-up");
            made = madeNamespaces();
            assertThat(NetworkNamespace.names()).containsAll(made);
            interrupted.interrupt();
            assertThat(interrupted.end().code()).isEqualTo(130);
        }

        assertThat(made).hasSize(3);
        assertThat(NetworkNamespace.names()).doesNotContainAnyElementsOf(made);
        assertThat(state).isEmptyDirectory();
        Report report = JsonReport.read(json());
        assertThat(report.complete()).isFalse();
        assertThat(report.patterns())
                .extracting(PatternResult::name)
                .containsExactly("bare-forwarding", "tuned-bare-forwarding");
        assertThat(report.patterns().get(0).sizes().getFirst().throughput()).isPresent();
        assertThat(report.patterns().get(1).settings())
                .extracting(SettingChange::outcome)
                .contains("restored")
                .allSatisfy(outcome -> assertThat(outcome).matches("restored|This machine does not have .*"));
        assertThat(report.leftOut())
                .contains("Linux bridge with a namespace in place of the VM: the run was stopped before this pattern's"
                        + " turn came.");
    }

    @Test
    void whatIsNoScenarioIsRefusedBeforeAnythingIsTouched() throws Exception {
        SluiceProcess.Result ended = SluiceProcess.run(arguments("six-patterns"));

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.output()).contains("\"six-patterns\" is no scenario: use four-patterns, or one of");
        assertThat(json()).doesNotExist();
    }

    private String[] arguments(String scenario) {
        return new String[] {
            "traffic",
            "run",
            scenario,
            "--sizes",
            "64",
            "--trial",
            "100ms",
            "--rate",
            "2000pps",
            "--state",
            state.toString(),
            "--json",
            json().toString()
        };
    }

    private Path json() {
        return reports.resolve("report.json");
    }

    /** What the journal of the run says that it made. */
    private List<String> madeNamespaces() throws IOException {
        List<String> names = new ArrayList<>();
        try (Stream<Path> files = Files.list(state)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".made")).toList()) {
                Files.readAllLines(file).stream()
                        .filter(line -> line.startsWith("namespace "))
                        .map(line -> line.substring("namespace ".length()))
                        .forEach(names::add);
            }
        }
        return names;
    }
}
