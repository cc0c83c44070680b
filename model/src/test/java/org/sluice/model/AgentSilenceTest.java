package org.sluice.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AgentSilenceTest {
    private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource({"PT-1S, true", "PT0S, true", "PT60S, true", "PT60.000001S, false", "PT1H, false"})
    void aHostIsUpForAMinuteAfterItsAgentWasHeardOf(Duration silence, boolean up) {
        assertThat(AgentSilence.isUp(silence)).isEqualTo(up);
        assertThat(AgentSilence.isUp(Optional.of(NOW.minus(silence)), NOW)).isEqualTo(up);
        assertThat(!NOW.minus(silence).isBefore(AgentSilence.upSince(NOW))).isEqualTo(up);
    }

    @Test
    void aHostWhoseAgentWasNeverHeardOfIsDown() {
        assertThat(AgentSilence.isUp(Optional.empty(), NOW)).isFalse();
    }
}
