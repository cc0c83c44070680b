package org.sluice.agent.image;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.agent.host.ImageAwayException;
import org.sluice.agent.step.StepFailure;
import org.sluice.agent.turn.Turn;
import org.sluice.agent.turn.Turns;
import org.sluice.agent.turn.Work;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredServer;

/**
 * Has the images come that servers need before their disks are made. That goes on beside the turns of the servers, which may so be
 * removed, or be wished something else, while an image comes or while the controller that it comes from is away. One that breaks off
 * is fetched again, at growing intervals and as soon as the controller is back, for as long as a restart of a controller may take;
 * what cannot get better is a failure at once. An image is fetched once, however many servers wait for it, and no longer than one does; each of
 * them has its own time for that.
 *
 * <p>Thread-safe.
 */
public final class ImageFetches implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ImageFetches.class);

    /** The controller says by itself when it is back; what is only broken on the way does not. */
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final Predicate<DesiredServer.Image> cached;
    private final Consumer<DesiredServer.Image> fetcher;
    private final Turns turns;
    private final Consumer<ServerId> wakes;
    private final BiFunction<String, Runnable, Thread> threads;
    private final BiConsumer<Duration, Runnable> timer;
    private final InstantSource clock;
    private final Duration firstPause;
    private final Duration longestWait;
    private final Map<ServerId, Waiting> waiting = new HashMap<>();
    private final Map<DesiredServer.Image, Fetch> fetches = new HashMap<>();
    private boolean isClosed;

    /** A server that waits for images. Guarded by the fetches. */
    private static final class Waiting {
        private final Set<DesiredServer.Image> images;
        private final Set<DesiredServer.Image> here = new HashSet<>();
        private @Nullable RuntimeException failure;

        private Waiting(Set<DesiredServer.Image> images) {
            this.images = images;
        }
    }

    /** An image that comes. Guarded by the fetches. */
    private static final class Fetch {
        private final DesiredServer.Image image;

        /** Those that wait, and since when: what had not failed yet when they began does so at the first failure. */
        private final Map<ServerId, Instant> servers = new LinkedHashMap<>();

        private Duration pause;
        private boolean hasFailed;

        /** What fetches it; empty between two attempts. */
        private Optional<Thread> thread = Optional.empty();

        private Fetch(DesiredServer.Image image, Duration pause) {
            this.image = image;
            this.pause = pause;
        }
    }

    /**
     * @param cached whether an image is here already, so that nothing has to be fetched
     * @param fetcher fetches an image and returns when it is here; ends when it is interrupted, and may throw {@link ImageAwayException}
     * @param turns of these, each attempt takes one
     * @param wakes has a server looked at, whose images are here or cannot be had
     * @param threads makes a thread of a name for some work
     * @param timer runs something after a time
     * @param clock tells the time
     * @param firstPause after how long it is first tried again
     * @param longestWait for how long a server waits for an image after its first failure, or after it began to, whichever was later
     */
    public ImageFetches(
            Predicate<DesiredServer.Image> cached,
            Consumer<DesiredServer.Image> fetcher,
            Turns turns,
            Consumer<ServerId> wakes,
            BiFunction<String, Runnable, Thread> threads,
            BiConsumer<Duration, Runnable> timer,
            InstantSource clock,
            Duration firstPause,
            Duration longestWait) {
        this.cached = requireNonNull(cached, "cached is null");
        this.fetcher = requireNonNull(fetcher, "fetcher is null");
        this.turns = requireNonNull(turns, "turns is null");
        this.wakes = requireNonNull(wakes, "wakes is null");
        this.threads = requireNonNull(threads, "threads is null");
        this.timer = requireNonNull(timer, "timer is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.firstPause = requireNonNull(firstPause, "firstPause is null");
        this.longestWait = requireNonNull(longestWait, "longestWait is null");
    }

    /**
     * Whether the images that a server needs are on the host. When not, they are fetched, and the server is woken when they are, or
     * cannot be had. What is answered once is forgotten: who asks again later has it looked at again.
     *
     * @param images none for a server that needs none
     * @throws RuntimeException why one of them cannot be had
     */
    public synchronized boolean areHere(ServerId server, List<DesiredServer.Image> images) {
        Set<DesiredServer.Image> needed = new LinkedHashSet<>(images);
        Waiting known = waiting.get(server);
        if (known == null || !known.images.equals(needed)) {
            forget(server);
            if (needed.isEmpty()) {
                return true;
            }
            waiting.put(server, new Waiting(needed));
            needed.forEach(image -> await(image, server));
            return false;
        }
        if (known.failure != null) {
            forget(server);
            throw known.failure;
        }
        if (known.here.containsAll(needed)) {
            forget(server);
            return true;
        }
        return false;
    }

    /** A server needs none of its images any more; what only it waited for is broken off. */
    public synchronized void forget(ServerId server) {
        Waiting known = waiting.remove(server);
        if (known == null) {
            return;
        }
        for (DesiredServer.Image image : known.images) {
            Fetch fetch = fetches.get(image);
            if (fetch != null && fetch.servers.remove(server) != null && fetch.servers.isEmpty()) {
                fetches.remove(image);
                fetch.thread.ifPresent(Thread::interrupt);
            }
        }
    }

    /** The controller answers again: what waits for it waits no longer. */
    public synchronized void controllerIsBack() {
        fetches.values().forEach(this::begin);
    }

    /** Gives up all that is under way; the next agent takes it up again. */
    @Override
    public synchronized void close() {
        isClosed = true;
        fetches.values().forEach(fetch -> fetch.thread.ifPresent(Thread::interrupt));
        fetches.clear();
        waiting.clear();
    }

    /** Whether something failed because its image did not come, so that it may be done when that is here. */
    public static boolean isAway(RuntimeException failure) {
        return failure instanceof ImageAwayException
                || (failure instanceof StepFailure step && step.reason() instanceof ImageAwayException);
    }

    private void await(DesiredServer.Image image, ServerId server) {
        Fetch fetch = fetches.computeIfAbsent(image, _ -> new Fetch(image, firstPause));
        fetch.servers.put(server, clock.instant());
        if (!fetch.hasFailed) {
            begin(fetch);
        }
    }

    /** Tries it, unless that is under way, or nobody waits for it any more. */
    private synchronized void begin(Fetch fetch) {
        if (isClosed || fetch.thread.isPresent() || !isCurrent(fetch)) {
            return;
        }
        Thread thread = threads.apply("image " + fetch.image.id(), () -> work(fetch));
        fetch.thread = Optional.of(thread);
        thread.start();
    }

    @SuppressWarnings("ReferenceEquality") // one that was given up and begun again is another one
    private boolean isCurrent(Fetch fetch) {
        return fetches.get(fetch.image) == fetch;
    }

    private void work(Fetch fetch) {
        Optional<RuntimeException> failure = Optional.empty();
        try {
            // Who needs nothing of the network waits for nobody who does.
            if (!cached.test(fetch.image)) {
                Optional<Turn> turn = turns.await(Work.FETCHING);
                if (turn.isEmpty()) {
                    return;
                }
                try (Turn _ = turn.get()) {
                    fetcher.accept(fetch.image);
                }
            }
        } catch (InterruptedException givenUp) {
            return;
        } catch (RuntimeException e) {
            failure = Optional.of(e);
        }
        ended(fetch, failure);
    }

    private synchronized void ended(Fetch fetch, Optional<RuntimeException> failure) {
        fetch.thread = Optional.empty();
        if (isClosed || !isCurrent(fetch)) {
            return;
        }
        if (failure.isEmpty()) {
            settle(fetch, fetch.servers.keySet(), known -> known.here.add(fetch.image));
        } else if (failure.get() instanceof ImageAwayException away) {
            again(fetch, away);
        } else {
            settle(fetch, fetch.servers.keySet(), known -> known.failure = failure.get());
        }
    }

    /** Those need not wait for it any more; it is over when none does. */
    private void settle(Fetch fetch, Collection<ServerId> servers, Consumer<Waiting> outcome) {
        List<ServerId> settled = List.copyOf(servers);
        settled.forEach(fetch.servers::remove);
        if (fetch.servers.isEmpty()) {
            fetches.remove(fetch.image);
        }
        for (ServerId server : settled) {
            outcome.accept(requireNonNull(waiting.get(server), "who waits for an image is known"));
            wakes.accept(server);
        }
    }

    private void again(Fetch fetch, ImageAwayException away) {
        Instant now = clock.instant();
        if (!fetch.hasFailed) {
            fetch.hasFailed = true;
            // How long it was in coming until then is nobody's fault.
            fetch.servers.replaceAll((_, _) -> now);
            LOG.info("Image {} is waited for by {}: {}", fetch.image.id(), fetch.servers.keySet(), away.getMessage());
        }
        Instant latest = now.minus(longestWait);
        List<ServerId> overdue = fetch.servers.entrySet().stream()
                .filter(each -> !each.getValue().isAfter(latest))
                .map(Map.Entry::getKey)
                .toList();
        settle(fetch, overdue, known -> known.failure = unavailable(fetch.image, away));
        Optional<Duration> left = fetch.servers.values().stream()
                .min(Comparator.naturalOrder())
                .map(since -> Duration.between(latest, since));
        if (left.isPresent()) {
            timer.accept(shorter(fetch.pause, left.get()), () -> begin(fetch));
            fetch.pause = shorter(fetch.pause.multipliedBy(2), LONGEST_PAUSE);
        }
    }

    private ProblemException unavailable(DesiredServer.Image image, ImageAwayException away) {
        return new ProblemException(
                new Problem(
                        Problem.Kind.UNAVAILABLE,
                        "ImageUnavailable",
                        "Image " + image.id() + " could not be fetched within " + longestWait.toSeconds() + " s.",
                        Optional.of("Check the host's connection to the controller, and ask again.")),
                away);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
