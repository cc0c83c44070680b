package org.sluice.linux.xdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sluice.linux.LinuxException;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Links;

/** Frames over a veth pair between two namespaces, against this machine's kernel. */
@Timeout(60)
class XdpSocketTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int WAIT_MILLISECONDS = 20_000;

    private Cable cable;

    @BeforeEach
    void layCable() {
        cable = Cable.lay();
    }

    @AfterEach
    void takeCableAway() {
        if (cable != null) {
            cable.close();
        }
    }

    @ParameterizedTest
    @EnumSource(AttachMode.class)
    void everyByteOfEveryFrameArrivesInOrderInBothDirections(AttachMode mode) {
        XdpSettings settings = new XdpSettings(2048, 256, 512, CopyMode.COPY);
        try (XdpProgram leftProgram = XdpProgram.attach(cable.here(), Cable.LEFT, mode);
                XdpProgram rightProgram = XdpProgram.attach(cable.there(), Cable.RIGHT, mode);
                XdpSocket left = XdpSocket.open(cable.here(), Cable.LEFT, 0, settings);
                XdpSocket right = XdpSocket.open(cable.there(), Cable.RIGHT, 0, settings)) {
            leftProgram.deliverTo(left);
            rightProgram.deliverTo(right);

            // The slots go round twenty times.
            exchange(left, right, 5_000);
            exchange(right, left, 5_000);

            assertThat(left.statistics()).isEqualTo(lossless(left));
            assertThat(right.statistics()).isEqualTo(lossless(right));
        }
    }

    /** Sends in bursts, each of which must have arrived before the next, so that no queue on the way can overflow. */
    private static void exchange(XdpSocket from, XdpSocket to, int frames) {
        XdpTransmitter transmitter = from.transmitter();
        XdpReceiver receiver = to.receiver();
        int[] lengths = new int[transmitter.slots()];
        int received = 0;
        for (int sent = 0; sent < frames; ) {
            int burst = Math.min(50, frames - sent);
            assertThat(transmitter.awaitFree(burst, PATIENCE)).isTrue();
            for (int i = 0; i < burst; i++) {
                int length = length(sent + i);
                TestFrames.write(transmitter, i, sent + i, length);
                lengths[(transmitter.nextSlot() + i) % transmitter.slots()] = length;
            }
            assertThat(transmitter.send(burst, lengths)).isEqualTo(burst);
            sent += burst;
            while (received < sent) {
                assertThat(receiver.awaitReadable(WAIT_MILLISECONDS)).isTrue();
                int count = receiver.receive();
                for (int i = 0; i < count; i++) {
                    assertThat(TestFrames.read(receiver, i)).isEqualTo(TestFrames.bytes(received, length(received)));
                    received++;
                }
                receiver.release(count);
            }
        }
        assertThat(received).isEqualTo(frames);
        assertThat(transmitter.awaitFree(transmitter.slots(), PATIENCE)).isTrue();
        assertThat(transmitter.pending()).isZero();
        assertThat(transmitter.dropped()).isZero();
        assertThat(receiver.receive()).isZero();
    }

    private static int length(int number) {
        return 60 + number % 1455;
    }

    private static XdpStatistics lossless(XdpSocket socket) {
        return new XdpStatistics(0, 0, 0, 0, 0, socket.statistics().transmitRingEmpty());
    }

    @ParameterizedTest
    @EnumSource(AttachMode.class)
    void everyFrameOfASenderAtFullSpeedIsAccountedFor(AttachMode mode) throws Exception {
        int frames = 50_000;
        try (XdpProgram program = XdpProgram.attach(cable.there(), Cable.RIGHT, mode);
                XdpSocket left = XdpSocket.open(
                        cable.here(), Cable.LEFT, 0, XdpSettings.transmitting(2048, 1024, CopyMode.COPY));
                XdpSocket right = XdpSocket.open(
                        cable.there(), Cable.RIGHT, 0, XdpSettings.receiving(2048, 65_536, CopyMode.COPY))) {
            program.deliverTo(right);
            FutureTask<Integer> counting = new FutureTask<>(() -> countUntil(right.receiver(), frames));
            Thread _ = Thread.ofPlatform().daemon().start(counting);
            XdpTransmitter transmitter = left.transmitter();

            for (int sent = 0; sent < frames; ) {
                assertThat(transmitter.awaitFree(1, PATIENCE)).isTrue();
                int burst = Math.min(Math.min(64, transmitter.free()), frames - sent);
                for (int i = 0; i < burst; i++) {
                    TestFrames.write(transmitter, i, sent + i, 60);
                }
                sent += transmitter.send(burst, 60);
            }
            assertThat(transmitter.awaitFree(transmitter.slots(), PATIENCE)).isTrue();
            sendLast(transmitter, frames);

            XdpStatistics statistics = right.statistics();
            assertThat(counting.get()
                            + transmitter.dropped()
                            + statistics.receiveDropped()
                            + statistics.receiveRingFull())
                    .isEqualTo(frames + 1);
        }
    }

    /** A frame of the number that ends the counting, once all others have left the device. */
    private static void sendLast(XdpTransmitter transmitter, int number) {
        TestFrames.write(transmitter, 0, number, 60);
        assertThat(transmitter.send(1, 60)).isEqualTo(1);
        assertThat(transmitter.awaitFree(transmitter.slots(), PATIENCE)).isTrue();
    }

    private static int countUntil(XdpReceiver receiver, int last) {
        int total = 0;
        while (receiver.awaitReadable(WAIT_MILLISECONDS)) {
            int count = receiver.receive();
            for (int i = 0; i < count; i++) {
                total++;
                if (Arrays.equals(TestFrames.read(receiver, i), TestFrames.bytes(last, 60))) {
                    return total;
                }
            }
            receiver.release(count);
        }
        return total;
    }

    @Test
    void countsWhatFoundNoFreeFrameWhileNobodyTookFramesOut() {
        try (XdpProgram program = XdpProgram.attach(cable.there(), Cable.RIGHT, AttachMode.GENERIC);
                XdpSocket left = XdpSocket.open(
                        cable.here(), Cable.LEFT, 0, XdpSettings.transmitting(2048, 256, CopyMode.COPY));
                XdpSocket right =
                        XdpSocket.open(cable.there(), Cable.RIGHT, 0, XdpSettings.receiving(2048, 64, CopyMode.COPY))) {
            program.deliverTo(right);
            XdpTransmitter transmitter = left.transmitter();
            for (int i = 0; i < 100; i++) {
                TestFrames.write(transmitter, i, i, 60);
            }
            assertThat(transmitter.send(100, 60)).isEqualTo(100);
            assertThat(transmitter.awaitFree(transmitter.slots(), PATIENCE)).isTrue();

            XdpReceiver receiver = right.receiver();
            assertThat(receiver.receive()).isEqualTo(64);
            assertThat(TestFrames.read(receiver, 63)).isEqualTo(TestFrames.bytes(63, 60));
            assertThat(right.statistics().receiveDropped() + right.statistics().receiveRingFull())
                    .isEqualTo(36);
            assertThat(right.statistics().fillRingEmpty()).isPositive();

            receiver.release(64);
            TestFrames.write(transmitter, 0, 100, 60);
            assertThat(transmitter.send(1, 60)).isEqualTo(1);
            assertThat(receiver.awaitReadable(WAIT_MILLISECONDS)).isTrue();
            assertThat(receiver.receive()).isEqualTo(1);
            assertThat(TestFrames.read(receiver, 0)).isEqualTo(TestFrames.bytes(100, 60));
        }
    }

    @Test
    void countsWhatTheDeviceDroppedInsteadOfSending() {
        try (XdpSocket left =
                        XdpSocket.open(cable.here(), Cable.LEFT, 0, XdpSettings.transmitting(2048, 64, CopyMode.COPY));
                Links there = Links.in(cable.there())) {
            there.setDown(Cable.RIGHT);
            XdpTransmitter transmitter = left.transmitter();
            for (int i = 0; i < 10; i++) {
                TestFrames.write(transmitter, i, i, 60);
            }

            assertThat(transmitter.send(10, 60)).isEqualTo(10);

            assertThat(transmitter.dropped()).isEqualTo(10);
            assertThat(transmitter.pending()).isZero();
            assertThat(transmitter.awaitFree(64, PATIENCE)).isTrue();
        }
    }

    @Test
    void hasReleasedFramesOnlyOnceAndAsManyAsAreThere() {
        try (XdpSocket right =
                XdpSocket.open(cable.there(), Cable.RIGHT, 0, XdpSettings.receiving(2048, 64, CopyMode.COPY))) {
            XdpReceiver receiver = right.receiver();

            assertThat(receiver.receive()).isZero();
            assertThat(receiver.awaitReadable(0)).isFalse();
            assertThatThrownBy(() -> receiver.address(0)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> receiver.length(0)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> receiver.release(1)).hasMessageContaining("1 is not possible");
            assertThatThrownBy(right::transmitter).hasMessageContaining("without transmit slots");
        }
    }

    @Test
    void sendsNoMoreThanIsFreeAndNothingThatIsNoFrame() {
        try (XdpSocket left =
                XdpSocket.open(cable.here(), Cable.LEFT, 0, XdpSettings.transmitting(2048, 64, CopyMode.COPY))) {
            XdpTransmitter transmitter = left.transmitter();
            assertThat(transmitter.memory().byteSize()).isEqualTo(64L * 2048);
            assertThat(transmitter.free()).isEqualTo(64);

            assertThatThrownBy(() -> transmitter.send(1, 13)).hasMessageContaining("14 to 2048");
            assertThatThrownBy(() -> transmitter.send(1, 2049)).hasMessageContaining("2049 is outside");
            assertThatThrownBy(() -> transmitter.send(-1, 60)).hasMessageContaining("-1 is not");
            assertThatThrownBy(() -> transmitter.send(1, new int[63])).hasMessageContaining("63 lengths");
            assertThatThrownBy(() -> transmitter.send(2, new int[64])).hasMessageContaining("0 is outside");
            assertThatThrownBy(() -> transmitter.awaitFree(65, PATIENCE)).hasMessageContaining("65 cannot");
            assertThat(transmitter.free()).isEqualTo(64);
            assertThat(transmitter.nextSlot()).isZero();

            assertThat(transmitter.send(100, 60)).isEqualTo(64);
            assertThat(transmitter.awaitFree(64, PATIENCE)).isTrue();
            assertThat(transmitter.nextSlot()).isZero();
            assertThatThrownBy(left::receiver).hasMessageContaining("without receive frames");
        }
    }

    @Test
    void tellsThatVethCopies() {
        try (XdpSocket left = XdpSocket.open(
                cable.here(), Cable.LEFT, 0, XdpSettings.transmitting(4096, 64, CopyMode.PREFER_ZERO_COPY))) {
            assertThat(left.zeroCopy()).isFalse();
            assertThat(left.transmitter().send(1, 4096)).isEqualTo(1);
        }
    }

    @Test
    void tellsWhatIsWrongWithTheDevice() {
        NetworkNamespace here = cable.here();
        XdpSettings both = new XdpSettings(2048, 64, 64, CopyMode.COPY);
        try (Links links = Links.in(here)) {
            assertFails("link.missing", "absent", () -> XdpSocket.open(here, "absent", 0, both));
            assertFails("link.missing", "right", () -> XdpSocket.open(here, Cable.RIGHT, 0, both));
            assertFails("xdp.queue-missing", "no queue 99", () -> XdpSocket.open(here, Cable.LEFT, 99, both));
            assertThatThrownBy(() -> XdpSocket.open(here, Cable.LEFT, -1, both)).hasMessageContaining("-1 is not");

            links.setMtu(Cable.LEFT, 1774);
            XdpSocket.open(here, Cable.LEFT, 0, both).close();
            links.setMtu(Cable.LEFT, 1775);
            assertFails("xdp.mtu", "has 1792", () -> XdpSocket.open(here, Cable.LEFT, 0, both));
            XdpSocket.open(here, Cable.LEFT, 0, XdpSettings.transmitting(2048, 64, CopyMode.COPY))
                    .close();

            links.setDown(Cable.LEFT);
            assertFails("xdp.interface-down", "left is down", () -> XdpSocket.open(here, Cable.LEFT, 0, both));
        }
    }

    @Test
    void tellsThatTheDeviceWentDownOrAway() {
        try (XdpSocket left =
                        XdpSocket.open(cable.here(), Cable.LEFT, 0, XdpSettings.transmitting(2048, 64, CopyMode.COPY));
                Links links = Links.in(cable.here())) {
            links.setDown(Cable.LEFT);
            assertFails(
                    "xdp.interface-down",
                    "left is down",
                    () -> left.transmitter().send(1, 60));
            links.delete(Cable.LEFT);
            assertFails(
                    "xdp.unbound", "left went away", () -> left.transmitter().send(1, 60));
        }
    }

    @Test
    void twoSocketsCannotHaveOneQueueButOneAfterTheOtherCan() {
        XdpSettings settings = XdpSettings.transmitting(2048, 64, CopyMode.COPY);
        try (XdpSocket _ = XdpSocket.open(cable.here(), Cable.LEFT, 0, settings)) {
            assertFails(
                    "xdp.queue-busy", "queue 0 of left", () -> XdpSocket.open(cable.here(), Cable.LEFT, 0, settings));
        }
        for (int i = 0; i < 20; i++) {
            XdpSocket.open(cable.here(), Cable.LEFT, 0, settings).close();
        }
    }

    @Test
    void closesOnceAndRefusesWorkAfterwards() {
        XdpSocket socket = XdpSocket.open(cable.here(), Cable.LEFT, 0, new XdpSettings(2048, 64, 64, CopyMode.COPY));
        XdpTransmitter transmitter = socket.transmitter();
        XdpReceiver receiver = socket.receiver();
        assertThat(transmitter.memory().get(ValueLayout.JAVA_BYTE, 0)).isZero();

        socket.close();
        socket.close();

        assertThatThrownBy(() -> transmitter.send(1, 60)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(receiver::receive).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> receiver.awaitReadable(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(socket::statistics).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> transmitter.memory().get(ValueLayout.JAVA_BYTE, 0))
                .isInstanceOf(IllegalStateException.class);
    }

    private static void assertFails(String code, String part, Runnable action) {
        assertThatThrownBy(action::run).isInstanceOfSatisfying(LinuxException.class, failure -> {
            assertThat(failure.code()).isEqualTo(code);
            assertThat(failure.sentence()).contains(part);
        });
    }
}
