package org.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.ServerReport.Absent;
import org.sluice.model.protocol.ServerReport.Failed;
import org.sluice.model.protocol.ServerReport.Observed;
import org.sluice.simulator.Faults;
import org.sluice.simulator.HostCall;
import org.sluice.simulator.SimulatedCard;

/** Calls to disks, bridges and DHCP that do not come back: a failure of who made them, a fault of the host, and nobody else's trouble. */
class HangingHostTest {
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private AgentOnSimulatedHost on;
    private DesiredServer server;
    private DesiredServer other;

    @BeforeEach
    void prepare() {
        on = new AgentOnSimulatedHost(directory, SimulatedCard.CONNECTX_5);
        on.giveUpCallsAfter(Duration.ofMillis(200));
        server = Samples.server(Samples.bridgeNic(1));
        other = Samples.server(Samples.direct(on.card(0), 3, 7));
    }

    @AfterEach
    void stop() {
        on.close();
    }

    @ParameterizedTest
    @CsvSource({
        "ENSURE_ROOT_DISK, DisksStuck, The disks do not answer. Making the root disk of",
        "ENSURE_BRIDGE, DriverStuck, The kernel does not answer about the host's bridges. Making brq",
        "SERVE, DhcpStuck, DHCP and metadata do not answer. Serving network",
    })
    void aCallThatHangsFailsAndIsAFaultOfTheHostUntilItHasComeBack(HostCall call, String code, String fault) {
        on.controller.want(Samples.state(1));
        on.start();
        await().atMost(LONG_ENOUGH).until(() -> on.controller.inventory().isPresent());
        Faults.Hang hang = on.host.faults().hang(call);
        on.controller.want(Samples.state(2, server));

        assertThat(on.awaitReport(server, Failed.class).failure().code()).isEqualTo(code);
        awaitFaults(fault);

        on.controller.want(Samples.state(3, server, other));
        on.awaitReport(other, Observed.class);
        on.assertRuns(other);

        hang.release();
        await().atMost(LONG_ENOUGH).until(() -> faults().isEmpty());
        on.controller.want(Samples.state(4, Samples.absent(server), Samples.absent(other)));
        on.awaitReport(server, Absent.class);
        on.awaitReport(other, Absent.class);
        on.assertClean(server);
        on.assertClean(other);
    }

    @Test
    void asManyThatHangAsServersMayBeBuiltAtOnceStopNobody() {
        on.controller.want(Samples.state(1));
        on.start();
        List<DesiredServer> all = new ArrayList<>();
        for (int number = 1; number <= 8; number++) {
            Faults.Hang _ = on.host.faults().hang(HostCall.ENSURE_ROOT_DISK);
            all.add(Samples.server(Samples.bridgeNic(number)));
        }
        on.controller.want(Samples.state(2, all.toArray(DesiredServer[]::new)));
        all.forEach(each -> on.awaitReport(each, Failed.class));

        all.add(other);
        on.controller.want(Samples.state(3, all.toArray(DesiredServer[]::new)));

        on.awaitReport(other, Observed.class);
        on.assertRuns(other);
    }

    @ParameterizedTest
    @EnumSource(
            value = HostCall.class,
            names = {"LIST_UPLINKS", "LIST_SERVED"})
    void whatCannotBeLookedOverIsAsItWasSeenLastAndAFault(HostCall survey) {
        on.controller.want(Samples.state(1, server));
        on.start();
        on.awaitReport(server, Observed.class);
        await().atMost(LONG_ENOUGH)
                .until(() -> on.controller
                                .inventory()
                                .orElseThrow()
                                .served()
                                .orElseThrow()
                                .size()
                        == 1);
        List<String> uplinks = on.controller.inventory().orElseThrow().interfaces();
        Faults.Hang hang = on.host.faults().hang(survey);

        await().atMost(LONG_ENOUGH).until(() -> !faults().isEmpty());

        assertThat(on.controller.inventory().orElseThrow().interfaces()).isEqualTo(uplinks);
        assertThat(on.controller.inventory().orElseThrow().served().orElseThrow())
                .hasSize(1);
        on.assertRuns(server);
        hang.release();
        await().atMost(LONG_ENOUGH).until(() -> faults().isEmpty());
    }

    private List<String> faults() {
        return on.controller.inventory().orElseThrow().faults();
    }

    private void awaitFaults(String beginning) {
        await().atMost(LONG_ENOUGH)
                .untilAsserted(
                        () -> assertThat(faults()).singleElement().asString().startsWith(beginning));
    }
}
