package org.sluice.controller.http;

import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * One exchange of an OpenStack service with a client, as it was recorded from OpenStack Zed.
 *
 * @param body the reply's entity; text that is no JSON is under {@code _text}
 */
public record RecordedExchange(
        String name,
        String method,
        String path,
        JsonNode requestBody,
        int status,
        Map<String, String> headers,
        JsonNode body) {

    /** The exchange of that name in {@code recorded/FILE.jsonl}. */
    public static RecordedExchange of(String file, String name) {
        try (InputStream in =
                        requireNonNull(RecordedExchange.class.getResourceAsStream("/recorded/" + file + ".jsonl"));
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return lines.lines()
                    .map(line -> Json.MAPPER.readValue(line, RecordedExchange.class))
                    .filter(exchange -> exchange.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no recorded exchange '" + name + "' in " + file));
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    /** The shape of the reply's entity. */
    public SortedSet<String> shape() {
        return shapeOf(body);
    }

    /** Every path in the tree with the kind of value found there; elements of a list count as one. */
    public static SortedSet<String> shapeOf(JsonNode tree) {
        SortedSet<String> shape = new TreeSet<>();
        collect("", tree, shape);
        return shape;
    }

    private static void collect(String path, JsonNode node, SortedSet<String> shape) {
        shape.add(path + ": " + node.getNodeType());
        if (node.isObject()) {
            node.properties().forEach(property -> collect(path + "." + property.getKey(), property.getValue(), shape));
        } else if (node.isArray()) {
            node.forEach(element -> collect(path + "[]", element, shape));
        }
    }
}
