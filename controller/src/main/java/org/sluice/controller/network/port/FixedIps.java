package org.sluice.controller.network.port;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.network.address.IpRange;
import org.sluice.controller.network.address.RestingAddresses;
import org.sluice.controller.network.address.WantedAddress;
import org.sluice.controller.network.subnet.SubnetPlan;
import org.sluice.controller.network.wire.Attributes;
import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.Problem.Kind;
import org.sluice.model.ProblemException;
import org.sluice.model.SubnetId;

/** The addresses that {@code fixed_ips} ask for. Thread-safe; the caller owns the transaction. */
public final class FixedIps {
    private static final int MOST = 5;

    private final PortMaking making;
    private final RestingAddresses resting = new RestingAddresses();

    public FixedIps(PortMaking making) {
        this.making = requireNonNull(making, "making is null");
    }

    /**
     * One element of {@code fixed_ips}.
     *
     * @param subnet the subnet it must be in, if one was named
     * @param address the very address, in canonical text, if one was named
     */
    public record Wanted(Optional<SubnetId> subnet, Optional<String> address) {}

    /** Reads the attribute; 400 for what is no list of addresses and subnets. */
    public static List<Wanted> parse(Fields fields) {
        List<Wanted> wanted = new ArrayList<>();
        Set<String> addresses = new HashSet<>();
        List<Fields> items = fields.objects("fixed_ips", Integer.MAX_VALUE);
        if (items.size() > MOST) {
            throw NetworkProblems.invalidInput("Exceeded maximum amount of fixed ips per port: " + MOST);
        }
        for (Fields item : items) {
            item.onlyKnows(Set.of("subnet_id", "ip_address"));
            Optional<SubnetId> subnet = item.optionalId("subnet_id").map(SubnetId::new);
            Optional<String> address = item.optionalText("ip_address", 0, Attributes.LONGEST)
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
        return wanted;
    }

    /**
     * Finds for each element the subnet it means.
     *
     * @param deviceOwner the port's: a router may have the subnet-router anycast address of IPv6 (RFC 4291, 2.6.1)
     * @throws org.sluice.model.ProblemException 400 for an address that is in no subnet or cannot be a host's there, and for
     *     a subnet of another network
     */
    public static List<WantedAddress> resolve(NetworkFacts network, String deviceOwner, List<Wanted> wanted) {
        List<WantedAddress> resolved = new ArrayList<>(wanted.size());
        for (Wanted one : wanted) {
            resolved.add(new WantedAddress(List.of(subnetFor(network, deviceOwner, one)), one.address()));
        }
        return resolved;
    }

    /** One address of each IP version for which the network has a subnet; none when it has no subnet. */
    public static List<WantedAddress> any(NetworkFacts network) {
        List<WantedAddress> wanted = new ArrayList<>();
        for (int version : new int[] {4, 6}) {
            List<SubnetId> subnets = network.subnets().stream()
                    .filter(subnet -> subnet.block().version() == version)
                    .map(NetworkFacts.Subnet::id)
                    .toList();
            if (!subnets.isEmpty()) {
                wanted.add(new WantedAddress(subnets, Optional.empty()));
            }
        }
        return wanted;
    }

    /** The subnet of the network in which a host with that device owner can have the address. */
    public static Optional<SubnetId> subnetOf(NetworkFacts network, String deviceOwner, IpRange address) {
        return network.subnets().stream()
                .filter(subnet -> isUsable(subnet.block(), deviceOwner, address))
                .map(NetworkFacts.Subnet::id)
                .findFirst();
    }

    /** How the Network API words that an address cannot be had. */
    public static ProblemException unavailable(NetworkId network, WantedAddress wanted) {
        return wanted.address()
                .map(address ->
                        NetworkProblems.addressTaken(address, wanted.subnets().getFirst()))
                .orElseGet(() -> NetworkProblems.noAddressLeft(network));
    }

    /**
     * Makes the wanted addresses the port's only ones. An element that names a subnet alone keeps an address that the port
     * has there.
     *
     * @param rest whether a guest may have what the port gives up; then it is kept from others ({@link RestingAddresses})
     * @return whether anything changed
     * @throws org.sluice.model.ProblemException also 409 when too many addresses of the port rest
     */
    public boolean replace(
            Handle handle, NetworkFacts network, PortId port, String deviceOwner, List<Wanted> wanted, boolean rest) {
        record Owned(SubnetId subnet, String address) {}
        List<Owned> free = new ArrayList<>(handle.createQuery("""
                        select subnet_id, host(address) as address from port_address where port_id = :port
                        order by address""")
                .bind("port", port.value())
                .map((row, context) ->
                        new Owned(new SubnetId(row.getObject("subnet_id", UUID.class)), row.getString("address")))
                .list());
        List<WantedAddress> missing = new ArrayList<>();
        List<WantedAddress> exactFirst = new ArrayList<>(resolve(network, deviceOwner, wanted));
        exactFirst.sort(Comparator.comparing(one -> one.address().isEmpty()));
        for (WantedAddress one : exactFirst) {
            Optional<Owned> kept = free.stream()
                    .filter(owned -> one.address().map(owned.address()::equals).orElse(true)
                            && one.subnets().contains(owned.subnet()))
                    .findFirst();
            kept.ifPresentOrElse(free::remove, () -> missing.add(one));
        }
        for (Owned owned : free) {
            if (rest) {
                resting.giveUp(handle, port, owned.subnet(), owned.address());
            } else {
                resting.free(handle, port, owned.subnet(), owned.address());
            }
        }
        missing.forEach(one -> allocate(handle, network.id(), port, one));
        if (rest) {
            resting.requireFew(handle, port);
        }
        return !free.isEmpty() || !missing.isEmpty();
    }

    private void allocate(Handle handle, NetworkId network, PortId port, WantedAddress wanted) {
        SubnetId subnet = wanted.subnets().getFirst();
        boolean given = wanted.address().isPresent()
                ? making.allocateExactly(handle, subnet, port, wanted.address().get())
                : making.allocateIn(handle, subnet, port).isPresent();
        if (!given) {
            throw unavailable(network, wanted);
        }
    }

    private static SubnetId subnetFor(NetworkFacts network, String deviceOwner, Wanted one) {
        Optional<IpRange> address =
                one.address().map(text -> IpRange.single(text).orElseThrow());
        if (one.subnet().isEmpty()) {
            return subnetOf(network, deviceOwner, address.orElseThrow())
                    .orElseThrow(() -> NetworkProblems.of(
                            Kind.BAD_REQUEST,
                            "InvalidIpForNetwork",
                            "IP address " + one.address().get()
                                    + " is not a valid IP for any of the subnets on the specified network."));
        }
        SubnetId id = one.subnet().get();
        NetworkFacts.Subnet subnet = network.subnets().stream()
                .filter(candidate -> candidate.id().equals(id))
                .findFirst()
                .orElseThrow(() -> NetworkProblems.invalidInput("Failed to create port on network " + network.id()
                        + ", because fixed_ips included invalid subnet " + id));
        if (address.isPresent() && !isUsable(subnet.block(), deviceOwner, address.get())) {
            throw NetworkProblems.of(
                    Kind.BAD_REQUEST,
                    "InvalidIpForSubnet",
                    "IP address " + one.address().get() + " is not a valid IP for the specified subnet.");
        }
        return id;
    }

    private static boolean isUsable(IpRange block, String deviceOwner, IpRange address) {
        boolean router = block.version() == 6 && deviceOwner.startsWith("network:router");
        return block.contains(address) && (router || !SubnetPlan.isReserved(address, block));
    }
}
