package org.sluice.controller.observation.audit;

import java.time.OffsetDateTime;
import java.util.List;
import org.sluice.controller.http.RequestObserver.Answered;
import org.sluice.controller.store.Origin;

/**
 * A change that an operator's route refused: 403 or 409.
 *
 * @param operation what it would have been: {@code create}, {@code update} or {@code delete}
 * @param resourceType of what, as far as the route says it
 * @param resourceId of which, as it was asked for; empty when the route names none
 */
record Refused(OffsetDateTime at, Origin origin, int status, String operation, String resourceType, String resourceId) {
    static Refused of(Answered answered, OffsetDateTime at, Origin origin) {
        List<String> route = List.of(answered.asked().route().split("/"));
        List<String> path = List.of(answered.path().split("/"));
        int named = route.size() - 1;
        while (named > 0 && !isParameter(route.get(named))) {
            named--;
        }
        boolean names = named > 0 && path.size() == route.size();
        // A collection stands before the name of one of its things, and alone where one is to be made.
        int collection = names ? named - 1 : route.size() - 1;
        return new Refused(
                at,
                origin,
                answered.status(),
                switch (answered.asked().method()) {
                    case "DELETE" -> "delete";
                    case "POST" -> names ? "update" : "create";
                    default -> "update";
                },
                collection > 0 ? type(route.get(collection)) : "",
                names ? path.get(named) : "");
    }

    private static boolean isParameter(String segment) {
        return segment.startsWith("{");
    }

    /** {@code security-groups} and {@code os-aggregates}: {@code security_group} and {@code aggregate}. */
    private static String type(String collection) {
        String plural = collection.replaceFirst("^os-", "").replace('-', '_');
        return AuditWire.type(plural.replaceFirst("ies$", "y").replaceFirst("s$", ""));
    }
}
