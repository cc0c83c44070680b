package org.sluice.agent;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.agent.attachment.Attachment;
import org.sluice.agent.attachment.Attachments;
import org.sluice.agent.copy.DiskCopies;
import org.sluice.agent.functions.FunctionLocks;
import org.sluice.agent.host.Host;
import org.sluice.agent.host.Hypervisor.State;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.hotplug.HotPlug;
import org.sluice.agent.image.ImageFetches;
import org.sluice.agent.journal.Entry;
import org.sluice.agent.journal.Entry.Phase;
import org.sluice.agent.journal.Guest;
import org.sluice.agent.journal.Journal;
import org.sluice.agent.power.GuestPower;
import org.sluice.agent.power.Observations;
import org.sluice.agent.step.StepFailure;
import org.sluice.agent.step.StepRunner;
import org.sluice.agent.turn.Turn;
import org.sluice.agent.turn.Work;
import org.sluice.agent.workflow.ServerWorkflow;
import org.sluice.model.ImageId;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredHost.NotUnderstood;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.DesiredServer.Presence;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport;
import org.sluice.model.protocol.ServerReport.Failure;
import org.sluice.model.protocol.VirtualFunctionLease;

/**
 * Brings one server from what the journal says to what the controller wants. A server is removed when the desired state wants it
 * absent, and for no other reason: one that it does not speak of is kept as it is, since a controller whose database is older
 * than the server must not destroy it. What is neither in the journal nor wanted is never touched, whatever its name: it may be
 * the operator's own. Without a desired state what runs is kept running, and what a boot of the host ended is started again only after a
 * time: its server may be elsewhere by now. What the guest of a server that stands should do is {@link GuestPower}'s.
 *
 * <p>Thread-safe for different servers; the caller converges one server on one thread at a time.
 */
final class Convergence {
    private static final Logger LOG = LoggerFactory.getLogger(Convergence.class);

    private final Host host;
    private final Journal journal;
    private final Attachments attachments;

    /** Servers of when this host was another member. */
    private final Set<ServerId> former;

    private final StepRunner runner;
    private final Consumer<ServerReport> reports;
    private final FunctionLocks locks = new FunctionLocks();
    private final Observations observations;
    private final Builds builds;
    private final GuestPower power;
    private final HotPlug hotPlug;
    private final DiskCopies copies;
    private final ImageFetches images;

    /** Servers that stand whose NICs joined their networks in this life of the agent. */
    private final Set<ServerId> joined = ConcurrentHashMap.newKeySet();

    /** Servers that wait for a VF which another one has. */
    private final Set<ServerId> waiting = ConcurrentHashMap.newKeySet();

    /** Servers of which it was said that the controller does not speak of them. */
    private final Set<ServerId> unknown = ConcurrentHashMap.newKeySet();

    /** When the agent began; not by the clock, which may yet have to be set after a boot of the host. */
    private final long began = System.nanoTime();

    private final Duration startsAloneAfter;
    private final AtomicBoolean saidThatItWaits = new AtomicBoolean();

    /**
     * @param wakes has a server converged again after a time
     */
    Convergence(
            Host host,
            Journal journal,
            Attachments attachments,
            Set<ServerId> former,
            StepRunner runner,
            ImageFetches images,
            DiskCopies copies,
            Consumer<ServerReport> reports,
            BiConsumer<ServerId, Duration> wakes,
            InstantSource clock,
            AgentSettings settings) {
        this.host = requireNonNull(host, "host is null");
        this.journal = requireNonNull(journal, "journal is null");
        this.attachments = requireNonNull(attachments, "attachments is null");
        this.former = Set.copyOf(former);
        this.runner = requireNonNull(runner, "runner is null");
        this.reports = requireNonNull(reports, "reports is null");
        this.observations = new Observations(this::workflow, locks, reports, clock, settings.verifyEvery());
        this.images = requireNonNull(images, "images is null");
        this.builds = new Builds(
                host.bootId(), journal, runner, locks, this::workflow, images, observations, reports, joined::add);
        this.power = new GuestPower(
                host,
                journal,
                runner,
                locks,
                this::workflow,
                images,
                observations,
                wakes,
                clock,
                settings.shutdownWithin(),
                settings.detachWithin(),
                settings.compareEvery());
        this.hotPlug = new HotPlug(
                host.hypervisor(), journal, runner, locks, attachments, wakes, clock, settings.detachWithin());
        this.copies = requireNonNull(copies, "copies is null");
        this.startsAloneAfter = settings.startsAloneAfter();
    }

    /**
     * Counts the servers that stand in on their networks, before anything is changed there. One that was not started since the
     * host booted has nothing there, and joins when it is started. In a journal of the time before it was written down what is
     * made on a host, what carries our names and is a server's counts as made here.
     */
    void recall() {
        if (!journal.knowsWhatWasMade()) {
            journal.entries().stream()
                    .filter(entry -> entry.phase() != Phase.FAILED)
                    .forEach(entry -> adoptNetworks(entry.whole()));
            journal.noteWhatWasMade();
        }
        for (Entry entry : journal.entries()) {
            switch (entry.phase()) {
                case STANDING -> {
                    if (entry.guest().hostBoot().isEmpty() || entry.guest().isOf(host.bootId())) {
                        attachments.of(entry.whole()).forEach(Attachment::recall);
                    }
                }
                case BUILDING, REMOVING, FAILED -> {
                    // They join, or leave, by their own steps.
                }
            }
        }
    }

    /**
     * Takes one server one phase further, or leaves it where it should be.
     *
     * @param turn what may be done now; what else is to be done is left to the server's next turn
     * @return whether there is more to do for it at once
     */
    boolean converge(ServerId server, Optional<DesiredState> latest, Turn turn) {
        Optional<String> unread = Optional.ofNullable(journal.notUnderstood().get(server));
        if (unread.isPresent()) {
            latest.flatMap(state -> state.find(server))
                    .filter(wanted -> wanted.presence() == Presence.PRESENT)
                    .ifPresent(wanted ->
                            cannotObey(server, wanted.claim(), wanted.power().generation(), inJournal(unread.get())));
            return false;
        }
        Optional<NotUnderstood> puzzle = latest.flatMap(state -> state.notUnderstood(server));
        Optional<Entry> known = journal.find(server);
        if (puzzle.isPresent()
                && known.filter(entry -> entry.phase() != Phase.BUILDING).isEmpty()) {
            reports.accept(new ServerReport.Failed(
                    server, tooNew(puzzle.get().reason()), puzzle.get().claim()));
            return false;
        }
        Optional<DesiredServer> desired = latest.flatMap(state -> state.find(server));
        waiting.remove(server);
        if (known.isEmpty()) {
            if (desired.filter(wanted -> wanted.presence() == Presence.PRESENT).isEmpty()) {
                images.forget(server);
            }
            return desired.isPresent() && begin(desired.get(), latest.orElseThrow());
        }
        Entry begun = known.get();
        noteSilence(begun, latest.isPresent() && desired.isEmpty() && puzzle.isEmpty());
        boolean unwanted = desired.isPresent() && desired.get().presence() == Presence.ABSENT;
        // What is removed is what was built; that it goes, another request has asked for.
        Entry entry = underWhatClaim(unwanted ? begun.askedLike(desired.get()) : begun, desired);
        return switch (entry.phase()) {
            case BUILDING -> {
                if (unwanted) {
                    remove(entry, desired);
                    yield false;
                }
                yield desired.isPresent()
                        && builds.build(entry, true, desired.get().power());
            }
            case STANDING -> {
                if (unwanted) {
                    remove(entry, desired);
                    yield false;
                }
                if (latest.isEmpty() && waitsForTheController(entry)) {
                    yield false;
                }
                // It may be wished off, or elsewhere, by words that this agent does not know.
                boolean continues = !(puzzle.isPresent() && comesBackAfterBoot(entry))
                        && keep(
                                entry,
                                desired,
                                latest.map(DesiredState::revision).orElse(entry.revision()),
                                turn);
                // What it is goes on; that what is wished of it now cannot be done is told last.
                puzzle.filter(wish -> wish.generation() > entry.obeyed().generation())
                        .ifPresent(wish -> cannotObey(server, wish.claim(), wish.generation(), tooNew(wish.reason())));
                yield continues;
            }
            case REMOVING -> {
                remove(entry, desired);
                yield entry.failure().isPresent() && unwanted;
            }
            case FAILED -> {
                if (unwanted) {
                    gone(entry, desired);
                    yield false;
                }
                if (desired.isPresent() && desired.get().isClaimedOtherwiseThan(entry.server())) {
                    // What could not be built was another claim's; nothing of that is left.
                    journal.forget(entry.id());
                    yield begin(desired.get(), latest.orElseThrow());
                }
                entry.failure().ifPresent(failure -> builds.failed(entry, failure));
                yield false;
            }
        };
    }

    /**
     * One that is being built is so for the claim that the desired state spoke of last; what could not be built, or goes, does so for
     * the claim under which it was to be there, or is to go. One that stands is described anew for another claim.
     */
    private static Entry underWhatClaim(Entry entry, Optional<DesiredServer> desired) {
        return desired.filter(wanted -> switch (entry.phase()) {
                    case BUILDING -> true;
                    case STANDING, REMOVING, FAILED -> wanted.presence() == Presence.ABSENT;
                })
                .map(entry::claimedLike)
                .orElse(entry);
    }

    /** Servers that may go on when another one has given its VFs up. */
    Set<ServerId> waiting() {
        return Set.copyOf(waiting);
    }

    private void cannotObey(ServerId server, Optional<Long> claim, long generation, Failure failure) {
        PowerState power = Observations.powerOf(host.hypervisor().state(server));
        reports.accept(
                new ServerReport.Observed(server, generation, power, List.of(), Optional.of(failure)).about(claim));
    }

    private static Failure tooNew(String reason) {
        return new Failure(
                "NewerAgentNeeded",
                "The agent of this host is older than what is wanted of the server. " + reason,
                Optional.of("Upgrade the host's agent."));
    }

    private static Failure inJournal(String reason) {
        return new Failure(
                "NewerAgentNeeded",
                "A newer agent of this host has written down what it made of the server, and this one leaves it as it is. "
                        + reason,
                Optional.of("Upgrade the host's agent again."));
    }

    private void noteSilence(Entry entry, boolean silent) {
        if (!silent) {
            unknown.remove(entry.id());
        } else if (unknown.add(entry.id())) {
            LOG.warn(
                    "The controller does not speak of server {}, which is {} here. It is kept as it is, with its VFs:"
                            + " if its database was restored from an older copy, somebody must decide about this server.",
                    entry.server().named(),
                    entry.phase());
        }
    }

    private boolean begin(DesiredServer wanted, DesiredState state) {
        return switch (wanted.presence()) {
            case ABSENT -> {
                if (!isFormer(wanted) && (isHere(wanted) || holdsLease(wanted))) {
                    takeAway(wanted, state.revision());
                } else {
                    // Nothing of it was ever begun here, or its removal was done and the report of it lost; or what
                    // there is
                    // under its name is of before, and is not ended.
                    reports.accept(new ServerReport.Absent(wanted.id(), wanted.leases(), wanted.claim()));
                }
                yield false;
            }
            case PRESENT -> {
                // Before the look: whoever gives one up after it wakes this one.
                waiting.add(wanted.id());
                Optional<ServerId> holder = wanted.leases().stream()
                        .flatMap(lease -> journal.leases().otherHolder(lease, wanted.id()).stream())
                        .findFirst();
                if (holder.isPresent()) {
                    waits(wanted, state, holder.get());
                    yield false;
                }
                waiting.remove(wanted.id());
                if (former.contains(wanted.id())
                        && host.hypervisor().state(wanted.id()).isOn()) {
                    // It has come with another disk than the one that its guest of before runs on.
                    refuse(
                            wanted,
                            state,
                            new Failure(
                                    "GuestOfBefore",
                                    "Its guest of before this host was removed from the cloud runs here still.",
                                    Optional.of("End that guest on its host (virsh destroy " + wanted.id()
                                            + "), and ask again.")));
                    yield false;
                }
                if (isHere(wanted)) {
                    adopt(wanted, state.revision());
                    yield true;
                }
                yield builds.build(Entry.building(wanted, state.revision()), false, wanted.power());
            }
        };
    }

    /** One that goes gives its VFs back. One that the controller does not know keeps them, and that would never come to an end. */
    private void waits(DesiredServer wanted, DesiredState state, ServerId holder) {
        if (state.find(holder).isPresent() || state.notUnderstood(holder).isPresent()) {
            LOG.info("Server {} waits for a VF that a server on its way out still holds.", wanted.named());
            return;
        }
        waiting.remove(wanted.id());
        refuse(
                wanted,
                state,
                new Failure(
                        "VirtualFunctionHeld",
                        "A VF that it was given belongs to server " + holder
                                + " of this host, which the controller does not"
                                + " know: its database is older than what the host was told.",
                        Optional.of("Decide about that server first: docs/start.md, \"Copies, versions, reboots\".")));
    }

    private void refuse(DesiredServer wanted, DesiredState state, Failure reason) {
        Entry failed = Entry.building(wanted, state.revision()).failed(reason).in(Phase.FAILED);
        journal.write(failed);
        builds.failed(failed, true);
    }

    /** Whether there is a domain of ours or a disk of a server that the journal does not know: the journal is not all there was. */
    private boolean isHere(DesiredServer server) {
        boolean domain = switch (host.hypervisor().state(server.id())) {
            case ABSENT, CRASHED -> false;
            case RUNNING, PAUSED, STOPPED -> host.hypervisor().domains().contains(server.id());
        };
        return domain || host.disks().present().contains(server.id());
    }

    /** Whether it was a server of this host only when that was another member: what comes here again has a lease of now, if it has any. */
    private boolean isFormer(DesiredServer server) {
        return former.contains(server.id()) && !holdsLease(server);
    }

    private boolean holdsLease(DesiredServer server) {
        return server.leases().stream().anyMatch(lease -> journal.leases().holds(lease, server.id()));
    }

    /** Takes a server in that the journal lost: it is kept, and never undone because something about it cannot be done. */
    private void adopt(DesiredServer wanted, long revision) {
        adoptNetworks(wanted);
        // Of one that was on its way to it nobody knows how far it came: it is attached anew.
        List<DesiredInterface> nics = wanted.interfaces().stream()
                .filter(nic -> nic.wish().goes() || nic.wish().change() == 0)
                .toList();
        DesiredServer here = wanted.wired(nics);
        takeLeases(here);
        journal.write(Entry.adopted(here, revision, Phase.STANDING));
        LOG.warn(
                "Server {} is on this host, and not in the journal. It is taken over as it is: was the agent's"
                        + " directory lost, or another one used before?",
                wanted.named());
    }

    private void takeAway(DesiredServer wanted, long revision) {
        LOG.warn(
                "Server {} is to go, and is on this host without being in the journal: was the agent's directory lost,"
                        + " or another one used before? What there is of it is taken away.",
                wanted.named());
        takeLeases(wanted);
        adoptNetworks(wanted);
        Entry entry = Entry.adopted(wanted, revision, Phase.REMOVING);
        journal.write(entry);
        remove(entry, Optional.of(wanted));
    }

    private void adoptNetworks(DesiredServer server) {
        attachments.of(server).forEach(Attachment::adopt);
    }

    /** In the lease book first: only what is there is released, and only what is released is reported so. */
    private void takeLeases(DesiredServer server) {
        try (FunctionLocks.Held _ = ServerWorkflow.hold(locks, server)) {
            server.leases().forEach(lease -> take(server, lease));
        }
    }

    private void take(DesiredServer wanted, VirtualFunctionLease lease) {
        try {
            journal.leases().take(lease, wanted.id());
        } catch (ProblemException notItsAnyMore) {
            LOG.info(
                    "VF {} of server {} is left alone: {}",
                    lease.index(),
                    wanted.named(),
                    notItsAnyMore.problem().sentence());
        }
    }

    /**
     * Whether a server of which nothing was heard since the agent began is left as a boot of the host left it. While the host was silent it
     * may have been declared down and its servers made elsewhere: to start one here before that can be known would have two guests run
     * with one address. Nothing is reported of it meanwhile either, since its guest did not end by itself. The next comparison looks
     * again.
     */
    private boolean waitsForTheController(Entry entry) {
        if (System.nanoTime() - began >= startsAloneAfter.toNanos() || !comesBackAfterBoot(entry)) {
            return false;
        }
        if (saidThatItWaits.compareAndSet(false, true)) {
            LOG.info(
                    "Host {} was booted. Guests that are to run are started when the controller was heard, since their"
                            + " servers may have been made elsewhere meanwhile; and {} s after the agent's start if it is"
                            + " not.",
                    host.name(),
                    startsAloneAfter.toSeconds());
        }
        return true;
    }

    private boolean comesBackAfterBoot(Entry entry) {
        return power.comesBackAfterBoot(
                entry, GuestPower.lastWish(entry), host.hypervisor().state(entry.id()));
    }

    private boolean keep(Entry entry, Optional<DesiredServer> desired, long revision, Turn turn) {
        State state = host.hypervisor().state(entry.id());
        Power wish = desired.map(DesiredServer::power).orElseGet(() -> GuestPower.lastWish(entry));
        if (desired.isEmpty() && entry.guest().stage() == Guest.Stage.REBUILDING) {
            // Of what its disk is to be made only the controller says, and without one there is nothing to start.
            return false;
        }
        HotPlug.Outcome nics = hotPlug.obey(entry, desired, state);
        observations.moved(entry.id(), nics.gone(), nics.failed());
        Entry plugged = nics.entry();
        // What is wished of its disk once is done by steps of its own, and no part of what stands; and a guest that is
        // on boots from
        // something else at its next start.
        DesiredServer spokenOf = desired.orElse(plugged.server());
        DesiredServer wanted = spokenOf.wishing(
                state.isOn() ? plugged.server().diskWish() : spokenOf.diskWish().lasting());
        // Power and root disk become what is wanted by steps of their own, and so do NICs that come and go.
        Entry current = describe(
                plugged,
                wanted.powered(plugged.obeyed()).imaged(plugged.server().image()),
                revision);
        boolean described = !current.equals(plugged);
        // One that is off joins when it is started; there may be no bridge to join until then.
        if (state.isOn() && (described || !joined.contains(entry.id()))) {
            join(current);
        }
        if (power.obey(current, wish, wanted.image(), state, turn) || nics.continues()) {
            return true;
        }
        // Whoever does not speak of it gives up no copy of it.
        return desired.isPresent()
                && copy(current.id(), wish, desired.get().diskWish().copyTo(), turn);
    }

    /** Says whether it is left to the server's next turn. */
    private boolean copy(ServerId server, Power wish, Optional<ImageId> copyTo, Turn turn) {
        Entry entry = journal.find(server).orElseThrow();
        if (copyTo.isPresent() && !power.isAtRest(entry, wish)) {
            return false;
        }
        if (copyTo.isPresent() && !turn.covers(Work.COPYING)) {
            return true;
        }
        copies.obey(entry, copyTo);
        return false;
    }

    private Entry describe(Entry entry, DesiredServer wanted, long revision) {
        DesiredServer possible = wanted.wiredLike(entry.server());
        if (wanted.rootDisk().newest() < entry.server().rootDisk().newest()) {
            // A database of before it grew, or a controller that knows of no such thing.
            observations.deviates(
                    entry,
                    "keeps its root disk",
                    new IllegalStateException("The controller knows only of an older root disk of this server."));
            possible = possible.onDiskOf(entry.server());
        }
        boolean isWiredAsWanted = possible.interfaces().stream()
                .allMatch(nic -> wanted.nic(nic.port())
                        .map(other -> other.wished(nic.wish()).equals(nic))
                        .orElse(false));
        if (!isWiredAsWanted) {
            observations.deviates(
                    entry,
                    "keeps the interfaces it was built with",
                    new IllegalStateException("The controller wants other interfaces on a server that stands."));
        }
        if (possible.equals(entry.server())) {
            return entry;
        }
        Entry described = entry.describedBy(possible, revision);
        journal.write(described);
        LOG.info(
                "Server {} is described anew; its guest reads it from its metadata.",
                described.server().named());
        return described;
    }

    private void join(Entry entry) {
        try {
            attachments.of(entry.server()).forEach(Attachment::join);
            joined.add(entry.id());
        } catch (KernelException | ProblemException e) {
            // It is tried again at the next look, and holds up nobody who wants to stop the server.
            joined.remove(entry.id());
            observations.deviates(entry, "could not be made known to DHCP and metadata", e);
        }
    }

    private void remove(Entry entry, Optional<DesiredServer> desired) {
        copies.forget(entry.id());
        images.forget(entry.id());
        Entry removing = entry.in(Phase.REMOVING);
        if (entry.phase() != Phase.REMOVING) {
            journal.write(removing);
        }
        // With what comes and goes: a guest that is gone clings to nothing.
        try (FunctionLocks.Held _ = ServerWorkflow.hold(locks, removing.whole())) {
            runner.undo(workflow(removing.whole()).steps());
        } catch (StepFailure failure) {
            observations.deviates(removing, "cannot be removed yet", failure);
            removing.failure().ifPresent(reason -> builds.failed(removing, reason));
            return;
        }
        if (removing.failure().isPresent()) {
            journal.write(removing.in(Phase.FAILED));
            builds.failed(removing, removing.failure().get());
        } else {
            gone(removing, desired);
        }
    }

    private void gone(Entry entry, Optional<DesiredServer> desired) {
        journal.forget(entry.id());
        power.forget(entry.id());
        hotPlug.forget(entry);
        joined.remove(entry.id());
        unknown.remove(entry.id());
        LOG.info("Nothing is left of server {}.", entry.server().named());
        // Also what it was to get and never did: a lease of which nothing was ever begun here is given up as well.
        List<VirtualFunctionLease> released = Stream.concat(
                        entry.whole().leases().stream(), desired.map(DesiredServer::leases).orElse(List.of()).stream())
                .filter(lease -> !journal.leases().holds(lease, entry.id()))
                .distinct()
                .toList();
        reports.accept(
                new ServerReport.Absent(entry.id(), released, entry.server().claim()));
    }

    private ServerWorkflow workflow(DesiredServer server) {
        return new ServerWorkflow(host, attachments, server);
    }
}
