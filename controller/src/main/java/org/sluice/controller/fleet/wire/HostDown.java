package org.sluice.controller.fleet.wire;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.sluice.model.AgentSilence;

/** Why a host is down, for whoever looks at it or at what is on it. Stateless. */
public final class HostDown {
    /** What is read of a host for that, in a query in which it is {@code h}. */
    public static final String SELECT = """
            greatest(0, extract(epoch from clock_timestamp() - h.last_seen_at)) as silence,
            to_jsonb(h.forced_down_at) #>> '{}' as forced_down_at""";

    private HostDown() {}

    /** How long the host of that row has said nothing; empty when it never did. */
    public static Optional<Duration> silence(ResultSet row) throws SQLException {
        return Optional.ofNullable(row.getBigDecimal("silence"))
                .map(seconds -> Duration.ofMillis(seconds.movePointRight(3).longValue()));
    }

    /** When somebody said that the host of that row is down. */
    public static Optional<String> declaredAt(ResultSet row) throws SQLException {
        return Optional.ofNullable(row.getString("forced_down_at"));
    }

    /** Why it is down, in a sentence; empty when it is up. */
    public static Optional<String> reason(Optional<String> declaredAt, Optional<Duration> silence) {
        if (declaredAt.isPresent()) {
            return Optional.of("It was declared down at " + declaredAt.get() + ".");
        }
        if (silence.isEmpty()) {
            return Optional.of("Its agent has not been heard of yet.");
        }
        return silence.filter(time -> !AgentSilence.isUp(time))
                .map(time -> "Its agent has not been heard of for " + time.toSeconds() + " s.");
    }

    /** Why the host of that row is down, in a sentence; empty when it is up. */
    public static Optional<String> reason(ResultSet row) throws SQLException {
        return reason(declaredAt(row), silence(row));
    }
}
