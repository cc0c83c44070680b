package org.sluice.controller.compute.wire;

import java.util.Map;
import tools.jackson.databind.JsonNode;

/** JSON values as Python prints them: nova's messages about bad input show them so, and scripts match on those. */
final class PythonText {
    /** Longer values are cut: a message is for reading. */
    private static final int LONGEST = 500;

    private PythonText() {}

    /** As {@code str()} prints it: a text without quotes. */
    static String plain(JsonNode value) {
        return cut(value.isString() ? value.stringValue() : nested(value));
    }

    /** As {@code repr()} prints it: a text in quotes. */
    static String quoted(JsonNode value) {
        return cut(nested(value));
    }

    private static String nested(JsonNode value) {
        StringBuilder text = new StringBuilder();
        append(text, value);
        return text.toString();
    }

    private static void append(StringBuilder text, JsonNode value) {
        if (value.isObject()) {
            text.append('{');
            String separator = "";
            for (Map.Entry<String, JsonNode> member : value.properties()) {
                text.append(separator).append('\'').append(member.getKey()).append("': ");
                append(text, member.getValue());
                separator = ", ";
            }
            text.append('}');
        } else if (value.isArray()) {
            text.append('[');
            String separator = "";
            for (JsonNode item : value) {
                text.append(separator);
                append(text, item);
                separator = ", ";
            }
            text.append(']');
        } else if (value.isNull()) {
            text.append("None");
        } else if (value.isBoolean()) {
            text.append(value.booleanValue() ? "True" : "False");
        } else if (value.isString()) {
            text.append('\'').append(value.stringValue()).append('\'');
        } else {
            text.append(value);
        }
    }

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
    }
}
