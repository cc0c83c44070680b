package org.sluice.traffic.engine;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.sluice.linux.machine.Machine;
import org.sluice.linux.thread.Scheduling;

/**
 * Which CPU each loop runs on, and which are left to everything else of this program: compiling, collecting, displaying. A CPU
 * that a sender spins on has nothing else to do, if there are enough of them.
 *
 * @param senders a CPU for each sender
 * @param receivers a CPU for each receiver
 * @param others CPUs for all other threads
 * @param exclusive whether senders have their CPUs for themselves, because another one is left for the rest
 * @param receiversExclusive whether receivers have theirs for themselves too
 */
record CpuPlan(
        List<Integer> senders, List<Integer> receivers, BitSet others, boolean exclusive, boolean receiversExclusive) {
    CpuPlan {
        senders = List.copyOf(senders);
        receivers = List.copyOf(receivers);
        requireNonNull(others, "others is null");
    }

    /** For so many loops on the CPUs that this process may use. */
    static CpuPlan forLoops(int senders, int receivers) {
        return of(Scheduling.cpus(0), senders, receivers);
    }

    static CpuPlan of(BitSet allowed, int senders, int receivers) {
        // From the last CPU down: interrupts and daemons mostly live on the first.
        List<Integer> cpus = new ArrayList<>(allowed.stream().boxed().toList().reversed());
        if (cpus.size() <= senders) {
            return new CpuPlan(spread(cpus, senders, 0), spread(cpus, receivers, senders), allowed, false, false);
        }
        BitSet left = (BitSet) allowed.clone();
        cpus.subList(0, senders).forEach(left::clear);
        List<Integer> afterSenders = cpus.subList(senders, cpus.size());
        boolean enough = afterSenders.size() > receivers;
        if (enough) {
            afterSenders.subList(0, receivers).forEach(left::clear);
        }
        return new CpuPlan(cpus.subList(0, senders), spread(afterSenders, receivers, 0), left, true, enough);
    }

    /** How urgent the sender is: one that shares its CPU with the rest of the program must let that run. */
    Urgency urgencyOf(int sender, Machine machine) {
        return exclusive ? Urgency.forSpinningOn(senders.get(sender), machine) : Urgency.ORDINARY;
    }

    private static List<Integer> spread(List<Integer> cpus, int threads, int first) {
        List<Integer> chosen = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            chosen.add(cpus.get((first + i) % cpus.size()));
        }
        return chosen;
    }
}
