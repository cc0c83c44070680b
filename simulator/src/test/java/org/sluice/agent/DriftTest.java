package org.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.agent.boot.Segments;
import org.sluice.agent.host.VirtualFunctions.Setting;
import org.sluice.agent.power.Observations;
import org.sluice.model.MacAddress;
import org.sluice.model.protocol.DesiredInterface.Bridge;
import org.sluice.model.protocol.DesiredInterface.Direct;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.ServerReport.Observed;
import org.sluice.simulator.SimulatedCard;

/** What somebody changes behind the agent's back, while guests are on: repaired, or told where a repair would cut the guest off. */
class DriftTest {
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private AgentOnSimulatedHost on;
    private Direct function;
    private Bridge tap;
    private DesiredServer server;

    @BeforeEach
    void prepare() {
        on = new AgentOnSimulatedHost(directory, SimulatedCard.CONNECTX_5);
        function = Samples.direct(on.card(0), 3, 7);
        tap = Samples.bridgeNic(1);
        server = Samples.server(tap, function);
        on.controller.want(Samples.state(1, server));
        on.start();
        Observed _ = on.awaitReport(server, Observed.class);
    }

    @AfterEach
    void stop() {
        on.close();
    }

    private void drifts(Setting setting, String said) {
        try (Log log = Log.of(Observations.class)) {
            on.host.meddle(on.card(0), 3, setting);

            await().atMost(LONG_ENOUGH).untilAsserted(() -> on.assertRuns(server));
            await().atMost(LONG_ENOUGH)
                    .until(() -> log.lines().stream()
                            .anyMatch(line -> line.contains("did not read back as wanted, and does again")
                                    && line.contains(said)));
            assertThat(on.host.starts(server.id())).isEqualTo(1);
            assertReported(said, false);
        }
    }

    private void assertReported(String said, boolean lasts) {
        Observed report =
                on.awaitObserved(server, each -> each.drifts().stream().anyMatch(drift -> drift.lasts() == lasts));
        assertThat(report.failure()).as("what drifts changes no state").isEmpty();
        assertThat(report.drifts()).singleElement().satisfies(drift -> {
            assertThat(drift.port()).isEqualTo(function.port());
            assertThat(drift.what().reason()).contains(said);
        });
    }

    @Test
    void theVlanOfAFunctionIsSetBack() {
        drifts(new Setting.Vlan(99, 0), "VLAN is 99 instead of 2401");
    }

    @Test
    void theSpoofCheckOfAFunctionIsSetBack() {
        drifts(new Setting.SpoofCheck(false), "spoof check is false instead of true");
    }

    @Test
    void theTrustInAFunctionIsTakenBack() {
        drifts(new Setting.Trust(true), "trust is true instead of false");
    }

    @Test
    void theRatesOfAFunctionAreSetBack() {
        drifts(new Setting.Rates(0, 77), "rate limit is 77 instead of 0");
    }

    @Test
    void theMacOfAFunctionIsToldAndLeft() {
        try (Log log = Log.of(Observations.class)) {
            MacAddress other = new MacAddress("02:00:00:00:00:99");
            on.host.meddle(on.card(0), 3, new Setting.Mac(other));

            await().atMost(LONG_ENOUGH)
                    .until(() -> log.lines().stream()
                            .anyMatch(line ->
                                    line.contains("runs, but not as wanted") && line.contains("MAC is " + other)));
            assertThat(on.host.tuple(on.card(0), 3).mac()).isEqualTo(other);
            assertThat(on.host.running()).containsExactly(server.id());
            assertReported("MAC is " + other, true);
            on.host.meddle(on.card(0), 3, new Setting.Mac(function.mac()));
            assertReported("MAC is " + other, false);
        }
    }

    @Test
    void aTapIsPutBackOnItsBridge() {
        on.host.pullTap(tap.port());

        await().atMost(LONG_ENOUGH).until(() -> on.host.isWired(Segments.segmentOf(tap), tap.port()));
        on.assertRuns(server);
    }

    @Test
    void anUplinkIsPutBackOnItsBridge() {
        on.host.pullUplink(tap.network());

        await().atMost(LONG_ENOUGH).until(() -> on.host.isWired(Segments.segmentOf(tap), tap.port()));
        on.assertRuns(server);
    }
}
