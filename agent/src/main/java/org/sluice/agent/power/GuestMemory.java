package org.sluice.agent.power;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.agent.functions.FunctionLocks;
import org.sluice.agent.host.Host;
import org.sluice.agent.host.Hypervisor.NicKey;
import org.sluice.agent.journal.Entry;
import org.sluice.agent.journal.Guest.Stage;
import org.sluice.agent.journal.Journal;
import org.sluice.agent.journal.NicEntry;
import org.sluice.agent.step.Step;
import org.sluice.agent.step.StepRunner;
import org.sluice.agent.workflow.ServerWorkflow;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.Power;

/**
 * Guests that are saved to a file with all that is in their memory, and go on from it. In which order the journal learns of it:
 *
 * <ul>
 *   <li>to save: room is made, {@code SAVING} is written, the guest gives its VFs up, stands still, and is written to the file;
 *       {@code SAVED} is written when the file is on disk. One that was cut off by its host's end is not gone on from;
 *   <li>to restore: {@code RESTORING} is written, all that the guest had is prepared anew, and it is read back, standing still. The
 *       file goes, and only then the guest goes on and gets its VFs; {@code STARTED} is written. So no guest ever goes on
 *       twice from one memory, on a disk that has changed meanwhile.
 * </ul>
 *
 * What cannot be saved goes the second way: it gets back what it gave up.
 *
 * <p>Thread-safe for different servers; the caller works on one server on one thread at a time.
 */
final class GuestMemory {
    private static final Logger LOG = LoggerFactory.getLogger(GuestMemory.class);

    /** libvirt's binding tells nobody that a NIC is gone ({@code VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED}), so it is looked. */
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);

    private final Host host;
    private final Journal journal;
    private final StepRunner runner;
    private final FunctionLocks locks;
    private final Function<DesiredServer, ServerWorkflow> workflows;
    private final Observations observations;
    private final BiConsumer<ServerId, Duration> wakes;
    private final InstantSource clock;
    private final Duration detachWithin;

    /** Until when guests have time to give their VFs up; lost with the agent, and then they are asked once more. */
    private final Map<ServerId, Instant> deadlines = new ConcurrentHashMap<>();

    GuestMemory(
            Host host,
            Journal journal,
            StepRunner runner,
            FunctionLocks locks,
            Function<DesiredServer, ServerWorkflow> workflows,
            Observations observations,
            BiConsumer<ServerId, Duration> wakes,
            InstantSource clock,
            Duration detachWithin) {
        this.host = host;
        this.journal = journal;
        this.runner = runner;
        this.locks = locks;
        this.workflows = workflows;
        this.observations = observations;
        this.wakes = wakes;
        this.clock = clock;
        this.detachWithin = requireNonNull(detachWithin, "detachWithin is null");
    }

    /** Whether a server whose guest is off can go on from its memory. */
    boolean isSaved(Entry entry) {
        return switch (entry.guest().stage()) {
            case SAVED, RESTORING -> hasMemory(entry.id());
            case STARTED, HELD, SAVING, ENDING, REBUILDING, ENDED -> false;
        };
    }

    /**
     * Takes a guest that is on further on its way to its file.
     *
     * @return whether there is more to do at once; false while it has time to give its VFs up
     */
    boolean save(Entry entry, Power wish) {
        Entry saving = entry;
        if (entry.guest().stage() != Stage.SAVING) {
            requireSettledNics(entry);
            step("make room for the guest's memory", () -> host.disks().prepareMemory(entry.server()));
            saving = entry.saving(wish);
            journal.write(saving);
            LOG.info("The guest of server {} is saved.", entry.server().named());
        }
        try {
            if (!hasGivenUp(saving)) {
                return false;
            }
            step("hold the guest", () -> host.hypervisor().suspend(entry.id()));
            step("save the guest", () -> host.hypervisor().save(entry.id(), memory(entry.id())));
        } catch (RuntimeException e) {
            comeBack(saving, e);
            throw e;
        }
        noteItsSave(saving, wish);
        return true;
    }

    /** Its file is of the NICs that it has now. */
    private static void requireSettledNics(Entry entry) {
        Optional<NicEntry> moving =
                entry.nics().stream().filter(NicEntry::mayBeHere).findFirst();
        if (moving.isPresent()) {
            throw new Problem(
                            Problem.Kind.CONFLICT,
                            "InterfaceMoves",
                            "The NIC of port " + moving.get().port() + " is being attached or detached, and the guest"
                                    + " cannot be saved meanwhile.",
                            Optional.of("Suspend the server when that is done."))
                    .asException();
        }
    }

    /** Asks the guest for its VFs, and says whether it has given them up. */
    private boolean hasGivenUp(Entry entry) {
        List<NicKey> held = new ArrayList<>();
        for (NicKey nic : workflows.apply(entry.server()).unsaveable()) {
            if (host.hypervisor().has(entry.id(), nic)) {
                held.add(nic);
            }
        }
        if (held.isEmpty()) {
            deadlines.remove(entry.id());
            return true;
        }
        Instant now = clock.instant();
        Instant deadline = deadlines.get(entry.id());
        if (deadline == null) {
            deadlines.put(entry.id(), now.plus(detachWithin));
            for (NicKey nic : held) {
                step(
                        "ask the guest for port " + nic.port(),
                        () -> host.hypervisor().detach(entry.id(), nic));
            }
        } else if (!now.isBefore(deadline)) {
            throw new Problem(
                            Problem.Kind.CONFLICT,
                            "InterfaceNotGivenUp",
                            "The guest has not given up the NIC of port "
                                    + held.getFirst().port() + " within "
                                    + detachWithin.toSeconds() + " s of being asked for it, and what is in a virtual"
                                    + " function cannot be saved.",
                            Optional.of("Unload what uses the NIC in the guest, or stop the server."))
                    .asException();
        }
        wakes.accept(entry.id(), LOOK_EVERY);
        return false;
    }

    /** One that could not be saved goes on with all that it had; what fails of that is tried again at the next look. */
    private void comeBack(Entry saving, RuntimeException reason) {
        deadlines.remove(saving.id());
        if (!host.hypervisor().state(saving.id()).isOn()) {
            return;
        }
        Entry back = saving.restoring(saving.obeyed(), host.bootId());
        journal.write(back);
        try {
            finishRestore(back, saving.obeyed());
        } catch (RuntimeException e) {
            reason.addSuppressed(e);
        }
    }

    /**
     * A guest is off that was being saved.
     *
     * @throws ProblemException when not all of it is in its file
     */
    void noteItsSave(Entry entry, Power wish) {
        Power purpose = entry.guest().wish().orElse(wish);
        // What another boot has left of a file need not be all that was written to it.
        if (!entry.guest().isOf(host.bootId()) || !hasMemory(entry.id())) {
            step("drop the guest's memory", () -> host.disks().dropMemory(entry.id()));
            journal.write(entry.ended(purpose));
            throw new Problem(
                            Problem.Kind.CONFLICT,
                            "MemoryNotSaved",
                            "The guest ended while its memory was being saved, and that cannot be gone on from.",
                            Optional.of("Start the server."))
                    .asException();
        }
        step("keep the guest's memory", () -> host.disks().keepMemory(entry.id()));
        journal.write(entry.saved(purpose));
        LOG.info(
                "The guest of server {} is off, and its memory is saved.",
                entry.server().named());
    }

    /**
     * Has a guest that is off go on from its memory.
     *
     * @throws ProblemException when there is no memory to go on from
     */
    void restore(Entry entry, Power wish) {
        boolean isBegun = entry.guest().stage() == Stage.RESTORING;
        if (!hasMemory(entry.id())) {
            if (isBegun) {
                // It went on from it, and has ended since.
                journal.write(entry.obeying(entry.guest().wish().orElse(wish)).spared());
                return;
            }
            throw new Problem(
                            Problem.Kind.CONFLICT,
                            "MemoryGone",
                            "The saved memory of the guest is not on its host any more, or not whole.",
                            Optional.of("Start the server."))
                    .asException();
        }
        Power purpose = isBegun ? entry.guest().wish().orElse(wish) : wish;
        Entry restoring = entry.restoring(purpose, host.bootId());
        journal.write(restoring);
        LOG.info(
                "The guest of server {} goes on from its saved memory.",
                entry.server().named());
        try (FunctionLocks.Held _ = ServerWorkflow.hold(locks, entry.server())) {
            runner.restore(workflows.apply(entry.server()).restore(memory(entry.id())));
        }
        finishRestore(restoring, purpose);
    }

    /** Has a guest that is back from its memory, or never was away, run with all that it had. */
    void finishRestore(Entry entry, Power wish) {
        Power purpose = entry.guest().wish().orElse(wish);
        step("drop the guest's memory", () -> host.disks().dropMemory(entry.id()));
        step("let the guest go on", () -> host.hypervisor().resume(entry.id()));
        try (FunctionLocks.Held _ = ServerWorkflow.hold(locks, entry.server())) {
            runner.restore(workflows.apply(entry.server()).replug());
        }
        // A reboot that is wished meanwhile is none that was done.
        Power obeyed = PowerRules.isEndedFor(purpose, entry.obeyed()) ? entry.obeyed() : purpose;
        journal.write(entry.started(obeyed, host.bootId()));
        observations.started(entry.id());
    }

    /** Nobody goes on from its memory any more: as good as ended for the wish. */
    void drop(Entry entry, Power wish) {
        step("drop the guest's memory", () -> host.disks().dropMemory(entry.id()));
        journal.write(entry.ended(wish));
    }

    void forget(ServerId server) {
        deadlines.remove(server);
    }

    private boolean hasMemory(ServerId server) {
        return host.hypervisor().isSaved(memory(server));
    }

    private Path memory(ServerId server) {
        return host.disks().memory(server);
    }

    private void step(String name, Step.Action action) {
        runner.restore(List.of(Step.withoutUndo(name, action)));
    }
}
