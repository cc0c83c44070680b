package org.sluice.controller.scheduling;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.host.HostMembers;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.network.binding.ServicePorts;
import org.sluice.controller.server.Claim;
import org.sluice.controller.server.Servers;
import org.sluice.controller.server.Task;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.model.AgentSilence;
import org.sluice.model.HostId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.ServerReport.Failure;

/** Takes hosts out of the fleet. Locks in the order server, host, port, like {@link Claims}. Stateless. */
final class Removals {
    private final ServicePorts servicePorts;
    private final Releases releases;
    private final Servers servers = new Servers();

    /** What there is to know of a host whose row is held. */
    private record Leaving(HostId id, String name, Optional<Duration> silence) {}

    Removals(ServicePorts servicePorts, Releases releases) {
        this.releases = releases;
        this.servicePorts = servicePorts;
    }

    boolean remove(Handle handle, HostId host, boolean isLost) {
        List<ServerId> standing = handle.createQuery("""
                        select s.id from server s where exists (
                            select 1 from claim c where c.server_id = s.id and c.host_id = :host)
                        order by s.number for update of s""")
                .bind("host", host.value())
                .mapTo(UUID.class)
                .map(ServerId::new)
                .list();
        Optional<Leaving> found = hold(handle, host);
        if (found.isEmpty()) {
            return false;
        }
        Leaving leaving = found.get();
        if (isLost) {
            requireSilent(leaving);
        } else if (!standing.isEmpty()) {
            throw inUse(leaving, standing.size());
        }
        for (ServerId server : standing) {
            lose(handle, leaving, server);
        }
        // Whatever was placed there between the two looks: from now on the row is held, and nothing comes any more.
        int come = count(handle, host);
        if (come > 0) {
            throw inUse(leaving, come);
        }
        servicePorts.removeOf(handle, host);
        HostMembers.remove(handle, host);
        ChangeFeed.announce(handle, FleetIndex.TOPIC);
        return true;
    }

    private static Optional<Leaving> hold(Handle handle, HostId host) {
        return handle.createQuery("""
                        select name, case when forced_down_at is null
                            then extract(epoch from clock_timestamp() - last_seen_at) end as silence
                        from host where id = :host for update""")
                .bind("host", host.value())
                .map((row, _) -> new Leaving(
                        host,
                        row.getString("name"),
                        Optional.ofNullable(row.getBigDecimal("silence"))
                                .map(seconds -> Duration.ofSeconds(Math.max(0, seconds.longValue())))))
                .findOne();
    }

    private static int count(Handle handle, HostId host) {
        return handle.createQuery("select count(*) from claim where host_id = :host")
                .bind("host", host.value())
                .mapTo(Integer.class)
                .one();
    }

    /** Its claim, its leases and its addresses go with the host; what was not to go anyway stays as the one who says so. */
    private void lose(Handle handle, Leaving host, ServerId server) {
        Servers.Held held = servers.hold(handle, server).orElseThrow();
        Claim claim = held.on(host.id()).orElseThrow();
        if (claim.role() == Claim.Role.CURRENT
                && held.claim(Claim.Role.OUTGOING).filter(Claim::isPresent).isPresent()) {
            throw held.state().is(Task.REBUILDING) ? comingHere(host, server) : undecided(host, server);
        }
        handle.createUpdate("""
                        update virtual_function
                        set leased_port_id = null, leased_server_id = null, leased_host_id = null
                        where leased_server_id = :server and leased_host_id = :host""")
                .bind("server", server.value())
                .bind("host", host.id().value())
                .execute();
        Failure lost = new Failure(
                "HostLost",
                "Its host was lost, and its disk with it.",
                Optional.of("Host " + host.name() + " was removed as lost. Delete the server and create it again."));
        releases.end(handle, held, claim, held.isInItsImage(), () -> servers.lost(handle, held, lost));
        // What it has elsewhere may be to go from now on, and those hosts are to hear of it.
        Hosts.changed(handle, held.besides(host.id()), List.of(server));
        if (Releases.isLast(held) && claim.role() != Claim.Role.CURRENT && held.isInItsImage()) {
            servers.offloaded(handle, server);
        }
    }

    private static void requireSilent(Leaving host) {
        if (host.silence().filter(AgentSilence::isUp).isPresent()) {
            throw new Problem(
                            Problem.Kind.CONFLICT,
                            "HostUp",
                            "Host " + host.name() + " is not lost: its agent was heard "
                                    + host.silence().get().toSeconds() + " s ago.",
                            Optional.of(
                                    "Delete its servers first; or switch the machine off, since they would run on beside"
                                            + " those that get their addresses, and ask again when the host is down."))
                    .asException();
        }
    }

    /** Its disk of before is there still, and would go with it. */
    private static ProblemException undecided(Leaving host, ServerId server) {
        return new Problem(
                        Problem.Kind.CONFLICT,
                        "HostInUse",
                        "Server " + server + " has moved to host " + host.name()
                                + ", and nobody has said yet whether it is to stay.",
                        Optional.of(
                                "Declare the host down, and have the server go back to where it was: openstack server"
                                        + " migration revert " + server + ". Its disk is there still."))
                .asException();
    }

    /** Likewise, while it is being evacuated. */
    private static ProblemException comingHere(Leaving host, ServerId server) {
        return new Problem(
                        Problem.Kind.CONFLICT,
                        "HostInUse",
                        "Server " + server + " is being evacuated to host " + host.name() + ".",
                        Optional.of(
                                "Declare the host down, and ask again in a minute: the server is where it was again then, and"
                                        + " its disk is there still."))
                .asException();
    }

    private static ProblemException inUse(Leaving host, int servers) {
        return new Problem(
                        Problem.Kind.CONFLICT,
                        "HostInUse",
                        "Host " + host.name() + " has " + servers + (servers == 1 ? " server." : " servers."),
                        Optional.of(
                                "Delete them and wait until they are gone. If the machine is lost with them, and off for"
                                        + " good: sluice fleet remove --lost " + host.name() + "."))
                .asException();
    }
}
