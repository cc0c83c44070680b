package org.sluice.controller.http.body;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.Wording;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.deser.std.StdScalarDeserializer;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/** Turns entities of Sluice's own protocol into its records; what is wrong is refused with the member named. Stateless. */
public final class RecordReader {
    /** Which texts an entity may have. */
    public enum Texts {
        /** What the database can keep: no NUL, no unpaired surrogate. */
        STORABLE,
        /** Any. */
        ANY
    }

    /**
     * Takes a string for a text and nothing else. Jackson's own reader of lists of texts is led astray by a list in one
     * (3.x: what follows is read as if the list had ended).
     */
    private static final JsonMapper MAPPER = Json.MAPPER
            .rebuild()
            .addModule(new SimpleModule().addDeserializer(String.class, new StdScalarDeserializer<>(String.class) {
                @Override
                public String deserialize(JsonParser parser, DeserializationContext context) {
                    return parser.hasToken(JsonToken.VALUE_STRING)
                            ? parser.getString()
                            : (String) context.handleUnexpectedToken(getValueType(context), parser);
                }
            }))
            .build();

    private RecordReader() {}

    /**
     * Reads an entity.
     *
     * @throws ProblemException 400 when it is no such record, or has texts that it may not have
     */
    public static <T> T read(byte[] bytes, Class<T> type, Texts texts, Wording wording) {
        try {
            JsonNode tree = Json.MAPPER.readTree(bytes);
            if (texts == Texts.STORABLE) {
                EntityReader.requireStorable(tree, wording);
            }
            @Nullable T read = MAPPER.treeToValue(tree, type);
            if (read == null) {
                throw wording.malformed("The request body is not a valid " + name(type) + ".");
            }
            return read;
        } catch (JacksonException cause) {
            throw new ProblemException(
                    wording.malformed("The request body is not a valid " + name(type) + where(cause) + ".")
                            .problem(),
                    cause);
        }
    }

    /**
     * One of a list of records.
     *
     * @param record it; empty when it is none
     * @param problem why it is none
     */
    public record Element<T>(Optional<T> record, Optional<Problem> problem) {}

    /**
     * Reads a list, each of its elements by itself.
     *
     * @throws ProblemException 400 when it is no list
     */
    public static <T> List<Element<T>> readEach(byte[] bytes, Class<T> type, Wording wording) {
        JsonNode tree;
        try {
            tree = Json.MAPPER.readTree(bytes);
        } catch (JacksonException cause) {
            throw new ProblemException(
                    wording.malformed("The request body is not a valid list of " + type.getSimpleName() + ".")
                            .problem(),
                    cause);
        }
        if (!tree.isArray()) {
            throw wording.malformed("The request body is not a valid list of " + type.getSimpleName() + ".");
        }
        List<Element<T>> elements = new ArrayList<>();
        for (JsonNode node : tree) {
            elements.add(element(node, "[" + elements.size() + "]", type, wording));
        }
        return elements;
    }

    private static <T> Element<T> element(JsonNode node, String place, Class<T> type, Wording wording) {
        try {
            @Nullable T read = MAPPER.treeToValue(node, type);
            return read == null
                    ? broken(wording, "The request body has no " + type.getSimpleName() + " at " + place + ".")
                    : new Element<>(Optional.of(read), Optional.empty());
        } catch (JacksonException cause) {
            return broken(
                    wording,
                    "The request body is not a valid list of " + type.getSimpleName() + where(place, cause) + ".");
        }
    }

    private static <T> Element<T> broken(Wording wording, String sentence) {
        return new Element<>(
                Optional.empty(), Optional.of(wording.malformed(sentence).problem()));
    }

    private static String name(Class<?> type) {
        return type.isArray() ? "list of " + type.componentType().getSimpleName() : type.getSimpleName();
    }

    private static @Nullable Class<?> wanted(JacksonException failure) {
        return switch (failure) {
            case InvalidTypeIdException unknown
            when unknown.getBaseType() != null -> unknown.getBaseType().getRawClass();
            case MismatchedInputException mismatch -> mismatch.getTargetType();
            default -> null;
        };
    }

    /** {@code : physicalFunctions[0].address is null}; nothing where the entity is no JSON. */
    private static String where(JacksonException failure) {
        return where("", failure);
    }

    private static String where(String place, JacksonException failure) {
        StringBuilder path = new StringBuilder(place);
        List<JacksonException.Reference> members = failure.getPath();
        for (JacksonException.Reference member : members) {
            if (member.getPropertyName() == null) {
                path.append('[').append(member.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(member.getPropertyName());
            }
        }
        // What a record's own constructor says about a member of it: a sentence of ours.
        @Nullable Throwable objection = failure.getCause();
        if (objection instanceof NullPointerException || objection instanceof IllegalArgumentException) {
            return ": " + (path.isEmpty() ? "" : path + ": ") + objection.getMessage();
        }
        @Nullable Class<?> wanted = wanted(failure);
        if (wanted != null && wanted.isAnnotationPresent(JsonTypeInfo.class)) {
            // A member of the record says which of several records it is.
            String member = wanted.getAnnotation(JsonTypeInfo.class).property();
            return ": " + path + (path.isEmpty() ? "" : ".") + member + " is no kind of " + wanted.getSimpleName();
        }
        return path.isEmpty() ? "" : ": " + path + " is not as it must be";
    }
}
