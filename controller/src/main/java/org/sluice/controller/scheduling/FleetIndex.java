package org.sluice.controller.scheduling;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Database;
import org.sluice.model.HostId;

/**
 * The fleet in memory. It only proposes: another controller may have claimed what it shows as free, so that it is read
 * again after a lost race and before a server is refused. It follows the topic {@link #TOPIC} and looks by itself as well.
 * Thread-safe.
 */
public final class FleetIndex implements AutoCloseable {
    /** Announced by whoever changes hosts, their devices, their zones or their mapping to physical networks. */
    public static final String TOPIC = "fleet";

    private static final Logger log = LoggerFactory.getLogger(FleetIndex.class);

    private static final Duration RETRY = Duration.ofSeconds(1);
    /** After so many looks that did not come about, the database was away or this process stood still. */
    private static final int MISSED_LOOKS = 3;

    private final FleetStore store = new FleetStore();
    private volatile Map<HostId, HostState> hosts = Map.of();
    private volatile boolean loaded;
    private volatile boolean closed;
    private volatile @Nullable Thread follower;
    private final InstantSource clock;
    private volatile Instant watchedSince;

    /** An index that is read when it is first needed, and again only where a decision depends on it. */
    public FleetIndex() {
        this(InstantSource.system());
    }

    /** The same by that clock. */
    public FleetIndex(InstantSource clock) {
        this.clock = requireNonNull(clock, "clock is null");
        this.watchedSince = clock.instant();
    }

    /**
     * How long hosts could have been heard: since this controller began, or since its database was away last. A host that has
     * been silent for longer than that may have been calling all the while, and nobody was there to hear it.
     */
    public Duration watched() {
        return Duration.between(watchedSince, clock.instant());
    }

    /**
     * An index that also follows changes as they are announced.
     *
     * @param interval how often it looks without an announcement: agents that fell silent announce nothing
     */
    public static FleetIndex following(Database database, ChangeFeed feed, Duration interval) {
        FleetIndex index = new FleetIndex();
        index.follower = Thread.ofVirtual().name("fleet-index").start(() -> index.follow(database, feed, interval));
        return index;
    }

    /** Whether it has ended to follow the fleet though its controller goes on: what it shows grows old. */
    public boolean hasEnded() {
        Thread thread = follower;
        return !closed && thread != null && thread.getState() == Thread.State.TERMINATED;
    }

    /** Whether the fleet was read at least once. */
    public boolean isLoaded() {
        return loaded;
    }

    /** All hosts, as far as known. */
    Collection<HostState> hosts(Handle handle) {
        if (!loaded) {
            reload(handle);
        }
        return hosts.values();
    }

    /** Reads all hosts as the handle's transaction sees them now. */
    void reload(Handle handle) {
        List<HostState> read = store.all(handle);
        hosts = new ConcurrentHashMap<>(read.stream().collect(Collectors.toMap(HostState::id, Function.identity())));
        loaded = true;
    }

    /** Reads one host as the handle's transaction sees it now. */
    void reload(Handle handle, HostId id) {
        store.one(handle, id).ifPresent(host -> hosts.computeIfPresent(id, (_, _) -> host));
    }

    /** Counts a claim that is being made, so that requests at the same time spread before it commits. */
    void claimed(HostId id, Demand demand) {
        hosts.computeIfPresent(id, (_, host) -> host.counting(demand, 1));
    }

    /** Takes a claim back whose transaction failed. */
    void unclaimed(HostId id, Demand demand) {
        hosts.computeIfPresent(id, (_, host) -> host.counting(demand, -1));
    }

    private void follow(Database database, ChangeFeed feed, Duration interval) {
        boolean away = false;
        Instant lastRead = watchedSince;
        while (!closed && !feed.isClosed()) {
            long mark = feed.mark(TOPIC);
            try {
                database.jdbi().useHandle(this::reload);
                Instant now = clock.instant();
                if (Duration.between(lastRead, now).compareTo(interval.multipliedBy(MISSED_LOOKS)) > 0) {
                    watchedSince = now;
                }
                lastRead = now;
                if (away) {
                    away = false;
                    log.info("the fleet can be read again");
                }
                feed.await(TOPIC, mark, interval);
            } catch (InterruptedException closing) {
                return;
            } catch (RuntimeException | Error failure) {
                // Whatever it is: an index that nobody brings up to date any more would be worse.
                if (!closed && !away) {
                    away = true;
                    log.warn("the fleet could not be read; the index stays as it was until it can be", failure);
                }
                pause(RETRY);
            }
        }
    }

    private void pause(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException closing) {
            closed = true;
        }
    }

    @Override
    public void close() {
        closed = true;
        Thread running = follower;
        if (running != null) {
            running.interrupt();
        }
    }
}
