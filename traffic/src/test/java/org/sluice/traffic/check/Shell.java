package org.sluice.traffic.check;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Runs the system's own programs, which know nothing of the tester. */
final class Shell {
    private Shell() {}

    /** What a program said and how it ended. */
    record Answer(String text, int code) {}

    /** Runs a program to its end; its output with its errors. */
    static Answer ask(List<String> words) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), UTF_8);
            return new Answer(text, process.waitFor());
        } catch (IOException failure) {
            throw new UncheckedIOException(String.join(" ", words) + " cannot be run.", failure);
        }
    }

    /** The same for a program that must succeed. */
    static String run(List<String> words) throws InterruptedException {
        Answer answer = ask(words);
        if (answer.code() != 0) {
            throw new AssertionError(String.join(" ", words) + " ended with " + answer.code() + ": " + answer.text());
        }
        return answer.text();
    }
}
