package org.sluice.traffic.engine;

import static java.util.Objects.requireNonNull;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sluice.linux.machine.Machine;
import org.sluice.linux.thread.Scheduling;

/**
 * How a sender asks for its CPU. Real-time priority is not simply the best: Linux takes a CPU away from a real-time thread that never
 * sleeps, for up to 50 ms of each second, so that ordinary threads are not starved (up to 6.11 whenever it has used 950 ms,
 * sched_rt_runtime_us in sched(7); from 6.12 on when an ordinary thread waits there, the fair server). An ordinary thread of
 * the highest share is interrupted more often but for a millisecond at most. docs/decisions/0012 has the figures.
 */
enum Urgency {
    /** SCHED_FIFO: on a CPU where nothing ordinary waits, or under a kernel that does not take it away. */
    REAL_TIME,
    /** SCHED_OTHER with a nice value of -20. */
    LARGEST_SHARE,
    /** As any other thread. */
    ORDINARY;

    /** Above ordinary threads, below what the kernel itself needs at once. */
    private static final int PRIORITY = 10;

    static final int LARGEST_SHARE_NICE = -20;
    private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+).*");
    private static final int UNLIMITED = -1;

    /** What suits a thread that spins on this CPU. */
    static Urgency forSpinningOn(int cpu, Machine machine) {
        requireNonNull(machine, "machine is null");
        boolean never = machine.realTimeRuntime().orElse(0) == UNLIMITED;
        boolean safe = hasFairServer(machine) ? machine.isolatedCpus().cpus().contains(cpu) : never;
        return safe ? REAL_TIME : LARGEST_SHARE;
    }

    private static boolean hasFairServer(Machine machine) {
        Matcher release = RELEASE.matcher(machine.kernelRelease().orElse(""));
        if (!release.matches()) {
            return true;
        }
        int major = Integer.parseInt(release.group(1));
        return major > 6 || (major == 6 && Integer.parseInt(release.group(2)) >= 12);
    }

    /** Makes the calling thread so, as far as it is permitted. */
    void apply() {
        switch (this) {
            case REAL_TIME -> {
                if (Scheduling.setRealTime(PRIORITY) == Scheduling.Permission.REFUSED) {
                    LARGEST_SHARE.apply();
                }
            }
            case LARGEST_SHARE -> {
                Scheduling.Permission _ = Scheduling.setNice(LARGEST_SHARE_NICE);
            }
            case ORDINARY -> {}
        }
    }
}
