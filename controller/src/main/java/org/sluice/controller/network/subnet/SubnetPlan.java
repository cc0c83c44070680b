package org.sluice.controller.network.subnet;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.network.address.IpRange;
import org.sluice.controller.network.wire.Attributes;
import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.model.Problem;

/**
 * The addresses of a subnet, checked: its block, its gateway, its pools. Pure.
 *
 * @param block the subnet's block
 * @param gateway the gateway's address, if it has one
 * @param pools where addresses are given from, in order
 */
public record SubnetPlan(IpRange block, Optional<String> gateway, List<IpRange> pools) {
    /** Reserved ones, and that of the metadata service, which a guest would then look for on its link. */
    private static final List<String> UNUSABLE = List.of(
            "0.0.0.0/8",
            "127.0.0.0/8",
            "169.254.169.254/32",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "::1/128",
            "::/128",
            "ff00::/8");

    public SubnetPlan {
        pools = List.copyOf(pools);
    }

    /**
     * Reads the block of a new subnet; host bits are dropped, as Neutron does.
     *
     * @throws org.sluice.model.ProblemException 400 when it is no block or holds addresses no host can have
     */
    public static IpRange block(String cidr, int version) {
        IpRange block = IpRange.ofCidr(cidr)
                .orElseThrow(() -> NetworkProblems.badField("cidr", "'" + cidr + "' is not a valid IP subnet"));
        if (block.version() != version) {
            throw NetworkProblems.invalidInput("cidr '" + cidr + "' does not match the ip_version '" + version + "'");
        }
        overlapsUnusable(block).ifPresent(unusable -> {
            throw NetworkProblems.invalidInput(
                    "cidr '" + cidr + "' overlaps with " + unusable + ", whose addresses no host can have");
        });
        return block;
    }

    private static Optional<String> overlapsUnusable(IpRange range) {
        return UNUSABLE.stream()
                .filter(unusable -> IpRange.ofCidr(unusable).orElseThrow().overlaps(range))
                .findFirst();
    }

    /** The gateway a subnet has unless it was asked for another: its first host address. */
    public static String defaultGateway(IpRange block) {
        return block.size().equals(BigInteger.ONE) ? block.firstText() : block.address(1);
    }

    /**
     * Checks a gateway. One outside of the block is taken, because only its own subnet could say whether it is a host's
     * address there (docs/decisions/0017-addresses-at-the-edges.md).
     *
     * @throws org.sluice.model.ProblemException 400 for an address that no router can have
     */
    public static String gateway(String text, IpRange block) {
        IpRange address = IpRange.single(text)
                .orElseThrow(() -> NetworkProblems.badField("gateway_ip", "'" + text + "' is not a valid IP address"));
        if (address.version() != block.version()) {
            throw NetworkProblems.invalidInput(
                    "gateway_ip '" + text + "' does not match the ip_version '" + block.version() + "'");
        }
        boolean edge = block.version() == 4 && block.contains(address) && isReserved(address, block);
        if (edge || overlapsUnusable(address).isPresent()) {
            throw NetworkProblems.invalidInput("Gateway is not valid on subnet");
        }
        return address.firstText();
    }

    /** Network and broadcast address, where the block is large enough to have them (RFC 3021); the router anycast of IPv6. */
    public static boolean isReserved(IpRange address, IpRange block) {
        if (block.size().compareTo(BigInteger.TWO) <= 0) {
            return false;
        }
        return address.first().equals(block.first())
                || (block.version() == 4 && address.first().equals(block.last()));
    }

    private static boolean holdsReserved(IpRange pool, IpRange block) {
        return isReserved(new IpRange(pool.version(), pool.first(), pool.first()), block)
                || isReserved(new IpRange(pool.version(), pool.last(), pool.last()), block);
    }

    /** All host addresses of the block but the gateway: one pool, or two around it. */
    public static List<IpRange> defaultPools(IpRange block, Optional<String> gateway) {
        boolean tiny = block.size().compareTo(BigInteger.TWO) <= 0;
        BigInteger first = tiny ? block.first() : block.first().add(BigInteger.ONE);
        BigInteger last =
                tiny || block.version() == 6 ? block.last() : block.last().subtract(BigInteger.ONE);
        Optional<BigInteger> hole = gateway.flatMap(IpRange::single).map(IpRange::first);
        List<IpRange> pools = new ArrayList<>();
        if (hole.isEmpty() || hole.get().compareTo(first) < 0 || hole.get().compareTo(last) > 0) {
            pools.add(new IpRange(block.version(), first, last));
            return pools;
        }
        if (hole.get().compareTo(first) > 0) {
            pools.add(new IpRange(block.version(), first, hole.get().subtract(BigInteger.ONE)));
        }
        if (hole.get().compareTo(last) < 0) {
            pools.add(new IpRange(block.version(), hole.get().add(BigInteger.ONE), last));
        }
        return pools;
    }

    /**
     * Reads {@code allocation_pools}.
     *
     * @throws org.sluice.model.ProblemException 400 for a pool that is no range or lies outside, 409 for pools that overlap
     */
    public static List<IpRange> pools(List<Fields> wanted, IpRange block) {
        List<IpRange> pools = new ArrayList<>();
        for (Fields item : wanted) {
            item.onlyKnows(Set.of("start", "end"));
            String start = item.text("start", 0, Attributes.LONGEST);
            String end = item.text("end", 0, Attributes.LONGEST);
            String shown = start + "-" + end;
            IpRange pool = IpRange.between(start, end)
                    .filter(range -> range.version() == block.version())
                    .orElseThrow(() -> NetworkProblems.of(
                            Problem.Kind.BAD_REQUEST,
                            "InvalidAllocationPool",
                            "The allocation pool " + shown + " is not valid."));
            if (!block.contains(pool) || holdsReserved(pool, block)) {
                throw NetworkProblems.of(
                        Problem.Kind.BAD_REQUEST,
                        "OutOfBoundsAllocationPool",
                        "The allocation pool " + shown + " spans beyond the subnet cidr " + block.cidr() + ".");
            }
            for (IpRange other : pools) {
                if (other.overlaps(pool)) {
                    throw NetworkProblems.conflict(
                            "OverlappingAllocationPools",
                            "Found overlapping allocation pools: " + other.firstText() + "-" + other.lastText() + " "
                                    + shown + " for subnet " + block.cidr() + ".");
                }
            }
            pools.add(pool);
        }
        return pools;
    }

    /** Refuses a gateway that a pool would give to somebody else. */
    public void requireGatewayOutsidePools() {
        gateway.flatMap(IpRange::single).ifPresent(address -> {
            for (IpRange pool : pools) {
                if (pool.contains(address)) {
                    throw NetworkProblems.conflict(
                            "GatewayConflictWithAllocationPools",
                            "Gateway ip " + address.firstText() + " conflicts with allocation pool " + pool.firstText()
                                    + "-" + pool.lastText() + ".");
                }
            }
        });
    }
}
