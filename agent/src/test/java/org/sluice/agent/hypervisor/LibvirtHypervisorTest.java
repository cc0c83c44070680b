package org.sluice.agent.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.agent.host.Disks;
import org.sluice.agent.host.Hypervisor;
import org.sluice.agent.host.Hypervisor.Domain;
import org.sluice.agent.host.Hypervisor.State;
import org.sluice.model.MacAddress;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;

/** Against libvirt's own test driver, which is inside its library and needs no daemon. */
class LibvirtHypervisorTest {
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(20);

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

    private static Hypervisor.Nic.Tap tap(int number) {
        return new Hypervisor.Nic.Tap(
                new PortId(new UUID(0, number)),
                new NetworkId(new UUID(1, 1)),
                new MacAddress("fa:16:3e:00:00:%02x".formatted(number)),
                2001,
                "tap" + number,
                1500);
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
                List.of(tap(1)));
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

    /** Asks for a domain that is not there, in a process of its own: what libvirt writes by itself goes by Java's own streams. */
    static final class Asking {
        private Asking() {}

        public static void main(String[] arguments) {
            LibvirtHypervisor hypervisor = LibvirtHypervisor.at("test:///default");
            System.out.println(hypervisor.state(ServerId.random()));
            hypervisor.close();
        }
    }

    @Test
    void ofADomainThatIsNotThereLibvirtWritesNothingByItself() throws Exception {
        Process asking = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Asking.class.getName())
                .redirectErrorStream(true)
                .start();

        String said = new String(asking.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(asking.waitFor()).as(said).isZero();
        assertThat(said).contains("ABSENT").doesNotContain("Domain not found", "libvirt:");
    }

    @Test
    void suspendsAndResumes() {
        ServerId server = ServerId.random();
        hypervisor.start(domain(server, "instance-00000002"));

        hypervisor.resume(server);
        assertThat(hypervisor.state(server)).isEqualTo(State.RUNNING);
        hypervisor.suspend(server);
        hypervisor.suspend(server);
        assertThat(hypervisor.state(server)).isEqualTo(State.PAUSED);
        // One that is paused has its disks and NICs, and is not started a second time.
        hypervisor.start(domain(server, "instance-00000002"));
        assertThat(hypervisor.state(server)).isEqualTo(State.PAUSED);
        assertThat(hypervisor.domains()).containsExactly(server);
        hypervisor.resume(server);
        assertThat(hypervisor.state(server)).isEqualTo(State.RUNNING);
        hypervisor.destroy(server);
    }

    @Test
    void looksForNicsInTheDomainAsItIs() {
        ServerId server = ServerId.random();
        assertThat(hypervisor.has(server, tap(1).key())).isFalse();
        hypervisor.start(domain(server, "instance-00000007"));

        assertThat(hypervisor.has(server, tap(1).key())).isTrue();
        assertThat(hypervisor.has(server, tap(2).key())).isFalse();
        // One that is there is left alone, and one that is not need not be taken out.
        hypervisor.attach(server, tap(1));
        hypervisor.detach(server, tap(2).key());
        assertThat(hypervisor.domains())
                .as("with other metadata it is still ours")
                .containsExactly(server);
        hypervisor.destroy(server);
        hypervisor.detach(server, tap(1).key());
        assertThatThrownBy(() -> hypervisor.attach(server, tap(1)))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo("InterfaceNotAttached"));
    }

    @Test
    void asksAGuestToEnd() {
        ServerId server = ServerId.random();
        hypervisor.start(domain(server, "instance-00000003"));

        hypervisor.shutDown(server);
        hypervisor.shutDown(server);

        // The test driver's guests obey at once, and nothing is left of a transient domain.
        assertThat(hypervisor.state(server)).isEqualTo(State.ABSENT);
        assertThat(hypervisor.domains()).isEmpty();
    }

    @Test
    void doesNothingToGuestsThatAreNotThere() {
        ServerId nobody = ServerId.random();
        hypervisor.shutDown(nobody);
        hypervisor.suspend(nobody);
        hypervisor.resume(nobody);
        assertThat(hypervisor.state(nobody)).isEqualTo(State.ABSENT);
    }

    @Test
    void tellsAtOnceThatSomethingHappenedToADomain() {
        List<ServerId> told = new CopyOnWriteArrayList<>();
        hypervisor.watch(told::add);
        ServerId server = ServerId.random();
        hypervisor.start(domain(server, "instance-00000004"));
        await().atMost(LONG_ENOUGH).until(() -> told.contains(server));
        told.clear();
        hypervisor.suspend(server);
        await().atMost(LONG_ENOUGH).until(() -> told.contains(server));
        told.clear();
        hypervisor.destroy(server);
        await().atMost(LONG_ENOUGH).until(() -> told.contains(server));
    }

    @Test
    void tellsOnTheConnectionThatFollowsALostOne() {
        List<ServerId> told = new CopyOnWriteArrayList<>();
        hypervisor.watch(told::add);
        ServerId first = ServerId.random();
        hypervisor.start(domain(first, "instance-00000005"));
        hypervisor.destroy(first);
        hypervisor.close();
        ServerId second = ServerId.random();
        hypervisor.start(domain(second, "instance-00000006"));
        await().atMost(LONG_ENOUGH).until(() -> told.contains(second));
        hypervisor.destroy(second);
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
