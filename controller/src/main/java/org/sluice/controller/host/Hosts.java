package org.sluice.controller.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.model.HostId;
import org.sluice.model.NetworkId;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredHost;

/**
 * The revision of what a host should do, and which of its servers changed with it. It is raised here and nowhere else, and never
 * without waking the host's agent: a change that raised none would not be fetched, one that is not announced would wait for the
 * agent to ask by itself, and a server that is not named would stay what it was to an agent that is told in parts. Stateless; the
 * caller owns the transaction.
 */
public final class Hosts {
    private static final String TOPIC = "host:";

    /** For so many revisions it is known which servers changed; whoever has an older one is told all. */
    static final int REMEMBERED = 1_000;

    /** A history that somebody raised without saying what changed has ended. */
    private static final String RAISED_BY_NEW = """
            desired_revision = desired_revision + 1, parts_revision = desired_revision + 1,
            parts_history = case when parts_revision = desired_revision then parts_history else gen_random_uuid() end,
            noted_revision = desired_revision + 1, desired_history =\s""";

    private static final String RAISED = RAISED_BY_NEW
            + "case when noted_revision = desired_revision then desired_history else gen_random_uuid() end";

    /** A controller of the version before knows nothing of what changed, and tells its agents all. */
    private static final String RAISED_FOR_OBJECTS = RAISED_BY_NEW + "gen_random_uuid()";

    private static final String AS_CHANGED =
            "on conflict (host_id, server_id) do update set revision = excluded.revision;\n";

    /**
     * The books are others after each start of PostgreSQL, and where their tables were made anew: they may have been restored from a copy,
     * in which the same revision is another one.
     */
    private static final String HISTORY = """
            cast(substr(encode(sha256(convert_to(concat_ws(' ', parts_history,
                extract(epoch from pg_postmaster_start_time()), cast(cast('host' as regclass) as oid)), 'UTF8')), 'hex'), 1, 32)
                as uuid)""";

    // The statements of one change go to PostgreSQL together and cost one round trip, and each is planned once. As one
    // statement,
    // with what it changes in its WITH, they were planned anew each time, which took longer than three round trips.

    /** Before the others, in the order of ids: two changes of the same hosts wait for one another, and neither is repeated. */
    private static final String LOCK_ALL =
            "select id from host where id = any(:hosts) order by id for no key update;\n";

    private static final String RAISE_ALL = "update host set " + RAISED + " where id = any(:hosts);\n";

    private static final String RAISE_ALL_FOR_OBJECTS =
            "update host set " + RAISED_FOR_OBJECTS + " where id = any(:hosts);\n";

    private static final String RAISE = "update host set " + RAISED + " where id = :host;\n";

    private static final String REMEMBER = """
            insert into server_revision (host_id, server_id, revision)
            select h.id, changed.id, h.desired_revision from host h cross join unnest(:servers) changed (id) where h.id = :host
            """ + AS_CHANGED;

    /** Of a network's thousand servers each of its hosts remembers its own. */
    private static final String REMEMBER_ALL = """
            insert into server_revision (host_id, server_id, revision)
            select c.host_id, c.server_id, h.desired_revision from claim c join host h on h.id = c.host_id
            where c.host_id = any(:hosts) and c.server_id = any(:servers)
            """ + AS_CHANGED;

    private static final String REMEMBER_SEGMENTS = """
            insert into object_revision as r (host_id, kind, object_id, revision, request_id, global_request_id)
            select h.id, 'segment', changed.id, h.desired_revision, request_told(1), request_told(2)
            from unnest(:carriers, :networks) changed (host_id, id) join host h on h.id = changed.host_id
            on conflict (host_id, kind, object_id) do update set revision = excluded.revision,
                request_id = coalesce(excluded.request_id, r.request_id),
                global_request_id = case when excluded.request_id is null then r.global_request_id
                    else excluded.global_request_id end;
            """;

    /** When a server has left: those that stand are remembered once each, however often they change. */
    private static final String FORGET = """
            delete from server_revision where host_id = :host
                and revision < (select desired_revision from host where id = :host) - %1$d;
            delete from object_revision where host_id = :host
                and revision < (select desired_revision from host where id = :host) - %1$d;
            """.formatted(REMEMBERED);

    private static final String BEGIN_ANEW = """
            update host set desired_revision = desired_revision + 1,
                parts_revision = desired_revision + 1, parts_history = gen_random_uuid(),
                noted_revision = desired_revision + 1, desired_history = gen_random_uuid() where id = :host;
            delete from server_revision where host_id = :host;
            delete from object_revision where host_id = :host;
            """;

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

    /** All that the host should do may have changed: its agent is told all of it. */
    public static void changed(Handle handle, HostId host) {
        handle.createUpdate(BEGIN_ANEW + ANNOUNCE)
                .bind("host", host.value())
                .bind("topic", topic(host))
                .execute();
    }

    /** What the host should do with that server has changed. */
    public static void changed(Handle handle, HostId host, ServerId server) {
        changed(handle, List.of(host), List.of(server));
    }

    /**
     * What these hosts should do with servers has changed.
     *
     * @param hosts nothing happens when there are none
     * @param servers those for which it has, on whichever of the hosts they are: agents are told of them and of no others, and their
     *     journals and log lines name the request that the handle's transaction is for ({@link org.sluice.controller.store.Origin}); a
     *     transaction for none leaves the last one
     */
    public static void changed(Handle handle, List<HostId> hosts, List<ServerId> servers) {
        if (servers.isEmpty()) {
            changedBesideServers(handle, hosts);
        } else if (hosts.size() == 1) {
            changedOn(handle, hosts.getFirst(), servers, REMEMBER);
        } else if (!hosts.isEmpty()) {
            toAll(handle.createUpdate(LOCK_ALL + RAISE_ALL + REMEMBER_ALL + NOTE + ANNOUNCE_ALL), hosts)
                    .bindArray("servers", UUID.class, ids(servers))
                    .execute();
        }
    }

    /** The host has no claim of the server any more. */
    public static void left(Handle handle, HostId host, ServerId server) {
        changedOn(handle, host, List.of(server), REMEMBER + FORGET);
    }

    /**
     * A network as one host has it.
     *
     * @param host one that carries it
     */
    public record Segment(HostId host, NetworkId network) {}

    /**
     * What hosts have of networks has changed: subnets, uplinks, from where DHCP is served. It is told once, and not again for each
     * server there. Agents' logs name the request that the handle's transaction is for.
     *
     * @param segments nothing happens when there are none
     */
    public static void segmentsChanged(Handle handle, List<Segment> segments) {
        if (!segments.isEmpty()) {
            toAll(
                            handle.createUpdate(LOCK_ALL + RAISE_ALL_FOR_OBJECTS + REMEMBER_SEGMENTS + ANNOUNCE_ALL),
                            segments.stream().map(Segment::host).distinct().toList())
                    .bindArray(
                            "carriers",
                            UUID.class,
                            segments.stream()
                                    .map(segment -> segment.host().value())
                                    .toList())
                    .bindArray(
                            "networks",
                            UUID.class,
                            segments.stream()
                                    .map(segment -> segment.network().value())
                                    .toList())
                    .execute();
        }
    }

    /** What these hosts should do has changed, but for servers and segments: questions and PFs, of which agents are told all each time. */
    public static void changedBesideServers(Handle handle, List<HostId> hosts) {
        if (!hosts.isEmpty()) {
            toAll(handle.createUpdate(LOCK_ALL + RAISE_ALL + ANNOUNCE_ALL), hosts)
                    .execute();
        }
    }

    private static void changedOn(Handle handle, HostId host, List<ServerId> servers, String notes) {
        handle.createUpdate(RAISE + notes + NOTE + ANNOUNCE)
                .bind("host", host.value())
                .bind("topic", topic(host))
                .bindArray("servers", UUID.class, ids(servers))
                .execute();
    }

    private static Update toAll(Update update, List<HostId> hosts) {
        return update.bindArray(
                        "hosts", UUID.class, hosts.stream().map(HostId::value).toList())
                .bindArray(
                        "topics", String.class, hosts.stream().map(Hosts::topic).toList());
    }

    private static List<UUID> ids(List<ServerId> servers) {
        return servers.stream().map(ServerId::value).toList();
    }

    /**
     * The host knows of that revision, which is not in the books: they are older than what it was told (restored from a copy, or a
     * stand-by that lagged). The next revision is above it, so that none that the host had is told again with other words, and begins
     * another history.
     */
    public static void raiseAbove(Handle handle, HostId host, long known) {
        handle.createUpdate("""
                        update host set desired_revision = :known + 1,
                            parts_revision = :known + 1, parts_history = gen_random_uuid(),
                            noted_revision = :known + 1, desired_history = gen_random_uuid()
                        where id = :host and desired_revision < :known""").bind("host", host.value()).bind("known", known).execute();
    }

    /** The host of that name; empty when none has it. */
    public static Optional<HostId> find(Handle handle, String name) {
        return handle.createQuery("select id from host where name = :name")
                .bind("name", name)
                .mapTo(UUID.class)
                .map(HostId::new)
                .findOne();
    }

    /**
     * Where a host's desired state is.
     *
     * @param history of which sequence of revisions it is one; empty where it is not known what has changed: a controller of an earlier
     *     version has raised it
     */
    public record Standing(long revision, Optional<UUID> history) {
        /** Whether what changed since can be told to who has that. */
        public boolean continues(DesiredHost.Known known) {
            return history.isPresent()
                    && history.equals(known.history())
                    && known.revision() <= revision
                    && known.revision() >= revision - REMEMBERED;
        }

        /** Whether who has that must be told all, of whatever revision it is. */
        public boolean isOtherThan(DesiredHost.Known known) {
            return history.isPresent() && known.history().isPresent() && !history.equals(known.history());
        }
    }

    /** Where the host's desired state is; empty when it is no member. */
    public static Optional<Standing> standing(Handle handle, HostId host) {
        return handle.createQuery("select desired_revision, case when parts_revision = desired_revision then " + HISTORY
                        + " end as history from host where id = :host")
                .bind("host", host.value())
                .map((row, _) -> new Standing(
                        row.getLong("desired_revision"), Optional.ofNullable(row.getObject("history", UUID.class))))
                .findOne();
    }

    /**
     * What a host is to be told otherwise than before.
     *
     * @param servers also those that it has no claim of any more
     * @param networks whose segments changed
     */
    public record Changes(List<ServerId> servers, List<NetworkId> networks) {
        public Changes {
            servers = List.copyOf(servers);
            networks = List.copyOf(networks);
        }
    }

    /** What has changed since that revision. */
    public static Changes changedSince(Handle handle, HostId host, long revision) {
        List<ServerId> servers = new ArrayList<>();
        List<NetworkId> networks = new ArrayList<>();
        handle.createQuery("""
                        select server_id, cast(null as uuid) as network_id from server_revision where host_id = :host and revision > :revision
                        union all select null, object_id from object_revision
                        where host_id = :host and kind = 'segment' and revision > :revision""")
                .bind("host", host.value())
                .bind("revision", revision)
                .map((row, _) -> {
                    @Nullable UUID server = row.getObject("server_id", UUID.class);
                    return server == null
                            ? networks.add(new NetworkId(row.getObject("network_id", UUID.class)))
                            : servers.add(new ServerId(server));
                })
                .list();
        return new Changes(servers, networks);
    }

    /** The revision of what the host should do; empty when it is no member. */
    public static Optional<Long> revision(Handle handle, HostId host) {
        return standing(handle, host).map(Standing::revision);
    }
}
