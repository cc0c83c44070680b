package org.sluice.controller.fleet.server;

import java.util.Optional;
import java.util.UUID;
import org.sluice.controller.http.view.RawJson;

/**
 * Where a server is and why.
 *
 * @param id its identity
 * @param name need not be unique
 * @param status as the Compute API has it
 * @param taskState what happens to it
 * @param host where it is
 * @param zone the availability zone it is in
 * @param requestedZone the one it was asked into
 * @param fault what went wrong last
 * @param claim what it holds or would hold of a host
 * @param ports its ports and their bindings
 * @param leases its virtual functions
 * @param drifts NICs that once read back otherwise than they were set up
 * @param decision the newest one about it
 */
record Explanation(
        UUID id,
        String name,
        String status,
        Optional<String> taskState,
        Optional<String> host,
        Optional<String> zone,
        Optional<String> requestedZone,
        Optional<RawJson> fault,
        RawJson claim,
        RawJson ports,
        RawJson leases,
        RawJson drifts,
        Optional<RawJson> decision) {}
