package org.sluice.cli.traffic;

import java.time.Instant;
import java.util.List;
import org.sluice.cli.Sluice;
import org.sluice.traffic.procedure.TestPlan;
import org.sluice.traffic.report.PatternResult;
import org.sluice.traffic.report.Profile;
import org.sluice.traffic.report.Report;
import picocli.CommandLine;

/** Puts a report together from what was measured. */
final class Reports {
    private Reports() {}

    static Report of(
            CommandLine command,
            Instant started,
            boolean complete,
            TestPlan plan,
            List<PatternResult> patterns,
            List<String> leftOut) {
        return new Report(
                Report.SCHEMA,
                Sluice.version(),
                typed(command),
                started,
                Instant.now(),
                complete,
                new Profile(plan.profile().name(), plan.deviations()),
                new Facts().machine(),
                patterns,
                leftOut);
    }

    private static String typed(CommandLine command) {
        return command.getCommandSpec().qualifiedName() + " "
                + String.join(" ", command.getParseResult().originalArgs());
    }
}
