package org.sluice.controller.network.availability;

import java.math.BigInteger;
import java.util.List;
import java.util.UUID;

/** How many addresses a network has in its pools and has given. */
record Availability(UUID networkId, String networkName, String projectId, List<OfSubnet> subnets) {
    /** The same of one of its subnets. */
    record OfSubnet(UUID id, String name, int ipVersion, String cidr, long used, BigInteger total) {}

    Availability {
        subnets = List.copyOf(subnets);
    }

    long used() {
        return subnets.stream().mapToLong(OfSubnet::used).sum();
    }

    BigInteger total() {
        return subnets.stream().map(OfSubnet::total).reduce(BigInteger.ZERO, BigInteger::add);
    }
}
