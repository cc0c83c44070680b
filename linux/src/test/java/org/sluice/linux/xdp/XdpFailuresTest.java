package org.sluice.linux.xdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.SystemCallException;

/** What is said, and what is left behind, when the kernel refuses a step. */
@Timeout(60)
class XdpFailuresTest {
    /** So much memory that its absence shows in the size of the process: 256 MiB. */
    private static final XdpSettings LARGE = new XdpSettings(4096, 32_768, 32_768, CopyMode.COPY);

    private static final long MEMORY = 256L << 20;

    private Cable cable;

    @BeforeEach
    void layCable() {
        cable = Cable.lay();
        // Once before anything is counted: the first use loads classes and opens their files.
        XdpSocket.open(cable.here(), Cable.LEFT, 0, new XdpSettings(2048, 64, 64, CopyMode.COPY))
                .close();
    }

    @AfterEach
    void takeCableAway() {
        if (cable != null) {
            cable.close();
        }
    }

    @Test
    void closingGivesEverythingBack() {
        OpenThings before = OpenThings.now();
        XdpProgram program = XdpProgram.attach(cable.here(), Cable.LEFT, AttachMode.GENERIC);
        XdpSocket socket = XdpSocket.open(cable.here(), Cable.LEFT, 0, LARGE);
        program.deliverTo(socket);

        OpenThings meanwhile = OpenThings.now();
        assertThat(meanwhile.files() - before.files())
                .as("socket, map and link")
                .isEqualTo(3);
        assertThat(meanwhile.rings() - before.rings()).isEqualTo(4);
        assertThat(meanwhile.memory() - before.memory()).isGreaterThanOrEqualTo(MEMORY);
        socket.close();
        program.close();
        program.close();

        assertNothingLeftSince(before);
    }

    @Test
    void aRefusedBindingLeavesNothingBehind() {
        OpenThings before = OpenThings.now();

        assertThatThrownBy(() -> XdpSocket.open(cable.here(), Cable.LEFT, 99, LARGE))
                .hasMessageContaining("no queue 99");

        assertNothingLeftSince(before);
    }

    @Test
    void tooMuchMemoryIsRefusedAndLeavesNothingBehind() throws Exception {
        assumeTrue(lockedMemoryLimit() < MEMORY, "This process may lock as much memory as it likes.");
        OpenThings before = OpenThings.now();

        Capabilities.without(
                () -> assertFails(
                        "xdp.memory-limit", "RLIMIT_MEMLOCK", () -> XdpSocket.open(cable.here(), Cable.LEFT, 0, LARGE)),
                Capabilities.CAP_IPC_LOCK);

        assertNothingLeftSince(before);
    }

    @Test
    void socketsNeedTheCapabilityForRawOnes() throws Exception {
        OpenThings before = OpenThings.now();

        Capabilities.without(
                () -> assertFails(
                        "xdp.permission", "CAP_NET_RAW", () -> XdpSocket.open(cable.here(), Cable.LEFT, 0, LARGE)),
                Capabilities.CAP_NET_RAW);

        assertNothingLeftSince(before);
    }

    @Test
    void programsNeedTheCapabilitiesForBpfAndNetworks() throws Exception {
        OpenThings before = OpenThings.now();

        Capabilities.without(
                () -> assertFails(
                        "xdp.permission",
                        "CAP_BPF and CAP_NET_ADMIN",
                        () -> XdpProgram.attach(cable.here(), Cable.LEFT, AttachMode.GENERIC)),
                Capabilities.CAP_NET_ADMIN,
                Capabilities.CAP_SYS_ADMIN,
                Capabilities.CAP_BPF);

        assertNothingLeftSince(before);
    }

    @Test
    void sendingDoesNotNeedTheCapabilityForNetworks() throws Exception {
        Capabilities.without(
                () -> {
                    try (XdpSocket socket = XdpSocket.open(
                            cable.here(), Cable.LEFT, 0, XdpSettings.transmitting(2048, 64, CopyMode.COPY))) {
                        assertThat(socket.transmitter().send(64, 60)).isEqualTo(64);
                    }
                },
                Capabilities.CAP_NET_ADMIN);
    }

    @Test
    void aProgramThatCannotBeAttachedLeavesNothingBehind() {
        OpenThings before = OpenThings.now();

        assertFails("link.missing", "absent", () -> XdpProgram.attach(cable.here(), "absent", AttachMode.GENERIC));
        assertFails(
                "xdp.mode-unsupported",
                "lo runs no XDP programs in native mode",
                () -> XdpProgram.attach(cable.here(), "lo", AttachMode.NATIVE));

        assertNothingLeftSince(before);
    }

    @Test
    void theVerifiersReasonIsPartOfTheError() {
        OpenThings before = OpenThings.now();
        // Register 0, the program's answer, is never set.
        assertFails(
                "xdp.verifier",
                "R0 !read_ok",
                () -> XdpProgram.load(new BpfAssembler().exit().bytes()));

        assertNothingLeftSince(before);
    }

    @Test
    void otherRefusalsStayWhatTheKernelSaid() {
        assertThatThrownBy(() -> XdpProgram.load(new byte[0])).isInstanceOf(LinuxException.class);
        assertThat(XdpFailures.binding(new SystemCallException("bind", Errno.EIO, "bind"), Cable.LEFT, 0))
                .isInstanceOf(SystemCallException.class);
    }

    private static void assertNothingLeftSince(OpenThings before) {
        OpenThings after = OpenThings.now();
        assertThat(after.files()).as("open files").isEqualTo(before.files());
        assertThat(after.rings()).as("mapped rings").isEqualTo(before.rings());
        assertThat(after.memory()).as("bytes mapped").isCloseTo(before.memory(), within(MEMORY / 2));
    }

    private static long lockedMemoryLimit() throws IOException {
        String soft = Files.readAllLines(Path.of("/proc/self/limits")).stream()
                .filter(line -> line.startsWith("Max locked memory"))
                .findFirst()
                .orElseThrow()
                .split("\\s+")[3];
        return "unlimited".equals(soft) ? Long.MAX_VALUE : Long.parseLong(soft);
    }

    private static void assertFails(String code, String part, Runnable action) {
        assertThatThrownBy(action::run).isInstanceOfSatisfying(LinuxException.class, failure -> {
            assertThat(failure.code()).isEqualTo(code);
            assertThat(failure.sentence()).contains(part);
            assertThat(failure.fix()).isNotBlank();
        });
    }
}
