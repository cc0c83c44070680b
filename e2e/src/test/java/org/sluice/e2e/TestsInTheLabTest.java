package org.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The namespace tests of the {@code linux} module once more, on the lab's kernel: it has VLAN devices and VLAN filtering of
 * bridges, for which the kernel of a small test machine may have no module.
 */
@EnabledIfSystemProperty(
        named = "sluice.lab",
        matches = "true",
        disabledReason = "needs the lab's emulated node; ./verify runs it, or mvn verify -Dsluice.lab=true")
class KernelVerbsInTheLabTest {
    @TempDir
    private Path directory;

    @Test
    void everyVerbWorksAndNoneIsSkipped() {
        try (LabNode node = LabNode.start("kernel", directory.resolve("run"), RunningCloud.HOME)) {
            Command tests = node.run("""
                    mkdir /run/tests
                    cp -r /sluice/linux/target/classes /sluice/linux/target/test-classes \
                        /sluice/e2e/target/kernel-tests/*.jar /run/tests/
                    cd /run/tests
                    java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED \
                        -cp 'classes:test-classes:*' org.junit.platform.console.ConsoleLauncher execute \
                        --disable-banner --disable-ansi-colors --details=tree \
                        --select-class=org.sluice.linux.net.LinksTest \
                        --select-class=org.sluice.linux.namespace.NetworkNamespaceTest
                    """);

            assertThat(tests.output())
                    .as(tests.errors())
                    .containsPattern("[1-9][0-9]* tests successful")
                    .contains(" 0 tests aborted")
                    .contains(" 0 tests skipped")
                    .contains(" 0 tests failed");
        }
    }
}
