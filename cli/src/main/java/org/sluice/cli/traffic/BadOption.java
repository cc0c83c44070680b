package org.sluice.cli.traffic;

import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Turns what an option's value cannot be into the refusal of a command line, before anything is touched. */
final class BadOption {
    /** Exit status of a run that was stopped and has written what it had. */
    static final int STOPPED = 130;

    private BadOption() {}

    /** Puts the option's name before what its value cannot be, where the sentence does not have it. */
    static <T> T named(String option, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException refusal) {
            String sentence = String.valueOf(refusal.getMessage());
            throw sentence.startsWith(option)
                    ? refusal
                    : new IllegalArgumentException(option + ": " + sentence, refusal);
        }
    }

    static <T> T in(CommandSpec spec, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException refusal) {
            throw new ParameterException(spec.commandLine(), String.valueOf(refusal.getMessage()), refusal);
        }
    }
}
