package org.sluice.controller.network.port;

import java.util.List;
import java.util.Optional;
import org.sluice.model.MacAddress;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.SecurityGroupId;
import org.sluice.model.VnicType;

/**
 * A port about to be made.
 *
 * @param mac empty for a random one
 * @param profile the JSON object that the user gave as {@code binding:profile}
 */
public record NewPort(
        PortId id,
        NetworkId network,
        String projectId,
        String name,
        String description,
        boolean adminStateUp,
        Optional<MacAddress> mac,
        String deviceId,
        String deviceOwner,
        boolean portSecurity,
        VnicType vnicType,
        String profile,
        String bindingHost,
        boolean madeForServer,
        List<SecurityGroupId> securityGroups) {
    /** A plain port of type normal, without a device. */
    public static NewPort plain(NetworkId network, String projectId, List<SecurityGroupId> securityGroups) {
        return new NewPort(
                PortId.random(),
                network,
                projectId,
                "",
                "",
                true,
                Optional.empty(),
                "",
                "",
                true,
                VnicType.NORMAL,
                "{}",
                "",
                false,
                securityGroups);
    }

    public NewPort madeForAServer() {
        return new NewPort(
                id,
                network,
                projectId,
                name,
                description,
                adminStateUp,
                mac,
                deviceId,
                deviceOwner,
                portSecurity,
                vnicType,
                profile,
                bindingHost,
                true,
                securityGroups);
    }

    /** The same port, from which DHCP and metadata of its network are served. */
    public NewPort serving() {
        return new NewPort(
                id,
                network,
                projectId,
                name,
                description,
                adminStateUp,
                mac,
                "dhcp-" + network,
                "network:dhcp",
                false,
                vnicType,
                profile,
                bindingHost,
                madeForServer,
                List.of());
    }
}
