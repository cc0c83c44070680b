package org.sluice.simulator;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.sluice.agent.host.ImageAwayException;
import org.sluice.agent.host.KernelException;

/**
 * What goes wrong on a simulated host. Each fault waits for its call; without any, everything works. Thread-safe.
 */
public final class Faults {
    private final Map<HostCall, Deque<Fault>> faults = new EnumMap<>(HostCall.class);
    private final List<CountDownLatch> hanging = new ArrayList<>();
    private BiConsumer<HostCall, String> listener = (call, what) -> {};
    private long calls;
    private long cutAt = -1;
    private boolean cutAfterEffect;
    private long refuseAt = -1;
    private String refuseWith = "";
    private @Nullable Line line;

    private sealed interface Fault {
        record Refuse(String errno, int times) implements Fault {}

        record Away() implements Fault {}

        record Hang(CountDownLatch released) implements Fault {}

        record TakeLong(CountDownLatch released) implements Fault {}
    }

    /** A call that hangs until it is released, and then does what it was asked. */
    public interface Hang {
        /** Lets the call go on. */
        void release();
    }

    Faults() {}

    /** Answers the next calls of this kind with an errno, and then no more. */
    public synchronized void refuse(HostCall call, String errno, int times) {
        faults.computeIfAbsent(call, key -> new ArrayDeque<>()).add(new Fault.Refuse(errno, times));
    }

    /** A VF that is in reset for so many attempts, as i40e and ice answer ("VF still in reset. Try again."). */
    public void virtualFunctionInReset(int attempts) {
        refuse(HostCall.SET_MAC, "EAGAIN", attempts);
    }

    /** Has the next call of this kind hang in the kernel. */
    public synchronized Hang hang(HostCall call) {
        CountDownLatch released = new CountDownLatch(1);
        hanging.add(released);
        faults.computeIfAbsent(call, key -> new ArrayDeque<>()).add(new Fault.Hang(released));
        return released::countDown;
    }

    /** Has the next call of this kind wait for a program that takes its time, and is ended when nobody waits for it any more. */
    public synchronized Hang takeLong(HostCall call) {
        CountDownLatch released = new CountDownLatch(1);
        hanging.add(released);
        faults.computeIfAbsent(call, _ -> new ArrayDeque<>()).add(new Fault.TakeLong(released));
        return released::countDown;
    }

    /** Has the next call of this kind, which needs an image, find the controller away. */
    public synchronized void missController(HostCall call) {
        faults.computeIfAbsent(call, _ -> new ArrayDeque<>()).add(new Fault.Away());
    }

    /** Forgets every fault that has not happened yet, and lets what hangs go on. */
    public synchronized void clear() {
        hanging.forEach(CountDownLatch::countDown);
        hanging.clear();
        faults.clear();
        cutAt = -1;
        refuseAt = -1;
    }

    /** How many calls there were so far, without those that only look the host over ({@link HostCall#isSurvey}). */
    public synchronized long calls() {
        return calls;
    }

    /**
     * Kills the agent at a call counted from now, 0 for the next one.
     *
     * @param afterEffect whether the call still has its effect
     */
    public synchronized void killAt(long callsFromNow, boolean afterEffect) {
        cutAt = calls + callsFromNow;
        cutAfterEffect = afterEffect;
    }

    /** Answers one call, counted from now with 0 for the next, with an errno. */
    public synchronized void refuseAt(long callsFromNow, String errno) {
        refuseAt = calls + callsFromNow;
        refuseWith = requireNonNull(errno, "errno is null");
    }

    /** Whether the call that {@link #refuseAt} counts to has not been made yet. */
    public synchronized boolean isRefusalDue() {
        return refuseAt >= calls;
    }

    /** Whether the agent that connected last was killed. */
    public synchronized boolean isKilled() {
        return line != null && line.cut;
    }

    /** Kills the agent that is connected now: nothing it does reaches the host any more. */
    public synchronized void kill() {
        if (line != null) {
            line.cut();
        }
    }

    /** Is told of every call before its effect, with the call in words; replaces an earlier listener. */
    public synchronized void listen(BiConsumer<HostCall, String> to) {
        listener = requireNonNull(to, "to is null");
    }

    /** The one agent whose calls count from now on. */
    synchronized Line connect() {
        line = new Line();
        return line;
    }

    void before(Line caller, HostCall call, String what) {
        Optional<Fault> fault;
        synchronized (this) {
            caller.check(what);
            listener.accept(call, what);
            caller.check(what);
            long number = count(call);
            if (number == cutAt && !cutAfterEffect) {
                caller.cut();
                caller.check(what);
            }
            if (number == refuseAt) {
                throw KernelException.answered(
                        refuseWith, "The simulated kernel refuses: " + what + ".", Optional.empty(), null);
            }
            fault = next(call);
        }
        if (fault.isEmpty()) {
            return;
        }
        switch (fault.get()) {
            case Fault.Refuse refusal ->
                throw KernelException.answered(
                        refusal.errno(), "The simulated kernel refuses: " + what + ".", Optional.empty(), null);
            case Fault.Away() -> throw new ImageAwayException("The simulated controller is away: " + what + ".", null);
            case Fault.TakeLong program -> {
                try {
                    program.released().await();
                } catch (InterruptedException ended) {
                    Thread.currentThread().interrupt();
                    throw KernelException.answered(
                            "EINTR", "Nobody waits any more for: " + what + ".", Optional.empty(), ended);
                }
            }
            case Fault.Hang hang -> {
                boolean interrupted = false;
                while (true) {
                    try {
                        hang.released().await();
                        break;
                    } catch (InterruptedException e) {
                        // A thread in uninterruptible sleep in the kernel does not wake for this either.
                        interrupted = true;
                    }
                }
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    synchronized void after(Line caller, HostCall call, String what) {
        if (!call.isSurvey() && cutAfterEffect && cutAt >= 0 && calls > cutAt) {
            caller.cut();
        }
        caller.check(what);
    }

    private long count(HostCall call) {
        return call.isSurvey() ? -2 : calls++;
    }

    private Optional<Fault> next(HostCall call) {
        Deque<Fault> waiting = faults.get(call);
        if (waiting == null || waiting.isEmpty()) {
            return Optional.empty();
        }
        Fault fault = waiting.removeFirst();
        if (fault instanceof Fault.Refuse(String errno, int times) && times > 1) {
            waiting.addFirst(new Fault.Refuse(errno, times - 1));
        }
        return Optional.of(fault);
    }

    /** What ties one agent to the host; once cut, for good. */
    static final class Line {
        private volatile boolean cut;

        private Line() {}

        void cut() {
            cut = true;
        }

        boolean isCut() {
            return cut;
        }

        void check(String what) {
            if (cut) {
                throw new PowerLoss(what);
            }
        }
    }
}
