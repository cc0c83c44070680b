package org.sluice.agent;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.sluice.agent.controller.Controller;
import org.sluice.agent.controller.ControllerUnavailableException;
import org.sluice.model.ImageId;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredHost;
import org.sluice.model.protocol.DesiredHost.Known;
import org.sluice.model.protocol.DesiredHost.NotUnderstood;
import org.sluice.model.protocol.DesiredHost.Part;
import org.sluice.model.protocol.DesiredSegment;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.DiskWish;
import org.sluice.model.protocol.HostQuery;
import org.sluice.model.protocol.Inventory;
import org.sluice.model.protocol.ServerReport;

/**
 * A controller that wants what a test says, and keeps what it is told. Like the real one it tells an agent that has an earlier state of the
 * same history what changed since; a state whose revision is not above the one before begins another history.
 */
final class FakeController implements Controller {
    private final List<ServerReport> reports = new ArrayList<>();
    private final Map<ServerId, ServerReport> newest = new HashMap<>();
    private final List<Inventory> inventories = new ArrayList<>();
    private final List<HostQuery.Answer> answers = new ArrayList<>();
    private @Nullable DesiredHost state;
    private UUID history = UUID.randomUUID();
    /** Those that changed with a revision, and nothing else. */
    private final Map<Long, DesiredSegment> segments = new HashMap<>();

    private final Map<Long, DesiredHost> earlier = new HashMap<>();
    private final List<DesiredHost> told = new ArrayList<>();
    private final List<Known> asked = new ArrayList<>();
    private boolean mistells;
    private boolean away;
    private int missed;
    private final Map<ImageId, byte[]> images = new HashMap<>();
    private final Deque<RuntimeException> refusals = new ArrayDeque<>();
    private final List<Duration> waits = new ArrayList<>();

    synchronized void want(DesiredHost wanted) {
        if (state != null && wanted.revision() <= state.revision()) {
            beginAnew();
        }
        state = wanted;
        earlier.put(wanted.revision(), wanted);
        notifyAll();
    }

    /** A segment becomes another, and with it what the servers on it are; who has the state before is told of the segment alone. */
    synchronized void wantSegment(DesiredSegment segment) {
        DesiredHost before = requireNonNull(state, "there is no state yet");
        long revision = before.revision() + 1;
        segments.put(revision, segment);
        want(new DesiredHost(
                revision,
                before.servers().stream()
                        .map(server -> server.on(Map.of(segment.network(), segment)))
                        .toList(),
                before.queries(),
                before.physicalFunctions()));
    }

    /** What was told so far is not known any more; the next answer is a whole state. */
    synchronized void beginAnew() {
        history = UUID.randomUUID();
        earlier.clear();
    }

    /** Tells the next part as one of an earlier revision than the agent has. */
    synchronized void mistellOnce() {
        mistells = true;
    }

    /** What agents said that they have, each time that they asked. */
    synchronized List<Known> asked() {
        return List.copyOf(asked);
    }

    /** The states and parts that agents were told. */
    synchronized List<DesiredHost> told() {
        return List.copyOf(told);
    }

    synchronized void beAway(boolean isAway) {
        away = isAway;
        notifyAll();
    }

    /** How often an agent asked for its desired state while this controller was away. */
    synchronized int missed() {
        return missed;
    }

    /** How long agents would have waited for their desired state, each time that this controller was there. */
    synchronized List<Duration> waits() {
        return List.copyOf(waits);
    }

    synchronized Optional<ServerReport> newest(ServerId server) {
        return Optional.ofNullable(newest.get(server));
    }

    synchronized List<ServerReport> reports() {
        return List.copyOf(reports);
    }

    /** The newest inventory. */
    synchronized Optional<Inventory> inventory() {
        return inventories.isEmpty() ? Optional.empty() : Optional.of(inventories.getLast());
    }

    synchronized List<Inventory> inventories() {
        return List.copyOf(inventories);
    }

    synchronized List<HostQuery.Answer> answers() {
        return List.copyOf(answers);
    }

    synchronized void forgetReports() {
        reports.clear();
        newest.clear();
    }

    @Override
    public synchronized void inventory(Inventory inventory) {
        requireThere();
        inventories.add(inventory);
    }

    @Override
    public synchronized Optional<DesiredHost> desired(Known known, Duration wait) {
        countIfAway();
        requireThere();
        waits.add(wait);
        asked.add(known);
        long end = System.nanoTime() + wait.toNanos();
        while (state == null || state.revision() == known.revision()) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return Optional.empty();
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ControllerUnavailableException("The agent stops.", e);
            }
            countIfAway();
            requireThere();
        }
        DesiredHost answer = answer(state, known);
        told.add(answer);
        return Optional.of(answer);
    }

    private DesiredHost answer(DesiredHost now, Known known) {
        DesiredHost before = known.history().equals(Optional.of(history)) ? earlier.get(known.revision()) : null;
        if (before == null) {
            return told(now, now.servers(), now.notUnderstood(), Optional.empty());
        }
        long since = mistells ? known.revision() - 1 : known.revision();
        mistells = false;
        DesiredSegment segment = segments.get(now.revision());
        if (segment != null && since == now.revision() - 1) {
            return new DesiredHost(
                    now.revision(),
                    List.of(),
                    now.queries(),
                    now.physicalFunctions(),
                    List.of(),
                    now.refusalQueries(),
                    Optional.of(history),
                    Optional.of(new Part(since, List.of(), List.of(segment.network()))),
                    Optional.of(List.of(segment)));
        }
        return told(
                now,
                otherwise(now.servers(), before.servers(), DesiredServer::id),
                otherwise(now.notUnderstood(), before.notUnderstood(), NotUnderstood::server),
                Optional.of(new Part(since, gone(now, before))));
    }

    private DesiredHost told(
            DesiredHost now, List<DesiredServer> servers, List<NotUnderstood> others, Optional<Part> part) {
        return new DesiredHost(
                now.revision(),
                servers,
                now.queries(),
                now.physicalFunctions(),
                others,
                now.refusalQueries(),
                Optional.of(history),
                part,
                Optional.empty());
    }

    private static <T> List<T> otherwise(List<T> now, List<T> before, Function<T, ServerId> id) {
        Map<ServerId, T> known = before.stream().collect(Collectors.toMap(id, each -> each));
        return now.stream()
                .filter(each -> !each.equals(known.get(id.apply(each))))
                .toList();
    }

    private static List<ServerId> gone(DesiredHost now, DesiredHost before) {
        Set<ServerId> gone = DesiredState.named(before);
        gone.removeAll(DesiredState.named(now));
        return List.copyOf(gone);
    }

    @Override
    public synchronized void report(List<ServerReport> news) {
        requireThere();
        reports.addAll(news);
        news.stream()
                .filter(report -> !(report instanceof ServerReport.NotCopied))
                .forEach(report -> newest.put(report.server(), report));
    }

    @Override
    public synchronized void answer(HostQuery.Answer answer) {
        requireThere();
        answers.add(answer);
    }

    /** Answers the next images with that instead of taking them. */
    synchronized void refuseImages(RuntimeException... answers) {
        refusals.addAll(List.of(answers));
    }

    /** Whole copies of disks that were brought, by the image that they are to become. */
    synchronized Map<ImageId, byte[]> images() {
        return Map.copyOf(images);
    }

    /** Like the real one, it wishes no copy any more in the moment in which it has it. */
    @Override
    public synchronized void bring(ImageId image, Path file) {
        requireThere();
        if (!refusals.isEmpty()) {
            throw refusals.removeFirst();
        }
        try {
            images.put(image, Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        DesiredHost before = state;
        if (before != null) {
            want(new DesiredHost(
                    before.revision() + 1,
                    before.servers().stream()
                            .map(server -> server.diskWish().equals(DiskWish.copiedTo(image))
                                    ? server.wishing(DiskWish.NONE)
                                    : server)
                            .toList(),
                    before.queries(),
                    before.physicalFunctions()));
        }
    }

    private void countIfAway() {
        if (away) {
            missed++;
        }
    }

    private void requireThere() {
        if (away) {
            throw new ControllerUnavailableException("The controller is away.", null);
        }
    }
}
