package org.sluice.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.net.CapturedMessages;

class NetlinkMessageTest {
    private final CapturedMessages captured = new CapturedMessages();

    @Test
    void takesTheMessagesOfOneDatagramApart() {
        List<NetlinkMessage> messages = NetlinkMessage.parse(captured.bytes("dump-first-datagram"));

        assertThat(messages)
                .extracting(message ->
                        message.attributesAfter(16).find(3).orElseThrow().text())
                .containsExactly("lo", "mgmt0");
    }

    @Test
    void readsTheKernelsYesAndNo() {
        Acknowledgement yes = Acknowledgement.parse(
                NetlinkMessage.parse(captured.bytes("answer-done")).getFirst());
        Acknowledgement no = Acknowledgement.parse(
                NetlinkMessage.parse(captured.bytes("answer-eopnotsupp")).getFirst());

        assertThat(yes.error()).isZero();
        assertThat(no.errno()).isEqualTo(Errno.EOPNOTSUPP);
        assertThat(no.text()).isEmpty();
    }

    @Test
    void refusesMessagesThatEndTooEarly() {
        byte[] whole = captured.bytes("link-with-vfs");
        assertThatThrownBy(() -> NetlinkMessage.parse(Arrays.copyOf(whole, whole.length - 4)))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("1900 bytes");

        byte[] shortAttribute = new MessageWriter(16, 0).attributeU8(1, 7).finish(1);
        Attribute attribute = NetlinkMessage.parse(shortAttribute)
                .getFirst()
                .attributesAfter(0)
                .find(1)
                .orElseThrow();
        assertThat(attribute.u8()).isEqualTo(7);
        assertThatThrownBy(attribute::u32).isInstanceOf(MalformedMessageException.class);

        shortAttribute[16] = 60;
        assertThatThrownBy(() -> NetlinkMessage.parse(shortAttribute)
                        .getFirst()
                        .attributesAfter(0)
                        .find(1))
                .isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void refusesToWriteAnAttributeThatItsLengthCannotName() {
        MessageWriter message = new MessageWriter(16, 0);
        assertThatThrownBy(() -> message.attribute(1, new byte[70_000])).hasMessageContaining("too long");
        assertThatThrownBy(() -> message.nested(
                        2, () -> message.attribute(1, new byte[40_000]).attribute(1, new byte[40_000])))
                .hasMessageContaining("65535");
    }
}
