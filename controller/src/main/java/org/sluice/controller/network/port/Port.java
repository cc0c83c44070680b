package org.sluice.controller.network.port;

import java.util.UUID;
import org.sluice.controller.http.view.RawJson;
import org.sluice.controller.network.wire.Stamps;

/**
 * A port as it is kept.
 *
 * @param macAddress in lower case, with colons
 * @param status {@code DOWN}, {@code BUILD}, {@code ACTIVE} or {@code ERROR}
 * @param fixedIps list of {@code subnet_id} and {@code ip_address}
 * @param securityGroups list of ids
 * @param vnicType {@code normal} or {@code direct}
 * @param profile what the user gave, with what Sluice found out over it
 * @param bindingHost the name of the host that it is bound to, or should be; empty for none
 */
record Port(
        UUID id,
        UUID networkId,
        String projectId,
        String name,
        String description,
        boolean adminStateUp,
        String status,
        String macAddress,
        String deviceId,
        String deviceOwner,
        RawJson fixedIps,
        RawJson securityGroups,
        boolean portSecurity,
        String vnicType,
        RawJson profile,
        String bindingHost,
        String vifType,
        RawJson vifDetails,
        Stamps stamps) {}
