package org.sluice.controller.http.body;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.http.Wording;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Turns the bytes of an entity into a JSON object whose size in memory is bounded, and whose texts the database can keep.
 * Thread-safe.
 */
public final class EntityReader {
    /** Deeper than any request of OpenStack's clients, and far from the stack's end. */
    static final int DEEPEST = 24;
    /** A token costs a tree up to 100 bytes; a bulk request of 1 MiB has some 60,000. */
    static final int MOST_TOKENS = 100_000;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .maxTokenCount(MOST_TOKENS)
                            .maxNameLength(1_024)
                            .maxNumberLength(64)
                            .build())
                    .build())
            // The last of two values would win, and the first would be lost without a word.
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();

    private EntityReader() {}

    /**
     * Reads an entity.
     *
     * @throws ProblemException 400 when it is no JSON object, is nested too deeply, or has text that no database keeps; 413 when
     *     it has too many values
     */
    public static ObjectNode read(byte[] bytes, Wording wording) {
        if (tree(bytes, wording) instanceof ObjectNode object) {
            return object;
        }
        throw wording.malformed("The request body must be a JSON object.");
    }

    /**
     * Reads an entity that need not be an object, such as a JSON patch.
     *
     * @throws ProblemException as {@link #read}
     */
    public static JsonNode tree(byte[] bytes, Wording wording) {
        JsonNode tree;
        try {
            tree = MAPPER.readTree(bytes);
        } catch (StreamConstraintsException cause) {
            throw new ProblemException(tooMuch(), cause);
        } catch (MismatchedInputException cause) {
            throw new ProblemException(wording.malformed(mismatch(cause)).problem(), cause);
        } catch (JacksonException cause) {
            throw new ProblemException(
                    wording.malformed("Malformed JSON in request body.").problem(), cause);
        }
        if (mayHoldUnstorableText(bytes)) {
            requireStorable(tree, wording);
        }
        return tree;
    }

    /** A tree is read of whatever JSON there is: either a name is there twice, or something follows the tree. */
    private static String mismatch(MismatchedInputException cause) {
        String name = cause.processor() instanceof JsonParser parser ? parser.currentName() : null;
        return name == null
                ? "Malformed JSON in request body."
                : "An object of the request body has the name '" + name + "' twice; leave one of them out.";
    }

    private static Problem tooMuch() {
        return Problem.of(
                Problem.Kind.TOO_LARGE,
                "RequestTooLarge",
                "The request body is nested more than " + DEEPEST + " levels deep, has more than " + MOST_TOKENS
                        + " values, or a number or name in it is too long.");
    }

    /** NUL and surrogates can only come as an escape; both escapes have {@code \\u0000} or {@code \\ud8} to {@code \\udf} in them. */
    private static boolean mayHoldUnstorableText(byte[] bytes) {
        for (int i = 0; i + 5 < bytes.length; i++) {
            if (bytes[i] == '\\' && bytes[i + 1] == 'u') {
                boolean nul = bytes[i + 2] == '0' && bytes[i + 3] == '0' && bytes[i + 4] == '0' && bytes[i + 5] == '0';
                if (nul || bytes[i + 2] == 'd' || bytes[i + 2] == 'D') {
                    return true;
                }
            }
        }
        return false;
    }

    private record Named(String name, JsonNode node) {}

    /** Refuses a tree that has text which no database keeps, by the name of the member. */
    static void requireStorable(JsonNode tree, Wording wording) {
        Deque<Named> open = new ArrayDeque<>();
        open.push(new Named("body", tree));
        while (!open.isEmpty()) {
            Named next = open.pop();
            if (next.node().isObject()) {
                for (Map.Entry<String, JsonNode> member : next.node().properties()) {
                    if (!isStorable(member.getKey())) {
                        throw wording.invalid(next.name(), next.node(), new Complaint.NotText());
                    }
                    open.push(new Named(member.getKey(), member.getValue()));
                }
            } else if (next.node().isArray()) {
                next.node().forEach(item -> open.push(new Named(next.name(), item)));
            } else if (next.node().isString() && !isStorable(next.node().stringValue())) {
                throw wording.invalid(next.name(), next.node(), new Complaint.NotText());
            }
        }
    }

    /** Whether PostgreSQL can keep the text: no NUL, no half of a surrogate pair. */
    public static boolean isStorable(@Nullable String text) {
        if (text == null) {
            return true;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return false;
            }
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }
}
