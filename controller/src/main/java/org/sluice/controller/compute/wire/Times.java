package org.sluice.controller.compute.wire;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** The two ways in which nova writes a time, both in UTC. */
public final class Times {
    private static final DateTimeFormatter MICROSECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);

    private Times() {}

    /** Without a zone and with six decimals: {@code 2026-11-22T19:47:19.000000}. */
    public static @Nullable String plain(@Nullable Instant time) {
        return time == null ? null : MICROSECONDS.format(time);
    }

    /** Whole seconds with a zone: {@code 2026-11-22T19:47:17Z}. */
    public static String zoned(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
