package org.sluice.agent.power;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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
import org.sluice.agent.host.Hypervisor.State;
import org.sluice.agent.image.ImageFetches;
import org.sluice.agent.journal.Entry;
import org.sluice.agent.journal.Guest.Stage;
import org.sluice.agent.journal.Journal;
import org.sluice.agent.power.PowerRules.Task;
import org.sluice.agent.report.Failures;
import org.sluice.agent.step.Step;
import org.sluice.agent.step.StepFailure;
import org.sluice.agent.step.StepRunner;
import org.sluice.agent.turn.Turn;
import org.sluice.agent.turn.Work;
import org.sluice.agent.workflow.ServerWorkflow;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.ServerReport.Failure;

/**
 * Brings the guest of a server that stands to the power that is wished of it, one journaled step at a time, so that whenever the
 * agent is killed the next one neither loses nor doubles a reboot. What the steps are is {@link PowerRules}'; in what order the
 * journal learns of them:
 *
 * <ul>
 *   <li>to end: {@code ENDING} is written, the guest is ended, {@code ENDED} is written with the wish it was ended for. A reboot
 *       counts from there on;
 *   <li>to start: {@code ENDED} is written with the wish it is started for, the server's steps are applied again, {@code STARTED} is
 *       written with the host's boot.
 * </ul>
 *
 * What cannot be done is reported with the wish it was for. It is tried again only while the guest should run, at growing
 * intervals; whoever wished it stopped or paused was told, and may wish again. A new agent tries everything once.
 *
 * <p>Thread-safe for different servers; the caller works on one server on one thread at a time.
 */
public final class GuestPower {
    private static final Logger LOG = LoggerFactory.getLogger(GuestPower.class);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final Host host;
    private final Journal journal;
    private final StepRunner runner;
    private final FunctionLocks locks;
    private final Function<DesiredServer, ServerWorkflow> workflows;
    private final ImageFetches images;
    private final Observations observations;
    private final BiConsumer<ServerId, Duration> wakes;
    private final InstantSource clock;
    private final GuestMemory memory;
    private final Duration shutdownWithin;
    private final Duration firstPause;
    private final Map<ServerId, Trouble> troubles = new ConcurrentHashMap<>();

    /** Guests that have some time to end by themselves; lost with the agent, and then they are asked once more. */
    private final Map<ServerId, Asking> askings = new ConcurrentHashMap<>();

    /** A wish that could not be obeyed. */
    private record Trouble(Power wish, Failure failure, Duration pause, Instant again) {
        boolean rests(Power now, Task task, Instant time) {
            // Whatever is wished, what was begun with its memory is brought to an end.
            boolean goesOn =
                    now.level() == Power.Level.RUNNING || task == Task.FINISH_RESTORE || task == Task.NOTE_ITS_SAVE;
            return wish.equals(now) && (!goesOn || time.isBefore(again));
        }
    }

    /**
     * A guest that is to end by itself.
     *
     * @param deadline when it is cut off
     * @param asked whether it knows
     */
    private record Asking(Instant deadline, boolean asked) {}

    /**
     * @param host where the guests are
     * @param journal what was done about them
     * @param runner applies steps
     * @param locks the locks of VFs
     * @param workflows the steps of a server
     * @param images has images come
     * @param observations tells what is seen of them
     * @param wakes has a server looked at again after a time
     * @param clock tells the time
     * @param shutdownWithin how long a guest that was asked to end is waited for
     * @param detachWithin how long a guest that was asked for its VFs is waited for
     * @param firstPause after how long what failed is tried again at first
     */
    public GuestPower(
            Host host,
            Journal journal,
            StepRunner runner,
            FunctionLocks locks,
            Function<DesiredServer, ServerWorkflow> workflows,
            ImageFetches images,
            Observations observations,
            BiConsumer<ServerId, Duration> wakes,
            InstantSource clock,
            Duration shutdownWithin,
            Duration detachWithin,
            Duration firstPause) {
        this.host = requireNonNull(host, "host is null");
        this.journal = requireNonNull(journal, "journal is null");
        this.runner = requireNonNull(runner, "runner is null");
        this.locks = requireNonNull(locks, "locks is null");
        this.workflows = requireNonNull(workflows, "workflows is null");
        this.images = requireNonNull(images, "images is null");
        this.observations = requireNonNull(observations, "observations is null");
        this.wakes = requireNonNull(wakes, "wakes is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.shutdownWithin = requireNonNull(shutdownWithin, "shutdownWithin is null");
        this.firstPause = requireNonNull(firstPause, "firstPause is null");
        this.memory =
                new GuestMemory(host, journal, runner, locks, workflows, observations, wakes, clock, detachWithin);
    }

    /** What is wished of a server of which nobody says anything: what was wished last. */
    public static Power lastWish(Entry entry) {
        // But not that its disk be made anew: only who says so knows from which image.
        return entry.guest()
                .wish()
                .orElse(entry.obeyed())
                .rebuilt(entry.obeyed().rebuilds());
    }

    /** What kind of work there is for a server's guest, as far as that can be said without asking the hypervisor. */
    public static Work workFor(Entry entry, Power wish) {
        return PowerRules.workFor(entry.guest(), entry.obeyed(), wish);
    }

    /**
     * Takes the server's guest one step further towards the wish, or sees that it is there and reports it.
     *
     * @param entry the server, as the journal has it
     * @param wish the power that it should have
     * @param image what its root disk should be made of, if it is to be made anew
     * @param state what the hypervisor says now
     * @param turn what may be done now; what else is to be done is left to the server's next turn
     * @return whether there is more to do for it at once
     */
    public boolean obey(Entry entry, Power wish, DesiredServer.Image image, State state, Turn turn) {
        Task task = next(entry, wish, state);
        if (task == Task.NOTHING) {
            troubles.remove(entry.id());
            images.forget(entry.id());
            settle(entry, wish, state);
            return false;
        }
        Trouble trouble = troubles.get(entry.id());
        if (trouble != null && trouble.rests(wish, task, clock.instant())) {
            observe(entry, wish, state, Optional.of(trouble.failure()));
            return false;
        }
        if (!turn.covers(task.work())) {
            return true;
        }
        try {
            return images.areHere(entry.id(), needed(task, entry, image)) && perform(task, entry, wish, image, state);
        } catch (RuntimeException e) {
            if (ImageFetches.isAway(e)) {
                // It was here, and is gone from the cache: it is waited for in what comes next.
                return true;
            }
            failed(entry, wish, e);
            return false;
        }
    }

    /** The images without which it cannot be done; what else was waited for for the server is not any more. */
    private static List<DesiredServer.Image> needed(Task task, Entry entry, DesiredServer.Image image) {
        return switch (task) {
            case REBUILD -> List.of(image);
            case START, FINISH_START, RESTORE ->
                entry.server().diskWish().rescue().stream().toList();
            case NOTHING,
                    END,
                    NOTE_ITS_END,
                    GROW_DISK,
                    SUSPEND,
                    RESUME,
                    SAVE,
                    NOTE_ITS_SAVE,
                    FINISH_RESTORE,
                    DROP_MEMORY,
                    RELEASE -> List.of();
        };
    }

    /** Whether there is nothing to do about the server's guest for that wish. */
    public boolean isAtRest(Entry entry, Power wish) {
        State state = host.hypervisor().state(entry.id());
        return next(entry, wish, state) == Task.NOTHING;
    }

    /** Whether what comes next is to start or restore its guest, which a boot of the host ended or found off. */
    public boolean comesBackAfterBoot(Entry entry, Power wish, State state) {
        return !state.isOn()
                && !entry.guest().isOf(host.bootId())
                && next(entry, wish, state).work() == Work.STARTING;
    }

    private Task next(Entry entry, Power wish, State state) {
        Task task = PowerRules.next(entry.guest(), entry.obeyed(), wish, state, host.bootId());
        // Whoever wishes anew that it be off is to hear of its disk too: nothing else would look at that before its
        // start.
        boolean grows = wish.level() == Power.Level.STOPPED
                && wish.generation() > entry.obeyed().generation()
                && entry.server().rootDisk().kept().isPresent();
        return task == Task.NOTHING && grows ? Task.GROW_DISK : task;
    }

    /** Forgets a server that is on its way out. */
    public void forget(ServerId server) {
        troubles.remove(server);
        askings.remove(server);
        memory.forget(server);
        observations.forget(server);
    }

    private void settle(Entry entry, Power wish, State state) {
        Entry settled = entry;
        if (state.isOn() && !entry.guest().isOf(host.bootId())) {
            // Of before boots were written down: that it is on says in which it was started.
            settled = entry.started(wish, host.bootId());
        } else if (!wish.equals(entry.obeyed())) {
            settled = entry.obeying(wish);
        }
        if (!settled.equals(entry)) {
            journal.write(settled);
        }
        if (isEndOfMachine(wish, state)) {
            return;
        }
        boolean offAsWished = !state.isOn() && wish.level() != Power.Level.RUNNING;
        // How it ended does not matter where it is to be off.
        observe(settled, wish, offAsWished ? State.STOPPED : state, Optional.empty());
    }

    private boolean perform(Task task, Entry entry, Power wish, DesiredServer.Image image, State state) {
        switch (task) {
            case NOTHING -> {
                return false;
            }
            case END -> {
                return end(entry, wish, state);
            }
            case NOTE_ITS_END -> ended(entry, endedFor(entry, wish));
            case REBUILD -> rebuild(entry, image, wish.rebuilds());
            case GROW_DISK -> {
                step("root disk", () -> host.disks().requireRoot(entry.server()));
                journal.write(entry.obeying(wish));
            }
            case START -> start(entry, wish, state);
            case FINISH_START -> finish(entry, entry.obeyed());
            case SUSPEND -> {
                step("suspend the guest", () -> host.hypervisor().suspend(entry.id()));
                LOG.info("Server {} is paused.", entry.server().named());
                journal.write(entry.obeying(wish));
            }
            case RESUME -> {
                step("resume the guest", () -> host.hypervisor().resume(entry.id()));
                LOG.info("Server {} is resumed.", entry.server().named());
                journal.write(entry.obeying(wish));
            }
            case SAVE -> {
                return memory.save(entry, wish);
            }
            case NOTE_ITS_SAVE -> memory.noteItsSave(entry, wish);
            case RESTORE -> memory.restore(entry, wish);
            case FINISH_RESTORE -> memory.finishRestore(entry, wish);
            case DROP_MEMORY -> memory.drop(entry, wish);
            case RELEASE -> {
                step("let the guest go on", () -> host.hypervisor().resume(entry.id()));
                journal.write(entry.spared());
            }
        }
        return true;
    }

    private static Power endedFor(Entry entry, Power wish) {
        return PowerRules.isEndedFor(wish, entry.obeyed())
                ? wish
                : entry.guest().wish().orElse(wish);
    }

    private boolean end(Entry entry, Power wish, State state) {
        Power purpose = endedFor(entry, wish);
        Entry ending = entry;
        if (entry.guest().stage() != Stage.ENDING) {
            ending = entry.ending(purpose);
            journal.write(ending);
            LOG.info(
                    "The guest of server {} is {}{}.",
                    entry.server().named(),
                    purpose.ending() == Power.Ending.GRACEFUL ? "asked to end" : "ended",
                    purpose.level() == Power.Level.RUNNING ? ", to be started again" : "");
        }
        if (isPatientWith(entry, purpose, state)) {
            return false;
        }
        destroy(ending);
        ended(ending, purpose);
        return true;
    }

    private void destroy(Entry entry) {
        try (FunctionLocks.Held _ = ServerWorkflow.hold(locks, entry.server())) {
            step("end the guest", () -> host.hypervisor().destroy(entry.id()));
        }
    }

    /** Asks the guest to end if it is to be asked, and says whether it has time left. */
    private boolean isPatientWith(Entry entry, Power purpose, State state) {
        // One that stands still cannot hear the question.
        if (purpose.ending() == Power.Ending.AT_ONCE || state == State.PAUSED) {
            return false;
        }
        Instant now = clock.instant();
        Asking asking = askings.get(entry.id());
        if (asking == null) {
            asking = new Asking(now.plus(shutdownWithin), false);
            askings.put(entry.id(), asking);
            wakes.accept(entry.id(), shutdownWithin);
        }
        if (!now.isBefore(asking.deadline())) {
            LOG.warn(
                    "The guest of server {} has not ended within {} s of being asked to, and is cut off.",
                    entry.server().named(),
                    shutdownWithin.toSeconds());
            return false;
        }
        if (!asking.asked()) {
            ask(entry, asking);
        }
        return true;
    }

    private void ask(Entry entry, Asking asking) {
        try {
            step("press the power button", () -> host.hypervisor().shutDown(entry.id()));
            askings.put(entry.id(), new Asking(asking.deadline(), true));
        } catch (StepFailure failure) {
            // It is asked again at the next look, and cut off in time if that goes on.
            observations.deviates(entry, "could not be asked to end", failure);
        }
    }

    private void ended(Entry entry, Power purpose) {
        askings.remove(entry.id());
        Entry ended = entry.ended(purpose);
        // One that ended to be made anew is not started from its old disk by an agent that does not hear what of.
        boolean isToBeRebuilt = PowerRules.isRebuilt(entry.guest().wish().orElse(purpose), entry.obeyed());
        journal.write(isToBeRebuilt ? ended.rebuilding() : ended);
        LOG.info("The guest of server {} has ended.", entry.server().named());
    }

    private void start(Entry entry, Power wish, State state) {
        Power purpose = wish.level() == Power.Level.RUNNING ? wish : entry.obeyed();
        // Whoever finds the guest on afterwards is to know that it was started, and for what.
        Entry starting = entry.ended(purpose);
        if (!starting.equals(entry)) {
            journal.write(starting);
        }
        LOG.info("The guest of server {} is started.", entry.server().named());
        if (state == State.STOPPED) {
            // What is left of the guest may hold its VFs, which are programmed before the domain is made anew.
            destroy(starting);
        }
        finish(starting, purpose);
    }

    private void finish(Entry entry, Power purpose) {
        try (FunctionLocks.Held _ = ServerWorkflow.hold(locks, entry.server())) {
            runner.restore(workflows.apply(entry.server()).start());
        }
        journal.write(entry.started(purpose, host.bootId()));
        observations.started(entry.id());
    }

    /**
     * The image is here before the disk goes, and the journal says that the disk goes before it does: killed anywhere, it is all done
     * again, and nothing is started from what there is meanwhile.
     */
    private void rebuild(Entry entry, DesiredServer.Image image, int times) {
        LOG.info(
                "The root disk of server {} is made anew from image {}.",
                entry.server().named(),
                image.id());
        Entry rebuilding = entry.rebuilding();
        Entry rebuilt = rebuilding.rebuilt(image, times);
        journal.write(rebuilding);
        step("remove the root disk", () -> host.disks().remove(entry.id()));
        step("root disk", () -> host.disks().ensureRoot(rebuilt.server()));
        journal.write(rebuilt);
    }

    private void step(String name, Step.Action action) {
        runner.restore(List.of(Step.withoutUndo(name, action)));
    }

    private void failed(Entry entry, Power wish, RuntimeException reason) {
        Failure failure = Failures.describe(reason);
        Trouble before = troubles.get(entry.id());
        Duration pause = before == null || !before.wish().equals(wish)
                ? firstPause
                : shorter(before.pause().multipliedBy(2), LONGEST_PAUSE);
        troubles.put(
                entry.id(), new Trouble(wish, failure, pause, clock.instant().plus(pause)));
        if (before == null || !before.failure().equals(failure)) {
            LOG.warn(
                    "Server {} could not be brought to {}: {}", entry.server().named(), wish.level(), failure.reason());
        }
        Entry left = journal.find(entry.id()).orElse(entry);
        if (wish.level() != Power.Level.RUNNING && left.guest().stage() == Stage.ENDING) {
            // Nobody tries again, so a later wish must not meet one that is still being ended.
            askings.remove(entry.id());
            left = left.spared();
            journal.write(left);
        }
        State state = host.hypervisor().state(entry.id());
        if (!isEndOfMachine(wish, state)) {
            observe(left, wish, state, Optional.of(failure));
        }
    }

    /**
     * Whether the guest ended because its machine does. That is not told, since the wish would follow it: it is to be started after the
     * boot.
     */
    private boolean isEndOfMachine(Power wish, State state) {
        return !state.isOn()
                && wish.level() == Power.Level.RUNNING
                && host.shutdown().isUnderWay();
    }

    private void observe(Entry entry, Power wish, State state, Optional<Failure> failure) {
        if (!state.isOn() && memory.isSaved(entry)) {
            observations.saved(entry, wish.generation(), failure);
        } else {
            observations.observe(entry, wish.generation(), state, failure);
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
