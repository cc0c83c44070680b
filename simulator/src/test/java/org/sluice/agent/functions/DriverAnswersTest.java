package org.sluice.agent.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.sluice.agent.Samples;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.host.VirtualFunctions;
import org.sluice.agent.host.VirtualFunctions.LinkState;
import org.sluice.agent.host.VirtualFunctions.Setting;
import org.sluice.agent.host.VirtualFunctions.Tuple;
import org.sluice.agent.journal.DurableDirectory;
import org.sluice.agent.journal.Journal;
import org.sluice.agent.report.Failures;
import org.sluice.agent.step.Patience;
import org.sluice.agent.step.Step;
import org.sluice.agent.step.StepFailure;
import org.sluice.agent.step.StepObserver;
import org.sluice.agent.step.StepRunner;
import org.sluice.model.MacAddress;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredInterface.Direct;
import org.sluice.model.protocol.DesiredInterface.DirectAttributes;
import org.sluice.model.protocol.PhysicalFunctionKey;
import org.sluice.model.protocol.ServerReport.Failure;
import org.sluice.simulator.HostCall;
import org.sluice.simulator.SimulatedCard;
import org.sluice.simulator.SimulatedHost;
import org.sluice.simulator.SpoofChecks;

/** What a driver answers is one thing, what reads back of a VF another; the second decides. */
class DriverAnswersTest {
    private static final Tuple NEUTRAL =
            new Tuple(MacAddress.ZERO, 0, 0, Optional.of(true), Optional.of(false), 0, 0, Optional.of(LinkState.AUTO));
    private static final DirectAttributes LIMITED = new DirectAttributes(0, true, false, 0, 100);
    private static final DirectAttributes WITHOUT_PORT_SECURITY = new DirectAttributes(0, false, false, 0, 0);

    @TempDir
    Path directory;

    private final StepRunner runner = new StepRunner(StepObserver.NONE);
    private final ServerId server = ServerId.random();

    /** One VF of a card, with everything that programs it. */
    private final class Programmed {
        private final SimulatedHost host;
        private final PhysicalFunctionKey card;
        private final VirtualFunctionTransaction transaction;
        private final Journal journal;
        private final Direct nic;

        private Programmed(SimulatedCard kind, DirectAttributes attributes) {
            host = new SimulatedHost("node-0", directory, List.of(kind));
            card = host.cards().getFirst().key();
            nic = Samples.direct(card, 3, 1, attributes);
            VirtualFunctions functions = host.connect().virtualFunctions();
            journal = new Journal(directory.resolve("journal"), StepObserver.NONE);
            transaction = new VirtualFunctionTransaction(
                    functions,
                    new Capabilities(
                            new DurableDirectory(directory.resolve("capabilities")),
                            "6.12",
                            functions,
                            InstantSource.system()),
                    journal.leases(),
                    new PhysicalFunctionSetup(functions, journal.leases()),
                    new Patience(Duration.ofMillis(1), Duration.ofMillis(100), pause -> {}),
                    StepObserver.NONE,
                    new Random(1));
        }

        private Programmed(Programmed other, Direct nic) {
            host = other.host;
            card = other.card;
            transaction = other.transaction;
            journal = other.journal;
            this.nic = nic;
        }

        private List<Step> steps() {
            List<Step> steps = new ArrayList<>(List.of(transaction.lease(server, nic)));
            steps.addAll(transaction.beforeDomain(nic));
            steps.add(transaction.afterDomain(nic));
            return steps;
        }

        private void program() {
            runner.restore(steps());
        }

        private void release() {
            runner.undo(steps());
        }

        private void assertReleased() {
            release();
            assertThat(journal.leases().holds(nic.lease(), server)).isFalse();
        }

        private Tuple tuple() {
            return host.tuple(card, 3);
        }

        private void meddle(Setting setting) {
            host.meddle(card, 3, setting);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SET_MAC, EINVAL",
        "SET_MAC, EPERM",
        "SET_MAC, EOPNOTSUPP",
        "SET_MAC, EBUSY",
        "SET_VLAN, EINVAL",
        "SET_VLAN, EPERM",
        "SET_VLAN, EOPNOTSUPP",
        "SET_VLAN, EBUSY",
        "SET_SPOOF_CHECK, EINVAL",
        "SET_SPOOF_CHECK, EPERM",
        "SET_SPOOF_CHECK, EOPNOTSUPP",
        "SET_TRUST, EINVAL",
        "SET_TRUST, EPERM",
        "SET_TRUST, EOPNOTSUPP",
        "SET_TRUST, EBUSY",
        "SET_RATES, EINVAL",
        "SET_RATES, EPERM",
        "SET_RATES, EOPNOTSUPP",
        "SET_RATES, EBUSY",
        "SET_LINK, EINVAL",
        "SET_LINK, EPERM",
        "SET_LINK, EOPNOTSUPP"
    })
    void anAttributeThatReadsBackAsWishedIsSetWhateverTheDriverAnswers(HostCall set, String errno) {
        Programmed vf = new Programmed(SimulatedCard.CONNECTX_5, new DirectAttributes(5, true, true, 10, 100));
        vf.program();
        Tuple wished = vf.tuple();

        vf.host.faults().refuse(set, errno, 1_000);
        vf.program();
        assertThat(vf.tuple()).isEqualTo(wished);
        vf.host.faults().clear();

        for (Setting neutral : List.of(
                new Setting.Mac(MacAddress.ZERO),
                new Setting.Vlan(0, 0),
                new Setting.Trust(false),
                new Setting.Rates(0, 0))) {
            vf.meddle(neutral);
        }
        vf.host.faults().refuse(set, errno, 1_000);
        vf.assertReleased();
        assertThat(vf.tuple()).isEqualTo(NEUTRAL);
    }

    @ParameterizedTest
    @CsvSource({
        "SET_MAC, ENOMEM",
        "SET_VLAN, EPERM",
        "SET_TRUST, EINVAL",
        "SET_RATES, EINVAL",
        "SET_VLAN, EBUSY",
    })
    void aVfKeepsItsLeaseWhileItIsNotNeutralAndTheAnswerSaysWhy(HostCall set, String errno) {
        Programmed vf = new Programmed(SimulatedCard.CONNECTX_5, new DirectAttributes(5, true, true, 10, 100));
        vf.program();
        vf.host.faults().refuse(set, errno, 1_000);

        assertThatThrownBy(vf::release)
                .isInstanceOfSatisfying(
                        StepFailure.class,
                        e -> assertThat(e.reason())
                                .isInstanceOfSatisfying(
                                        KernelException.class,
                                        reason -> assertThat(reason.errno()).contains(errno)));
        assertThat(vf.journal.leases().holds(vf.nic.lease(), server)).isTrue();

        vf.host.faults().clear();
        vf.assertReleased();
        assertThat(vf.tuple()).isEqualTo(NEUTRAL);
    }

    @ParameterizedTest
    @CsvSource({"INTEL_X540, 0", "INTEL_X540, 1000", "INTEL_82599, 0", "INTEL_82576, 0", "CONNECTX_5, 0"})
    void aLinkThatIsDownOrSlowStopsNobodyWhoWantsNoRates(SimulatedCard kind, int linkSpeed) {
        Programmed vf = new Programmed(kind, DirectAttributes.DEFAULT);
        vf.host.linkSpeed(vf.card, linkSpeed);
        vf.program();
        assertThat(vf.tuple().mac()).isEqualTo(vf.nic.mac());
        vf.assertReleased();
        assertThat(vf.tuple()).isEqualTo(NEUTRAL);
    }

    @ParameterizedTest
    @CsvSource({"INTEL_X540, 0, 10000", "INTEL_X540, 1000, 10000", "INTEL_82576, 0, 1000"})
    void ratesThatAskedForALinkNameItWhereThereIsNone(SimulatedCard kind, int without, int with) {
        Programmed vf = new Programmed(kind, LIMITED);
        vf.host.linkSpeed(vf.card, without);
        assertFails(vf, "KernelEINVAL", "(EINVAL)", "while the PF's link is up");
        vf.assertReleased();
        assertThat(vf.tuple()).isEqualTo(NEUTRAL);
    }

    @Test
    void aRateThatCannotBeTakenAwayWithoutALinkIsTakenAwayWithOne() {
        Programmed vf = new Programmed(SimulatedCard.INTEL_X540, LIMITED);
        vf.program();
        vf.host.linkSpeed(vf.card, 0);
        assertThatThrownBy(vf::release).hasRootCauseInstanceOf(KernelException.Refused.class);
        assertThat(vf.journal.leases().holds(vf.nic.lease(), server)).isTrue();
        vf.host.linkSpeed(vf.card, 10_000);
        vf.assertReleased();
        assertThat(vf.tuple()).isEqualTo(NEUTRAL);
    }

    @Test
    void aDriverWithoutGuaranteedRatesIsBlamedForThoseOnly() {
        Programmed vf = new Programmed(SimulatedCard.CONNECTX_5, new DirectAttributes(0, true, false, 10, 100));
        // As ice answers while DCB is on.
        vf.host.faults().refuse(HostCall.SET_RATES, "EOPNOTSUPP", 1);
        assertFails(vf, "VfAttributeRefused", "min_tx_rate", "min_tx_rate");
        vf.assertReleased();
        // It is known from then on, before the VF is even taken, and a limit alone is taken.
        Programmed later = again(vf, new DirectAttributes(0, true, false, 10, 100));
        assertFails(later, "VfAttributeRefused", "min_tx_rate", "min_tx_rate");
        assertThat(later.journal.leases().holds(later.nic.lease(), server)).isFalse();
        Programmed limited = again(later, LIMITED);
        limited.program();
        assertThat(limited.tuple().maxTxRate()).isEqualTo(100);
    }

    @ParameterizedTest
    @EnumSource(names = {"UNKNOWN", "ALWAYS_OFF"})
    void aSpoofCheckThatIsAskedForAndRefusedIsAFailure(SpoofChecks manner) {
        Programmed vf = new Programmed(SimulatedCard.CONNECTX_5, DirectAttributes.DEFAULT);
        vf.host.spoofChecks(vf.card, manner);
        List<String> asked = new ArrayList<>();
        vf.host.faults().listen((call, what) -> {
            if (what.endsWith("SpoofCheck[on=true]")) {
                asked.add(what);
            }
        });
        assertFails(vf, "VfAttributeRefused", "card 15b3:1017 (serial " + vf.card.serial() + ")", "port security");
        vf.assertReleased();
        // Nothing that was learned then speaks for the driver.
        asked.clear();
        vf.host.spoofChecks(vf.card, SpoofChecks.TAKEN);
        again(vf, DirectAttributes.DEFAULT).program();
        assertThat(asked).hasSize(1);
        assertThat(vf.tuple().spoofCheck()).contains(true);
    }

    @Test
    void aSpoofCheckThatIsAskedForAndReadsBackOffIsAFailure() {
        Programmed vf = new Programmed(SimulatedCard.CONNECTX_5, DirectAttributes.DEFAULT);
        vf.host.spoofChecks(vf.card, SpoofChecks.FORGOTTEN);
        assertFails(
                vf,
                "VfReadBackDiffers",
                "card " + vf.card.serial() + " does not read back as it was set: spoof check is false instead of true",
                "port security");
        vf.host.spoofChecks(vf.card, SpoofChecks.TAKEN);
        vf.assertReleased();
        assertThat(vf.tuple()).isEqualTo(NEUTRAL);
    }

    @Test
    void aSpoofCheckThatIsOnForGoodIsOn() {
        Programmed vf = new Programmed(SimulatedCard.CONNECTX_5, DirectAttributes.DEFAULT);
        vf.host.spoofChecks(vf.card, SpoofChecks.ALWAYS_ON);
        vf.program();
        assertThat(vf.transaction.verified(vf.nic).spoofCheck()).contains(true);
        assertThat(vf.transaction.verified(vf.nic).refused()).isEmpty();
        vf.assertReleased();
    }

    @Test
    void aSpoofCheckThatWasTakenAndIsNotReportedIsSaidToBeUnknown() {
        Programmed vf = new Programmed(SimulatedCard.CONNECTX_5, DirectAttributes.DEFAULT);
        vf.host.spoofChecks(vf.card, SpoofChecks.NOT_REPORTED);
        vf.program();
        assertThat(vf.transaction.verified(vf.nic).spoofCheck()).isEmpty();
        vf.assertReleased();
    }

    @Test
    void aCardWithoutASpoofCheckServesAPortWithoutPortSecurity() {
        Programmed vf = new Programmed(SimulatedCard.CONNECTX_5, WITHOUT_PORT_SECURITY);
        vf.host.spoofChecks(vf.card, SpoofChecks.ALWAYS_OFF);
        vf.program();
        assertThat(vf.transaction.verified(vf.nic).spoofCheck()).contains(false);
        vf.assertReleased();
        // That it refuses to be asked is known from then on, and does not matter.
        again(vf, WITHOUT_PORT_SECURITY).program();
    }

    @ParameterizedTest
    @EnumSource(names = {"UNKNOWN", "ALWAYS_ON"})
    void aSpoofCheckThatCannotBeTakenAwayIsAFailureWhereItHasToBe(SpoofChecks manner) {
        Programmed vf = new Programmed(SimulatedCard.CONNECTX_5, WITHOUT_PORT_SECURITY);
        vf.host.spoofChecks(vf.card, manner);
        assertFails(vf, "VfAttributeRefused", "spoofchk", "Ask for the default of spoofchk");
        vf.assertReleased();
        assertFails(again(vf, WITHOUT_PORT_SECURITY), "VfAttributeRefused", "spoofchk", "Ask for the default");
    }

    @Test
    void aPortInSwitchdevIsNoSignOfWhatItsKindTakes() {
        Programmed vf = new Programmed(SimulatedCard.CONNECTX_5, DirectAttributes.DEFAULT);
        vf.host.switchdev(vf.card);
        assertFails(vf, "VfAttributeRefused", "spoofchk", "port security");
        vf.assertReleased();
        assertThat(directory.resolve("capabilities")).isEmptyDirectory();
    }

    /** The same VF under its next lease. */
    private Programmed again(Programmed vf, DirectAttributes attributes) {
        return new Programmed(vf, Samples.direct(vf.card, 3, vf.nic.lease().generation() + 1, attributes));
    }

    private void assertFails(Programmed vf, String code, String reason, String fix) {
        assertThatThrownBy(vf::program).isInstanceOfSatisfying(StepFailure.class, e -> {
            Failure failure = Failures.describe(e);
            assertThat(failure.code()).isEqualTo(code);
            assertThat(failure.reason()).contains(reason);
            assertThat(failure.fix())
                    .hasValueSatisfying(text -> assertThat(text).contains(fix));
        });
    }
}
