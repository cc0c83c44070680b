package org.sluice.agent.power;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.agent.functions.FunctionLocks;
import org.sluice.agent.host.Hypervisor.State;
import org.sluice.agent.journal.Entry;
import org.sluice.agent.report.Failures;
import org.sluice.agent.workflow.ServerWorkflow;
import org.sluice.agent.workflow.ServerWorkflow.Deviation;
import org.sluice.agent.workflow.ServerWorkflow.ReadBack;
import org.sluice.model.PortId;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport;
import org.sluice.model.protocol.ServerReport.Failure;
import org.sluice.model.protocol.ServerReport.InterfaceDrift;
import org.sluice.model.protocol.ServerReport.InterfaceFailed;
import org.sluice.model.protocol.ServerReport.InterfaceGone;
import org.sluice.model.protocol.ServerReport.InterfaceState;

/**
 * What is reported of servers that stand: at once when the claim, the power, the wish, the failure or what there is of NICs is another than was
 * reported last, and from time to time with their NICs read back again.
 *
 * <p>Thread-safe for different servers; the caller works on one server on one thread at a time.
 */
public final class Observations {
    private static final Logger LOG = LoggerFactory.getLogger(Observations.class);

    private final Function<DesiredServer, ServerWorkflow> workflows;
    private final FunctionLocks locks;
    private final Consumer<ServerReport> reports;
    private final InstantSource clock;
    private final Duration verifyEvery;
    private final Map<ServerId, Sight> last = new ConcurrentHashMap<>();

    /** When a server's NICs were last read back in this life of the agent; absent: not yet, or its guest is off. */
    private final Map<ServerId, Instant> verified = new ConcurrentHashMap<>();

    /** Servers that this agent has started and not yet read back as they should be. */
    private final Set<ServerId> unproven = ConcurrentHashMap.newKeySet();

    /** What was told of what drifted. */
    private final Map<ServerId, List<InterfaceDrift>> told = new ConcurrentHashMap<>();

    private final Map<ServerId, String> deviations = new ConcurrentHashMap<>();

    /** What drifted of servers' NICs in this life of the agent, each as it was the last time. */
    private final Map<ServerId, Map<PortId, InterfaceDrift>> drifts = new ConcurrentHashMap<>();

    /** NICs that came or went, or could not. */
    private final Map<ServerId, Moves> moves = new ConcurrentHashMap<>();

    /** What there is to say of NICs that come and go. */
    private record Moves(List<InterfaceGone> gone, List<InterfaceFailed> failed) {
        static final Moves NONE = new Moves(List.of(), List.of());
    }

    /**
     * What was seen.
     *
     * @param nics ports of its NICs
     */
    private record Sight(
            Optional<Long> claim,
            long generation,
            PowerState power,
            Optional<Failure> failure,
            List<PortId> nics,
            Moves moves) {}

    /**
     * @param workflows the steps of a server, which read it back
     * @param locks the locks of VFs
     * @param reports takes reports
     * @param clock tells the time
     * @param verifyEvery after how long NICs are read back again
     */
    public Observations(
            Function<DesiredServer, ServerWorkflow> workflows,
            FunctionLocks locks,
            Consumer<ServerReport> reports,
            InstantSource clock,
            Duration verifyEvery) {
        this.workflows = requireNonNull(workflows, "workflows is null");
        this.locks = requireNonNull(locks, "locks is null");
        this.reports = requireNonNull(reports, "reports is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.verifyEvery = requireNonNull(verifyEvery, "verifyEvery is null");
    }

    /** Reports a server that was just built, and whose NICs were just read back. */
    public void built(Entry entry, List<InterfaceState> interfaces) {
        verified.put(entry.id(), clock.instant());
        Sight sight = sight(entry, entry.obeyed().generation(), PowerState.RUNNING, Optional.empty());
        report(entry, sight, interfaces, Optional.empty());
    }

    /** Notes which of a server's NICs are gone and which could not come or go; that is reported with what is seen next. */
    public void moved(ServerId server, List<InterfaceGone> gone, List<InterfaceFailed> failed) {
        moves.put(server, new Moves(gone, failed));
    }

    /** Notes that a server was started, so that it counts as a failure when it does not read back as it should. */
    void started(ServerId server) {
        unproven.add(server);
        verified.remove(server);
        deviations.remove(server);
    }

    /** Reports a server whose guest is off with its memory in a file. */
    void saved(Entry entry, long generation, Optional<Failure> failure) {
        verified.remove(entry.id());
        report(entry, sight(entry, generation, PowerState.SUSPENDED, failure), List.of(), failure);
    }

    /** Looks at a server, and reports what there is to report. */
    void observe(Entry entry, long generation, State state, Optional<Failure> failure) {
        ServerId id = entry.id();
        Sight sight = sight(entry, generation, powerOf(state), failure);
        boolean changed = !sight.equals(last.get(id));
        if (!state.isOn()) {
            verified.remove(id);
            report(entry, sight, List.of(), failure);
        } else if (changed || isDue(id)) {
            ReadBack readBack = readBack(entry);
            verified.put(id, clock.instant());
            if (readBack.deviation().isEmpty()) {
                unproven.remove(id);
                deviations.remove(id);
                report(entry, sight, readBack.interfaces(), failure);
                return;
            }
            // What could not be brought back without cutting the guest off is an alarm: a trusted one may have changed
            // its
            // MAC.
            RuntimeException deviation = readBack.deviation().get();
            boolean isNew = say(entry, "runs, but not as wanted", deviation);
            if (unproven.contains(id)) {
                if (changed || isNew) {
                    report(
                            entry,
                            sight,
                            readBack.interfaces(),
                            failure.or(() -> Optional.of(Failures.describe(deviation))));
                }
            } else if (changed || !driftsOf(id).equals(told.get(id))) {
                report(entry, sight, readBack.interfaces(), failure);
            }
        }
    }

    /** What reads back, after what is not as it should be was brought back; of a guest that was just started that is no drift. */
    private ReadBack readBack(Entry entry) {
        try (FunctionLocks.Held _ = ServerWorkflow.hold(locks, entry.server())) {
            ServerWorkflow workflow = workflows.apply(entry.server());
            ReadBack found = workflow.readBack();
            if (found.deviation().isEmpty()) {
                drifted(entry.id(), List.of(), found);
                return found;
            }
            workflow.repair();
            ReadBack repaired = workflow.readBack();
            drifted(entry.id(), unproven.contains(entry.id()) ? List.of() : found.deviations(), repaired);
            if (repaired.deviation().isEmpty()) {
                LOG.warn(
                        "Server {} did not read back as wanted, and does again: {}",
                        entry.server().named(),
                        Failures.describe(found.deviation().get()).reason());
            }
            return repaired;
        }
    }

    /** Keeps what drifted, and whether it still does; one that drifts on as before has drifted once. */
    private void drifted(ServerId server, List<Deviation> found, ReadBack now) {
        Map<PortId, Failure> lasting = new HashMap<>();
        if (!unproven.contains(server)) {
            now.deviations().forEach(each -> lasting.put(each.port(), Failures.describe(each.reason())));
        }
        Map<PortId, InterfaceDrift> known = new LinkedHashMap<>(drifts.getOrDefault(server, Map.of()));
        known.replaceAll((port, drift) ->
                lasting.containsKey(port) ? drift : new InterfaceDrift(port, drift.what(), drift.at(), false));
        for (Deviation deviation : found) {
            Failure what = Failures.describe(deviation.reason());
            boolean lasts = lasting.containsKey(deviation.port());
            InterfaceDrift before = known.get(deviation.port());
            Instant at = before != null && before.lasts() && before.what().equals(what) ? before.at() : clock.instant();
            known.put(deviation.port(), new InterfaceDrift(deviation.port(), what, at, lasts));
        }
        if (known.isEmpty()) {
            drifts.remove(server);
        } else {
            drifts.put(server, known);
        }
    }

    /** Says in the log in what a server is not as it should be, once for each reason. */
    public void deviates(Entry entry, String how, RuntimeException why) {
        boolean _ = say(entry, how, why);
    }

    /** The same; whether it was said now. */
    private boolean say(Entry entry, String how, RuntimeException why) {
        String sentence = Failures.describe(why).reason();
        if (!sentence.equals(deviations.put(entry.id(), sentence))) {
            LOG.warn("Server {} {}: {}", entry.server().named(), how, sentence);
            return true;
        }
        return false;
    }

    void forget(ServerId server) {
        last.remove(server);
        verified.remove(server);
        unproven.remove(server);
        deviations.remove(server);
        moves.remove(server);
        drifts.remove(server);
        told.remove(server);
    }

    private Sight sight(Entry entry, long generation, PowerState power, Optional<Failure> failure) {
        List<PortId> nics =
                entry.server().interfaces().stream().map(DesiredInterface::port).toList();
        return new Sight(
                entry.server().claim(), generation, power, failure, nics, moves.getOrDefault(entry.id(), Moves.NONE));
    }

    private void report(Entry entry, Sight sight, List<InterfaceState> interfaces, Optional<Failure> failure) {
        last.put(entry.id(), sight);
        told.put(entry.id(), driftsOf(entry.id()));
        reports.accept(new ServerReport.Observed(
                entry.id(),
                sight.generation(),
                sight.power(),
                interfaces,
                failure,
                sight.moves().gone(),
                sight.moves().failed(),
                driftsOf(entry.id()),
                sight.claim()));
    }

    private List<InterfaceDrift> driftsOf(ServerId server) {
        return List.copyOf(drifts.getOrDefault(server, Map.of()).values());
    }

    private boolean isDue(ServerId server) {
        Instant at = verified.get(server);
        // Whoever waits for a server that was just started waits no minute for what is mended at once.
        return at == null
                || unproven.contains(server)
                || Duration.between(at, clock.instant()).compareTo(verifyEvery) >= 0;
    }

    /** What is reported of a guest in that state. */
    public static PowerState powerOf(State state) {
        return switch (state) {
            case RUNNING -> PowerState.RUNNING;
            case PAUSED -> PowerState.PAUSED;
            case ABSENT, STOPPED -> PowerState.STOPPED;
            case CRASHED -> PowerState.CRASHED;
        };
    }
}
