package org.sluice.controller.fleet.standing;

import java.util.Optional;
import java.util.Set;
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
 * @param hostIsUp whether that host's agent is heard and nobody declared it down
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
        boolean hostIsUp,
        Elsewhere elsewhere) {
    private static final Set<String> MOVABLE = Set.of("ACTIVE", "SHUTOFF");

    /** The same with that found out. */
    StandingServer with(Elsewhere found) {
        return new StandingServer(
                id, number, name, projectId, status, task, role, isLeaving, virtualFunctions, hostIsUp, found);
    }

    /** Whether another host would take it now. */
    boolean fitsElsewhere() {
        return switch (elsewhere) {
            case Elsewhere.Fits _ -> true;
            case Elsewhere.Refused _ -> false;
        };
    }

    /** Whether it would go to another host now, if that were asked. */
    boolean moves() {
        return !isLeaving && obstacle().isEmpty();
    }

    /** Why it would not, or why it must be decided first where it is, in a sentence; empty where it would. */
    Optional<String> obstacle() {
        if (isLeaving) {
            return Optional.empty();
        }
        if (!role.equals("current") && status.equals("VERIFY_RESIZE")) {
            return Optional.of("It stands on another host by now, and this is its disk of before, until " + decided());
        }
        if (status.equals("VERIFY_RESIZE")) {
            return Optional.of("It stays until " + decided());
        }
        if (!hostIsUp) {
            return Optional.of(
                    "The host is down, and nothing moves from it. When it is not coming back: openstack server"
                            + " evacuate " + id + ".");
        }
        if (!MOVABLE.contains(status)) {
            return Optional.of("It is " + status + ", and servers move when they are ACTIVE or SHUTOFF.");
        }
        return switch (elsewhere) {
            case Elsewhere.Fits _ -> Optional.empty();
            case Elsewhere.Refused refused -> Optional.of(refused.problem().sentence());
        };
    }

    private String decided() {
        return "somebody decides: openstack server resize confirm " + id + ", or openstack server resize revert " + id
                + ".";
    }
}
