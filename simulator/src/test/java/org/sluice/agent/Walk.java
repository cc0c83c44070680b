package org.sluice.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A scenario at its first point, its second and so on, until one is past its end. Some are walked at the same time, each with a host and an
 * agent of its own, since most of the time goes into waiting for the disk below the journals.
 */
final class Walk {
    private static final int AT_A_TIME = 4;
    private static final int FAR_TOO_LONG = 2_000;

    private Walk() {}

    /** Plays the scenario at a point, counted from 0. */
    @FunctionalInterface
    interface Scenario {
        /** Whether the point was reached; when not, the scenario is shorter. */
        boolean reaches(int point) throws Exception;
    }

    /** Walks through all of it, and returns how many points there were. */
    static int through(Scenario scenario) {
        AtomicInteger next = new AtomicInteger();
        AtomicInteger end = new AtomicInteger(FAR_TOO_LONG);
        Callable<Void> walker = () -> {
            for (int point = next.getAndIncrement(); point < end.get(); point = next.getAndIncrement()) {
                boolean reached = false;
                try {
                    reached = scenario.reaches(point);
                } catch (AssertionError | Exception e) {
                    throw new AssertionError("at point " + point, e);
                } finally {
                    if (!reached) {
                        end.accumulateAndGet(point, Math::min);
                    }
                }
            }
            return null;
        };
        try (ExecutorService walkers = Executors.newFixedThreadPool(AT_A_TIME)) {
            List<Future<Void>> all = new ArrayList<>();
            for (int i = 0; i < AT_A_TIME; i++) {
                all.add(walkers.submit(walker));
            }
            for (Future<Void> one : all) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("The walk was interrupted.", e);
        }
        if (end.get() == FAR_TOO_LONG) {
            throw new AssertionError("The scenario does not end within " + FAR_TOO_LONG + " points.");
        }
        return end.get();
    }
}
