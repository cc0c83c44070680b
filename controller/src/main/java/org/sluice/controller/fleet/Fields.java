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
    private static final int LONGEST_TEXT = 255;
    private static final int LONGEST_VALUE = 65_536;
    /** More than a configuration file has lines. */
    private static final int MOST_ELEMENTS = 10_000;

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
        return Optional.of(bounded(member, value.asString(), LONGEST_TEXT));
    }

    /** A text that may be empty, or as long as an option of a configuration file. */
    static Optional<String> longText(ObjectNode body, String member) {
        @Nullable JsonNode value = body.get(member);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isString()) {
            throw bad("Member '" + member + "' must be a text.").asException();
        }
        return Optional.of(bounded(member, value.asString(), LONGEST_VALUE));
    }

    static Optional<List<String>> texts(ObjectNode body, String member) {
        @Nullable JsonNode value = body.get(member);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode element : requireFew(member, value)) {
            if (!element.isString()) {
                throw bad("Member '" + member + "' must be a list of texts.").asException();
            }
            texts.add(bounded(member, element.asString(), LONGEST_TEXT));
        }
        return Optional.of(texts);
    }

    private static String bounded(String member, String text, int longest) {
        if (text.length() > longest) {
            throw bad("Member '" + member + "' has " + text.length() + " characters and may have " + longest + ".")
                    .asException();
        }
        if (text.indexOf('\0') >= 0) {
            throw bad("Member '" + member + "' must not contain the character NUL.")
                    .asException();
        }
        return text;
    }

    private static ArrayNode requireFew(String member, JsonNode value) {
        if (!(value instanceof ArrayNode array)) {
            throw bad("Member '" + member + "' must be a list.").asException();
        }
        if (array.size() > MOST_ELEMENTS) {
            throw bad("Member '" + member + "' has " + array.size() + " elements and may have " + MOST_ELEMENTS + ".")
                    .asException();
        }
        return array;
    }

    static Optional<List<ObjectNode>> objects(ObjectNode body, String member) {
        @Nullable JsonNode value = body.get(member);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        List<ObjectNode> objects = new ArrayList<>();
        if (value instanceof ArrayNode array) {
            requireFew(member, array);
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
