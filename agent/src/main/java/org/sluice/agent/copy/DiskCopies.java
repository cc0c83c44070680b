package org.sluice.agent.copy;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.agent.controller.ControllerUnavailableException;
import org.sluice.agent.host.Host;
import org.sluice.agent.host.Hypervisor.State;
import org.sluice.agent.journal.Entry;
import org.sluice.agent.journal.Journal;
import org.sluice.agent.report.Failures;
import org.sluice.agent.step.Step;
import org.sluice.agent.step.StepRunner;
import org.sluice.model.ImageId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.ServerReport;
import org.sluice.model.protocol.ServerReport.Failure;

/**
 * Makes images of root disks. A copy is taken on the server's own turn, while nobody writes to the disk: a guest that runs stands
 * still for it, which the journal says before, so that whenever the agent is killed the next one lets it go on. What follows takes
 * as long as it takes, beside the server's turns: the copy is made to stand alone and is brought to the controller. Killed there,
 * the next agent brings what stands alone already, or takes another copy. The controller wishes no copy any more when it has it;
 * a failure is told once, and whoever wishes the copy ends the wish then.
 *
 * <p>Thread-safe for different servers; {@link #obey} and {@link #forget} of one server are called on one thread at a time.
 */
public final class DiskCopies implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DiskCopies.class);

    /** A guest notices nothing but its clock; longer would break what it talks to. */
    static final Duration LONGEST_STANDSTILL = Duration.ofSeconds(60);

    /** Nobody waits but the server's own next wish. */
    private static final Duration LONGEST_COPY = Duration.ofMinutes(10);

    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /** With pauses that grow to a minute, a quarter of an hour. */
    private static final int MOST_ATTEMPTS = 20;

    /** Tools are ended, and calls to the controller broken off, within an instant. */
    private static final Duration LONGEST_END = Duration.ofSeconds(10);

    /** So that copies take neither the host's disk nor its way to the controller from everybody else. */
    private static final int AT_ONCE = 2;

    private final Host host;
    private final Journal journal;
    private final StepRunner runner;
    private final Bringer bringer;
    private final Consumer<ServerReport> reports;
    private final BiConsumer<ServerId, Duration> wakes;
    private final BiFunction<String, Runnable, Thread> threads;
    private final InstantSource clock;
    private final Duration firstPause;
    private final Semaphore turns = new Semaphore(AT_ONCE);
    private final Map<ServerId, Job> jobs = new ConcurrentHashMap<>();

    /** Servers that have no copies, as this agent knows; others may have some of an earlier agent's life. */
    private final Set<ServerId> clean = ConcurrentHashMap.newKeySet();

    private final StoppableCopies stoppable = new StoppableCopies();

    /** Brings the file that is to become an image to the controller. */
    @FunctionalInterface
    public interface Bringer {
        /**
         * Returns when the controller has it.
         *
         * @throws ControllerUnavailableException when it may be tried again
         * @throws org.sluice.model.ProblemException when the controller does not take it
         */
        void bring(ImageId image, Path file);
    }

    /**
     * A copy that is wished.
     *
     * @param attempts how often it was tried to bring it
     * @param again when that is tried again; empty while it is under way, and when it is over
     * @param thread what brings it; empty between attempts, and when it is over
     */
    private record Job(ImageId image, int attempts, Optional<Instant> again, Optional<Thread> thread) {
        /** It was brought, or it was told why not: for this wish there is nothing more to do. */
        static Job over(ImageId image) {
            return new Job(image, 0, Optional.empty(), Optional.empty());
        }
    }

    /**
     * @param host where the disks are
     * @param journal what was done about their guests
     * @param runner applies steps
     * @param bringer brings them to the controller
     * @param reports takes reports
     * @param wakes has a server looked at again after a time
     * @param threads makes a thread of a name for some work
     * @param clock tells the time
     * @param firstPause after how long it is first tried again to bring one
     */
    public DiskCopies(
            Host host,
            Journal journal,
            StepRunner runner,
            Bringer bringer,
            Consumer<ServerReport> reports,
            BiConsumer<ServerId, Duration> wakes,
            BiFunction<String, Runnable, Thread> threads,
            InstantSource clock,
            Duration firstPause) {
        this.host = requireNonNull(host, "host is null");
        this.journal = requireNonNull(journal, "journal is null");
        this.runner = requireNonNull(runner, "runner is null");
        this.bringer = requireNonNull(bringer, "bringer is null");
        this.reports = requireNonNull(reports, "reports is null");
        this.wakes = requireNonNull(wakes, "wakes is null");
        this.threads = requireNonNull(threads, "threads is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.firstPause = requireNonNull(firstPause, "firstPause is null");
    }

    /**
     * Takes a copy of the server's root disk on its way to that image; or takes away what there is of copies, when none is wished.
     *
     * @param entry the server, whose guest is as it is wished to be
     */
    public void obey(Entry entry, Optional<ImageId> wish) {
        if (wish.isEmpty()) {
            if (!clean.contains(entry.id())) {
                forget(entry.id());
                step("remove copies of the root disk", () -> host.disks().dropCopies(entry.id()));
                clean.add(entry.id());
            }
            return;
        }
        clean.remove(entry.id());
        Job job = jobs.get(entry.id());
        if (job == null || !job.image().equals(wish.get())) {
            forget(entry.id());
            begin(entry, wish.get());
        } else if (job.again().filter(again -> !clock.instant().isBefore(again)).isPresent()) {
            bring(entry, job);
        }
    }

    /** Gives up what is under way for a server: it is on its way out, or wishes another copy or none. */
    public void forget(ServerId server) {
        clean.remove(server);
        Job job = jobs.remove(server);
        if (job != null) {
            job.thread().ifPresent(DiskCopies::end);
        }
    }

    /**
     * Gives up all that is under way; the next agent takes it up again. Who copies the disk of a guest that stands still lets it go on
     * by itself, on the server's own turn: of an agent that was killed there is nobody who may touch it.
     */
    @Override
    public void close() {
        stoppable.stop();
        jobs.values().forEach(job -> job.thread().ifPresent(Thread::interrupt));
    }

    private static void end(Thread thread) {
        thread.interrupt();
        try {
            // It has files open that go next.
            thread.join(LONGEST_END);
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }

    private void begin(Entry entry, ImageId image) {
        try {
            if (!host.disks().isExported(entry.id(), image)) {
                take(entry, image);
            }
        } catch (RuntimeException e) {
            if (!stoppable.isStopped()) {
                tell(entry, image, e);
                jobs.put(entry.id(), Job.over(image));
            }
            return;
        }
        bring(entry, new Job(image, 0, Optional.empty(), Optional.empty()));
    }

    private void take(Entry entry, ImageId image) {
        if (host.hypervisor().state(entry.id()) != State.RUNNING) {
            copy(entry, LONGEST_COPY);
        } else {
            Entry held = entry.held();
            journal.write(held);
            RuntimeException failure = null;
            try {
                step("hold the guest", () -> host.hypervisor().suspend(entry.id()));
                copy(entry, LONGEST_STANDSTILL);
            } catch (RuntimeException e) {
                failure = e;
            }
            // Should this fail, the journal has it done at the next look.
            step("let the guest go on", () -> host.hypervisor().resume(entry.id()));
            journal.write(held.spared());
            if (failure != null) {
                throw failure;
            }
        }
        LOG.info(
                "A copy of the root disk of server {} is taken, for image {}.",
                entry.server().named(),
                image);
    }

    /** Of a disk that nobody writes to: it is looked before and after, since others than the agent may let a guest go on. */
    private void copy(Entry entry, Duration limit) {
        requireStill(entry);
        step("copy the root disk", () -> stoppable.run(() -> host.disks().copyRoot(entry.server(), limit)));
        try {
            requireStill(entry);
        } catch (ProblemException moved) {
            step("remove copies of the root disk", () -> host.disks().dropCopies(entry.id()));
            throw moved;
        }
    }

    private void requireStill(Entry entry) {
        if (stoppable.isStopped() || host.hypervisor().state(entry.id()) == State.RUNNING) {
            throw new Problem(
                            Problem.Kind.CONFLICT,
                            "GuestMoved",
                            "The guest of server " + entry.id() + " ran while its root disk was copied.",
                            Optional.of("Ask for the image again."))
                    .asException();
        }
    }

    private void bring(Entry entry, Job job) {
        Job[] begun = new Job[1];
        Thread thread = threads.apply("copy of server " + entry.id(), () -> work(entry, begun[0]));
        begun[0] = new Job(job.image(), job.attempts() + 1, Optional.empty(), Optional.of(thread));
        jobs.put(entry.id(), begun[0]);
        thread.start();
    }

    private void work(Entry entry, Job job) {
        try {
            turns.acquire();
        } catch (InterruptedException givenUp) {
            return;
        }
        Job next = Job.over(job.image());
        try {
            bringer.bring(job.image(), host.disks().exportCopy(entry.id(), job.image()));
            LOG.info(
                    "Image {} of server {} is with the controller.",
                    job.image(),
                    entry.server().named());
        } catch (ControllerUnavailableException e) {
            if (job.attempts() < MOST_ATTEMPTS) {
                Duration pause = pause(job.attempts());
                LOG.debug("Image {} of server {} waits: {}", job.image(), entry.id(), e.getMessage());
                next = new Job(
                        job.image(), job.attempts(), Optional.of(clock.instant().plus(pause)), Optional.empty());
            } else {
                tellUnlessGivenUp(entry, job, e);
            }
        } catch (RuntimeException e) {
            tellUnlessGivenUp(entry, job, e);
        } finally {
            turns.release();
        }
        if (jobs.replace(entry.id(), job, next)) {
            next.again().ifPresent(again -> wakes.accept(entry.id(), Duration.between(clock.instant(), again)));
        }
    }

    @SuppressWarnings("ReferenceEquality") // another job of the same server may look the same, and is another one
    private void tellUnlessGivenUp(Entry entry, Job job, RuntimeException reason) {
        if (!stoppable.isStopped() && job.equals(jobs.get(entry.id()))) {
            tell(entry, job.image(), reason);
        }
    }

    private void tell(Entry entry, ImageId image, RuntimeException reason) {
        Failure failure = Failures.describe(reason);
        LOG.warn(
                "The root disk of server {} does not become image {}: {}",
                entry.server().named(),
                image,
                failure.reason());
        reports.accept(new ServerReport.NotCopied(
                entry.id(), image, failure, entry.server().claim()));
    }

    private Duration pause(int attempts) {
        Duration pause = firstPause.multipliedBy(1L << Math.min(attempts - 1, 10));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    private void step(String name, Step.Action action) {
        runner.restore(List.of(Step.withoutUndo(name, action)));
    }
}
