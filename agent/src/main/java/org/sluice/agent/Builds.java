package org.sluice.agent;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.agent.functions.FunctionLocks;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.image.ImageFetches;
import org.sluice.agent.journal.Entry;
import org.sluice.agent.journal.Entry.Phase;
import org.sluice.agent.journal.Journal;
import org.sluice.agent.power.Observations;
import org.sluice.agent.report.Failures;
import org.sluice.agent.step.Step;
import org.sluice.agent.step.StepFailure;
import org.sluice.agent.step.StepRunner;
import org.sluice.agent.workflow.ServerWorkflow;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.ServerReport;
import org.sluice.model.protocol.ServerReport.Failure;
import org.sluice.model.protocol.ServerReport.InterfaceState;

/**
 * Builds servers: has their images come, and applies their steps, or undoes them.
 *
 * <p>Thread-safe for different servers; the caller works on one server on one thread at a time.
 */
final class Builds {
    private static final Logger LOG = LoggerFactory.getLogger(Builds.class);

    private final String hostBoot;
    private final Journal journal;
    private final StepRunner runner;
    private final FunctionLocks locks;
    private final Function<DesiredServer, ServerWorkflow> workflows;
    private final ImageFetches images;
    private final Observations observations;
    private final Consumer<ServerReport> reports;
    private final Consumer<ServerId> stands;

    /**
     * @param hostBoot the host's boot now
     * @param stands told of each server that was built
     */
    Builds(
            String hostBoot,
            Journal journal,
            StepRunner runner,
            FunctionLocks locks,
            Function<DesiredServer, ServerWorkflow> workflows,
            ImageFetches images,
            Observations observations,
            Consumer<ServerReport> reports,
            Consumer<ServerId> stands) {
        this.hostBoot = requireNonNull(hostBoot, "hostBoot is null");
        this.journal = requireNonNull(journal, "journal is null");
        this.runner = requireNonNull(runner, "runner is null");
        this.locks = requireNonNull(locks, "locks is null");
        this.workflows = requireNonNull(workflows, "workflows is null");
        this.images = requireNonNull(images, "images is null");
        this.observations = requireNonNull(observations, "observations is null");
        this.reports = requireNonNull(reports, "reports is null");
        this.stands = requireNonNull(stands, "stands is null");
    }

    /**
     * Builds a server; says whether it stands now and there is more to do for it. One that is to be off, or to stand still, is built
     * without a guest: what was in a guest's memory is not here, and what a guest would do until it is stopped nobody has asked for.
     */
    boolean build(Entry intent, boolean again, Power wish) {
        try {
            if (!hasImages(intent.server())) {
                // It is woken when they are here.
                return false;
            }
        } catch (RuntimeException e) {
            return hasNoImage(intent, again, e);
        }
        boolean starts = wish.level() == Power.Level.RUNNING;
        ServerWorkflow workflow = workflows.apply(intent.server());
        List<Step> steps = new ArrayList<>(starts ? workflow.steps() : workflow.stepsWithoutGuest());
        List<InterfaceState> interfaces = new ArrayList<>();
        if (starts) {
            steps.add(Step.withoutUndo("verify everything", () -> interfaces.addAll(workflow.verified())));
        }
        Entry standing;
        try (FunctionLocks.Held _ = ServerWorkflow.hold(locks, intent.server())) {
            Optional<Entry> begun = again ? Optional.of(intent) : look(intent, workflow);
            if (begun.isEmpty()) {
                return false;
            }
            Outcome outcome = apply(steps, begun.get(), again);
            if (outcome != Outcome.DONE) {
                return outcome == Outcome.AGAIN;
            }
            Entry built = begun.get().in(Phase.STANDING).started(begun.get().obeyed(), hostBoot);
            // As if it had been started and had ended: its NICs were prepared in this boot of the host.
            standing = starts ? built : built.ended(wish);
            journal.write(standing);
        }
        stands.accept(intent.id());
        if (starts) {
            LOG.info(
                    "Server {} runs, and all of its interfaces read back as wanted.",
                    intent.server().named());
            observations.built(standing, interfaces);
        } else {
            // It is reported when it was looked at.
            LOG.info("Server {} is built, and off.", intent.server().named());
        }
        return true;
    }

    /** What came of the steps of a build. */
    private enum Outcome {
        DONE,
        /** They were undone, as far as that could be done, which was told. */
        FAILED,
        /** An image that was here is gone from the cache, and does not come now. It is waited for, and then they are applied again. */
        AGAIN
    }

    private boolean hasImages(DesiredServer server) {
        return images.areHere(
                server.id(),
                Stream.concat(Stream.of(server.image()), server.diskWish().rescue().stream())
                        .toList());
    }

    /** Says whether there is something to undo. */
    private boolean hasNoImage(Entry intent, boolean again, RuntimeException reason) {
        if (again) {
            journal.write(intent.failed(Failures.describe(reason)));
        } else {
            undone(intent, reason);
        }
        return again;
    }

    private void undone(Entry intent, RuntimeException reason) {
        Entry failed = intent.failed(Failures.describe(reason)).in(Phase.FAILED);
        journal.write(failed);
        failed(failed, true);
    }

    /** Writes down what is built, with its VFs as they are found; empty when they cannot be looked at, which is told. */
    private Optional<Entry> look(Entry intent, ServerWorkflow workflow) {
        try {
            Entry begun = intent.found(workflow.look());
            journal.write(begun);
            return Optional.of(begun);
        } catch (KernelException | ProblemException e) {
            undone(intent, e);
            return Optional.empty();
        }
    }

    private Outcome apply(List<Step> steps, Entry begun, boolean again) {
        try {
            runner.apply(steps, again ? steps.size() : 0, failure -> {
                if (!ImageFetches.isAway(failure)) {
                    journal.write(begun.failed(Failures.describe(failure)));
                }
            });
            return Outcome.DONE;
        } catch (StepFailure failure) {
            if (ImageFetches.isAway(failure)) {
                return Outcome.AGAIN;
            }
            Entry failed = begun.failed(Failures.describe(failure));
            if (failure.isUndone()) {
                failed = failed.in(Phase.FAILED);
            }
            journal.write(failed);
            failed(failed, failure.isUndone());
            return Outcome.FAILED;
        }
    }

    /** Says that a server could not be built, and whether all of it was undone. */
    void failed(Entry entry, boolean undone) {
        Failure failure = entry.failure().orElseThrow();
        LOG.warn(
                "Server {} could not be built, and {}. {}",
                entry.server().named(),
                undone ? "nothing of it is left" : "undoing it goes on",
                failure.reason());
        failed(entry, failure);
    }

    /** Says again that a server could not be built. */
    void failed(Entry entry, Failure why) {
        reports.accept(new ServerReport.Failed(entry.id(), why, entry.server().claim()));
    }
}
