package org.sluice.controller.network;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.http.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Puts columns into JSON objects as the Network API writes them. */
final class Rows {
    private Rows() {}

    /** An empty object. */
    static ObjectNode object() {
        return Json.MAPPER.createObjectNode();
    }

    /** A jsonb column, or the JSON of a sub-select. */
    static JsonNode json(ResultSet row, String column) throws SQLException {
        return Json.MAPPER.readTree(row.getString(column));
    }

    static ArrayNode texts(ResultSet row, String column) throws SQLException {
        ArrayNode array = Json.MAPPER.createArrayNode();
        for (String text : (String[]) row.getArray(column).getArray()) {
            array.add(text);
        }
        return array;
    }

    /** A number that may be null. */
    static void putInteger(ObjectNode object, String name, ResultSet row, String column) throws SQLException {
        int value = row.getInt(column);
        if (row.wasNull()) {
            object.putNull(name);
        } else {
            object.put(name, value);
        }
    }

    /** Tags, times, revision: what every object ends with. */
    static void putStandardAttributes(ObjectNode object, ResultSet row) throws SQLException {
        object.set("tags", texts(row, "tags"));
        putTimes(object, row);
    }

    /** Times and revision. */
    static void putTimes(ObjectNode object, ResultSet row) throws SQLException {
        object.put("created_at", time(row, "created_at"));
        object.put("updated_at", time(row, "updated_at"));
        object.put("revision_number", row.getLong("revision_number"));
    }

    private static @Nullable String time(ResultSet row, String column) throws SQLException {
        @Nullable OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : seconds(time.toInstant());
    }

    /** Whole seconds in UTC, {@code 2026-11-22T19:40:55Z}. */
    static String seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
