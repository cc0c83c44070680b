package org.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.agent.functions.PhysicalFunctionSetup;
import org.sluice.agent.host.VirtualFunctions.PortState;
import org.sluice.model.protocol.DesiredHost;
import org.sluice.model.protocol.DesiredInterface.Direct;
import org.sluice.model.protocol.DesiredPhysicalFunction;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.PhysicalFunctionKey;
import org.sluice.model.protocol.ServerReport.Absent;
import org.sluice.model.protocol.ServerReport.Failed;
import org.sluice.model.protocol.ServerReport.Observed;
import org.sluice.simulator.SimulatedCard;

/** PFs as objects of their own: what is done to them is done before any server has one of their VFs, or not at all. */
class PhysicalFunctionTest {
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(20);
    private static final PortState READY = new PortState(true, 9000, false);

    @TempDir
    Path directory;

    private AgentOnSimulatedHost on;
    private PhysicalFunctionKey card;

    @BeforeEach
    void prepare() {
        on = new AgentOnSimulatedHost(directory, SimulatedCard.CONNECTX_5);
        card = on.card(0);
    }

    @AfterEach
    void stop() {
        on.close();
    }

    private DesiredHost state(long revision, int mtu, DesiredServer... servers) {
        return new DesiredHost(
                revision, Arrays.asList(servers), List.of(), List.of(new DesiredPhysicalFunction(card, mtu)));
    }

    private static DesiredServer narrow(Direct nic) {
        return Samples.server(new Direct(
                nic.port(),
                nic.network(),
                nic.mac(),
                nic.vlan(),
                1500,
                nic.addresses(),
                nic.lease(),
                nic.attributes(),
                nic.wish()));
    }

    @Test
    void isUpAndAsWideAsItsNetworkBeforeAnyServerComes() {
        on.controller.want(state(1, 9000));
        on.start();
        await().atMost(LONG_ENOUGH)
                .untilAsserted(() -> assertThat(on.host.port(card)).isEqualTo(READY));
    }

    @Test
    void isBroughtUpAgainWhenSomebodyTakesItDown() {
        on.controller.want(state(1, 9000));
        on.start();
        await().atMost(LONG_ENOUGH).until(() -> on.host.port(card).equals(READY));

        on.host.takeDown(card);

        await().atMost(LONG_ENOUGH).until(() -> on.host.port(card).equals(READY));
    }

    @Test
    void isNeverMadeNarrower() {
        on.controller.want(state(1, 9000));
        on.start();
        await().atMost(LONG_ENOUGH).until(() -> on.host.port(card).equals(READY));

        DesiredServer server = narrow(Samples.direct(card, 0, 1));
        on.controller.want(state(2, 1500, server));

        on.awaitReport(server, Observed.class);
        assertThat(on.host.mtu(card)).isEqualTo(9000);
    }

    @Test
    void isMadeWiderUnderNoServerButOnceTheLastIsGone() {
        try (Log log = Log.of(PhysicalFunctionSetup.class)) {
            DesiredServer tenant = narrow(Samples.direct(card, 0, 1));
            on.controller.want(state(1, 1500, tenant));
            on.start();
            on.awaitReport(tenant, Observed.class);

            DesiredServer wide = Samples.server(Samples.direct(card, 1, 1));
            on.controller.want(state(2, 9000, tenant, wide));
            assertThat(on.awaitReport(wide, Failed.class).failure().reason())
                    .contains("has an MTU of 1500", "needs 9000", "may reset them");
            await().atMost(LONG_ENOUGH)
                    .until(() -> log.lines().stream().anyMatch(line -> line.contains("It is raised once no server")));
            assertThat(on.host.mtu(card)).isEqualTo(1500);
            on.assertRuns(tenant);

            on.controller.want(state(3, 9000, Samples.absent(tenant), Samples.absent(wide)));
            on.awaitReport(tenant, Absent.class);
            await().atMost(LONG_ENOUGH).until(() -> on.host.port(card).equals(READY));
        }
    }
}
