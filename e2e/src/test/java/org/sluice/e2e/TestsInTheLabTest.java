package org.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests of other modules once more, on the lab's kernel: it has VLAN devices, VLAN filtering of bridges and the network emulator,
 * for which the kernel of a small test machine may have no module. All run in one node.
 */
@EnabledIfSystemProperty(
        named = "sluice.lab",
        matches = "true",
        disabledReason = "needs the lab's emulated node; ./verify runs it, or mvn verify -Dsluice.lab=true")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TestsInTheLabTest {
    private LabNode node;

    @BeforeAll
    void boot(@TempDir Path directory) {
        node = LabNode.start("kernel", directory.resolve("run"), RunningCloud.HOME);
        // Copied, because reading each class over 9p takes minutes under emulation.
        String _ = node.run("""
                mkdir /run/tests
                cp /sluice/e2e/target/kernel-tests/*.jar /run/tests/
                for module in linux traffic; do
                    mkdir /run/tests/$module
                    cp -r /sluice/$module/target/classes /sluice/$module/target/test-classes /run/tests/$module/
                done
                """).succeeded();
    }

    @AfterAll
    void stop() {
        if (node != null) {
            node.close();
        }
    }

    @Test
    void everyKernelVerbWorksAndNoneIsSkipped() {
        run(List.of("org.sluice.linux.net.LinksTest", "org.sluice.linux.namespace.NetworkNamespaceTest"));
    }

    @Test
    void theTesterFindsWhatTheKernelsEmulatorAndTokenBucketDo() {
        run(List.of("org.sluice.traffic.check.NetemTest", "org.sluice.traffic.check.TokenBucketRateTest"));
    }

    @Test
    void modeXdpWorksOnCardsWhoseDriverResetsTheLink() {
        run(List.of("org.sluice.traffic.check.XdpOnCardsTest"));
    }

    /** Runs test classes in the node; none of their tests may be skipped there. */
    private void run(List<String> classes) {
        Command tests = node.run("""
                cd /run/tests
                java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED \
                    -cp 'linux/classes:linux/test-classes:traffic/classes:traffic/test-classes:*' \
                    org.junit.platform.console.ConsoleLauncher execute \
                    --disable-banner --disable-ansi-colors --details=tree %s
                """.formatted(
                        classes.stream().map(name -> "--select-class=" + name).collect(Collectors.joining(" "))));

        assertThat(tests.output())
                .as(tests.errors())
                .containsPattern("[1-9][0-9]* tests successful")
                .contains(" 0 tests aborted")
                .contains(" 0 tests skipped")
                .contains(" 0 tests failed");
    }
}
