package org.sluice.agent.hotplug;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.agent.attachment.Attachment;
import org.sluice.agent.attachment.Attachments;
import org.sluice.agent.functions.FunctionLocks;
import org.sluice.agent.host.Hypervisor;
import org.sluice.agent.host.Hypervisor.NicKey;
import org.sluice.agent.host.Hypervisor.State;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.journal.Entry;
import org.sluice.agent.journal.Guest.Stage;
import org.sluice.agent.journal.Journal;
import org.sluice.agent.journal.LeaseBook;
import org.sluice.agent.journal.NicEntry;
import org.sluice.agent.journal.NicEntry.Phase;
import org.sluice.agent.report.Failures;
import org.sluice.agent.step.Step;
import org.sluice.agent.step.StepFailure;
import org.sluice.agent.step.StepRunner;
import org.sluice.model.PortId;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.ServerReport.Failure;
import org.sluice.model.protocol.ServerReport.InterfaceFailed;
import org.sluice.model.protocol.ServerReport.InterfaceGone;

/**
 * Brings the NICs of a server that stands to what is wanted of them. A NIC that is wanted and not there is attached, one that is
 * wanted absent is detached, and one that nobody speaks of stays. What is set out to is in the journal before anything is done.
 *
 * <ul>
 *   <li>While the guest is off, a NIC that comes is a matter of the journal alone: the next start makes it. One that goes is undone
 *       on the host.
 *   <li>While it is on, a NIC that comes is prepared, put into the domain, and read back; what fails is undone whole, and reported.
 *       For one that goes the guest is asked and has some time; until it has given the NIC up, nothing of it is touched. It is asked
 *       again and again, since the NIC is to go, and a guest that ends has given up everything.
 *   <li>A guest that is just being started or ended is left alone; its NICs are looked at once that is done.
 * </ul>
 *
 * <p>Thread-safe for different servers; the caller works on one server on one thread at a time.
 */
public final class HotPlug {
    private static final Logger LOG = LoggerFactory.getLogger(HotPlug.class);
    private static final Duration FIRST_LOOK = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final Hypervisor hypervisor;
    private final Journal journal;
    private final StepRunner runner;
    private final FunctionLocks locks;
    private final Attachments attachments;
    private final BiConsumer<ServerId, Duration> wakes;
    private final InstantSource clock;
    private final Duration detachWithin;

    /** Guests that have some time to give a NIC up; lost with the agent, and then they are asked once more. */
    private final Map<PortId, Asking> askings = new ConcurrentHashMap<>();

    /** Why NICs that are to go are still there. */
    private final Map<PortId, Failure> troubles = new ConcurrentHashMap<>();

    /**
     * A guest that is to give a NIC up.
     *
     * @param deadline until when it has time
     * @param look when it is looked at next whether it has, and nobody says so before
     * @param pause how long after that it is looked at again
     */
    private record Asking(Instant deadline, Instant look, Duration pause) {}

    /**
     * What there is to say of NICs that come and go.
     *
     * @param entry the server, as the journal has it now
     * @param continues whether there is more to do at once
     */
    public record Outcome(Entry entry, boolean continues, List<InterfaceGone> gone, List<InterfaceFailed> failed) {
        public Outcome {
            gone = List.copyOf(gone);
            failed = List.copyOf(failed);
        }
    }

    /**
     * @param hypervisor where guests are
     * @param journal what was set out to
     * @param runner applies steps
     * @param locks the locks of VFs
     * @param attachments what NICs take from the host
     * @param wakes has a server looked at again after a time
     * @param clock tells the time
     * @param detachWithin how long a guest that was asked for a NIC is waited for before that is called a failure
     */
    public HotPlug(
            Hypervisor hypervisor,
            Journal journal,
            StepRunner runner,
            FunctionLocks locks,
            Attachments attachments,
            BiConsumer<ServerId, Duration> wakes,
            InstantSource clock,
            Duration detachWithin) {
        this.hypervisor = requireNonNull(hypervisor, "hypervisor is null");
        this.journal = requireNonNull(journal, "journal is null");
        this.runner = requireNonNull(runner, "runner is null");
        this.locks = requireNonNull(locks, "locks is null");
        this.attachments = requireNonNull(attachments, "attachments is null");
        this.wakes = requireNonNull(wakes, "wakes is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.detachWithin = requireNonNull(detachWithin, "detachWithin is null");
    }

    /**
     * Takes every NIC that comes or goes one step further.
     *
     * @param entry a server that stands, as the journal has it
     * @param desired what is wanted of it; empty when nobody says anything, and then only what was begun goes on
     * @param state what the hypervisor says of its guest now
     */
    public Outcome obey(Entry entry, Optional<DesiredServer> desired, State state) {
        Entry current = entry;
        for (DesiredInterface nic : desired.map(DesiredServer::interfaces).orElse(List.of())) {
            current = setOut(current, nic, state);
        }
        if (desired.isPresent()) {
            current = withoutForgotten(current, desired.get());
        }
        if (!current.equals(entry)) {
            journal.write(current);
        }
        boolean continues = false;
        for (NicEntry nic : current.nics()) {
            Entry next = advance(current, nic, state);
            continues |= !next.equals(current);
            current = next;
        }
        return new Outcome(current, continues, gone(current, desired), failed(current));
    }

    /** Forgets the NICs of a server that is gone. */
    public void forget(Entry entry) {
        entry.nics().forEach(nic -> forget(nic.port()));
    }

    private void forget(PortId port) {
        askings.remove(port);
        troubles.remove(port);
    }

    /** Writes down what is to be done about a NIC, if anything is. */
    private Entry setOut(Entry entry, DesiredInterface wanted, State state) {
        Optional<NicEntry> known = entry.nic(wanted.port());
        Optional<DesiredInterface> there = entry.server().nic(wanted.port());
        if (!wanted.wish().goes()) {
            boolean isNew = there.isEmpty()
                    && known.map(nic -> nic.phase() == Phase.FAILED
                                    && nic.change() != wanted.wish().change())
                            .orElse(true);
            return isNew ? begin(entry, wanted, state) : entry;
        }
        if (there.isPresent()) {
            remember(entry, there.get());
            return entry.moving(NicEntry.detaching(there.get().wished(wanted.wish())));
        }
        if (known.isPresent()) {
            NicEntry nic = known.get();
            return nic.mayBeHere()
                    ? entry.moving(NicEntry.detaching(nic.nic().wished(wanted.wish())))
                    : entry.without(nic.port());
        }
        boolean isLeftBehind =
                wanted.leases().stream().anyMatch(lease -> journal.leases().holds(lease, entry.id()));
        return isLeftBehind ? entry.moving(NicEntry.detaching(wanted)) : entry;
    }

    /** Only what is in the lease book is released; a server that was taken over, or never started with the NIC, is not in it. */
    private void remember(Entry entry, DesiredInterface nic) {
        try (FunctionLocks.Held _ = Attachments.hold(locks, nic.leases())) {
            nic.leases().stream()
                    .filter(lease ->
                            journal.leases().find(LeaseBook.Function.of(lease)).isEmpty())
                    .forEach(lease -> journal.leases().take(lease, entry.id()));
        }
    }

    private Entry begin(Entry entry, DesiredInterface nic, State state) {
        NicEntry attaching = NicEntry.attaching(nic);
        if (!state.isOn()) {
            return entry.moving(attaching);
        }
        try {
            return entry.found(attachments.of(entry.server(), nic).look()).moving(attaching);
        } catch (KernelException | ProblemException e) {
            return failed(entry, attaching.failed(Failures.describe(e)).in(Phase.FAILED));
        }
    }

    /** Nobody asks any more what became of a NIC of which nothing is here. */
    private static Entry withoutForgotten(Entry entry, DesiredServer desired) {
        Entry current = entry;
        for (NicEntry nic : entry.nics()) {
            if (!nic.mayBeHere() && desired.nic(nic.port()).isEmpty()) {
                current = current.without(nic.port());
            }
        }
        return current;
    }

    private Entry advance(Entry entry, NicEntry nic, State state) {
        boolean isSettled = entry.guest().stage() == Stage.STARTED;
        return switch (nic.phase()) {
            case ATTACHING -> {
                if (!state.isOn()) {
                    yield write(entry.settled(nic));
                }
                yield isSettled ? attach(entry, nic) : entry;
            }
            case DETACHING -> {
                // What is left of a guest that ends may hold its devices.
                boolean isLeftAlone = state.isOn() ? !isSettled : state == State.STOPPED;
                yield isLeftAlone ? entry : detach(entry, nic, state);
            }
            case FAILED -> entry;
        };
    }

    private Entry attach(Entry entry, NicEntry nic) {
        Attachment attachment = attachments.of(entry.server(), nic.nic());
        List<Step> steps = new ArrayList<>();
        boolean[] isPlugged = {false};
        NicKey key = key(nic);
        steps.add(Step.withoutUndo(
                "look for port " + nic.port() + " in the domain",
                () -> isPlugged[0] = hypervisor.has(entry.id(), key)));
        steps.addAll(attachment.prepare(() -> isPlugged[0]));
        // Taken out again by detaching, which waits for the guest.
        steps.add(Step.withoutUndo(
                "port " + nic.port() + " into the domain", () -> hypervisor.attach(entry.id(), attachment.define())));
        steps.addAll(attachment.activate());
        // Changes nothing.
        steps.add(Step.withoutUndo("verify port " + nic.port(), attachment::verify));
        try (FunctionLocks.Held _ = Attachments.hold(locks, nic.nic().leases())) {
            runner.restore(steps);
        } catch (StepFailure failure) {
            if (!hypervisor.state(entry.id()).isOn()) {
                // It has nothing to do with the NIC, which comes with the next start.
                return write(entry.settled(nic));
            }
            return write(failed(entry, nic.failed(Failures.describe(failure))));
        }
        LOG.info(
                "Port {} is attached to server {}, and reads back as wanted.",
                nic.port(),
                entry.server().named());
        return write(entry.settled(nic));
    }

    private static Entry failed(Entry entry, NicEntry nic) {
        LOG.warn(
                "Port {} could not be attached to server {}: {}",
                nic.port(),
                entry.server().named(),
                nic.failure().orElseThrow().reason());
        return entry.moving(nic);
    }

    private Entry detach(Entry entry, NicEntry nic, State state) {
        try {
            if (state.isOn() && hypervisor.has(entry.id(), key(nic))) {
                askFor(entry, nic, state);
                return entry;
            }
            askings.remove(nic.port());
            try (FunctionLocks.Held _ = Attachments.hold(locks, nic.nic().leases())) {
                runner.undo(attachments.of(entry.server(), nic.nic()).prepare(() -> false));
            }
        } catch (KernelException | ProblemException | StepFailure e) {
            trouble(entry, nic, Failures.describe(e));
            return entry;
        }
        forget(nic.port());
        LOG.info(
                "Nothing is left of port {} of server {}.",
                nic.port(),
                entry.server().named());
        return write(nic.failure().isPresent() ? entry.moving(nic.in(Phase.FAILED)) : entry.without(nic.port()));
    }

    /** Asks the guest for the NIC unless it was asked and has time left. */
    private void askFor(Entry entry, NicEntry nic, State state) {
        Instant now = clock.instant();
        Asking asking = askings.get(nic.port());
        if (asking == null) {
            hypervisor.detach(entry.id(), key(nic));
            // libvirt's binding passes its event on (VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED) to nobody, so there is one
            // look at the
            // domain after the other, until the time is up.
            askings.put(nic.port(), new Asking(now.plus(detachWithin), now.plus(FIRST_LOOK), FIRST_LOOK));
            wakes.accept(entry.id(), FIRST_LOOK);
        } else if (!now.isBefore(asking.deadline())) {
            askings.remove(nic.port());
            trouble(entry, nic, notGivenUp(nic, state));
        } else if (!now.isBefore(asking.look())) {
            Duration left = Duration.between(now, asking.deadline());
            Duration pause = shorter(shorter(asking.pause().multipliedBy(2), LONGEST_PAUSE), left);
            askings.put(nic.port(), new Asking(asking.deadline(), now.plus(pause), pause));
            wakes.accept(entry.id(), pause);
        }
    }

    private Failure notGivenUp(NicEntry nic, State state) {
        return new Failure(
                "InterfaceNotGivenUp",
                "The guest has not given up the NIC of port " + nic.port() + " within " + detachWithin.toSeconds()
                        + " s of being asked for it" + (state == State.PAUSED ? ": it is paused." : "."),
                Optional.of("It is asked again and again; "
                        + (state == State.PAUSED
                                ? "let it go on, or stop the server."
                                : "unload what uses the NIC in the guest, or stop the server.")));
    }

    private void trouble(Entry entry, NicEntry nic, Failure failure) {
        if (!failure.equals(troubles.put(nic.port(), failure))) {
            LOG.warn(
                    "Port {} cannot be detached from server {} yet: {}",
                    nic.port(),
                    entry.server().named(),
                    failure.reason());
        }
    }

    private Entry write(Entry entry) {
        journal.write(entry);
        return entry;
    }

    private static List<InterfaceGone> gone(Entry entry, Optional<DesiredServer> desired) {
        List<InterfaceGone> gone = new ArrayList<>();
        for (DesiredInterface nic : desired.map(DesiredServer::interfaces).orElse(List.of())) {
            boolean isHere = entry.server().nic(nic.port()).isPresent()
                    || entry.nic(nic.port()).isPresent();
            if (nic.wish().goes() && !isHere) {
                gone.add(new InterfaceGone(nic.port(), nic.wish().change(), nic.leases()));
            }
        }
        for (NicEntry nic : entry.nics()) {
            if (!nic.mayBeHere()) {
                gone.add(new InterfaceGone(nic.port(), nic.change(), nic.nic().leases()));
            }
        }
        return gone;
    }

    private List<InterfaceFailed> failed(Entry entry) {
        List<InterfaceFailed> failed = new ArrayList<>();
        for (NicEntry nic : entry.nics()) {
            Optional<Failure> failure = nic.mayBeHere()
                    // That it could not be attached is said when nothing is left of it, or when that takes long.
                    ? Optional.ofNullable(troubles.get(nic.port()))
                            .map(trouble -> nic.failure().orElse(trouble))
                    : nic.failure();
            failure.ifPresent(why -> failed.add(new InterfaceFailed(nic.port(), nic.change(), why)));
        }
        return failed;
    }

    private static NicKey key(NicEntry nic) {
        return new NicKey(nic.port(), nic.nic().mac());
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
