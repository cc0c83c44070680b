package org.sluice.controller.host;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Update;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.model.HostId;
import org.sluice.model.ServerId;

/**
 * The revision of what a host should do. It is raised here and nowhere else, and never without waking the host's agent: a change
 * that raised none would not be fetched, and one that is not announced would wait for the agent to ask by itself. Stateless; the
 * caller owns the transaction.
 */
public final class Hosts {
    private static final String TOPIC = "host:";

    // The statements of one change go to PostgreSQL together and cost one round trip, and each is planned once. As one
    // statement,
    // with what it changes in its WITH, they were planned anew each time, which took longer than three round trips.

    /** Before the others, in the order of ids: two changes of the same hosts wait for one another, and neither is repeated. */
    private static final String LOCK_ALL =
            "select id from host where id = any(:hosts) order by id for no key update;\n";

    private static final String RAISE_ALL =
            "update host set desired_revision = desired_revision + 1 where id = any(:hosts);\n";

    private static final String RAISE = "update host set desired_revision = desired_revision + 1 where id = :host;\n";

    /** After the hosts' rows, always. */
    private static final String NOTE = """
            insert into server_request (server_id, request_id, global_request_id)
            select changed.id, request_told(1), request_told(2) from unnest(:servers) changed (id) join server s on s.id = changed.id
            where request_told(1) is not null order by changed.id
            on conflict (server_id) do update
            set request_id = excluded.request_id, global_request_id = excluded.global_request_id;
            """;

    private static final String ANNOUNCE = "select " + ChangeFeed.announcing(":topic");
    private static final String ANNOUNCE_ALL =
            "select " + ChangeFeed.announcing("topic") + " from unnest(:topics) topic";

    private Hosts() {}

    /** The topic that wakes the agent of a host. */
    public static String topic(HostId host) {
        return TOPIC + host;
    }

    /** What the host should do has changed. */
    public static void changed(Handle handle, HostId host) {
        changed(handle, List.of(host), List.of());
    }

    /** What the host should do with that server has changed. */
    public static void changed(Handle handle, HostId host, ServerId server) {
        changed(handle, List.of(host), List.of(server));
    }

    /**
     * What these hosts should do has changed.
     *
     * @param hosts nothing happens when there are none
     * @param servers those of their servers for which it has: their agents' journals and log lines name the request that the
     *     handle's transaction is for ({@link org.sluice.controller.store.Origin}); a transaction for none leaves the last one
     */
    public static void changed(Handle handle, List<HostId> hosts, List<ServerId> servers) {
        if (hosts.isEmpty()) {
            return;
        }
        String note = servers.isEmpty() ? "" : NOTE;
        boolean one = hosts.size() == 1;
        Update update = handle.createUpdate(one ? RAISE + note + ANNOUNCE : LOCK_ALL + RAISE_ALL + note + ANNOUNCE_ALL);
        if (one) {
            update.bind("host", hosts.getFirst().value()).bind("topic", topic(hosts.getFirst()));
        } else {
            update.bindArray(
                            "hosts",
                            UUID.class,
                            hosts.stream().map(HostId::value).toList())
                    .bindArray(
                            "topics",
                            String.class,
                            hosts.stream().map(Hosts::topic).toList());
        }
        if (!servers.isEmpty()) {
            update.bindArray(
                    "servers", UUID.class, servers.stream().map(ServerId::value).toList());
        }
        update.execute();
    }

    /**
     * The host knows of that revision, which is not in the books: they are older than what it was told (restored from a copy, or a
     * stand-by that lagged). The next revision is above it, so that none that the host had is told again with other words.
     */
    public static void raiseAbove(Handle handle, HostId host, long known) {
        handle.createUpdate(
                        "update host set desired_revision = :known + 1 where id = :host and desired_revision < :known")
                .bind("host", host.value())
                .bind("known", known)
                .execute();
    }

    /** The host of that name; empty when none has it. */
    public static Optional<HostId> find(Handle handle, String name) {
        return handle.createQuery("select id from host where name = :name")
                .bind("name", name)
                .mapTo(UUID.class)
                .map(HostId::new)
                .findOne();
    }

    /** The revision of what the host should do; empty when it is no member. */
    public static Optional<Long> revision(Handle handle, HostId host) {
        return handle.createQuery("select desired_revision from host where id = :host")
                .bind("host", host.value())
                .mapTo(Long.class)
                .findOne();
    }
}
