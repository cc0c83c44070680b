package org.sluice.controller.network;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.Problem.Kind;
import org.sluice.model.SubnetId;
import tools.jackson.databind.node.ObjectNode;

/** Gives a port the addresses its {@code fixed_ips} ask for. Thread-safe; the caller owns the transaction. */
final class FixedIps {
    private static final int MOST = 5;

    private final PortMaking making;

    FixedIps(PortMaking making) {
        this.making = requireNonNull(making, "making is null");
    }

    /**
     * One element of {@code fixed_ips}.
     *
     * @param subnet the subnet it must be in, if one was named
     * @param address the very address, in canonical text, if one was named
     */
    record Wanted(Optional<SubnetId> subnet, Optional<String> address) {}

    /** Reads the attribute; 400 for what is no list of addresses and subnets. */
    static List<Wanted> parse(Input input) {
        List<Wanted> wanted = new ArrayList<>();
        Set<String> addresses = new HashSet<>();
        for (ObjectNode item : input.objects("fixed_ips")) {
            Input fields = new Input(item, Set.of("subnet_id", "ip_address"), Set.of(), "POST");
            Optional<SubnetId> subnet = fields.hasValue("subnet_id")
                    ? Optional.of(new SubnetId(fields.uuid("subnet_id")))
                    : Optional.empty();
            Optional<String> address = fields.optionalText("ip_address")
                    .map(text -> IpRange.single(text)
                            .orElseThrow(() ->
                                    NetworkProblems.badField("fixed_ips", "'" + text + "' is not a valid IP address"))
                            .firstText());
            if (subnet.isEmpty() && address.isEmpty()) {
                throw NetworkProblems.invalidInput("each of fixed_ips must name a subnet_id, an ip_address, or both");
            }
            if (address.isPresent() && !addresses.add(address.get())) {
                throw NetworkProblems.badField("fixed_ips", "Duplicate IP address '" + address.get() + "'");
            }
            wanted.add(new Wanted(subnet, address));
        }
        if (wanted.size() > MOST) {
            throw NetworkProblems.invalidInput("Exceeded maximum amount of fixed ips per port: " + MOST);
        }
        return wanted;
    }

    /** Gives a port that has none yet the wanted addresses. */
    void allocate(Handle handle, NetworkId network, PortId port, List<Wanted> wanted) {
        for (Wanted one : wanted) {
            SubnetId subnet = subnetFor(handle, network, one);
            if (one.address().isPresent()) {
                if (!making.allocateExactly(handle, subnet, port, one.address().get())) {
                    throw NetworkProblems.addressTaken(one.address().get(), subnet);
                }
            } else if (making.allocateIn(handle, subnet, port).isEmpty()) {
                throw NetworkProblems.noAddressLeft(network);
            }
        }
    }

    /**
     * Makes the wanted addresses the port's only ones. An element that names a subnet alone keeps an address that the port
     * has there.
     *
     * @return whether anything changed
     */
    boolean replace(Handle handle, NetworkId network, PortId port, List<Wanted> wanted) {
        record Owned(SubnetId subnet, String address) {}
        List<Owned> free = new ArrayList<>(handle.createQuery("""
                        select subnet_id, host(address) as address from ip_allocation where port_id = :port
                        order by address""")
                .bind("port", port.value())
                .map((row, context) ->
                        new Owned(new SubnetId(row.getObject("subnet_id", UUID.class)), row.getString("address")))
                .list());
        List<Wanted> missing = new ArrayList<>();
        List<Wanted> exactFirst = new ArrayList<>(wanted);
        exactFirst.sort(Comparator.comparing(one -> one.address().isEmpty()));
        for (Wanted one : exactFirst) {
            Optional<Owned> kept = free.stream()
                    .filter(owned -> one.address().map(owned.address()::equals).orElse(true)
                            && one.subnet().map(owned.subnet()::equals).orElse(true))
                    .findFirst();
            kept.ifPresentOrElse(free::remove, () -> missing.add(one));
        }
        for (Owned owned : free) {
            handle.createUpdate("""
                            delete from ip_allocation
                            where subnet_id = :subnet and address = cast(:address as inet) and port_id = :port""")
                    .bind("subnet", owned.subnet().value())
                    .bind("address", owned.address())
                    .bind("port", port.value())
                    .execute();
        }
        allocate(handle, network, port, missing);
        return !free.isEmpty() || !missing.isEmpty();
    }

    private SubnetId subnetFor(Handle handle, NetworkId network, Wanted one) {
        if (one.subnet().isEmpty()) {
            return making.subnetOf(handle, network, one.address().orElseThrow())
                    .orElseThrow(() -> NetworkProblems.of(
                            Kind.BAD_REQUEST,
                            "InvalidIpForNetwork",
                            "IP address " + one.address().get()
                                    + " is not a valid IP for any of the subnets on the specified network."));
        }
        SubnetId subnet = one.subnet().get();
        String cidr = handle.createQuery("select text(cidr) from subnet where id = :id and network_id = :network")
                .bind("id", subnet.value())
                .bind("network", network.value())
                .mapTo(String.class)
                .findOne()
                .orElseThrow(() -> NetworkProblems.invalidInput("Failed to create port on network " + network
                        + ", because fixed_ips included invalid subnet " + subnet));
        IpRange block = IpRange.ofCidr(cidr).orElseThrow();
        one.address().ifPresent(address -> {
            if (!block.contains(IpRange.single(address).orElseThrow())) {
                throw NetworkProblems.of(
                        Kind.BAD_REQUEST,
                        "InvalidIpForSubnet",
                        "IP address " + address + " is not a valid IP for the specified subnet.");
            }
        });
        return subnet;
    }
}
