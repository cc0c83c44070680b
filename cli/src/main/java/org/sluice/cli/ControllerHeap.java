package org.sluice.cli;

import java.util.Locale;
import java.util.stream.Stream;

/** With which options the JVM of a controller of this program runs, and so how large its heap is, which limits depend on. Stateless. */
final class ControllerHeap {
    /** What {@code sluice} says, with spaces between: {@code -Xmx256m -Xmn32m}. */
    static final String PROPERTY = "sluice.controller.options";

    private static final String SIZE = "-Xmx";

    private ControllerHeap() {}

    /** Bytes; those of this process where nobody said anything. */
    static long bytes() {
        return words(System.getProperty(PROPERTY, ""))
                .filter(option -> option.startsWith(SIZE))
                .findFirst()
                .map(option -> parse(option.substring(SIZE.length())))
                .orElseGet(() -> Runtime.getRuntime().maxMemory());
    }

    /** The options that a value of the property stands for. */
    static Stream<String> words(String value) {
        return Stream.of(value.split(" ")).filter(word -> !word.isEmpty());
    }

    /** Reads a size as {@code -Xmx} does: bytes, or with k, m, g or t powers of 1024. */
    static long parse(String text) {
        int unit = "kmgt".indexOf(text.substring(text.length() - 1).toLowerCase(Locale.ROOT)) + 1;
        return Long.parseLong(unit == 0 ? text : text.substring(0, text.length() - 1)) << (10 * unit);
    }
}
