package org.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** {@code sluice traffic run} with virtual machines that have VFs of the lab's emulated card: let end, and killed. */
@EnabledIfSystemProperty(
        named = "sluice.lab",
        matches = "true",
        disabledReason = "needs the lab's emulated node; ./verify runs it, or mvn verify -Dsluice.lab=true")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VirtualMachinePatternsTest {
    private static final String NEUTRAL = "00:00:00:00:00:00";

    private LabNode node;

    @BeforeAll
    void boot(@TempDir Path directory) throws IOException {
        String images = Command.run(
                        Map.of(), List.of(RunningCloud.HOME.resolve("lab/build").toString()))
                .succeeded()
                .strip();
        Path _ = Files.copy(
                Path.of(images).resolve("guest.qcow2"),
                RunningCloud.HOME.resolve("e2e/target/guest.qcow2"),
                StandardCopyOption.REPLACE_EXISTING);
        // One processor: where QEMU emulates two, a machine inside dies while it boots every other time that two boot
        // at once.
        node = LabNode.start("vms", directory.resolve("run"), RunningCloud.HOME, "--cpus", "1");
        // Copied, because reading each class over 9p takes minutes under emulation. Of Java's two compilers only the
        // quick one: the node is itself interpreted.
        String _ = node.run("""
                mkdir -p /run/tester/lib
                cp /sluice/e2e/target/guest.qcow2 /sluice/cli/target/sluice-cli-*.jar /run/tester/
                cp /sluice/cli/target/lib/*.jar /run/tester/lib/
                cat >/run/tester/run <<'END'
                exec java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx300m --enable-native-access=ALL-UNNAMED \
                    --sun-misc-unsafe-memory-access=allow -Dsluice.home=/sluice -cp '/run/tester/*:/run/tester/lib/*' \
                    org.sluice.cli.Sluice traffic run "$@" --image /run/tester/guest.qcow2 --memory 96 --sizes 64 \
                    --trial 2s --rate 20pps --boot 90s --state /run/tester/state --json /run/tester/report.json
                END
                """).succeeded();
    }

    @AfterAll
    void stop() {
        if (node != null) {
            node.close();
        }
    }

    @Test
    void measuresAsManyVirtualMachinesAsTheCardHasFreeVfsFor() throws IOException {
        Command run = node.run("sh /run/tester/run ten-vfs 2>&1");
        try {
            assertThat(run.status()).as(run.output()).isZero();
            assertThat(run.output())
                    .contains("2 VMs route, each IPv4 between two networks on its one VF of ")
                    .contains("The card has free VFs for 2 of 10 VMs.")
                    .contains("Emulated: a device of this path is software that plays hardware");
            String report = node.run("cat /run/tester/report.json").succeeded();
            assertThat(report)
                    .containsPattern("\"name\" *: *\"ten-vfs\"")
                    .containsPattern("\"emulated\" *: *true")
                    .containsPattern("\"framesPerSecond\" *: *20");
        } catch (AssertionError failure) {
            node.abortIfEmulatorHung(failure);
            throw failure;
        }
        assertThatEverythingIsAsItWas();
    }

    @Test
    void theNextRunTakesAwayWhatAKilledOneLeft() throws IOException {
        try {
            String left = node.run("""
                    setsid sh /run/tester/run one-vf >/run/tester/killed.log 2>&1 &
                    for second in $(seq 90); do
                        pgrep -f [q]emu-system >/dev/null && break
                        sleep 1
                    done
                    pkill -9 -f [o]rg.sluice.cli.Sluice
                    ip -o link show | grep -c 'vf [0-9]* .*link/ether 02:'
                    ip netns list; pgrep -fa [q]emu-system; cat /run/tester/state/*.made /run/tester/killed.log
                    """).output();
            assertThat(left)
                    .contains("qemu-system")
                    .contains("namespace sluice-")
                    .contains("function 0000:");
            assertThat(macs()).anyMatch(mac -> !mac.equals(NEUTRAL));

            Command next = node.run("sh /run/tester/run one-vf 2>&1");

            assertThat(next.output())
                    .contains("sluice: A killed run had left these, which were taken away: the virtual machine sluice-")
                    .contains("the loan of VF ")
                    .contains("A VM routes IPv4 between two networks on its one VF of ");
            assertThat(next.status()).as(next.output()).isZero();
        } catch (AssertionError failure) {
            node.abortIfEmulatorHung(failure);
            throw failure;
        }
        assertThatEverythingIsAsItWas();
    }

    private void assertThatEverythingIsAsItWas() {
        assertThat(macs()).hasSize(8).containsOnly(NEUTRAL);
        assertThat(node.run(
                                "for f in /sys/class/net/pf*/device/virtfn*/driver; do ls -d \"$f\" 2>/dev/null; done; true")
                        .output())
                .as("drivers of VFs")
                .isBlank();
        assertThat(node.run("ip netns list | grep sluice-; pgrep -f [q]emu-system; ls /run/tester/state; true")
                        .output())
                .isBlank();
    }

    /** Of all VFs of both cards. */
    private List<String> macs() {
        return node.run("ip link show | sed -n 's/^ *vf [0-9]* *link.ether \\([0-9a-f:]*\\) .*/\\1/p'")
                .succeeded()
                .lines()
                .toList();
    }
}
