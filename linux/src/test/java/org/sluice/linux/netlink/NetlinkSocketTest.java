package org.sluice.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.SystemCallException;

/** The conversation with a kernel that is played here: it can tear dumps, answer late and say nothing. */
class NetlinkSocketTest {
    private static final int ENTRY = 16;

    @Test
    void asksAgainWhenADumpWasTorn() {
        PlayedKernel kernel = new PlayedKernel();
        kernel.answers(number -> dump(number, Netlink.NLM_F_DUMP_INTR));
        kernel.answers(number -> dump(number, 0));
        try (NetlinkSocket socket = new NetlinkSocket(kernel)) {
            assertThat(socket.dump(request()))
                    .singleElement()
                    .satisfies(message -> assertThat(message.type()).isEqualTo(ENTRY));
        }
        assertThat(kernel.requests).isEqualTo(2);
        assertThat(kernel.closed).isTrue();
    }

    @Test
    void givesUpOnDumpsThatAreTornEachTime() {
        PlayedKernel kernel = new PlayedKernel();
        for (int i = 0; i < 10; i++) {
            kernel.answers(number -> dump(number, Netlink.NLM_F_DUMP_INTR));
        }
        try (NetlinkSocket socket = new NetlinkSocket(kernel)) {
            assertThatThrownBy(() -> socket.dump(request()))
                    .isInstanceOfSatisfying(
                            NetlinkException.class,
                            failure -> assertThat(failure.errno()).isEqualTo(Errno.EINTR));
        }
        assertThat(kernel.requests).isEqualTo(10);
    }

    @Test
    void readsTheExtendedAcknowledgementOfARefusal() {
        PlayedKernel kernel = new PlayedKernel();
        kernel.answers(number -> new MessageWriter(Netlink.NLMSG_ERROR, Netlink.NLM_F_CAPPED | Netlink.NLM_F_ACK_TLVS)
                .u32(-Errno.EBUSY.number())
                .u32(52)
                .u32(0)
                .u32(number)
                .u32(0)
                .attributeText(Netlink.NLMSGERR_ATTR_MSG, "VF 3 still in reset")
                .finish(number));
        try (NetlinkSocket socket = new NetlinkSocket(kernel)) {
            assertThatThrownBy(() -> socket.execute(request()))
                    .isInstanceOfSatisfying(NetlinkException.class, failure -> {
                        assertThat(failure.errno()).isEqualTo(Errno.EBUSY);
                        assertThat(failure.kernelText()).isEqualTo("VF 3 still in reset");
                        assertThat(failure.sentence()).contains("when asked to count the beans, and said");
                        assertThat(failure.fix()).isEqualTo("Wait.");
                    });
        }
    }

    @Test
    void readsTheErrorThatEndsADump() {
        PlayedKernel kernel = new PlayedKernel();
        kernel.answers(number -> new MessageWriter(Netlink.NLMSG_DONE, 0)
                .u32(-Errno.EMSGSIZE.number())
                .finish(number));
        try (NetlinkSocket socket = new NetlinkSocket(kernel)) {
            assertThatThrownBy(() -> socket.dump(request())).hasMessageContaining("EMSGSIZE");
        }
    }

    @Test
    void keepsTheNumberOfAnErrorThatHasNoName() {
        PlayedKernel kernel = new PlayedKernel();
        kernel.answers(
                number -> new MessageWriter(Netlink.NLMSG_DONE, 0).u32(-531).finish(number));
        try (NetlinkSocket socket = new NetlinkSocket(kernel)) {
            assertThatThrownBy(() -> socket.dump(request())).hasMessageContaining("error 531");
        }
    }

    @Test
    void passesOverTheLateAnswerToAFormerRequest() {
        PlayedKernel kernel = new PlayedKernel();
        kernel.answers(number -> refusal(number - 1));
        kernel.answers(PlayedKernel::done);
        try (NetlinkSocket socket = new NetlinkSocket(kernel)) {
            socket.execute(request());
        }
        assertThat(kernel.requests).isEqualTo(1);
    }

    @Test
    void tellsThatNoAnswerCame() {
        try (NetlinkSocket socket = new NetlinkSocket(new PlayedKernel())) {
            assertThatThrownBy(() -> socket.execute(request())).hasMessageContaining("ETIMEDOUT");
        }
    }

    @Test
    void refusesToWorkOnceClosed() {
        NetlinkSocket socket = new NetlinkSocket(new PlayedKernel());
        socket.close();
        socket.close();
        assertThatThrownBy(() -> socket.execute(request())).hasMessageContaining("closed");
    }

    private static NetlinkRequest request() {
        return new NetlinkRequest("count the beans", new MessageWriter(ENTRY, Netlink.NLM_F_REQUEST), _ -> "Wait.");
    }

    private static byte[] dump(int number, int flags) {
        byte[] entry = new MessageWriter(ENTRY, flags).finish(number);
        byte[] done = new MessageWriter(Netlink.NLMSG_DONE, 0).u32(0).finish(number);
        byte[] datagram = new byte[entry.length + done.length];
        System.arraycopy(entry, 0, datagram, 0, entry.length);
        System.arraycopy(done, 0, datagram, entry.length, done.length);
        return datagram;
    }

    private static byte[] refusal(int number) {
        return new MessageWriter(Netlink.NLMSG_ERROR, Netlink.NLM_F_CAPPED)
                .u32(-Errno.EBUSY.number())
                .u32(16)
                .u32(0)
                .u32(number)
                .u32(0)
                .finish(number);
    }

    private static final class PlayedKernel implements Datagrams {
        private final Deque<IntFunction<byte[]>> answers = new ArrayDeque<>();
        private int requests;
        private int sequence;
        private boolean closed;

        void answers(IntFunction<byte[]> answer) {
            answers.add(answer);
        }

        static byte[] done(int number) {
            return new MessageWriter(Netlink.NLMSG_ERROR, Netlink.NLM_F_CAPPED)
                    .u32(0)
                    .u32(16)
                    .u32(0)
                    .u32(number)
                    .u32(0)
                    .finish(number);
        }

        @Override
        public void send(byte[] message) {
            requests++;
            sequence = NetlinkMessage.parse(message).getFirst().sequence();
        }

        @Override
        public byte[] receive() {
            if (answers.isEmpty()) {
                throw new SystemCallException("recvfrom", Errno.EAGAIN, "receive");
            }
            return answers.remove().apply(sequence);
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
