package org.sluice.controller.fleet.physicalnetwork;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.http.list.Window;
import org.sluice.controller.scheduling.FleetIndex;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.model.HostId;
import org.sluice.model.Problem;

/** The physical networks of the cloud. Stateless; the caller owns the transaction. */
public final class PhysicalNetworkStore {
    /** IPv4's own minimum (RFC 791) and the largest that the kernel lets any Ethernet device have. */
    private static final int SMALLEST_MTU = 68;

    private static final int LARGEST_MTU = 65_535;
    private static final String SELECT = """
            select p.name, p.mtu, array(select v.first from vlan_range v where v.physical_network = p.name
                    order by v.first) as firsts,
                array(select v.last from vlan_range v where v.physical_network = p.name order by v.first) as lasts,
                (select count(*) from network n where n.physical_network = p.name) as networks
            from physical_network p where true""";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    List<PhysicalNetwork> list(Handle handle, Window window) {
        return window.list(handle.createQuery(SELECT + window.sql()), PhysicalNetworkStore::read);
    }

    Optional<PhysicalNetwork> find(Handle handle, String name) {
        return handle.createQuery(SELECT + " and p.name = :name")
                .bind("name", name)
                .map(PhysicalNetworkStore::read)
                .findOne();
    }

    private static PhysicalNetwork read(ResultSet row, StatementContext context) throws SQLException {
        Integer[] firsts = (Integer[]) row.getArray("firsts").getArray();
        Integer[] lasts = (Integer[]) row.getArray("lasts").getArray();
        List<VlanRange> ranges = new ArrayList<>();
        for (int i = 0; i < firsts.length; i++) {
            ranges.add(new VlanRange(firsts[i], lasts[i]));
        }
        return new PhysicalNetwork(row.getString("name"), row.getInt("mtu"), ranges, row.getLong("networks"));
    }

    /** Makes it when it is missing, with an MTU of 1500 and no ranges; returns whether it was missing. */
    public boolean ensure(Handle handle, String name) {
        requireName(name);
        int made = handle.createUpdate("insert into physical_network (name) values (:name) on conflict do nothing")
                .bind("name", name)
                .execute();
        ChangeFeed.announce(handle, FleetIndex.TOPIC);
        return made == 1;
    }

    /**
     * Says how large its largest IP packet is. The hosts with cards on it make their PFs that wide.
     *
     * @throws org.sluice.model.ProblemException 400 for what no device can have, 409 below the MTU of a network on it
     */
    public void setMtu(Handle handle, String name, int mtu) {
        if (mtu < SMALLEST_MTU || mtu > LARGEST_MTU) {
            throw Problem.of(
                            Problem.Kind.BAD_REQUEST,
                            "BadMtu",
                            "Member 'mtu' is %d and must be %d to %d.".formatted(mtu, SMALLEST_MTU, LARGEST_MTU))
                    .asException();
        }
        int largest = handle.createQuery("select coalesce(max(mtu), 0) from network where physical_network = :name")
                .bind("name", name)
                .mapTo(Integer.class)
                .one();
        if (largest > mtu) {
            throw new Problem(
                            Problem.Kind.CONFLICT,
                            "MtuInUse",
                            "A network on %s has an MTU of %d, so that of %s cannot become %d."
                                    .formatted(name, largest, name, mtu),
                            Optional.of("Delete that network first."))
                    .asException();
        }
        int changed = handle.createUpdate("update physical_network set mtu = :mtu where name = :name and mtu <> :mtu")
                .bind("name", name)
                .bind("mtu", mtu)
                .execute();
        if (changed > 0) {
            List<HostId> hosts = handle.createQuery(
                            "select distinct host_id from physical_function where physical_network = :name")
                    .bind("name", name)
                    .mapTo(UUID.class)
                    .map(HostId::new)
                    .list();
            Hosts.changedBesideServers(handle, hosts);
        }
    }

    /** Networks that exist keep their ids, in a range or not; the ranges are for those to come. */
    public void setRanges(Handle handle, String name, List<VlanRange> ranges) {
        List<VlanRange> sorted = VlanRange.disjoint(ranges);
        handle.createUpdate("delete from vlan_range where physical_network = :name")
                .bind("name", name)
                .execute();
        for (VlanRange range : sorted) {
            handle.createUpdate("""
                            insert into vlan_range (physical_network, first, last) values (:name, :first, :last)""")
                    .bind("name", name)
                    .bind("first", range.first())
                    .bind("last", range.last())
                    .execute();
        }
    }

    /**
     * Takes it away with its VLAN ranges.
     *
     * @throws org.sluice.model.ProblemException 404 when there is none, 409 while a network, a card or an uplink is on it
     */
    public void delete(Handle handle, String name) {
        require(handle, name);
        List<String> uses =
                handle.createQuery("""
                        select 'networks' where exists (select 1 from network where physical_network = :name)
                        union all select 'physical functions'
                         where exists (select 1 from physical_function where physical_network = :name)
                        union all select 'uplinks'
                         where exists (select 1 from bridge_uplink where physical_network = :name)""").bind("name", name).mapTo(String.class).list();
        if (!uses.isEmpty()) {
            throw new Problem(
                            Problem.Kind.CONFLICT,
                            "PhysicalNetworkInUse",
                            "The physical network '" + name + "' has " + String.join(" and ", uses) + ".",
                            Optional.of("Take those off it first."))
                    .asException();
        }
        handle.createUpdate("delete from physical_network where name = :name")
                .bind("name", name)
                .execute();
        ChangeFeed.announce(handle, FleetIndex.TOPIC);
    }

    /** Refuses a name that no physical network has. */
    public void require(Handle handle, String name) {
        boolean known = handle.createQuery("select exists (select 1 from physical_network where name = :name)")
                .bind("name", name)
                .mapTo(Boolean.class)
                .one();
        if (!known) {
            throw new Problem(
                            Problem.Kind.NOT_FOUND,
                            "PhysicalNetworkNotFound",
                            "There is no physical network '" + name + "'.",
                            Optional.of("Make it with: sluice fleet network " + name))
                    .asException();
        }
    }

    private static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw Problem.of(
                            Problem.Kind.BAD_REQUEST,
                            "BadPhysicalNetworkName",
                            "'" + name + "' cannot name a physical network: letters, digits, '.', '_' and '-' can,"
                                    + " 63 at most.")
                    .asException();
        }
    }
}
