package org.sluice.controller.compute;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.sluice.model.ProblemException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A JSON object of a request, read field by field; whatever is not as it must be is refused with the field named. */
final class Fields {
    /** Names, keys and values are columns of this width in nova. */
    static final int LONGEST_NAME = 255;

    private static final Set<String> TRUE = Set.of("true", "1", "on", "yes", "t", "y");
    private static final Set<String> FALSE = Set.of("false", "0", "off", "no", "f", "n");

    private final String name;
    private final ObjectNode object;

    private Fields(String name, ObjectNode object) {
        this.name = name;
        this.object = object;
    }

    /** The one member of the request's entity; others are refused unless they are among {@code beside}. */
    static Fields of(Call call, String member, String... beside) {
        ObjectNode body = call.body();
        Fields whole = new Fields("body", body);
        Set<String> known = new TreeSet<>(Set.of(beside));
        known.add(member);
        whole.onlyKnows(known);
        return whole.object(member);
    }

    /** A JSON object that was read already, under the name that messages give it. */
    static Fields of(String name, ObjectNode object) {
        return new Fields(name, object);
    }

    /** Refuses members that are not among these. */
    void onlyKnows(Set<String> known) {
        StringBuilder unknown = new StringBuilder();
        int count = 0;
        for (String member : object.propertyNames()) {
            if (!known.contains(member)) {
                unknown.append(count++ == 0 ? "" : ", ")
                        .append('\'')
                        .append(member)
                        .append('\'');
            }
        }
        if (count > 0) {
            throw invalid(
                    name,
                    object,
                    "Additional properties are not allowed (" + unknown + (count == 1 ? " was" : " were")
                            + " unexpected)");
        }
    }

    boolean has(String field) {
        return object.has(field);
    }

    /** Whether the field is there and not null. */
    boolean isSet(String field) {
        return object.hasNonNull(field);
    }

    /** The field, refused when it is missing. */
    JsonNode required(String field) {
        JsonNode value = object.get(field);
        if (value == null) {
            throw invalid(name, object, "'" + field + "' is a required property");
        }
        return value;
    }

    /** A text of {@code shortest} to {@code longest} characters that must be there. */
    String text(String field, int shortest, int longest) {
        return text(field, required(field), shortest, longest);
    }

    /** A text that may be missing or null. */
    Optional<String> optionalText(String field, int shortest, int longest) {
        return isSet(field) ? Optional.of(text(field, required(field), shortest, longest)) : Optional.empty();
    }

    private static String text(String field, JsonNode value, int shortest, int longest) {
        if (!value.isString()) {
            throw invalid(field, value, PythonText.quoted(value) + " is not of type 'string'");
        }
        String text = value.stringValue();
        int length = text.codePointCount(0, text.length());
        if (length < shortest) {
            throw invalid(field, value, "'" + text + "' is too short");
        }
        if (length > longest) {
            throw invalid(field, value, PythonText.quoted(value) + " is too long");
        }
        return text;
    }

    /** A name as nova takes them: 1 to 255 printable characters without white space around them. */
    String nameText(String field) {
        String text = text(field, 1, LONGEST_NAME);
        if (!text.equals(text.strip()) || text.codePoints().anyMatch(Character::isISOControl)) {
            throw invalid(
                    field,
                    required(field),
                    "'" + text + "' must not start or end with white space, nor contain control characters");
        }
        return text;
    }

    /** An integer within bounds that must be there; digits in quotes count, as in nova. */
    int integer(String field, int smallest, int largest) {
        return integer(field, required(field), smallest, largest);
    }

    /** An integer that may be missing or null. */
    OptionalInt optionalInteger(String field, int smallest, int largest) {
        return isSet(field) ? OptionalInt.of(integer(field, required(field), smallest, largest)) : OptionalInt.empty();
    }

    private static int integer(String field, JsonNode value, int smallest, int largest) {
        long number;
        if (value.isIntegralNumber() && value.canConvertToLong()) {
            number = value.longValue();
        } else if (value.isString() && value.stringValue().matches("-?[0-9]{1,18}")) {
            number = Long.parseLong(value.stringValue());
        } else {
            throw invalid(field, value, PythonText.quoted(value) + " is not of type 'integer'");
        }
        if (number < smallest) {
            throw invalid(field, value, number + " is less than the minimum of " + smallest);
        }
        if (number > largest) {
            throw invalid(field, value, number + " is greater than the maximum of " + largest);
        }
        return (int) number;
    }

    /** A truth value that may be missing or null; nova takes many spellings. */
    Optional<Boolean> flag(String field) {
        if (!isSet(field)) {
            return Optional.empty();
        }
        JsonNode value = required(field);
        if (value.isBoolean()) {
            return Optional.of(value.booleanValue());
        }
        String text = value.asString("").toLowerCase(Locale.ROOT);
        if (TRUE.contains(text)) {
            return Optional.of(true);
        }
        if (FALSE.contains(text)) {
            return Optional.of(false);
        }
        throw invalid(field, value, PythonText.quoted(value) + " is not of type 'boolean'");
    }

    /** An object that must be there. */
    Fields object(String field) {
        JsonNode value = required(field);
        if (value instanceof ObjectNode inner) {
            return new Fields(field, inner);
        }
        throw invalid(field, value, PythonText.quoted(value) + " is not of type 'object'");
    }

    /** A list that may be missing or null; empty then. */
    ArrayNode list(String field) {
        if (!isSet(field)) {
            return object.arrayNode();
        }
        JsonNode value = required(field);
        if (value instanceof ArrayNode list) {
            return list;
        }
        throw invalid(field, value, PythonText.quoted(value) + " is not of type 'array'");
    }

    /** All members as key-value pairs of texts: keys of 1 to 255 characters, values of at most 255. */
    Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String key : object.propertyNames()) {
            if (key.isEmpty() || key.length() > LONGEST_NAME) {
                throw invalid(name, object, "'" + key + "' does not have 1 to 255 characters");
            }
            texts.put(key, text(key, required(key), 0, LONGEST_NAME));
        }
        return texts;
    }

    /** All members, null for those that are to be removed. */
    Map<String, Optional<String>> textsOrRemovals() {
        Map<String, Optional<String>> texts = new LinkedHashMap<>();
        for (String key : object.propertyNames()) {
            texts.put(key, optionalText(key, 0, LONGEST_NAME));
        }
        return texts;
    }

    /** Refuses the field's value, whatever it is, for that reason. */
    ProblemException refused(String field, String reason) {
        return invalid(field, required(field), reason);
    }

    static ProblemException invalid(String field, JsonNode value, String reason) {
        return Problems.badRequest(
                "ValidationError",
                "Invalid input for field/attribute " + field + ". Value: " + PythonText.plain(value) + ". " + reason);
    }
}
