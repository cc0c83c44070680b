package org.sluice.traffic.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.linux.LinuxException;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.net.ReportedSwitch;
import org.sluice.linux.pci.PciAddress;

/** Which VFs are taken, and that they are afterwards what they were. */
class FunctionsTest {
    private static final MacAddress OURS = MacAddress.parse("02:00:00:00:00:99");

    @TempDir
    private Path sysfs;

    private FakeCard card;

    @BeforeEach
    void plugIn() throws IOException {
        card = new FakeCard(sysfs, 4);
    }

    @Test
    void takesVfsThatAreNobodys() {
        FunctionSupply supply = FunctionSupply.look(card.functions(), List.of());
        assertThat(supply.usable())
                .extracting(function -> function.address().toString())
                .containsExactly("0000:01:10.0", "0000:01:10.1", "0000:01:10.2", "0000:01:10.3");
        assertThat(supply.refused()).isEmpty();
    }

    @Test
    void neverTakesVfsInUseAndThoseOfSomebodyOnlyWhenNamed() throws IOException {
        card.assign(0, "fa:16:3e:00:00:01", 2401);
        card.groupsInUse.add(11);
        card.hostHas(2, "eth7");
        card.up.add("eth7");
        card.withoutIommu(3);

        FunctionSupply supply = FunctionSupply.look(card.functions(), List.of());

        assertThat(supply.usable()).isEmpty();
        assertThat(supply.refused())
                .containsExactly(
                        "VF 0 of pf0 (0000:01:10.0) has been given the MAC address fa:16:3e:00:00:01 and VLAN 2401, so it is"
                                + " somebody's; name it to use it all the same.",
                        "VF 1 of pf0 (0000:01:10.1) is in use by a program through VFIO.",
                        "VF 2 of pf0 (0000:01:10.2) is in use: its network device eth7 is up.",
                        "VF 3 of pf0 (0000:01:10.3) is in no IOMMU group, since the IOMMU is off.");

        List<PciAddress> named = List.of(
                PciAddress.parse("0000:01:10.2"),
                PciAddress.parse("0000:01:10.0"),
                PciAddress.parse("0000:01:10.1"),
                PciAddress.parse("0000:09:10.1"));
        FunctionSupply explicit = FunctionSupply.look(card.functions(), named);
        assertThat(explicit.usable())
                .extracting(function -> function.address().toString())
                .containsExactly("0000:01:10.0");
        assertThat(explicit.refused()).hasSize(3).last().isEqualTo("There is no VF at 0000:09:10.1.");
    }

    @Test
    void aPfThatIsDownHasNoUsableVfs() {
        card.up.clear();
        FunctionSupply supply = FunctionSupply.look(card.functions(), List.of());
        assertThat(supply.usable()).isEmpty();
        assertThat(supply.refused()).containsExactly("The PF pf0 is down (ip link set pf0 up).");
    }

    @Test
    void programsAVfAndMakesItWhatItWas() throws IOException {
        card.hostHas(1, "eth7");
        Made.Function taken = take(1);
        Functions functions = card.functions();

        functions.program(taken, 2401);
        functions.giveToVfio(taken.address());

        assertThat(card.log)
                .containsExactly(
                        "driver_override ",
                        "unbind 0000:01:10.1",
                        "pf0 vf 1 mac 02:00:00:00:00:99",
                        "pf0 vf 1 vlan 2401",
                        "driver_override vfio-pci",
                        "drivers_probe 0000:01:10.1");
        assertThat(card.driver(1)).isEqualTo("vfio-pci");
        card.log.clear();

        functions.restore(taken);

        assertThat(card.info(1).mac()).isEqualTo(MacAddress.ZERO);
        assertThat(card.info(1).vlan()).isZero();
        assertThat(card.info(1).spoofCheck()).isEqualTo(ReportedSwitch.ON);
        assertThat(card.driver(1)).isEqualTo("igbvf");
        assertThat(card.log)
                .containsSubsequence("pf0 vf 1 vlan 0", "pf0 vf 1 mac 00:00:00:00:00:00", "driver_override igbvf");
        functions.restore(taken);
    }

    @Test
    void aVfThatSomebodyTookMeanwhileIsLeftAlone() throws IOException {
        Made.Function taken = take(0);
        card.functions().program(taken, 0);
        card.assign(0, "fa:16:3e:00:00:01", 2401);
        card.log.clear();

        card.functions().restore(taken);

        assertThat(card.log).isEmpty();
    }

    @Test
    void asksAgainWhileTheVfIsBeingReset() {
        card.busyAnswers = 2;
        Made.Function taken = take(0);
        card.functions().program(taken, 0);
        assertThat(card.info(0).mac()).isEqualTo(OURS);
    }

    @Test
    void doesNotBelieveADriverThatSaysNothing() {
        card.assign(0, "00:00:00:00:00:00", 0);
        card.ignoresSpoofCheck = true;
        Made.Function taken = take(0);
        Made.Function other = new Made.Function(
                taken.address(),
                taken.physicalFunction(),
                0,
                OURS,
                new FunctionState(
                        MacAddress.ZERO, 0, 0, taken.found().protocol(), ReportedSwitch.OFF, ReportedSwitch.OFF, ""));
        assertThatThrownBy(() -> card.functions().restore(other))
                .isInstanceOfSatisfying(LinuxException.class, failure -> {
                    assertThat(failure.code()).isEqualTo("scenario.not-set");
                    assertThat(failure.sentence()).contains("VF 0 of pf0").contains("spoofchk off");
                });
    }

    @Test
    void saysHowManyVfsAreMissing() throws IOException {
        Options options = Options.in(sysfs.resolve("state")).withImage(Files.createFile(sysfs.resolve("image")));
        card.groupsInUse.addAll(List.of(10, 11));
        Ground ground = new Ground(
                new Options(
                        options.stateDirectory(),
                        options.image(),
                        "/bin/sh",
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        0,
                        10,
                        256,
                        options.bootLimit()),
                card.functions(),
                new HostDriver(card.functions().tree(), _ -> Optional.of("igbvf")),
                Watch.NONE);
        Pattern pattern = new FunctionForwarding(ground, "one-vm-vf", "One VM with a VF", 1, 1);
        assertThat(pattern.unavailable().orElseThrow())
                .containsAnyOf(
                        "Making network namespaces needs",
                        "It needs 3 free VFs of one card, two of them for the tester, and there are 2. VF 0 of pf0");
        card.groupsInUse.clear();
        assertThat(pattern.unavailable().orElseThrow())
                .containsAnyOf("Making network namespaces needs", "their driver in the host, and it is not loaded");
    }

    private Made.Function take(int vf) {
        return FunctionSupply.look(card.functions(), List.of(PciAddress.parse(FakeCard.address(vf))))
                .usable()
                .getFirst()
                .takenAs(OURS);
    }
}
