package org.sluice.agent;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.agent.boot.Segments;
import org.sluice.agent.boot.ServerWorkflow;
import org.sluice.agent.functions.FunctionLocks;
import org.sluice.agent.functions.VirtualFunctionTransaction;
import org.sluice.agent.host.Host;
import org.sluice.agent.host.Hypervisor;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.journal.Entry;
import org.sluice.agent.journal.Entry.FoundFunction;
import org.sluice.agent.journal.Entry.Phase;
import org.sluice.agent.journal.Journal;
import org.sluice.agent.step.Step;
import org.sluice.agent.step.StepFailure;
import org.sluice.agent.step.StepRunner;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredHost;
import org.sluice.model.protocol.DesiredInterface.Bridge;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.DesiredServer.Presence;
import org.sluice.model.protocol.ServerReport;

/**
 * Brings one server from what the journal says to what the controller wants. A server is removed when the desired state,
 * not older than the one the server was built from, wants it absent or does not speak of it. What is not in the journal is
 * never touched, whatever its name: it may be the operator's own. Without a desired state what runs is kept running.
 *
 * <p>Thread-safe for different servers; the caller converges one server on one thread at a time.
 */
final class Convergence {
    private static final Logger LOG = LoggerFactory.getLogger(Convergence.class);

    private final Host host;
    private final Journal journal;
    private final Segments segments;
    private final VirtualFunctionTransaction functions;
    private final StepRunner runner;
    private final Consumer<ServerReport> reports;
    private final InstantSource clock;
    private final Duration verifyEvery;
    private final FunctionLocks locks = new FunctionLocks();

    /** When a running server was last verified in this life of the agent; absent: not yet. */
    private final Map<ServerId, Instant> verified = new ConcurrentHashMap<>();

    private final Map<ServerId, String> lastDeviation = new ConcurrentHashMap<>();

    Convergence(
            Host host,
            Journal journal,
            Segments segments,
            VirtualFunctionTransaction functions,
            StepRunner runner,
            Consumer<ServerReport> reports,
            InstantSource clock,
            Duration verifyEvery) {
        this.host = requireNonNull(host, "host is null");
        this.journal = requireNonNull(journal, "journal is null");
        this.segments = requireNonNull(segments, "segments is null");
        this.functions = requireNonNull(functions, "functions is null");
        this.runner = requireNonNull(runner, "runner is null");
        this.reports = requireNonNull(reports, "reports is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.verifyEvery = requireNonNull(verifyEvery, "verifyEvery is null");
    }

    /** Counts the running servers in on their networks, before anything is changed there. */
    void recall() {
        for (Entry entry : journal.entries()) {
            switch (entry.phase()) {
                case RUNNING ->
                    ServerWorkflow.bridgeNics(entry.server()).forEach(nic -> segments.recall(nic, entry.server()));
                case BUILDING, REMOVING, FAILED -> {
                    // They join, or leave, by their own steps.
                }
            }
        }
    }

    /**
     * Takes one server one phase further, or leaves it where it should be.
     *
     * @return whether there is more to do for it at once
     */
    boolean converge(ServerId server, Optional<DesiredHost> latest) {
        Optional<Entry> known = journal.find(server);
        Optional<DesiredServer> desired = latest.flatMap(state -> state.find(server));
        if (known.isEmpty()) {
            desired.ifPresent(wanted -> begin(wanted, latest.orElseThrow().revision()));
            return false;
        }
        Entry begun = known.get();
        boolean unwanted = latest.isPresent()
                && latest.get().revision() >= begun.revision()
                && desired.map(wanted -> wanted.presence() == Presence.ABSENT).orElse(true);
        // What is removed is what was built; that it goes, another request has asked for.
        Entry entry = unwanted ? desired.map(begun::askedLike).orElse(begun) : begun;
        return switch (entry.phase()) {
            case BUILDING -> {
                if (unwanted) {
                    remove(entry);
                } else if (desired.isPresent()) {
                    build(entry, true);
                }
                yield false;
            }
            case RUNNING -> {
                if (unwanted) {
                    remove(entry);
                } else {
                    keep(entry, desired, latest.map(DesiredHost::revision).orElse(entry.revision()));
                }
                yield false;
            }
            case REMOVING -> {
                remove(entry);
                yield entry.failure().isPresent() && unwanted;
            }
            case FAILED -> {
                if (unwanted) {
                    gone(entry);
                } else {
                    entry.failure().ifPresent(failure -> reports.accept(report(entry.id(), failure)));
                }
                yield false;
            }
        };
    }

    private void begin(DesiredServer wanted, long revision) {
        switch (wanted.presence()) {
            case ABSENT ->
                // Nothing of it was ever begun here, or its removal was done and the report of it lost.
                reports.accept(new ServerReport.Absent(wanted.id(), ServerWorkflow.leases(wanted)));
            case RUNNING -> {
                if (ServerWorkflow.leases(wanted).stream()
                        .allMatch(lease -> journal.leases().isFreeFor(lease, wanted.id()))) {
                    build(new Entry(wanted, revision, Phase.BUILDING, List.of(), Optional.empty()), false);
                } else {
                    LOG.info("Server {} waits for a VF that a server on its way out still holds.", wanted.named());
                }
            }
        }
    }

    private void build(Entry intent, boolean again) {
        ServerWorkflow workflow = workflow(intent);
        List<Step> steps = new ArrayList<>(workflow.steps());
        List<ServerReport.Running> running = new ArrayList<>();
        steps.add(Step.withoutUndo("verify everything", () -> running.add(workflow.verified())));
        try (FunctionLocks.Held _ = ServerWorkflow.hold(locks, intent.server())) {
            Entry entry = intent;
            if (!again) {
                List<FoundFunction> found;
                try {
                    found = workflow.look();
                } catch (KernelException | ProblemException e) {
                    Entry failed = intent.failed(Failures.describe(e)).in(Phase.FAILED);
                    journal.write(failed);
                    failed(failed, true);
                    return;
                }
                entry = new Entry(intent.server(), intent.revision(), Phase.BUILDING, found, Optional.empty());
                journal.write(entry);
            }
            Entry begun = entry;
            try {
                runner.apply(
                        steps,
                        again ? steps.size() : 0,
                        failure -> journal.write(begun.failed(Failures.describe(failure))));
            } catch (StepFailure failure) {
                Entry failed = begun.failed(Failures.describe(failure));
                if (failure.isUndone()) {
                    failed = failed.in(Phase.FAILED);
                }
                journal.write(failed);
                failed(failed, failure.isUndone());
                return;
            }
            journal.write(begun.in(Phase.RUNNING));
        }
        LOG.info(
                "Server {} runs, and all of its interfaces read back as wanted.",
                intent.server().named());
        verified.put(intent.id(), clock.instant());
        reports.accept(running.getLast());
    }

    private void failed(Entry entry, boolean undone) {
        Entry.Failure failure = entry.failure().orElseThrow();
        LOG.warn(
                "Server {} could not be built, and {}. {}",
                entry.server().named(),
                undone ? "nothing of it is left" : "undoing it goes on",
                failure.reason());
        reports.accept(report(entry.id(), failure));
    }

    private void keep(Entry entry, Optional<DesiredServer> desired, long revision) {
        Hypervisor.State state = host.hypervisor().state(entry.id());
        if (state != Hypervisor.State.RUNNING) {
            LOG.info(
                    "The domain of server {} is {}: it is started again.",
                    entry.server().named(),
                    state);
            ServerWorkflow workflow = workflow(entry);
            try (FunctionLocks.Held _ = ServerWorkflow.hold(locks, entry.server())) {
                runner.restore(workflow.steps());
            } catch (StepFailure failure) {
                deviates(entry, "could not be started again", failure);
                return;
            }
            verify(entry);
            return;
        }
        Instant last = verified.get(entry.id());
        DesiredServer wanted = desired.orElse(entry.server());
        DesiredServer possible = wanted.wiredLike(entry.server());
        if (!possible.equals(wanted)) {
            deviates(
                    entry,
                    "keeps the interfaces it was built with",
                    new IllegalStateException("The controller wants other interfaces on a running server."));
        }
        boolean described = !possible.equals(entry.server());
        Entry current = entry;
        if (described) {
            current = entry.describedBy(possible, revision);
            journal.write(current);
            LOG.info(
                    "Server {} is described anew; its guest reads it from its metadata.",
                    current.server().named());
        }
        if (described || last == null) {
            DesiredServer server = current.server();
            for (Bridge nic : ServerWorkflow.bridgeNics(server)) {
                segments.join(nic, server);
            }
        }
        if (last == null || Duration.between(last, clock.instant()).compareTo(verifyEvery) >= 0) {
            verify(current);
        }
    }

    private void verify(Entry entry) {
        try (FunctionLocks.Held _ = ServerWorkflow.hold(locks, entry.server())) {
            ServerReport.Running report = workflow(entry).verified();
            lastDeviation.remove(entry.id());
            reports.accept(report);
        } catch (KernelException | ProblemException e) {
            // An alarm, not a repair: a trusted guest may have changed its MAC, and taking it back would cut it off.
            deviates(entry, "runs, but not as wanted", e);
        }
        verified.put(entry.id(), clock.instant());
    }

    private void deviates(Entry entry, String how, RuntimeException why) {
        String sentence = Failures.describe(why).reason();
        if (!sentence.equals(lastDeviation.put(entry.id(), sentence))) {
            LOG.warn("Server {} {}: {}", entry.server().named(), how, sentence);
        }
    }

    private void remove(Entry entry) {
        Entry removing = entry.in(Phase.REMOVING);
        if (entry.phase() != Phase.REMOVING) {
            journal.write(removing);
        }
        try (FunctionLocks.Held _ = ServerWorkflow.hold(locks, entry.server())) {
            runner.undo(workflow(removing).steps());
        } catch (StepFailure failure) {
            deviates(removing, "cannot be removed yet", failure);
            removing.failure().ifPresent(reason -> reports.accept(report(removing.id(), reason)));
            return;
        }
        if (removing.failure().isPresent()) {
            journal.write(removing.in(Phase.FAILED));
            reports.accept(report(removing.id(), removing.failure().get()));
        } else {
            gone(removing);
        }
    }

    private void gone(Entry entry) {
        journal.forget(entry.id());
        verified.remove(entry.id());
        lastDeviation.remove(entry.id());
        LOG.info("Nothing is left of server {}.", entry.server().named());
        reports.accept(new ServerReport.Absent(entry.id(), ServerWorkflow.leases(entry.server())));
    }

    private ServerWorkflow workflow(Entry entry) {
        return new ServerWorkflow(host, segments, functions, entry.server());
    }

    private static ServerReport report(ServerId server, Entry.Failure failure) {
        return new ServerReport.Failed(server, failure.code(), failure.reason(), failure.fix());
    }
}
