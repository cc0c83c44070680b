package org.sluice.traffic.engine;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.sluice.linux.thread.Scheduling;

/**
 * The threads in which the JVM compiles. They share a CPU with whatever else the machine does; where that CPU is busy, the loops of the
 * tester would wait half a minute for their compiled form, and be up to ten times slower so long. For one thread.
 */
final class CompilerThreads implements AutoCloseable {
    /** As HotSpot names them, cut by the kernel to 15 bytes. */
    private static final Pattern NAME = Pattern.compile("C[12] Compiler.*");

    private final Map<Integer, Integer> before = new LinkedHashMap<>();

    /** Gives them the largest share, as far as that is permitted. Those that the JVM starts later inherit it. */
    void prefer() {
        for (int thread : Scheduling.threads()) {
            if (NAME.matcher(Scheduling.nameOf(thread)).matches()) {
                before.putIfAbsent(thread, Scheduling.niceOf(thread));
                Scheduling.Permission _ = Scheduling.setNice(thread, Urgency.LARGEST_SHARE_NICE);
            }
        }
    }

    /** Gives them the share that they had. */
    @Override
    public void close() {
        before.forEach((thread, nice) -> {
            Scheduling.Permission _ = Scheduling.setNice(thread, nice);
        });
        before.clear();
    }
}
