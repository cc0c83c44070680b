package org.sluice.agent.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.agent.host.Disks;
import org.sluice.agent.host.Hypervisor;
import org.sluice.agent.host.Hypervisor.Domain;
import org.sluice.agent.host.Hypervisor.State;
import org.sluice.model.MacAddress;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;

/** Against libvirt's own test driver, which is inside its library and needs no daemon. */
class LibvirtHypervisorTest {
    @TempDir
    Path directory;

    private LibvirtHypervisor hypervisor = LibvirtHypervisor.at("test:///default");

    @BeforeEach
    void libvirtIsInstalled() {
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup.libraryLookup("libvirt.so.0", arena);
        } catch (IllegalArgumentException absent) {
            assumeTrue(false, "libvirt's library (package libvirt0) is not installed");
        }
        hypervisor = LibvirtHypervisor.at("test:///default");
    }

    @AfterEach
    void close() {
        hypervisor.close();
    }

    private Domain domain(ServerId id, String name) {
        return new Domain(
                id,
                name,
                1,
                64,
                new Disks.RootDisk(directory.resolve("root.qcow2"), "qcow2"),
                Optional.empty(),
                directory.resolve("log/console.log"),
                List.of(new Hypervisor.Nic.Tap(new MacAddress("fa:16:3e:00:00:09"), "tap0", 1500)));
    }

    @Test
    void startsADomainOnceAndForgetsItWhenItIsDestroyed() {
        ServerId server = ServerId.random();
        assertThat(hypervisor.state(server)).isEqualTo(State.ABSENT);

        hypervisor.start(domain(server, "instance-00000001"));
        hypervisor.start(domain(server, "instance-00000001"));

        assertThat(hypervisor.state(server)).isEqualTo(State.RUNNING);
        assertThat(hypervisor.domains()).containsExactly(server);

        hypervisor.destroy(server);
        hypervisor.destroy(server);

        assertThat(hypervisor.state(server)).isEqualTo(State.ABSENT);
        assertThat(hypervisor.domains()).isEmpty();
    }

    @Test
    void doesNotCountTheDomainThatTheOperatorMade() {
        // The test driver comes with a running domain of its own, "test".
        assertThat(hypervisor.domains()).isEmpty();
    }

    @Test
    void tellsWhatTheHostHas() {
        Hypervisor.Capacity capacity = hypervisor.capacity();

        assertThat(capacity.vcpus()).isPositive();
        assertThat(capacity.memoryMib()).isGreaterThan(1_000);
        assertThat(capacity.cpuArchitecture()).isEqualTo("i686");
    }

    @Test
    void passesOnWhatLibvirtSays() {
        hypervisor.start(domain(ServerId.random(), "twice"));
        Domain sameName = domain(ServerId.random(), "twice");

        assertThatThrownBy(() -> hypervisor.start(sameName))
                .isInstanceOf(ProblemException.class)
                .hasMessageStartingWith("libvirt could not start domain twice: ");
    }

    @Test
    void saysWhatToDoWhenThereIsNoLibvirt() {
        try (LibvirtHypervisor nowhere =
                LibvirtHypervisor.at("qemu+unix:///system?socket=" + directory.resolve("no-such-socket"))) {
            ServerId server = ServerId.random();
            assertThatThrownBy(() -> nowhere.state(server))
                    .isInstanceOf(ProblemException.class)
                    .hasMessageContaining("cannot be reached")
                    .hasMessageContaining("start libvirtd");
        }
    }
}
