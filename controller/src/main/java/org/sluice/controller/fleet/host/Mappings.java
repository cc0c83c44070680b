package org.sluice.controller.fleet.host;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.scheduling.FleetIndex;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.model.HostId;
import org.sluice.model.NetworkId;
import org.sluice.model.Problem;

/**
 * Which cards and which uplinks belong to which physical network. A mapping that leases or bound ports stand on cannot be
 * changed: a slip of the operator must never change whose a device is. Stateless; the caller owns the transaction.
 */
public final class Mappings {
    private static final String CARDS = """
            select pf.id, h.name as host, pf.name, pf.address, pf.vendor_id, pf.device_id, pf.vf_device_id,
                pf.physical_network,
                (select count(*) from virtual_function vf
                 where vf.physical_function_id = pf.id and vf.leased_port_id is not null) as leased,
                array(select vf.address from virtual_function vf
                      where vf.physical_function_id = pf.id and vf.present order by vf.index) as functions
            from physical_function pf join host h on h.id = pf.host_id
            """;

    /** All present cards, by host and name. */
    public List<Card> cards(Handle handle) {
        return handle.createQuery(CARDS + " where pf.present order by h.name, pf.name")
                .map((row, _) -> card(row))
                .list();
    }

    /** The card of that name on that host; its host's claims wait until the transaction ends. */
    public Card requireCard(Handle handle, String host, String name) {
        requireHost(handle, host);
        return handle.createQuery(CARDS + " where h.name = :host and pf.name = :name and pf.present")
                .bind("host", host)
                .bind("name", name)
                .map((row, _) -> card(row))
                .findFirst()
                .orElseThrow(() -> new Problem(
                                Problem.Kind.NOT_FOUND,
                                "PhysicalFunctionNotFound",
                                "Host " + host + " has no physical function '" + name + "'.",
                                Optional.of("See what it has with: sluice fleet host " + host))
                        .asException());
    }

    /** Maps the card, or takes it off its network; the claims of its host must be locked out. */
    public void map(Handle handle, Card card, Optional<String> network) {
        Optional<Problem> objection = objection(card, network);
        if (objection.isPresent()) {
            throw objection.get().asException();
        }
        handle.createUpdate("update physical_function set physical_network = :network where id = :id")
                .bind("network", network.orElse(null))
                .bind("id", card.id())
                .execute();
        ChangeFeed.announce(handle, FleetIndex.TOPIC);
        if (!card.physicalNetwork().equals(network)) {
            // Its PF is to be as wide as what it is on.
            Hosts.changedBesideServers(
                    handle,
                    handle.createQuery("select host_id from physical_function where id = :id")
                            .bind("id", card.id())
                            .mapTo(UUID.class)
                            .map(HostId::new)
                            .list());
        }
    }

    /** Why the card cannot move to that network. */
    public Optional<Problem> objection(Card card, Optional<String> network) {
        if (card.leased() == 0 || card.physicalNetwork().equals(network)) {
            return Optional.empty();
        }
        return Optional.of(new Problem(
                Problem.Kind.CONFLICT,
                "PhysicalFunctionInUse",
                "%d virtual functions of %s are leased, so it stays on %s."
                        .formatted(
                                card.leased(),
                                card.text(),
                                card.physicalNetwork().orElse("no network")),
                Optional.of("Delete the servers that have them first.")));
    }

    /** Makes the interface the uplink of the host's bridges on that network. */
    public void uplink(Handle handle, String host, String network, String wanted) {
        HostId id = requireHost(handle, host);
        boolean there = handle.createQuery("select :interface = any(interfaces) from host where name = :host")
                .bind("host", host)
                .bind("interface", wanted)
                .mapTo(Boolean.class)
                .one();
        if (!there) {
            throw new Problem(
                            Problem.Kind.NOT_FOUND,
                            "InterfaceNotFound",
                            "Host " + host + " reports no interface '" + wanted + "' that could be an uplink.",
                            Optional.of("See what it has with: sluice fleet host " + host))
                    .asException();
        }
        Optional<String> current = uplinkOf(handle, host, network);
        if (current.equals(Optional.of(wanted))) {
            return;
        }
        if (current.isPresent()) {
            refuseUplinkInUse(handle, host, network);
        }
        handle.createUpdate("""
                        insert into bridge_uplink (host_id, physical_network, interface)
                        select id, :network, :interface from host where name = :host
                        on conflict (host_id, physical_network) do update set interface = excluded.interface""")
                .bind("host", host)
                .bind("network", network)
                .bind("interface", wanted)
                .execute();
        ChangeFeed.announce(handle, FleetIndex.TOPIC);
        if (current.isEmpty()) {
            tell(handle, id, network);
        }
    }

    /** Networks whose ports are bound without an uplink are another thing from now on. */
    private static void tell(Handle handle, HostId host, String network) {
        Hosts.segmentsChanged(
                handle,
                handle.createQuery("""
                                select distinct n.id from port_binding b join port p on p.id = b.port_id
                                    join network n on n.id = p.network_id
                                where b.host_id = :host and n.physical_network = :network""")
                        .bind("host", host.value())
                        .bind("network", network)
                        .map((row, _) -> new Hosts.Segment(host, new NetworkId(row.getObject(1, UUID.class))))
                        .list());
    }

    /** Takes the interface off the network again. */
    public void removeUplink(Handle handle, String host, String network) {
        requireHost(handle, host);
        if (uplinkOf(handle, host, network).isEmpty()) {
            throw new Problem(
                            Problem.Kind.NOT_FOUND,
                            "UplinkNotFound",
                            "Host " + host + " has no uplink to '" + network + "'.",
                            Optional.of("See what it has with: sluice fleet host " + host))
                    .asException();
        }
        refuseUplinkInUse(handle, host, network);
        handle.createUpdate("""
                        delete from bridge_uplink u using host h
                        where h.id = u.host_id and h.name = :host and u.physical_network = :network""").bind("host", host).bind("network", network).execute();
        ChangeFeed.announce(handle, FleetIndex.TOPIC);
    }

    private static Optional<String> uplinkOf(Handle handle, String host, String network) {
        return handle.createQuery("""
                        select u.interface from bridge_uplink u join host h on h.id = u.host_id
                        where h.name = :host and u.physical_network = :network""")
                .bind("host", host)
                .bind("network", network)
                .mapTo(String.class)
                .findOne();
    }

    private static void refuseUplinkInUse(Handle handle, String host, String network) {
        int bound = handle.createQuery("""
                        select count(*) from port_binding b join port p on p.id = b.port_id
                            join network n on n.id = p.network_id join host h on h.id = b.host_id
                        where h.name = :host and n.physical_network = :network and p.vnic_type = 'normal'""")
                .bind("host", host)
                .bind("network", network)
                .mapTo(Integer.class)
                .one();
        if (bound > 0) {
            throw new Problem(
                            Problem.Kind.CONFLICT,
                            "UplinkInUse",
                            "%d bridge ports on %s are bound to %s, so its uplink stays as it is."
                                    .formatted(bound, network, host),
                            Optional.of("Delete the servers that have them first."))
                    .asException();
        }
    }

    /** Locks the host's row, as every claim does, so that nothing is leased while a mapping changes. */
    private static HostId requireHost(Handle handle, String host) {
        return handle.createQuery("select id from host where name = :host for update")
                .bind("host", host)
                .mapTo(UUID.class)
                .findOne()
                .map(HostId::new)
                .orElseThrow(() -> HostRules.unknown(host));
    }

    private static Card card(ResultSet row) throws SQLException {
        @Nullable String network = row.getString("physical_network");
        return new Card(
                row.getObject("id", UUID.class),
                row.getString("host"),
                row.getString("name"),
                row.getString("address"),
                row.getString("vendor_id"),
                row.getString("device_id"),
                row.getString("vf_device_id"),
                Optional.ofNullable(network),
                row.getInt("leased"),
                List.of((String[]) row.getArray("functions").getArray()));
    }
}
