package org.sluice.controller.fleet.standing;

import java.util.Optional;
import java.util.UUID;
import org.sluice.controller.scheduling.Scheduling.Elsewhere;

/**
 * A server that has a claim on a host.
 *
 * @param number its place in the list
 * @param projectId whose it is
 * @param status as the Compute API has it
 * @param task what is under way with it
 * @param role what the claim is of the server's claims: {@code current}, {@code incoming} or {@code outgoing}
 * @param isLeaving whether it goes from there anyway, once the host has taken it away
 * @param virtualFunctions how many VFs of the host it has
 * @param elsewhere whether another host would take it
 */
record StandingServer(
        UUID id,
        long number,
        String name,
        String projectId,
        String status,
        Optional<String> task,
        String role,
        boolean isLeaving,
        int virtualFunctions,
        Elsewhere elsewhere) {
    /** The same with that found out. */
    StandingServer with(Elsewhere found) {
        return new StandingServer(id, number, name, projectId, status, task, role, isLeaving, virtualFunctions, found);
    }

    /** Whether another host would take it now. */
    boolean fitsElsewhere() {
        return switch (elsewhere) {
            case Elsewhere.Fits _ -> true;
            case Elsewhere.Refused _ -> false;
        };
    }

    /** Why none would, in a sentence; empty where one would. */
    Optional<String> obstacle() {
        return switch (elsewhere) {
            case Elsewhere.Fits _ -> Optional.empty();
            case Elsewhere.Refused refused -> Optional.of(refused.problem().sentence());
        };
    }
}
