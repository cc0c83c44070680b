package org.sluice.controller.network.binding;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.network.address.AddressRows;
import org.sluice.model.HostId;
import org.sluice.model.MacAddress;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredSegment;
import org.sluice.model.protocol.FixedAddress;

/** Reads networks as a host has them, by the database's function {@code host_segments} (V53). The caller owns the transaction. Stateless. */
public final class HostSegments {
    private HostSegments() {}

    /** The segments of those of these networks that there are, in one query. */
    public static List<DesiredSegment> of(Handle handle, HostId host, Collection<NetworkId> networks) {
        return networks.isEmpty()
                ? List.of()
                : handle.createQuery("select * from host_segments(:host, :networks)")
                        .bind("host", host.value())
                        .bindArray(
                                "networks",
                                UUID.class,
                                networks.stream().map(NetworkId::value).toList())
                        .map((row, _) -> read(row))
                        .list();
    }

    private static DesiredSegment read(ResultSet row) throws SQLException {
        return new DesiredSegment(
                new NetworkId(row.getObject("network_id", UUID.class)),
                row.getString("physical_network"),
                Objects.requireNonNullElse(row.getString("uplink"), DesiredInterface.Bridge.NO_UPLINK),
                row.getInt("segmentation_id"),
                row.getInt("mtu"),
                AddressRows.subnets(row.getString("subnets")),
                services(row),
                Optional.ofNullable(row.getString("request_id")),
                Optional.ofNullable(row.getString("global_request_id")));
    }

    private static Optional<DesiredInterface.ServicePort> services(ResultSet row) throws SQLException {
        @Nullable UUID port = row.getObject("service_port", UUID.class);
        return port == null
                ? Optional.empty()
                : Optional.of(new DesiredInterface.ServicePort(
                        new PortId(port),
                        new MacAddress(row.getString("service_mac")),
                        AddressRows.parse(row.getString("service_addresses")).stream()
                                .map(FixedAddress::apart)
                                .toList()));
    }
}
