package org.sluice.controller.http.body;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.http.Ids;
import org.sluice.controller.http.Wording;
import org.sluice.model.ProblemException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON object of a request, read field by field; whatever is not as it must be is refused with the field named, in the words
 * of the API family. A field that is {@code null} counts as absent where a method says "may be missing". Numbers and truth
 * values may come as text, because the older clients send all of them so. Used by one thread.
 */
public final class Fields {
    private static final Set<String> TRUE = Set.of("true", "1", "on", "yes", "t", "y");
    private static final Set<String> FALSE = Set.of("false", "0", "off", "no", "f", "n");

    private final String name;
    private final ObjectNode object;
    private final Wording wording;

    private Fields(String name, ObjectNode object, Wording wording) {
        this.name = requireNonNull(name, "name is null");
        this.object = requireNonNull(object, "object is null");
        this.wording = requireNonNull(wording, "wording is null");
    }

    /** An object that was read; {@code name} is what refusals call it. */
    public static Fields of(String name, ObjectNode object, Wording wording) {
        return new Fields(name, object, wording);
    }

    /** What refusals call this object: the member it was in, or {@code body}. */
    public String name() {
        return name;
    }

    /** The names of its fields, in the order in which they came. */
    public List<String> names() {
        return List.copyOf(object.propertyNames());
    }

    /** The object as it came, for what is kept as JSON. Not to be changed. */
    public ObjectNode tree() {
        return object;
    }

    /** Refuses fields that are not among these. */
    public Fields onlyKnows(Set<String> known) {
        List<String> unknown =
                names().stream().filter(field -> !known.contains(field)).toList();
        if (!unknown.isEmpty()) {
            throw wording.unknown(name, object, unknown);
        }
        return this;
    }

    /** Whether the field is there, be it as null. */
    public boolean has(String field) {
        return object.has(field);
    }

    /** Whether the field is there and not null. */
    public boolean isSet(String field) {
        return object.hasNonNull(field);
    }

    /** The field, null or not, refused when it is missing. */
    public JsonNode required(String field) {
        @Nullable JsonNode value = object.get(field);
        if (value == null) {
            throw wording.missing(name, object, field);
        }
        return value;
    }

    /** Refuses the field when it is missing or null, where the method that reads it would take that for "may be missing". */
    public Fields needs(String field) {
        JsonNode value = required(field);
        if (value.isNull()) {
            throw wording.invalid(field, value, new Complaint.Null());
        }
        return this;
    }

    /** Text of {@code shortest} to {@code longest} characters (code points) that must be there. */
    public String text(String field, int shortest, int longest) {
        return text(field, required(field), shortest, longest);
    }

    /** Text that may be missing, but not be null. */
    public String text(String field, String otherwise, int shortest, int longest) {
        return has(field) ? text(field, shortest, longest) : otherwise;
    }

    /** Text that may be missing. */
    public Optional<String> optionalText(String field, int shortest, int longest) {
        return isSet(field) ? Optional.of(text(field, required(field), shortest, longest)) : Optional.empty();
    }

    private String text(String field, JsonNode value, int shortest, int longest) {
        if (!value.isString()) {
            throw wording.invalid(field, value, new Complaint.NotOfType("string"));
        }
        String text = value.stringValue();
        int length = text.codePointCount(0, text.length());
        if (length < shortest) {
            throw wording.invalid(field, value, new Complaint.TooShort(shortest));
        }
        if (length > longest) {
            throw wording.invalid(field, value, new Complaint.TooLong(longest));
        }
        return text;
    }

    /** One of some words, that may be missing. */
    public Optional<String> oneOf(String field, List<String> words) {
        if (!isSet(field)) {
            return Optional.empty();
        }
        JsonNode value = required(field);
        if (!value.isString() || !words.contains(value.stringValue())) {
            throw wording.invalid(field, value, new Complaint.NotOneOf(words));
        }
        return Optional.of(value.stringValue());
    }

    /** A whole number within bounds that must be there. */
    public int integer(String field, int least, int most) {
        return (int) number(field, required(field), least, most);
    }

    /** A whole number within bounds that may be missing. */
    public OptionalInt optionalInteger(String field, int least, int most) {
        return isSet(field) ? OptionalInt.of(integer(field, least, most)) : OptionalInt.empty();
    }

    /** A large whole number within bounds that may be missing. */
    public OptionalLong optionalLong(String field, long least, long most) {
        return isSet(field) ? OptionalLong.of(number(field, required(field), least, most)) : OptionalLong.empty();
    }

    /** A large whole number within bounds that must be there. */
    public long longInteger(String field, long least, long most) {
        return number(field, required(field), least, most);
    }

    /** A number, whole or not, that must be there. */
    public double number(String field) {
        JsonNode value = required(field);
        if (!value.isNumber()) {
            throw wording.invalid(field, value, new Complaint.NotOfType("number"));
        }
        return value.doubleValue();
    }

    /** A number, whole or not, that may be missing. */
    public OptionalDouble optionalNumber(String field) {
        return isSet(field) ? OptionalDouble.of(number(field)) : OptionalDouble.empty();
    }

    private long number(String field, JsonNode value, long least, long most) {
        long number;
        if (value.isIntegralNumber() && value.canConvertToLong()) {
            number = value.longValue();
        } else if (value.isString() && value.stringValue().matches("-?[0-9]{1,18}")) {
            number = Long.parseLong(value.stringValue());
        } else {
            throw wording.invalid(field, value, new Complaint.NotOfType("integer"));
        }
        if (number < least) {
            throw wording.invalid(field, value, new Complaint.TooSmall(least));
        }
        if (number > most) {
            throw wording.invalid(field, value, new Complaint.TooLarge(most));
        }
        return number;
    }

    /** A truth value that must be there; many spellings of it are taken. */
    public boolean truth(String field) {
        JsonNode value = required(field);
        return flag(field).orElseThrow(() -> wording.invalid(field, value, new Complaint.NotOfType("boolean")));
    }

    /** A truth value that may be missing, but not be null. */
    public boolean flag(String field, boolean otherwise) {
        return has(field) ? truth(field) : otherwise;
    }

    /** A truth value that may be missing; many spellings of it are taken. */
    public Optional<Boolean> flag(String field) {
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
        throw wording.invalid(field, value, new Complaint.NotOfType("boolean"));
    }

    /** A truth value that may be missing; only {@code true} and {@code false} themselves are taken. */
    public Optional<Boolean> strictFlag(String field) {
        if (!isSet(field)) {
            return Optional.empty();
        }
        JsonNode value = required(field);
        if (!value.isBoolean()) {
            throw wording.invalid(field, value, new Complaint.NotOfType("boolean"));
        }
        return Optional.of(value.booleanValue());
    }

    /** An id that must be there. */
    public UUID id(String field) {
        return id(field, required(field));
    }

    /** An id that may be missing. */
    public Optional<UUID> optionalId(String field) {
        return isSet(field) ? Optional.of(id(field)) : Optional.empty();
    }

    private UUID id(String field, JsonNode value) {
        Optional<UUID> id = value.isString() ? Ids.parse(value.stringValue()) : Optional.empty();
        return id.orElseThrow(() -> wording.invalid(field, value, new Complaint.NotAnId()));
    }

    /** An object that must be there. */
    public Fields object(String field) {
        return object(field, required(field));
    }

    /** An object that may be missing. */
    public Optional<Fields> optionalObject(String field) {
        return isSet(field) ? Optional.of(object(field)) : Optional.empty();
    }

    private Fields object(String field, JsonNode value) {
        if (value instanceof ObjectNode inner) {
            return new Fields(field, inner, wording);
        }
        throw wording.invalid(field, value, new Complaint.NotOfType("object"));
    }

    /** A list of at most {@code most} items that may be missing; empty then. */
    public List<JsonNode> list(String field, int most) {
        if (!isSet(field)) {
            return List.of();
        }
        JsonNode value = required(field);
        if (!(value instanceof ArrayNode array)) {
            throw wording.invalid(field, value, new Complaint.NotOfType("array"));
        }
        if (array.size() > most) {
            throw wording.invalid(field, value, new Complaint.TooLong(most));
        }
        List<JsonNode> items = new ArrayList<>(array.size());
        array.forEach(items::add);
        return items;
    }

    /** A list of objects that may be missing. */
    public List<Fields> objects(String field, int most) {
        return list(field, most).stream().map(item -> object(field, item)).toList();
    }

    /** A list of texts that may be missing. */
    public List<String> texts(String field, int most, int shortest, int longest) {
        return list(field, most).stream()
                .map(item -> text(field, item, shortest, longest))
                .toList();
    }

    /** A list of ids without repetition that may be missing. */
    public List<UUID> ids(String field, int most) {
        Set<UUID> ids = new LinkedHashSet<>();
        for (JsonNode item : list(field, most)) {
            if (!ids.add(id(field, item))) {
                throw wording.invalid(field, required(field), new Complaint.Repeated(item.asString("")));
            }
        }
        return List.copyOf(ids);
    }

    /** All fields as texts: keys of 1 to {@code longest} characters, values of at most that. */
    public Map<String, String> textMap(int longest) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String key : object.propertyNames()) {
            if (key.isEmpty() || key.length() > longest) {
                throw wording.invalid(
                        name,
                        object,
                        new Complaint.Because("'" + key + "' does not have 1 to " + longest + " characters"));
            }
            texts.put(key, text(key, 0, longest));
        }
        return texts;
    }

    /** Refuses the field unless it is missing, null, or an empty list, object or text: for what is shown and not offered. */
    public void refuseValue(String field, String reason) {
        @Nullable JsonNode value = object.get(field);
        boolean empty = value == null
                || value.isNull()
                || (value.isContainer() && value.isEmpty())
                || (value.isString() && value.stringValue().isEmpty());
        if (!empty) {
            throw refused(field, reason);
        }
    }

    /** The refusal of the field's value for that reason, which goes on a sentence that began with the field. */
    public ProblemException refused(String field, String reason) {
        return wording.invalid(field, required(field), new Complaint.Because(reason));
    }

    /** How this family words refusals, for rules that read further. */
    public Wording wording() {
        return wording;
    }
}
