package org.sluice.controller.edge;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.door.RawClient;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** What the refusals of each API look like: its clients read them by these members. */
final class FaultShape {
    /** What Nova names its faults, by status. */
    private static final Map<Integer, String> COMPUTE = Map.ofEntries(
            Map.entry(400, "badRequest"),
            Map.entry(403, "forbidden"),
            Map.entry(404, "itemNotFound"),
            Map.entry(405, "badMethod"),
            Map.entry(406, "computeFault"),
            Map.entry(409, "conflictingRequest"),
            Map.entry(413, "overLimit"),
            Map.entry(414, "computeFault"),
            Map.entry(415, "badMediaType"),
            Map.entry(429, "overLimit"),
            Map.entry(501, "notImplemented"));

    private FaultShape() {}

    /**
     * What is wrong with a refusal of the family at that mount; empty for a good one.
     *
     * @param byTheDoor whether it was answered before a route was found: every client understands that form
     */
    static Optional<String> complaint(String mount, RawClient.Answer answer, boolean byTheDoor) {
        String type = answer.headers().getOrDefault("Content-Type", "");
        if (type.startsWith("text/html")) {
            boolean page = mount.equals("/image") || (mount.equals("/identity") && answer.status() == 404);
            return page && answer.body().contains(Integer.toString(answer.status()))
                    ? Optional.empty()
                    : Optional.of("a page of HTML");
        }
        JsonNode fault;
        try {
            fault = Json.MAPPER.readTree(answer.body());
        } catch (JacksonException noJson) {
            return Optional.of("no JSON");
        }
        boolean good = (byTheDoor && isError(fault, answer.status(), Set.of("code", "title", "message")))
                || switch (mount) {
                    case "/identity" -> isError(fault, answer.status(), Set.of("code", "title", "message"));
                    case "/network" ->
                        answer.status() == 401
                                ? isError(fault, 401, Set.of("code", "title", "message"))
                                : fault.size() == 1
                                        && has(fault.path("NeutronError"), Set.of("type", "message", "detail"));
                    case "/compute" -> isOfCompute(fault, answer.status());
                    case "/image" ->
                        has(fault, Set.of("message", "code", "title"))
                                && fault.path("code").asString("").startsWith(answer.status() + " ");
                    default -> isSluices(fault);
                };
        return good ? Optional.empty() : Optional.of("not in the family's form");
    }

    private static boolean isError(JsonNode fault, int status, Set<String> members) {
        JsonNode error = fault.path("error");
        return fault.size() == 1 && has(error, members) && error.path("code").asInt(0) == status;
    }

    private static boolean isOfCompute(JsonNode fault, int status) {
        if (status == 401) {
            return isError(fault, 401, Set.of("code", "title", "message"));
        }
        if (status == 404 && fault.has("title")) {
            return has(fault, Set.of("message", "code", "title"));
        }
        JsonNode inner = fault.path(COMPUTE.getOrDefault(status, "computeFault"));
        return fault.size() == 1
                && has(inner, Set.of("code", "message"))
                && inner.path("code").asInt(0) == status;
    }

    private static boolean isSluices(JsonNode fault) {
        JsonNode error = fault.path("error");
        return fault.size() == 1
                && (has(error, Set.of("code", "message")) || has(error, Set.of("code", "message", "fix")))
                && error.path("code").isString();
    }

    /** Exactly these members, and a message that says something. */
    private static boolean has(JsonNode object, Set<String> members) {
        return object.isObject()
                && Set.copyOf(object.propertyNames()).equals(members)
                && !object.path("message").asString("").isBlank();
    }
}
