package org.sluice.traffic.frame;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.List;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.net.VlanProtocol;

/** Frames for tests, and a checksum written byte by byte from RFC 1071 that shares nothing with the product's. */
final class Frames {
    static final MacAddress SENDER = MacAddress.parse("52:54:00:00:00:01");
    static final MacAddress RECEIVER = MacAddress.parse("52:54:00:00:00:02");
    static final List<VlanTag> QINQ =
            List.of(new VlanTag(VlanProtocol.DOT1AD, 2001, 3), new VlanTag(VlanProtocol.DOT1Q, 100, 0));

    private Frames() {}

    static FrameSpec ipv4() {
        return FrameSpec.of(SENDER, RECEIVER, address("198.18.0.2"), address("198.19.0.2"));
    }

    static FrameSpec ipv6() {
        return FrameSpec.of(SENDER, RECEIVER, address("2001:2::2"), address("2001:2:0:1::2"));
    }

    static InetAddress address(String text) {
        return InetAddress.ofLiteral(text);
    }

    static byte[] frame(FrameSpec spec, int size) {
        FrameLayout layout = FrameLayout.of(spec, FrameMix.of(size), 1);
        byte[] frame = new byte[layout.length(0)];
        layout.copyTo(0, MemorySegment.ofArray(frame), 0);
        return frame;
    }

    /** The complement of the sum of 16-bit words, high byte first, each carry added at once. */
    static int checksum(byte[] data, int from, int length, int start) {
        int sum = start;
        for (int i = 0; i < length; i++) {
            int octet = data[from + i] & 0xFF;
            sum += i % 2 == 0 ? octet * 256 : octet;
            if (sum > 0xFFFF) {
                sum -= 0xFFFF;
            }
        }
        return 0xFFFF - sum;
    }

    static int word(byte[] data, int at) {
        return (data[at] & 0xFF) * 256 + (data[at + 1] & 0xFF);
    }

    /** 0 when the UDP checksum of a frame, whose IP header starts there, is right. */
    static int udpError(byte[] frame, int ip) {
        boolean ipv4 = frame[ip] >> 4 == 4;
        int udp = ip + (ipv4 ? 20 : 40);
        int addresses = ipv4 ? ip + 12 : ip + 8;
        int length = frame.length - udp;
        return checksum(frame, addresses, frame.length - addresses, 17 + length);
    }
}
