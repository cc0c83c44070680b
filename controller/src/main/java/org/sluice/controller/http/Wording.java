package org.sluice.controller.http;

import java.util.List;
import org.sluice.controller.http.body.Complaint;
import org.sluice.controller.policy.Rule;
import org.sluice.model.ProblemException;
import tools.jackson.databind.JsonNode;

/**
 * How one API family phrases the refusals that the edge finds: the same for all its routes, and as that OpenStack service says
 * it. Stateless.
 */
public interface Wording {
    /** 403: the caller does not pass the rule. */
    ProblemException forbidden(Rule rule);

    /** 400: the entity is not JSON, or not an object. */
    ProblemException malformed(String reason);

    /** 400: {@code object} (the member it is in, or {@code body}) lacks a field. */
    ProblemException missing(String object, JsonNode value, String field);

    /** 400: {@code object} has fields that are not known, at least one. */
    ProblemException unknown(String object, JsonNode value, List<String> fields);

    /** 400: a field's value is not what it must be. */
    ProblemException invalid(String field, JsonNode value, Complaint complaint);

    /** 400: the action that the entity names is none. */
    ProblemException badAction(String sentence);

    /** 400: a query parameter that the list does not know. */
    ProblemException unknownFilter(String name);

    /** 400: a query parameter that a route other than a list does not know. */
    default ProblemException unknownParameter(String name) {
        return unknownFilter(name);
    }

    /** 400: a query parameter's value is not what it must be; {@code expected} is a noun phrase: {@code a whole number}. */
    ProblemException badFilter(String name, String value, String expected);

    /** 400: the list cannot be sorted by that. */
    ProblemException unknownSortKey(String name, List<String> known);

    /** 400: a sort direction that is neither {@code asc} nor {@code desc}, or one too many. */
    ProblemException badSortDirection(String text);

    /** 400: not as many sort directions as sort keys; {@code direction} is the last one. */
    default ProblemException unpairedSort(String direction) {
        return badSortDirection(direction);
    }

    /** 400: not a page size. */
    ProblemException badLimit(String text);

    /** 400 or 404: the marker names nothing that the caller sees. */
    ProblemException unknownMarker(String plural, String marker);
}
