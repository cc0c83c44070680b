package org.sluice.cli.traffic;

import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.sluice.cli.Sluice;
import org.sluice.traffic.procedure.TestPlan;
import org.sluice.traffic.report.PatternResult;
import org.sluice.traffic.report.Profile;
import org.sluice.traffic.report.Report;
import picocli.CommandLine;

/** Puts a report together from what was measured. */
final class Reports {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

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

    /** The whole line, whichever command of it this is; so that a shell reads it the same again. */
    private static String typed(CommandLine command) {
        CommandLine program = command;
        for (CommandLine parent = program.getParent(); parent != null; parent = program.getParent()) {
            program = parent;
        }
        return Stream.concat(
                        Stream.of(program.getCommandName()),
                        program.getParseResult().originalArgs().stream().map(Reports::quoted))
                .collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
