package org.sluice.linux.thread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.BitSet;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.SystemCallException;

class SchedulingTest {
    @Test
    void pinsAThreadToOneOfItsCpus() throws Exception {
        onThreadOfItsOwn(() -> {
            BitSet before = Scheduling.cpus(Scheduling.currentThread());
            int last = before.length() - 1;

            Scheduling.pin(last);

            BitSet only = new BitSet();
            only.set(last);
            assertThat(Scheduling.cpus(Scheduling.currentThread())).isEqualTo(only);
            assertThat(Scheduling.threads()).contains(Scheduling.currentThread());
            return true;
        });
    }

    @Test
    void refusesCpusThatAreNotThere() {
        BitSet none = new BitSet();
        assertThatThrownBy(() -> Scheduling.pin(0, none)).hasMessageContaining("set of CPUs is empty");
        BitSet missing = new BitSet();
        missing.set(1_000);
        assertThatThrownBy(() -> Scheduling.pin(0, missing))
                .isInstanceOfSatisfying(
                        SystemCallException.class,
                        failure -> assertThat(failure.errno()).isEqualTo(Errno.EINVAL));
    }

    @Test
    void saysWhetherAThreadOfThatNumberIsThere() {
        BitSet all = Scheduling.cpus(0);
        assertThat(Scheduling.pin(Integer.MAX_VALUE, all)).isFalse();
    }

    @Test
    void givesRealTimeToRoot() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "Real-time priority needs root.");
        onThreadOfItsOwn(() -> {
            assertThat(Scheduling.setRealTime(1)).isEqualTo(Scheduling.Permission.GRANTED);
            Scheduling.setOrdinary();
            Scheduling.setSharpTimers();
            return true;
        });
    }

    @Test
    void countsTheTimeAThreadRan() throws Exception {
        onThreadOfItsOwn(() -> {
            KernelClock cpuClock = KernelClock.cpuTimeOfThread();
            WaitingTime before = WaitingTime.of(Scheduling.currentThread());
            long start = cpuClock.read();
            while (cpuClock.read() - start < 20_000_000) {
                Thread.onSpinWait();
            }
            WaitingTime spent = WaitingTime.of(Scheduling.currentThread()).since(before);
            assertThat(spent.running()).isGreaterThan(10_000_000);
            assertThat(spent.waiting()).isNotNegative();
            return true;
        });
    }

    private static void onThreadOfItsOwn(Callable<Boolean> work) throws Exception {
        FutureTask<Boolean> task = new FutureTask<>(work);
        Thread thread = Thread.ofPlatform().start(task);
        assertThat(task.get()).isTrue();
        thread.join();
    }
}
