package org.sluice.linux.packet;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sluice.linux.LinuxException;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Links;
import org.sluice.linux.thread.KernelClock;

/** Frames from one end of a veth pair to the other, in namespaces that go away with the test. */
class PacketSocketsTest {
    private static final int SLOT = 2048;

    private NetworkNamespace near;
    private NetworkNamespace far;
    private Links links;

    @BeforeEach
    void joinTwoNamespaces() {
        assumeTrue("root".equals(System.getProperty("user.name")), "Making network namespaces needs root.");
        near = NetworkNamespace.createNameless();
        far = NetworkNamespace.createNameless();
        links = Links.in(near);
        links.createVeth("near", "far", far);
        links.setUp("near");
        try (Links there = Links.in(far)) {
            there.setUp("far");
        }
    }

    @AfterEach
    void leave() {
        if (links != null) {
            links.close();
            near.close();
            far.close();
        }
    }

    @Test
    void everyFrameArrivesWholeAndInOrder() {
        try (PacketSender sender = PacketSender.open(near, "near", 64, SLOT, PacketSender.Queueing.BYPASSED);
                PacketReceiver receiver = PacketReceiver.open(far, "far", 1514)) {
            for (int slot = 0; slot < sender.slots(); slot++) {
                fill(sender, slot, 60 + slot);
            }
            for (int round = 0; round < 100; round++) {
                assertThat(sendAll(sender)).isEqualTo(64);
            }
            List<Frame> frames = drain(receiver);

            assertThat(frames).hasSize(6_400);
            for (int i = 0; i < frames.size(); i++) {
                assertThat(frames.get(i).length()).isEqualTo(60 + i % 64);
                assertThat(frames.get(i).lastByte()).isEqualTo((byte) (i % 64));
            }
            assertThat(receiver.drops()).isZero();
        }
    }

    @Test
    void batchesHaveTheSameFramesAsTheCursorFindsInSlotsOfAnySize() {
        for (int longest : List.of(60, 124, 300, 1514)) {
            try (PacketSender sender = PacketSender.open(near, "near", 64, SLOT, PacketSender.Queueing.BYPASSED);
                    PacketReceiver receiver = PacketReceiver.open(far, "far", longest)) {
                for (int slot = 0; slot < sender.slots(); slot++) {
                    fill(sender, slot, Math.min(longest, 60 + slot));
                }
                PacketBatch batch = receiver.batch();
                List<Frame> frames = new ArrayList<>();
                long before = KernelClock.wall().read();
                // More than the ring has, in turns, so that it is gone round.
                int rounds = receiver.slots() / 64 + 10;
                for (int round = 0; round < rounds; round++) {
                    assertThat(sendAll(sender)).isEqualTo(64);
                    take(batch, frames, before);
                }
                assertThat(receiver.drops()).isZero();
                assertThat(batch.take()).isZero();
                assertThat(frames).hasSize(rounds * 64);
                for (int i = 0; i < frames.size(); i++) {
                    assertThat(frames.get(i).length()).isEqualTo(Math.min(longest, 60 + i % 64));
                    assertThat(frames.get(i).lastByte()).isEqualTo((byte) (i % 64));
                }
            }
        }
    }

    private static void take(PacketBatch batch, List<Frame> to, long before) {
        MemorySegment memory = MemorySegment.ofArray(batch.words());
        for (int count = batch.take(); count > 0; count = batch.take()) {
            long now = KernelClock.wall().read();
            for (int i = 0; i < count; i++) {
                assertThat(batch.stamp(i)).isBetween(before, now);
                // In bounds: a batch has all the bytes it says it captured.
                long last = (long) batch.frame(i) + batch.captured(i) - 1;
                if (isOurs(memory, batch.frame(i))) {
                    to.add(new Frame(batch.captured(i), memory.get(JAVA_BYTE, last)));
                }
            }
        }
    }

    @Test
    void stampsAreTakenFromTheWallClockBetweenSendingAndReading() {
        KernelClock clock = KernelClock.wall();
        try (PacketSender sender = PacketSender.open(near, "near", 1, SLOT, PacketSender.Queueing.USED);
                PacketReceiver receiver = PacketReceiver.open(far, "far", 60)) {
            fill(sender, 0, 60);
            long before = clock.read();
            assertThat(sender.send(0, 1)).isEqualTo(1);
            awaitOurs(receiver);
            long stamp = receiver.stamp();
            assertThat(stamp).isBetween(before, clock.read());
        }
    }

    @Test
    void countsWhatItsRingHadNoRoomFor() {
        try (PacketSender sender = PacketSender.open(near, "near", 64, SLOT, PacketSender.Queueing.BYPASSED);
                PacketReceiver receiver = PacketReceiver.open(far, "far", 60)) {
            for (int slot = 0; slot < sender.slots(); slot++) {
                fill(sender, slot, 60);
            }
            int sent = 0;
            while (sent < receiver.slots() + 1_000) {
                sent += sendAll(sender);
            }
            int received = drain(receiver).size();

            // The kernel's own frames (IPv6 neighbours) take a slot or two as well.
            assertThat(received).isBetween(receiver.slots() - 20, receiver.slots());
            assertThat(receiver.drops()).isBetween((long) sent - received, (long) sent - received + 20);
        }
    }

    @Test
    void cutsWhatIsLongerThanASlotAndTellsItsLength() {
        try (PacketSender sender = PacketSender.open(near, "near", 1, SLOT, PacketSender.Queueing.BYPASSED);
                PacketReceiver receiver = PacketReceiver.open(far, "far", 60)) {
            fill(sender, 0, 1514);
            assertThat(sender.send(0, 1)).isEqualTo(1);
            awaitOurs(receiver);
            assertThat(receiver.length()).isEqualTo(1514);
            assertThat(receiver.captured()).isLessThan(1514).isGreaterThanOrEqualTo(60);
        }
    }

    @Test
    void refusesAFrameThatTheDeviceCannotTake() {
        try (PacketSender sender = PacketSender.open(near, "near", 1, 4096, PacketSender.Queueing.BYPASSED)) {
            fill(sender, 0, 3_000);
            assertThatThrownBy(() -> sender.send(0, 1)).isInstanceOfSatisfying(LinuxException.class, failure -> {
                assertThat(failure.code()).isEqualTo("packet.too-long");
                assertThat(failure.fix()).contains("MTU");
            });
            assertThatThrownBy(() -> sender.setLength(0, 5_000)).hasMessageContaining("5000 bytes does not fit");
        }
    }

    @Test
    void refusesADeviceThatIsMissingOrDown() {
        assertThatThrownBy(() -> PacketReceiver.open(near, "nothing", 60))
                .isInstanceOfSatisfying(
                        LinuxException.class,
                        failure -> assertThat(failure.code()).isEqualTo("link.missing"));
        links.setDown("near");
        assertThatThrownBy(() -> PacketSender.open(near, "near", 1, SLOT, PacketSender.Queueing.BYPASSED))
                .isInstanceOfSatisfying(
                        LinuxException.class,
                        failure -> assertThat(failure.code()).isEqualTo("link.down"));
    }

    private static int sendAll(PacketSender sender) {
        int sent = 0;
        while (sent < sender.slots()) {
            sent += sender.send(sent, sender.slots() - sent);
        }
        return sent;
    }

    /** A frame of a protocol for experiments (IEEE 802, 0x88B5) to nobody, whose last byte is the slot's number. */
    private static void fill(PacketSender sender, int slot, int length) {
        MemorySegment frame = sender.frames().asSlice((long) slot * sender.slotSize(), length);
        frame.fill((byte) 0);
        frame.set(JAVA_BYTE, 0, (byte) 0x02);
        frame.set(JAVA_BYTE, 6, (byte) 0x02);
        frame.set(JAVA_BYTE, 12, (byte) 0x88);
        frame.set(JAVA_BYTE, 13, (byte) 0xB5);
        frame.set(JAVA_BYTE, length - 1, (byte) slot);
        sender.setLength(slot, length);
    }

    private static boolean isOurs(MemorySegment memory, long at) {
        // In bounds: the shortest frame has 14 bytes.
        return memory.get(JAVA_BYTE, at + 12) == (byte) 0x88 && memory.get(JAVA_BYTE, at + 13) == (byte) 0xB5;
    }

    private record Frame(int length, byte lastByte) {}

    /** Passes the kernel's own frames (IPv6 neighbours, multicast groups) until one of ours is there. */
    private static void awaitOurs(PacketReceiver receiver) {
        while (true) {
            assertThat(receiver.await(5_000)).isTrue();
            if (isOurs(receiver.memory(), receiver.frame())) {
                return;
            }
            receiver.release();
        }
    }

    /** Frames of ours that the ring has; a veth pair delivers inside the sending call or right after it. */
    private static List<Frame> drain(PacketReceiver receiver) {
        List<Frame> frames = new ArrayList<>();
        while (receiver.await(200)) {
            while (receiver.hasFrame()) {
                long at = receiver.frame();
                int length = receiver.length();
                if (isOurs(receiver.memory(), at)) {
                    frames.add(new Frame(length, receiver.memory().get(JAVA_BYTE, at + receiver.captured() - 1)));
                }
                receiver.release();
            }
        }
        return frames;
    }
}
