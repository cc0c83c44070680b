package org.sluice.controller.network.wire;

import static java.util.Objects.requireNonNull;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * What every resource of the Network API ends with.
 *
 * @param tags its tags, in the order in which they were given
 * @param createdAt when it was made
 * @param updatedAt when it was changed last
 * @param revision how often it was changed
 */
public record Stamps(List<String> tags, Instant createdAt, Instant updatedAt, long revision) {
    public Stamps {
        tags = List.copyOf(tags);
        requireNonNull(createdAt, "createdAt is null");
        requireNonNull(updatedAt, "updatedAt is null");
    }

    /** Reads the columns of that name. */
    public static Stamps of(ResultSet row) throws SQLException {
        return new Stamps(
                List.of((String[]) row.getArray("tags").getArray()),
                time(row, "created_at"),
                time(row, "updated_at"),
                row.getLong("revision_number"));
    }

    /** The same of a table without tags. */
    public static Stamps withoutTags(ResultSet row) throws SQLException {
        return new Stamps(List.of(), time(row, "created_at"), time(row, "updated_at"), row.getLong("revision_number"));
    }

    private static Instant time(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    /** {@code created_at} as it is shown. */
    public String created() {
        return seconds(createdAt);
    }

    /** {@code updated_at} as it is shown. */
    public String updated() {
        return seconds(updatedAt);
    }

    /** Whole seconds in UTC, {@code 2026-11-22T19:40:55Z}. */
    private static String seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
