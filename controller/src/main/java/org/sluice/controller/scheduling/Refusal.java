package org.sluice.controller.scheduling;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.sluice.model.Problem;

/** Words a refused request: each filter's reason once, with the number of hosts it holds for. Pure. */
final class Refusal {
    /** The text is a server's fault message, of which clients show some 250 characters; explain shows the rest. */
    private static final int MOST_REASONS = 4;

    private Refusal() {}

    static Problem of(List<Verdict> verdicts) {
        return new Problem(
                Problem.Kind.CONFLICT,
                "NoValidHost",
                "No valid host was found. " + summary(verdicts),
                Optional.empty());
    }

    /** The same for a server that is to leave its host, of the verdicts on all others. */
    static Problem elsewhere(List<Verdict> others) {
        return others.isEmpty()
                ? Problem.of(Problem.Kind.CONFLICT, "NoValidHost", "There is no other host.")
                : of(others);
    }

    private static String summary(List<Verdict> verdicts) {
        if (verdicts.isEmpty()) {
            return "No host has enrolled yet.";
        }
        Map<Verdict.Reason, Long> counts = verdicts.stream()
                .flatMap(verdict -> verdict.reasons().stream())
                .collect(Collectors.groupingBy(reason -> reason, LinkedHashMap::new, Collectors.counting()));
        String shown = counts.entrySet().stream()
                .sorted(Map.Entry.<Verdict.Reason, Long>comparingByValue().reversed())
                .limit(MOST_REASONS)
                .map(entry -> sentence(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(" "));
        int more = counts.size() - MOST_REASONS;
        return more > 0 ? shown + " And %d more reasons; 'sluice explain' lists them.".formatted(more) : shown;
    }

    private static String sentence(Verdict.Reason reason, long hosts) {
        String text = reason.sentence();
        String bare = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        return "%s: %s (%d %s).".formatted(reason.filter(), bare, hosts, hosts == 1 ? "host" : "hosts");
    }
}
