package org.sluice.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How large the heap of a controller of this program is, which limits depend on. Stateless. */
final class ControllerHeap {
    /** What {@code sluice} says, as the JVM's option {@code -Xmx} takes it: {@code 256m}. */
    static final String PROPERTY = "sluice.controller.heap";

    private ControllerHeap() {}

    /** Bytes; those of this process where nobody said anything. */
    static long bytes() {
        @Nullable String said = System.getProperty(PROPERTY);
        return said == null ? Runtime.getRuntime().maxMemory() : parse(said);
    }

    /** Reads a size as {@code -Xmx} does: bytes, or with k, m, g or t powers of 1024. */
    static long parse(String text) {
        int unit = "kmgt".indexOf(text.substring(text.length() - 1).toLowerCase(Locale.ROOT)) + 1;
        return Long.parseLong(unit == 0 ? text : text.substring(0, text.length() - 1)) << (10 * unit);
    }
}
