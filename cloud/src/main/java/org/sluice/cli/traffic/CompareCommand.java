package org.sluice.cli.traffic;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.sluice.traffic.report.Comparison;
import org.sluice.traffic.report.JsonReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice traffic compare}: what changed from one report to another, and whether it is more than chance. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description = "Compare two reports (JSON): by how much figures differ, and whether that is more than chance.")
public final class CompareCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "A.json", description = "The report to compare with.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path first;

    @Parameters(index = "1", paramLabel = "B.json", description = "The report in question.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path second;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the comparison as JSON.")
    private @Nullable Path json;

    @Override
    public Integer call() {
        Comparison comparison = Comparison.compare(JsonReport.read(first), JsonReport.read(second));
        if (json != null) {
            comparison.write(json);
        }
        spec.commandLine().getOut().print(comparison.text());
        spec.commandLine().getOut().flush();
        return 0;
    }
}
