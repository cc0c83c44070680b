package org.sluice.controller.observation.audit;

import java.time.Instant;
import java.util.Optional;

/**
 * One row that was changed for a request, or one request of an operator's that was refused.
 *
 * @param number grows with time, with gaps
 * @param outcome {@code changed} or {@code refused}
 * @param status of what was refused
 * @param globalRequestId what the client calls all that it does for one purpose; empty where it named nothing
 * @param userId who; empty where nobody has logged in
 * @param projectId in which project the user was; not that of the resource
 * @param peer from which address
 * @param action method and route
 * @param operation {@code create}, {@code update} or {@code delete}; empty for what was refused
 * @param resourceType the table
 * @param resourceId primary key of the row
 * @param before JSON of the row as it was, without its secrets
 * @param after JSON of the row as it became
 */
record AuditEvent(
        long number,
        Instant at,
        String outcome,
        Optional<Integer> status,
        String requestId,
        String globalRequestId,
        String userId,
        String userName,
        String projectId,
        String peer,
        String action,
        String operation,
        String resourceType,
        String resourceId,
        Optional<String> before,
        Optional<String> after) {}
