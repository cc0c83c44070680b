package org.sluice.linux.xdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.sluice.linux.LinuxException;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Links;

/** Whose the frames of a device are, before, while and after a program is attached. */
@Timeout(60)
class XdpProgramTest {
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
    @CsvSource({"GENERIC,GENERIC", "GENERIC,NATIVE", "NATIVE,GENERIC", "NATIVE,NATIVE"})
    void aDeviceTakesOneProgram(AttachMode first, AttachMode second) {
        try (XdpProgram program = XdpProgram.attach(cable.here(), Cable.LEFT, first)) {
            assertThat(program.device()).isEqualTo(Cable.LEFT);
            assertThat(program.mode()).isEqualTo(first);

            assertThatThrownBy(() -> XdpProgram.attach(cable.here(), Cable.LEFT, second))
                    .isInstanceOfSatisfying(LinuxException.class, failure -> {
                        assertThat(failure.code()).isEqualTo("xdp.occupied");
                        assertThat(failure.sentence()).contains("left has an XDP program already");
                    });
        }
        XdpProgram.attach(cable.here(), Cable.LEFT, second).close();
    }

    @ParameterizedTest
    @EnumSource(AttachMode.class)
    void framesGoToTheSocketOnlyWhileProgramAndSocketAreThere(AttachMode mode) {
        XdpSettings receiving = XdpSettings.receiving(2048, 64, CopyMode.COPY);
        try (XdpSocket left =
                        XdpSocket.open(cable.here(), Cable.LEFT, 0, XdpSettings.transmitting(2048, 64, CopyMode.COPY));
                XdpSocket right = XdpSocket.open(cable.there(), Cable.RIGHT, 0, receiving)) {
            send(left);
            assertThat(right.receiver().receive()).as("without a program").isZero();

            try (XdpProgram program = XdpProgram.attach(cable.there(), Cable.RIGHT, mode)) {
                send(left);
                assertThat(right.receiver().receive()).as("with an empty map").isZero();

                program.deliverTo(right);
                send(left);
                assertThat(right.receiver().awaitReadable(WAIT_MILLISECONDS)).isTrue();
                assertThat(right.receiver().receive()).as("delivered").isEqualTo(1);
            }
            send(left);
            assertThat(right.receiver().receive()).as("with the program gone").isEqualTo(1);
        }
    }

    /** When the slot is free again the frame has left the device's other end, to whomever. */
    private static void send(XdpSocket socket) {
        XdpTransmitter transmitter = socket.transmitter();
        TestFrames.write(transmitter, 0, 1, 60);
        assertThat(transmitter.send(1, 60)).isEqualTo(1);
        assertThat(transmitter.awaitFree(transmitter.slots(), PATIENCE)).isTrue();
        assertThat(transmitter.dropped()).isZero();
    }

    @Test
    void aSocketCanFollowAnotherOnTheSameQueue() {
        XdpSettings receiving = XdpSettings.receiving(2048, 64, CopyMode.COPY);
        try (XdpProgram program = XdpProgram.attach(cable.there(), Cable.RIGHT, AttachMode.GENERIC);
                XdpSocket left = XdpSocket.open(
                        cable.here(), Cable.LEFT, 0, XdpSettings.transmitting(2048, 64, CopyMode.COPY))) {
            for (int i = 0; i < 3; i++) {
                try (XdpSocket right = XdpSocket.open(cable.there(), Cable.RIGHT, 0, receiving)) {
                    program.deliverTo(right);
                    send(left);
                    assertThat(right.receiver().awaitReadable(WAIT_MILLISECONDS))
                            .isTrue();
                    assertThat(right.receiver().receive()).isEqualTo(1);
                }
                send(left);
            }
        }
    }

    @Test
    void deliversOnlyToSocketsOfItsDeviceThatReceive() {
        try (XdpProgram program = XdpProgram.attach(cable.here(), Cable.LEFT, AttachMode.GENERIC);
                XdpSocket right =
                        XdpSocket.open(cable.there(), Cable.RIGHT, 0, XdpSettings.receiving(2048, 64, CopyMode.COPY));
                XdpSocket left = XdpSocket.open(
                        cable.here(), Cable.LEFT, 0, XdpSettings.transmitting(2048, 64, CopyMode.COPY))) {
            assertThatThrownBy(() -> program.deliverTo(right)).hasMessageContaining("a socket of right");
            assertThatThrownBy(() -> program.deliverTo(left)).hasMessageContaining("no receive frames");
        }
    }

    /** In native mode: in generic mode veth does not say which queue a frame came by. */
    @Test
    void eachQueueHasASocketOfItsOwn() {
        needTwoQueues();
        Cable.setQueues(cable.here(), Cable.LEFT, 2, 2);
        Cable.setQueues(cable.there(), Cable.RIGHT, 2, 2);
        XdpSettings transmitting = XdpSettings.transmitting(2048, 64, CopyMode.COPY);
        XdpSettings receiving = XdpSettings.receiving(2048, 64, CopyMode.COPY);
        try (XdpProgram program = XdpProgram.attach(cable.there(), Cable.RIGHT, AttachMode.NATIVE);
                XdpSocket left0 = XdpSocket.open(cable.here(), Cable.LEFT, 0, transmitting);
                XdpSocket left1 = XdpSocket.open(cable.here(), Cable.LEFT, 1, transmitting);
                XdpSocket right0 = XdpSocket.open(cable.there(), Cable.RIGHT, 0, receiving);
                XdpSocket right1 = XdpSocket.open(cable.there(), Cable.RIGHT, 1, receiving)) {
            program.deliverTo(right0);
            program.deliverTo(right1);

            send(left1);
            send(left0);
            send(left1);

            assertThat(right0.receiver().awaitReadable(WAIT_MILLISECONDS)).isTrue();
            assertThat(right1.receiver().awaitReadable(WAIT_MILLISECONDS)).isTrue();
            assertThat(right0.receiver().receive()).isEqualTo(1);
            // Two frames, and the second may still be on the other processor.
            receive(right1, 2);
        }
    }

    @Test
    void nativeModeWantsAsManyQueuesAsTheOtherEndSendsFrom() {
        needTwoQueues();
        Cable.setQueues(cable.here(), Cable.LEFT, 1, 2);

        assertThatThrownBy(() -> XdpProgram.attach(cable.there(), Cable.RIGHT, AttachMode.NATIVE))
                .isInstanceOfSatisfying(
                        LinuxException.class,
                        failure -> assertThat(failure.code()).isEqualTo("xdp.queues"));
        XdpProgram.attach(cable.there(), Cable.RIGHT, AttachMode.GENERIC).close();
    }

    @Test
    void aReceiveQueueAloneCannotSend() {
        needTwoQueues();
        Cable.setQueues(cable.here(), Cable.LEFT, 2, 1);
        try (XdpSocket left =
                XdpSocket.open(cable.here(), Cable.LEFT, 1, XdpSettings.transmitting(2048, 64, CopyMode.COPY))) {
            assertThatThrownBy(() -> left.transmitter().send(1, 60))
                    .isInstanceOfSatisfying(LinuxException.class, failure -> {
                        assertThat(failure.code()).isEqualTo("xdp.queue-missing");
                        assertThat(failure.sentence()).contains("left has no transmit queue");
                    });
            assertThat(left.transmitter().pending()).isEqualTo(1);

            Cable.setQueues(cable.here(), Cable.LEFT, 2, 2);
            left.transmitter().push();
            assertThat(left.transmitter().pending()).isZero();
        }
    }

    private static void receive(XdpSocket socket, int frames) {
        for (int received = 0; received < frames; ) {
            assertThat(socket.receiver().awaitReadable(WAIT_MILLISECONDS)).isTrue();
            int count = socket.receiver().receive();
            socket.receiver().release(count);
            received += count;
            assertThat(received).isLessThanOrEqualTo(frames);
        }
    }

    private static void needTwoQueues() {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "Veth devices have one queue on one processor.");
    }

    @Test
    void nativeModeWantsAnMtuThatFitsAPage() {
        try (Links here = Links.in(cable.here());
                Links there = Links.in(cable.there())) {
            here.setMtu(Cable.LEFT, 9000);
            there.setMtu(Cable.RIGHT, 9000);

            assertThatThrownBy(() -> XdpProgram.attach(cable.here(), Cable.LEFT, AttachMode.NATIVE))
                    .isInstanceOfSatisfying(
                            LinuxException.class,
                            failure -> assertThat(failure.code()).isEqualTo("xdp.mtu"));
            XdpProgram.attach(cable.here(), Cable.LEFT, AttachMode.GENERIC).close();
        }
    }

    @Test
    void goesAwayWithAProcessThatIsKilled() throws Exception {
        String name = "sluice-xdp-" + ProcessHandle.current().pid();
        try (NetworkNamespace named = NetworkNamespace.create(name);
                Links links = Links.in(named)) {
            links.createVeth("one", "two");
            Process holder = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            HoldsAProgram.class.getName(),
                            name,
                            "one")
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try {
                assertThat(holder.inputReader().readLine()).isEqualTo(HoldsAProgram.READY);
                assertThatThrownBy(() -> XdpProgram.attach(named, "one", AttachMode.GENERIC))
                        .hasMessageContaining("one has an XDP program already");
            } finally {
                // SIGKILL: nothing in the process can clean up.
                holder.destroyForcibly().waitFor();
            }

            XdpProgram.attach(named, "one", AttachMode.GENERIC).close();
        } finally {
            NetworkNamespace.delete(name);
        }
    }
}
