package org.sluice.controller.host;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
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

    /**
     * One statement, whatever the number of hosts. Their rows are locked by id, so that two that change the same hosts wait for one
     * another and do not stop one another; those of the servers after them, always.
     */
    private static final String CHANGED = """
            with locked as (select id from host where id = any(:hosts) order by id for no key update),
            raised as (
                update host h set desired_revision = h.desired_revision + 1 from locked where h.id = locked.id
                returning h.id),
            noted as (
                insert into server_request (server_id, request_id, global_request_id)
                select changed.id, request_told(1), request_told(2) from unnest(:servers) changed (id)
                where request_told(1) is not null and (select count(*) from raised) > 0 order by changed.id
                on conflict (server_id) do update
                set request_id = excluded.request_id, global_request_id = excluded.global_request_id)
            select count(%s) from raised""".formatted(ChangeFeed.announcing("'" + TOPIC + "' || id"));

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
     * @param servers those of their servers for which it has: their agents' journals and log lines name the request that the
     *     handle's transaction is for ({@link org.sluice.controller.store.Origin}); a transaction for none leaves the last one
     */
    public static void changed(Handle handle, Collection<HostId> hosts, Collection<ServerId> servers) {
        handle.createQuery(CHANGED)
                .bindArray(
                        "hosts", UUID.class, hosts.stream().map(HostId::value).toList())
                .bindArray(
                        "servers",
                        UUID.class,
                        servers.stream().map(ServerId::value).toList())
                .mapTo(Long.class)
                .one();
    }

    /** The revision of what the host should do; empty when it is no member. */
    public static Optional<Long> revision(Handle handle, HostId host) {
        return handle.createQuery("select desired_revision from host where id = :host")
                .bind("host", host.value())
                .mapTo(Long.class)
                .findOne();
    }
}
