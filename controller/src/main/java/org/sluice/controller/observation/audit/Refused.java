package org.sluice.controller.observation.audit;

import java.time.OffsetDateTime;
import java.util.List;
import org.sluice.controller.http.RequestObserver.Answered;
import org.sluice.controller.store.Origin;

/**
 * A change that an operator's route refused: 403 or 409.
 *
 * @param thing what it was about, where the route says it plainly
 */
record Refused(OffsetDateTime at, Origin origin, int status, Thing thing) {
    /**
     * What a change would have been of. A change of something within another thing, such as a role of a user in a project, is
     * about none: the action has its route.
     *
     * @param operation {@code create}, {@code update} or {@code delete}; empty for none
     * @param type as the API calls it, which may be none that is audited: {@code user}; empty for none
     * @param id as it was asked for; empty for what was to be made, and for none
     */
    record Thing(String operation, String type, String id) {
        private static final Thing NONE = new Thing("", "", "");

        /** Of {@code POST /things}, {@code PUT /things/ID} and {@code POST /things/ID/action}. */
        static Thing of(String method, String route, String path) {
            List<String> segments =
                    List.of(route.replaceFirst("/action( .*)?$", "").split("/"));
            List<String> asked = List.of(path.split("/"));
            long parameters = segments.stream().filter(Thing::isParameter).count();
            int last = segments.size() - 1;
            if (parameters == 0 && method.equals("POST")) {
                return new Thing("create", type(segments.get(last)), "");
            }
            if (parameters == 1 && isParameter(segments.get(last)) && asked.size() > last) {
                return new Thing(
                        method.equals("DELETE") ? "delete" : "update", type(segments.get(last - 1)), asked.get(last));
            }
            return NONE;
        }

        private static boolean isParameter(String segment) {
            return segment.startsWith("{");
        }

        /** {@code security-groups} and {@code os-aggregates}: {@code security_group} and {@code aggregate}. */
        private static String type(String collection) {
            String plural = collection.replaceFirst("^os-", "").replace('-', '_');
            return plural.replaceFirst("ies$", "y").replaceFirst("s$", "");
        }
    }

    static Refused of(Answered answered, OffsetDateTime at, Origin origin) {
        return new Refused(
                at,
                origin,
                answered.status(),
                Thing.of(answered.asked().method(), answered.asked().route(), answered.path()));
    }
}
