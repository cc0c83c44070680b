package org.sluice.controller.network.binding;

import java.util.List;
import java.util.Optional;
import org.sluice.model.MacAddress;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.SecurityGroupId;
import org.sluice.model.ServerId;
import org.sluice.model.VnicType;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.FixedAddress;

/**
 * A port as a NIC of a server, with all that scheduling, the agents' desired state and the Compute API show of it.
 *
 * @param port the port
 * @param server the server whose NIC it is
 * @param network its network
 * @param networkName the network's name, the key of {@code addresses} in the Compute API
 * @param vnicType how it reaches the VM
 * @param mac its address
 * @param physicalNetwork the physical network of its segment
 * @param networkType {@code vlan} or {@code flat}
 * @param vlan VLAN id, 1 to 4094; empty for flat
 * @param mtu largest IP packet, bytes
 * @param addresses its addresses, IPv4 first
 * @param securityGroups its security groups, by name
 * @param portSecurity whether the tenant wants anti-spoofing; off means the card's spoof check is off
 * @param status {@code DOWN}, {@code BUILD}, {@code ACTIVE} or {@code ERROR}
 * @param nicIndex place among the server's NICs, from 0
 * @param madeForServer whether it goes when the server goes
 * @param wish whether it comes to the server or goes from it while that stands
 */
public record AttachedPort(
        PortId port,
        ServerId server,
        NetworkId network,
        String networkName,
        VnicType vnicType,
        MacAddress mac,
        String physicalNetwork,
        String networkType,
        Optional<Integer> vlan,
        int mtu,
        List<FixedAddress> addresses,
        List<SecurityGroupName> securityGroups,
        boolean portSecurity,
        String status,
        int nicIndex,
        boolean madeForServer,
        DesiredInterface.Wish wish) {
    /** A security group as the Compute API shows it. */
    public record SecurityGroupName(SecurityGroupId id, String name) {}

    public AttachedPort {
        addresses = List.copyOf(addresses);
        securityGroups = List.copyOf(securityGroups);
    }
}
