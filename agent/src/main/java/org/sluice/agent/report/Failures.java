package org.sluice.agent.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.step.StepFailure;
import org.sluice.model.ProblemException;
import org.sluice.model.protocol.ServerReport.Failure;

/** Puts a failure into the words of a report: what failed, the whole cause chain, and what to do. Pure. */
public final class Failures {
    private Failures() {}

    /** Describes a failure. */
    public static Failure describe(RuntimeException failure) {
        List<String> sentences = new ArrayList<>();
        collect(failure, sentences);
        RuntimeException root = failure instanceof StepFailure step ? step.reason() : failure;
        return new Failure(code(root), String.join(" ", sentences), fix(root));
    }

    private static void collect(Throwable failure, List<String> sentences) {
        for (Throwable link = failure; link != null; link = link.getCause()) {
            String sentence = sentence(link);
            if (!sentences.contains(sentence)) {
                sentences.add(sentence);
            }
            for (Throwable suppressed : link.getSuppressed()) {
                sentences.add("Undoing it is tried again, because it failed too:");
                collect(suppressed, sentences);
            }
        }
    }

    private static String sentence(Throwable failure) {
        if (failure instanceof ProblemException problem) {
            return problem.problem().sentence();
        }
        String message = failure.getMessage();
        if (message == null) {
            return failure.getClass().getSimpleName() + ".";
        }
        return failure instanceof KernelException kernel
                ? message + kernel.errno().map(errno -> " (" + errno + ")").orElse("")
                : message;
    }

    private static String code(RuntimeException failure) {
        return switch (failure) {
            case ProblemException problem -> problem.problem().code();
            case KernelException kernel -> kernel.code();
            case RuntimeException other -> "AgentFailure";
        };
    }

    private static Optional<String> fix(RuntimeException failure) {
        return switch (failure) {
            case ProblemException problem -> problem.problem().fix();
            case KernelException kernel -> kernel.fix();
            case RuntimeException other -> Optional.empty();
        };
    }
}
