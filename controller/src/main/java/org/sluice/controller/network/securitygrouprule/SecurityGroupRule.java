package org.sluice.controller.network.securitygrouprule;

import java.util.Optional;
import java.util.UUID;
import org.sluice.controller.network.wire.Stamps;

/**
 * A rule of a security group as it is kept; it has no tags.
 *
 * @param direction {@code ingress} or {@code egress}
 * @param ethertype {@code IPv4} or {@code IPv6}
 * @param protocol name or number of the IP protocol; empty for any
 * @param first lowest port, or ICMP type
 * @param last highest port, or ICMP code
 * @param remotePrefix block of the peers
 * @param remoteGroup group of the peers
 */
public record SecurityGroupRule(
        UUID id,
        UUID groupId,
        String projectId,
        String direction,
        String ethertype,
        Optional<String> protocol,
        Optional<Integer> first,
        Optional<Integer> last,
        Optional<String> remotePrefix,
        Optional<UUID> remoteGroup,
        String description,
        Stamps stamps) {}
