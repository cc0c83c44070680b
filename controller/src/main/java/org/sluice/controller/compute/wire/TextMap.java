package org.sluice.controller.compute.wire;

import java.util.LinkedHashMap;
import java.util.Map;
import org.sluice.controller.http.Json;
import tools.jackson.databind.JsonNode;

/** Key-value pairs of texts, as they go into jsonb columns and wire types. */
public final class TextMap {
    private TextMap() {}

    /** Reads a jsonb column whose values are texts; other values are shown as JSON. */
    public static Map<String, String> ofJson(String json) {
        JsonNode tree = Json.MAPPER.readTree(json);
        Map<String, String> texts = new LinkedHashMap<>();
        tree.properties()
                .forEach(member -> texts.put(
                        member.getKey(),
                        member.getValue().isString()
                                ? member.getValue().stringValue()
                                : member.getValue().toString()));
        return texts;
    }

    /** Writes it for a jsonb column. */
    public static String toJson(Map<String, String> texts) {
        return Json.MAPPER.writeValueAsString(texts);
    }
}
