package org.sluice.controller.network.port;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.ServerErrorMessage;
import org.sluice.controller.network.address.WantedAddress;
import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.controller.store.Origin;
import org.sluice.controller.store.Transactions;
import org.sluice.model.MacAddress;
import org.sluice.model.PortId;
import org.sluice.model.ProblemException;
import org.sluice.model.SecurityGroupId;
import org.sluice.model.SubnetId;

/**
 * Makes ports, each with its groups and addresses in one call of {@code port_make} in the database: a statement of its own for
 * each row costs several times the work of writing them. Thread-safe.
 */
public final class PortMaking {
    /** A random address is one of 16 million; so many collisions in a row mean that the fabric has none left. */
    private static final int MAC_ATTEMPTS = 64;

    /** The columns of the port as lists of ports have them, and why there is none. */
    private static final String MAKE = """
            select (m.made).*, (m.made).binding_profile as profile, 'unbound' as vif_type, '{}' as vif_details, m.fixed_ips, m.security_groups, m.refusal, m.at
            from port_make(:id, :network, :fabric, :project, :name, :description, :adminStateUp, :mac, :deviceId,
                :deviceOwner, :portSecurity, :vnicType, cast(:profile as jsonb), :bindingHost, :madeForServer,
                null, :groups, :slots, :subnets, cast(:addresses as inet[]), :place, :origin) m
            """;

    /** Raised by {@code port_make} where its caller has no transaction to roll back; the detail is the slot (V17). */
    private static final String NO_ADDRESS = "SL001";

    private final RandomGenerator random;

    public PortMaking(RandomGenerator random) {
        this.random = requireNonNull(random, "random is null");
    }

    private sealed interface Outcome<T> {
        record Made<T>(T port) implements Outcome<T> {}

        record MacTaken<T>() implements Outcome<T> {}

        record NoAddress<T>(int slot) implements Outcome<T> {}
    }

    /**
     * Makes the port in the caller's transaction.
     *
     * @param fabric the physical network of its network
     * @param addresses what it gets
     * @param read reads the port's row
     * @param noAddress words that an address cannot be had
     * @throws org.sluice.model.ProblemException 409 when the wanted MAC is in use on the fabric, and what {@code noAddress}
     *     says; the transaction must be rolled back then
     */
    public <T> T make(
            Handle handle,
            NewPort port,
            String fabric,
            List<WantedAddress> addresses,
            RowMapper<T> read,
            Function<WantedAddress, ProblemException> noAddress) {
        return make(port, addresses, noAddress, mac -> call(handle, port, fabric, mac, addresses, read, null));
    }

    /** Makes the port in a transaction of its own, which is that single statement; parameters and errors as of {@link #make}. */
    public <T> T makeAlone(
            Transactions transactions,
            NewPort port,
            String fabric,
            List<WantedAddress> addresses,
            RowMapper<T> read,
            Function<WantedAddress, ProblemException> noAddress) {
        String origin = Origin.told();
        return make(port, addresses, noAddress, mac -> {
            try {
                return transactions.autocommit(handle -> call(handle, port, fabric, mac, addresses, read, origin));
            } catch (JdbiException failure) {
                return new Outcome.NoAddress<>(slotWithout(failure).orElseThrow(() -> failure));
            }
        });
    }

    private <T> T make(
            NewPort port,
            List<WantedAddress> addresses,
            Function<WantedAddress, ProblemException> noAddress,
            Function<MacAddress, Outcome<T>> attempted) {
        for (int attempt = 0; attempt < MAC_ATTEMPTS; attempt++) {
            MacAddress mac = port.mac().orElseGet(() -> MacAddress.random(random));
            switch (attempted.apply(mac)) {
                case Outcome.Made<T>(T made) -> {
                    return made;
                }
                case Outcome.NoAddress<T>(int slot) -> throw noAddress.apply(addresses.get(slot));
                case Outcome.MacTaken<T>() -> {
                    if (port.mac().isPresent()) {
                        throw NetworkProblems.macTaken(port.network(), mac);
                    }
                }
            }
        }
        throw NetworkProblems.conflict(
                "MacAddressGenerationFailure", "Unable to generate unique mac on network " + port.network() + ".");
    }

    private static Optional<Integer> slotWithout(JdbiException failure) {
        return Transactions.databaseError(failure)
                .filter(error -> NO_ADDRESS.equals(error.getSQLState()))
                .map(ServerErrorMessage::getDetail)
                .map(Integer::valueOf);
    }

    /** The next free address of that subnet for a port that is there; empty when it is full. */
    public Optional<String> allocateIn(Handle handle, SubnetId subnet, PortId port) {
        return handle.createQuery("select host(address_next(:subnet, :port, :place))")
                .bind("subnet", subnet.value())
                .bind("port", port.value())
                .bind("place", random.nextDouble())
                .mapTo(String.class)
                .findOne();
    }

    /** That very address, in or out of the pools, also one of its own that rests; false when another port has it. */
    public boolean allocateExactly(Handle handle, SubnetId subnet, PortId port, String address) {
        return handle.createUpdate("""
                        insert into ip_allocation (subnet_id, address, port_id)
                        values (:subnet, cast(:address as inet), :port)
                        on conflict (subnet_id, address) do update
                        set given_up = false, given_up_host = null, given_up_revision = null, given_up_at = null
                        where ip_allocation.port_id = excluded.port_id and ip_allocation.given_up""")
                        .bind("subnet", subnet.value())
                        .bind("address", address)
                        .bind("port", port.value())
                        .execute()
                == 1;
    }

    private <T> Outcome<T> call(
            Handle handle,
            NewPort port,
            String fabric,
            MacAddress mac,
            List<WantedAddress> addresses,
            RowMapper<T> read,
            @Nullable String origin) {
        List<Integer> slots = new ArrayList<>();
        List<UUID> subnets = new ArrayList<>();
        List<@Nullable String> exactly = new ArrayList<>();
        for (int slot = 0; slot < addresses.size(); slot++) {
            for (SubnetId subnet : addresses.get(slot).subnets()) {
                slots.add(slot);
                subnets.add(subnet.value());
                exactly.add(addresses.get(slot).address().orElse(null));
            }
        }
        return handle.createQuery(MAKE)
                .bind("id", port.id().value())
                .bind("network", port.network().value())
                .bind("fabric", fabric)
                .bind("project", port.projectId())
                .bind("name", port.name())
                .bind("description", port.description())
                .bind("adminStateUp", port.adminStateUp())
                .bind("mac", mac.value())
                .bind("deviceId", port.deviceId())
                .bind("deviceOwner", port.deviceOwner())
                .bind("portSecurity", port.portSecurity())
                .bind("vnicType", port.vnicType().wireName())
                .bind("profile", port.profile())
                .bind("bindingHost", port.bindingHost())
                .bind("madeForServer", port.madeForServer())
                .bindArray(
                        "groups",
                        UUID.class,
                        port.securityGroups().stream()
                                .map(SecurityGroupId::value)
                                .toList())
                .bindArray("slots", Integer.class, slots)
                .bindArray("subnets", UUID.class, subnets)
                .bindArray("addresses", String.class, exactly)
                .bind("place", random.nextDouble())
                .bind("origin", origin)
                .map((row, context) -> {
                    @Nullable String refusal = row.getString("refusal");
                    if (refusal == null) {
                        return (Outcome<T>) new Outcome.Made<>(read.map(row, context));
                    }
                    return refusal.equals("mac")
                            ? new Outcome.MacTaken<T>()
                            : new Outcome.NoAddress<T>(row.getInt("at"));
                })
                .one();
    }
}
