package org.sluice.controller.fleet;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Takes members out of a request's JSON; a refusal names the member. An absent member and null are the same. */
final class Fields {
    private Fields() {}

    static Optional<Integer> integer(ObjectNode body, String member) {
        @Nullable JsonNode value = body.get(member);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isInt()) {
            throw bad("Member '" + member + "' must be a whole number.").asException();
        }
        return Optional.of(value.asInt());
    }

    static Optional<Long> longInteger(ObjectNode body, String member) {
        @Nullable JsonNode value = body.get(member);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw bad("Member '" + member + "' must be a whole number.").asException();
        }
        return Optional.of(value.asLong());
    }

    static Optional<Double> number(ObjectNode body, String member) {
        @Nullable JsonNode value = body.get(member);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isNumber()) {
            throw bad("Member '" + member + "' must be a number.").asException();
        }
        return Optional.of(value.asDouble());
    }

    static Optional<Boolean> flag(ObjectNode body, String member) {
        @Nullable JsonNode value = body.get(member);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isBoolean()) {
            throw bad("Member '" + member + "' must be true or false.").asException();
        }
        return Optional.of(value.asBoolean());
    }

    static Optional<String> text(ObjectNode body, String member) {
        @Nullable JsonNode value = body.get(member);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isString() || value.asString().isBlank()) {
            throw bad("Member '" + member + "' must be a text that is not empty.")
                    .asException();
        }
        return Optional.of(value.asString());
    }

    static Optional<List<ObjectNode>> objects(ObjectNode body, String member) {
        @Nullable JsonNode value = body.get(member);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        List<ObjectNode> objects = new ArrayList<>();
        if (value instanceof ArrayNode array) {
            for (JsonNode element : array) {
                if (element instanceof ObjectNode object) {
                    objects.add(object);
                }
            }
            if (objects.size() == array.size()) {
                return Optional.of(objects);
            }
        }
        throw bad("Member '" + member + "' must be a list of objects.").asException();
    }

    /** Refuses members that are not among these, so that a slip of the pen is not taken for a wish to change nothing. */
    static void onlyKnows(ObjectNode body, String... known) {
        for (String member : body.propertyNames()) {
            if (!List.of(known).contains(member)) {
                throw bad("Member '" + member + "' is not known here; there are '" + String.join("', '", known) + "'.")
                        .asException();
            }
        }
    }

    static <T> T require(Optional<T> value, String member) {
        return value.orElseThrow(() -> missing(member));
    }

    static ProblemException missing(String member) {
        return bad("Member '" + member + "' is missing.").asException();
    }

    private static Problem bad(String sentence) {
        return Problem.of(Problem.Kind.BAD_REQUEST, "BadRequest", sentence);
    }
}
