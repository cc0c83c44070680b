package org.sluice.linux.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sluice.linux.kernel.AttributeFiles;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.SystemCallException;
import org.sluice.linux.machine.CpuSet;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Links;

/** Against this machine's kernel, in a network namespace that goes away with the test. */
class DeviceQueuesTest {
    private final DeviceQueues queues = new DeviceQueues();

    @Test
    void steersTheQueuesOfADeviceInAnotherNamespace() {
        assumeTrue("root".equals(System.getProperty("user.name")), "Making network namespaces needs root.");
        try (NetworkNamespace namespace = NetworkNamespace.createNameless();
                Links links = Links.in(namespace)) {
            links.createVeth("left", "right");

            namespace.callWithSysfs(() -> {
                assertThat(queues.receiveQueues("left")).isPositive();
                assertThat(queues.transmitQueues("left")).isPositive();
                assertThat(queues.receiveCpus("left", 0)).contains(CpuSet.NONE);

                queues.setReceiveCpus("left", 0, CpuSet.of(0));

                assertThat(queues.receiveCpus("left", 0)).contains(CpuSet.of(0));
                assertThat(queues.receiveCpus("right", 0)).contains(CpuSet.NONE);
                queues.setReceiveCpus("left", 0, CpuSet.NONE);
                assertThat(queues.receiveCpus("left", 0)).contains(CpuSet.NONE);
                if (queues.transmitCpus("left", 0).isPresent()) {
                    queues.setTransmitCpus("left", 0, CpuSet.of(0));
                    assertThat(queues.transmitCpus("left", 0)).contains(CpuSet.of(0));
                }
                assertThat(queues.receiveCpus("left", 9999)).isEmpty();
                assertThatThrownBy(() -> queues.setReceiveCpus("absent", 0, CpuSet.of(0)))
                        .isInstanceOfSatisfying(
                                SystemCallException.class,
                                refusal -> assertThat(refusal.errno()).isEqualTo(Errno.ENOENT));
                return queues;
            });

            assertThat(queues.receiveQueues("left"))
                    .as("this thread's /sys still shows its own namespace")
                    .isZero();
        }
    }

    @Test
    void theNextThreadInTheNamespaceDoesNotSeeTheMountOfTheOneBefore() {
        assumeTrue("root".equals(System.getProperty("user.name")), "Making network namespaces needs root.");
        try (NetworkNamespace namespace = NetworkNamespace.createNameless()) {
            Path devices = Path.of("/sys/class/net");
            List<String> here = AttributeFiles.entries(devices);
            List<String> there = namespace.callWithSysfs(() -> AttributeFiles.entries(devices));

            assertThat(there).contains("lo").doesNotContain("eth0");
            assertThat(namespace.call(() -> AttributeFiles.entries(devices))).isEqualTo(here);
            assertThat(AttributeFiles.entries(devices)).isEqualTo(here);
        }
    }

    @Test
    void seesTheNamespaceItIsInAlready() {
        assumeTrue("root".equals(System.getProperty("user.name")), "Making network namespaces needs root.");
        Path devices = Path.of("/sys/class/net");
        try (NetworkNamespace namespace = NetworkNamespace.createNameless();
                NetworkNamespace own = NetworkNamespace.ofThisThread()) {
            List<String> again = namespace.callWithSysfs(() -> {
                try (NetworkNamespace same = NetworkNamespace.ofThisThread()) {
                    return same.callWithSysfs(() -> AttributeFiles.entries(devices));
                }
            });
            assertThat(again).contains("lo").doesNotContain("eth0");
            assertThat(own.callWithSysfs(() -> AttributeFiles.entries(devices)))
                    .isEqualTo(AttributeFiles.entries(devices));
        }
    }
}
