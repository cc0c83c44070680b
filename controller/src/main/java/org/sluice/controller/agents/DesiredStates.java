package org.sluice.controller.agents;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.controller.host.HostSigns;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.controller.scheduling.FleetIndex;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Transactions;
import org.sluice.model.HostId;
import org.sluice.model.protocol.DesiredHost;

/** Tells agents what should be on their hosts, and waits until that is another than they know. Thread-safe. */
public final class DesiredStates {
    /** How often the revision is read while no announcement comes. */
    private static final Duration LOOK = Duration.ofSeconds(3);

    private static final Logger log = LoggerFactory.getLogger(DesiredStates.class);

    private final Database database;
    private final Transactions transactions;
    private final ChangeFeed feed;
    private final DesiredStore store;

    /** Reads that database and waits on that feed. */
    public DesiredStates(Database database, ChangeFeed feed, ServerPorts serverPorts) {
        this.database = requireNonNull(database, "database is null");
        this.transactions = new Transactions(database.jdbi());
        this.feed = requireNonNull(feed, "feed is null");
        this.store = new DesiredStore(serverPorts);
    }

    /**
     * Waits for another state than the agent has, and counts as its sign of life. When the agent has a revision that the books do
     * not, they were restored from a copy: theirs is raised above it first, since revisions never go back.
     *
     * @param takesParts whether the agent can do something with what changed; one that cannot is told the whole
     * @return what changed since, or the whole when that cannot be said; empty when nothing did in that time, or when the controller is
     *     closing
     * @throws org.sluice.model.ProblemException 404 when the host is no member
     */
    Optional<DesiredHost> await(HostId host, DesiredHost.Known known, Duration wait, boolean takesParts)
            throws InterruptedException {
        String topic = Hosts.topic(host);
        long end = System.nanoTime() + wait.toNanos();
        boolean seen = false;
        while (true) {
            long mark = feed.mark(topic);
            seen = seen || seen(host, known.revision());
            Hosts.Standing standing = database.jdbi().withHandle(handle -> DesiredStore.standing(handle, host));
            if (standing.revision() < known.revision()) {
                log.warn(
                        "Host {} has revision {} of what it should do, and the books have {}: they are older than what it was"
                                + " told. They go on above it, and servers that they do not know stay as they are there.",
                        host,
                        known.revision(),
                        standing.revision());
                transactions.use(handle -> Hosts.raiseAbove(handle, host, known.revision()));
                return Optional.of(read(host));
            }
            if (standing.revision() > known.revision() || standing.isOtherThan(known)) {
                return Optional.of(takesParts ? read(host, known) : read(host));
            }
            Duration left = Duration.ofNanos(end - System.nanoTime());
            if (!left.isPositive() || feed.isClosed()) {
                return Optional.empty();
            }
            feed.await(topic, mark, left.compareTo(LOOK) < 0 ? left : LOOK);
        }
    }

    /**
     * The whole desired state as of now.
     *
     * @throws org.sluice.model.ProblemException 404 when the host is no member
     */
    public DesiredHost read(HostId host) {
        return read(host, DesiredHost.Known.NOTHING);
    }

    /**
     * What is to be done as of now by who has that, all of it from one snapshot so that its revision is true: what changed since where
     * that is known, else the whole.
     *
     * @throws org.sluice.model.ProblemException 404 when the host is no member
     */
    public DesiredHost read(HostId host, DesiredHost.Known known) {
        return transactions.snapshot(handle -> store.read(handle, host, known));
    }

    /**
     * Notes a sign of life, where the last one is some seconds old: nearly all that is heard of a host that is told much is answered by the
     * look alone.
     *
     * @param told the revision that the agent has
     * @return false when the row was held, and the sign is to be given later
     */
    private boolean seen(HostId host, long told) {
        if (transactions.autocommit(handle -> HostSigns.isFresh(handle, host))) {
            return true;
        }
        return transactions.run(handle -> {
            Optional<Boolean> returned = HostSigns.heard(handle, host, told);
            if (returned.orElse(false)) {
                ChangeFeed.announce(handle, FleetIndex.TOPIC);
            }
            return returned.isPresent();
        });
    }
}
