package org.sluice.controller.network.address;

import java.time.Duration;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.model.HostId;
import org.sluice.model.PortId;
import org.sluice.model.ServerId;
import org.sluice.model.SubnetId;

/**
 * Addresses that a server's port gave up while a guest may have them. A guest asks DHCP again while its lease runs, and is told its new
 * address by a host that knows of it; until then nobody else gets the old one. A guest that set its address by itself is not
 * reached by any of this. Stateless; callers own the transaction.
 */
public final class RestingAddresses {
    /** How long: for as long as the lease of a guest that asked last when its host was told (86,400 s), and an hour. */
    public static final Duration REST = Duration.ofHours(25);

    /** So many of one port rest at most, or changing one again and again would use up a subnet that others share. */
    private static final int MOST = 5;

    /** Takes an address from a port of a server, and keeps it from others. */
    public void giveUp(Handle handle, PortId port, SubnetId subnet, String address) {
        handle.createUpdate("""
                        update ip_allocation set given_up = true
                        where subnet_id = :subnet and address = cast(:address as inet) and port_id = :port""")
                .bind("subnet", subnet.value())
                .bind("address", address)
                .bind("port", port.value())
                .execute();
    }

    /**
     * Says when a port has given up too many.
     *
     * @throws org.sluice.model.ProblemException 409 then
     */
    public void requireFew(Handle handle, PortId port) {
        int resting = handle.createQuery("select count(*) from ip_allocation where port_id = :port and given_up")
                .bind("port", port.value())
                .mapTo(Integer.class)
                .one();
        if (resting > MOST) {
            throw NetworkProblems.conflict(
                    "AddressesAtRest",
                    "Port " + port + " has given up " + MOST
                            + " addresses that its guest may still use; fixed_ips can change again " + REST.toHours()
                            + " hours after they were given up, or to one of those.");
        }
    }

    /** Takes an address from a port that no guest has. */
    public void free(Handle handle, PortId port, SubnetId subnet, String address) {
        handle.createUpdate("""
                        delete from ip_allocation
                        where subnet_id = :subnet and address = cast(:address as inet) and port_id = :port""")
                .bind("subnet", subnet.value())
                .bind("address", address)
                .bind("port", port.value())
                .execute();
    }

    /** The host that the port is bound to is being told, with its newest revision, what the port gave up just now. */
    public void told(Handle handle, PortId port) {
        handle.createQuery("select host_id from port_binding where port_id = :port and active")
                .bind("port", port.value())
                .mapTo(UUID.class)
                .findOne()
                .map(HostId::new)
                .ifPresent(
                        host -> Hosts.revision(handle, host).ifPresent(revision -> told(handle, port, host, revision)));
    }

    private static void told(Handle handle, PortId port, HostId host, long revision) {
        handle.createUpdate("""
                        update ip_allocation
                        set given_up_host = :host, given_up_revision = :revision, given_up_at = null
                        where port_id = :port and given_up and given_up_at is null""")
                .bind("host", host.value())
                .bind("revision", revision)
                .bind("port", port.value())
                .execute();
    }

    /** No guest has the ports of that server any more. */
    public void end(Handle handle, ServerId server) {
        handle.createUpdate("""
                        delete from ip_allocation a using port p
                        where p.server_id = :server and a.port_id = p.id and a.given_up""").bind("server", server.value()).execute();
    }

    /** No guest has that port any more. */
    public void end(Handle handle, PortId port) {
        handle.createUpdate("delete from ip_allocation where port_id = :port and given_up")
                .bind("port", port.value())
                .execute();
    }

    /**
     * Has the rest begin of addresses whose host has been heard with what it was told, and ends that of others.
     *
     * @param most how many of either
     * @return how many addresses are free now
     */
    public int follow(Handle handle, int most) {
        handle.createUpdate("""
                        update ip_allocation set given_up_at = now() where (subnet_id, address) in (
                            select a.subnet_id, a.address from ip_allocation a join host h on h.id = a.given_up_host
                            where a.given_up and a.given_up_at is null and h.told_revision >= a.given_up_revision
                            limit :most for update of a skip locked)""").bind("most", most).execute();
        return handle.createUpdate("""
                        delete from ip_allocation where (subnet_id, address) in (
                            select a.subnet_id, a.address from ip_allocation a
                            where a.given_up and (a.given_up_at < now() - make_interval(secs => :rest) or not exists (
                                select from port_binding b where b.port_id = a.port_id and b.host_id = a.given_up_host))
                            limit :most for update skip locked)""")
                .bind("rest", REST.toSeconds())
                .bind("most", most)
                .execute();
    }
}
