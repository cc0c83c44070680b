package org.sluice.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Scheduler;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.helpers.BasicMarkerFactory;

/**
 * Leaves out warnings and errors that repeat themselves, so that one failure, raised again and again by whoever likes to, cannot
 * push the history out of the files. Of one kind, which is a logger, its format and where the failure comes from, {@value #MOST}
 * are written in a minute; how many were left out is written at its end. Thread-safe.
 */
final class RepeatedFailures extends TurboFilter {
    static final int MOST = 20;

    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int MOST_KINDS = 1000;
    private static final Marker COUNT = new BasicMarkerFactory().getMarker("left-out");

    private record Kind(String logger, String format, String origin) {}

    private final Cache<Kind, AtomicInteger> seen;

    RepeatedFailures() {
        this(WINDOW);
    }

    RepeatedFailures(Duration window) {
        this.seen = Caffeine.newBuilder()
                .maximumSize(MOST_KINDS)
                .expireAfterWrite(window)
                .scheduler(Scheduler.systemScheduler())
                .removalListener((@Nullable Kind kind, @Nullable AtomicInteger count, RemovalCause _) -> {
                    if (kind != null && count != null && count.get() > MOST) {
                        report(kind, count.get() - MOST);
                    }
                })
                .build();
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] parameters,
            @Nullable Throwable thrown) {
        // Without a format somebody only asks whether the level is on.
        if (format == null || marker == COUNT || !level.isGreaterOrEqual(Level.WARN)) {
            return FilterReply.NEUTRAL;
        }
        Kind kind = new Kind(logger.getName(), format, origin(thrown == null ? lastOf(parameters) : thrown));
        return seen.get(kind, _ -> new AtomicInteger()).incrementAndGet() > MOST
                ? FilterReply.DENY
                : FilterReply.NEUTRAL;
    }

    private void report(Kind kind, int leftOut) {
        if (getContext() instanceof ch.qos.logback.classic.LoggerContext context) {
            context.getLogger(kind.logger())
                    .warn(COUNT, "{} more lines like this were left out: {} {}", leftOut, kind.format(), kind.origin());
        }
    }

    private static @Nullable Throwable lastOf(Object @Nullable [] parameters) {
        return parameters != null
                        && parameters.length > 0
                        && parameters[parameters.length - 1] instanceof Throwable thrown
                ? thrown
                : null;
    }

    /** The class and the place of the innermost cause: its message may be different each time. */
    private static String origin(@Nullable Throwable thrown) {
        if (thrown == null) {
            return "";
        }
        Throwable root = thrown;
        for (int depth = 0; depth < 20 && root.getCause() != null; depth++) {
            root = root.getCause();
        }
        StackTraceElement[] frames = root.getStackTrace();
        return root.getClass().getName() + (frames.length == 0 ? "" : " at " + frames[0]);
    }
}
