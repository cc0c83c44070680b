package org.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemdShutdownTest {
    @TempDir
    Path booted;

    @Test
    void aMachineThatSystemdStopsIsGoingDown() {
        assertThat(answered("echo stopping; exit 1").isUnderWay()).isTrue();
    }

    @Test
    void anyOtherStateIsNone() {
        assertThat(answered("echo running").isUnderWay()).isFalse();
        assertThat(answered("echo degraded; exit 1").isUnderWay()).isFalse();
        assertThat(answered("exit 1").isUnderWay()).isFalse();
    }

    @Test
    void withoutSystemdOrItsToolNobodyCanSay() {
        assertThat(new SystemdShutdown(booted.resolve("none"), List.of("sh", "-c", "echo stopping")).isUnderWay())
                .isFalse();
        assertThat(new SystemdShutdown(booted, List.of(booted.resolve("none").toString())).isUnderWay())
                .isFalse();
    }

    private SystemdShutdown answered(String script) {
        return new SystemdShutdown(booted, List.of("sh", "-c", script));
    }
}
