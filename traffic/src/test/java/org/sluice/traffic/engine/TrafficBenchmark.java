package org.sluice.traffic.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Starts {@link TrafficContest} in a virtual machine with the launcher's options, because that of the tests compiles for a quick
 * start only; {@code bench/traffic} runs it. Asserts no figure.
 */
@EnabledIfSystemProperty(
        named = "sluice.bench.traffic",
        matches = ".+",
        disabledReason = "a benchmark; bench/traffic runs it")
class TrafficBenchmark {
    @Test
    void measure() throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(System.getProperty("sluice.bench.java", "").strip().split("\\s+")));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), TrafficContest.class.getName()));
        command.addAll(List.of(System.getProperty("sluice.bench.traffic").split(",")));
        // Not to this process's own output, on which Surefire speaks with Maven.
        File output = new File(System.getProperty("sluice.bench.output"));
        assertThat(new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output)
                        .start()
                        .waitFor())
                .isZero();
    }
}
