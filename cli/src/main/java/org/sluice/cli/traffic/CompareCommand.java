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

/**
 * {@code sluice traffic compare}: what changed from one report to another, and whether it is more than chance. Its exit code is for
 * scripts that gate by it: only 0 says that the second report is as good as the first.
 */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description = "Compare two reports (JSON): by how much figures differ, and whether that is more than chance.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:B is as good as A, or better",
            "1:B is worse in at least one figure",
            "2:not compared",
            "3:the figures do not tell"
        })
public final class CompareCommand implements Callable<Integer> {
    private static final int WORSE = 1;
    private static final int UNKNOWN = 3;

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
        BadOption.in(spec, () -> {
            if (json != null) {
                ReportOptions.requireWritable("--json", json);
            }
            return first;
        });
        Comparison comparison = Comparison.compare(JsonReport.read(first), JsonReport.read(second));
        if (json != null) {
            comparison.write(json);
        }
        spec.commandLine().getOut().print(comparison.text());
        spec.commandLine().getOut().flush();
        return switch (comparison.verdict()) {
            case SAME, BETTER -> 0;
            case WORSE, MIXED -> WORSE;
            case UNKNOWN -> UNKNOWN;
        };
    }
}
