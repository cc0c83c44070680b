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
 * @param powerState what its host said last of its guest
 * @param lockedBy who locked it: {@code owner} or {@code admin}
 * @param host where it is
 * @param hostDown why that host is down, in a sentence
 * @param zone the availability zone it is in
 * @param requestedZone the one it was asked into
 * @param fault what went wrong last
 * @param claim what it holds or would hold of a host
 * @param ports its ports and their bindings
 * @param leases its virtual functions, each with its host and what the server's claim there is
 * @param drifts NICs that once read back otherwise than they were set up
 * @param decision the newest one about it
 */
record Explanation(
        UUID id,
        String name,
        String status,
        Optional<String> taskState,
        String powerState,
        Optional<String> lockedBy,
        Optional<String> host,
        Optional<String> hostDown,
        Optional<String> zone,
        Optional<String> requestedZone,
        Optional<RawJson> fault,
        RawJson claim,
        RawJson ports,
        RawJson leases,
        RawJson drifts,
        Optional<RawJson> decision) {}
