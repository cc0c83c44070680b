package org.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.sluice.agent.host.VirtualFunctions.Tuple;
import org.sluice.model.MacAddress;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.ServerReport.Absent;
import org.sluice.model.protocol.ServerReport.Failed;
import org.sluice.model.protocol.ServerReport.Observed;
import org.sluice.simulator.Faults;
import org.sluice.simulator.HostCall;
import org.sluice.simulator.SimulatedCard;

/**
 * Every errno that kernels answer ("What kernels answer" in docs/pains.md) at every call of a boot and of a delete. A server runs as it was
 * wished, or it has failed with a sentence and nothing of it is left; there is nothing in between.
 */
@ExtendWith(KilledThreads.class)
class EveryErrnoTest {
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(20);
    private static final List<String> ERRNOS = List.of(
            "ENOMEM",
            "EBUSY",
            "ERANGE",
            "ENOENT",
            "ENODEV",
            "EOPNOTSUPP",
            "EINVAL",
            "EAGAIN",
            "EPERM",
            "EADDRNOTAVAIL");

    /** What a boot asks of the kernel, apart from disks and domains. */
    private static final Set<HostCall> KERNEL = EnumSet.of(
            HostCall.READ_FUNCTION,
            HostCall.SET_MAC,
            HostCall.SET_VLAN,
            HostCall.SET_SPOOF_CHECK,
            HostCall.SET_TRUST,
            HostCall.SET_RATES,
            HostCall.SET_LINK,
            HostCall.PREPARE_PHYSICAL_FUNCTION,
            HostCall.READ_DRIVER,
            HostCall.UNBIND,
            HostCall.BIND_TO_VFIO,
            HostCall.READ_ADDRESS,
            HostCall.ENSURE_BRIDGE,
            HostCall.ENSURE_TAP,
            HostCall.SERVE);

    @TempDir
    Path directory;

    private final AtomicInteger runs = new AtomicInteger();

    @ParameterizedTest
    @FieldSource("ERRNOS")
    void onceAtAnyCallOfABoot(String errno) {
        int calls = Walk.through(call -> {
            try (AgentOnSimulatedHost on = fresh()) {
                DesiredServer server = server(on);
                on.controller.want(Samples.state(1, server));
                on.host.faults().refuseAt(call, errno);
                on.start();
                assertRunsOrFailed(on, server, errno);
                boolean reached = !on.host.faults().isRefusalDue();
                assertGone(on, server, errno);
                return reached;
            }
        });
        assertThat(calls).isGreaterThan(25);
    }

    @ParameterizedTest
    @FieldSource("ERRNOS")
    void onceAtAnyCallOfADeleteNothingIsLeftInTheEnd(String errno) {
        int calls = Walk.through(call -> {
            try (AgentOnSimulatedHost on = fresh()) {
                DesiredServer server = server(on);
                on.controller.want(Samples.state(1, server));
                on.start();
                on.awaitReport(server, Observed.class);
                on.stop();
                on.host.faults().refuseAt(call, errno);
                on.controller.want(Samples.state(2, Samples.absent(server)));
                on.start();
                assertGone(on, server, errno);
                return !on.host.faults().isRefusalDue();
            }
        });
        assertThat(calls).isGreaterThan(15);
    }

    /** As a driver answers that does not know what it is asked for, or a host whose kernel is locked down. */
    @Test
    void alwaysAtOneKindOfCall() {
        record Refusal(HostCall call, String errno) {}
        List<Refusal> refusals = new ArrayList<>();
        KERNEL.forEach(call -> ERRNOS.forEach(errno -> refusals.add(new Refusal(call, errno))));
        int walked = Walk.through(number -> {
            if (number == refusals.size()) {
                return false;
            }
            Refusal refusal = refusals.get(number);
            try (AgentOnSimulatedHost on = fresh()) {
                DesiredServer server = server(on);
                on.controller.want(Samples.state(1, server));
                on.host.faults().refuse(refusal.call(), refusal.errno(), 100_000);
                on.start();
                awaitEnd(on, server);
                // What a release could not do while the kernel said no, it does afterwards.
                on.host.faults().clear();
                assertRunsOrFailed(on, server, refusal.errno());
                assertGone(on, server, refusal.errno());
            } catch (AssertionError e) {
                throw new AssertionError(refusal.toString(), e);
            }
            return true;
        });
        assertThat(walked).isEqualTo(refusals.size());
    }

    /** As i40e does while another operation is pending. */
    @ParameterizedTest
    @EnumSource(
            value = HostCall.class,
            names = {
                "READ_FUNCTION",
                "SET_MAC",
                "SET_VLAN",
                "SET_SPOOF_CHECK",
                "SET_TRUST",
                "SET_RATES",
                "SET_LINK",
                "READ_DRIVER",
                "UNBIND",
                "BIND_TO_VFIO",
                "READ_ADDRESS",
                "PREPARE_PHYSICAL_FUNCTION"
            })
    void aCallThatDoesNotComeBackEndsInAFailureAndLeavesNothingOnceItHas(HostCall call) {
        try (AgentOnSimulatedHost on = fresh()) {
            on.giveUpCallsAfter(Duration.ofMillis(100));
            DesiredServer server = server(on);
            Faults.Hang hang = on.host.faults().hang(call);
            on.controller.want(Samples.state(1, server));
            on.start();
            assertThat(on.awaitReport(server, Failed.class).failure().code()).isEqualTo("DriverStuck");
            hang.release();
            await().atMost(LONG_ENOUGH).untilAsserted(() -> on.assertClean(server));
            assertGone(on, server, "");
        }
    }

    private static void awaitEnd(AgentOnSimulatedHost on, DesiredServer server) {
        await().dontCatchUncaughtExceptions()
                .atMost(LONG_ENOUGH)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> on.controller.newest(server.id()).isPresent());
    }

    private static void assertRunsOrFailed(AgentOnSimulatedHost on, DesiredServer server, String errno) {
        awaitEnd(on, server);
        if (on.controller.newest(server.id()).orElseThrow() instanceof Failed failed) {
            assertThat(failed.failure().code())
                    .isIn("Kernel" + errno, "VfAttributeRefused", "VfReadBackDiffers", "DeviceUnreadable");
            assertThat(failed.failure().reason()).contains(" ").containsAnyOf(errno, "VF 3", "refuses");
            await().atMost(LONG_ENOUGH).untilAsserted(() -> assertNothingLeft(on, errno));
        } else {
            on.assertRuns(server);
        }
    }

    private static void assertGone(AgentOnSimulatedHost on, DesiredServer server, String errno) {
        on.controller.want(Samples.state(10, Samples.absent(server)));
        assertThat(on.awaitReport(server, Absent.class).released()).hasSize(1);
        assertNothingLeft(on, errno);
    }

    /**
     * The VF has nothing of its tenant. A driver that refuses a VF without an address has a random local one there; and what it says that it
     * does not know (EOPNOTSUPP) is left to the next boot, which verifies it before the link comes up.
     */
    private static void assertNothingLeft(AgentOnSimulatedHost on, String errno) {
        on.assertNoRemains();
        Tuple tuple = on.host.tuple(on.card(0), 3);
        assertThat(tuple.mac())
                .matches(mac -> mac.equals(MacAddress.ZERO) || mac.toString().startsWith("02:"));
        assertThat(tuple)
                .usingRecursiveComparison()
                .ignoringFields(
                        errno.equals("EOPNOTSUPP")
                                ? new String[] {"mac", "spoofCheck", "trust", "linkState"}
                                : new String[] {"mac"})
                .isEqualTo(AgentOnSimulatedHost.NEUTRAL);
    }

    private AgentOnSimulatedHost fresh() {
        return new AgentOnSimulatedHost(directory.resolve("run" + runs.getAndIncrement()), SimulatedCard.CONNECTX_5);
    }

    private static DesiredServer server(AgentOnSimulatedHost on) {
        return Samples.server(Samples.bridgeNic(1), Samples.direct(on.card(0), 3, 1));
    }
}
