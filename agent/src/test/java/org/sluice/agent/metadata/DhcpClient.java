package org.sluice.agent.metadata;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.sluice.linux.namespace.NetworkNamespace;

/** Asks for an address as a guest does: one DHCPDISCOVER (RFC 2131), and the address of the offer. */
final class DhcpClient {
    private static final int MAGIC_COOKIE = 0x63825363;
    private static final int TRANSACTION = 0x51C0FFEE;
    private static final int LONGEST_WAIT_MILLIS = 2_000;

    private DhcpClient() {}

    /** The address on offer for that MAC address; empty when nobody offers one within two seconds. */
    static Optional<InetAddress> discover(NetworkNamespace guest, byte[] mac) throws IOException {
        try (DatagramSocket socket = guest.call(() -> new DatagramSocket(new InetSocketAddress("0.0.0.0", 68)))) {
            socket.setBroadcast(true);
            socket.setSoTimeout(LONGEST_WAIT_MILLIS);
            byte[] question = message(mac);
            socket.send(new DatagramPacket(
                    question, question.length, new InetSocketAddress(InetAddress.getByName("255.255.255.255"), 67)));
            DatagramPacket answer = new DatagramPacket(new byte[1500], 1500);
            socket.receive(answer);
            ByteBuffer offer = ByteBuffer.wrap(answer.getData());
            if (offer.getInt(4) != TRANSACTION) {
                return Optional.empty();
            }
            byte[] yours = new byte[4];
            offer.get(16, yours);
            return Optional.of(InetAddress.getByAddress(yours));
        } catch (SocketTimeoutException silence) {
            return Optional.empty();
        }
    }

    private static byte[] message(byte[] mac) {
        ByteBuffer message = ByteBuffer.allocate(300);
        message.put((byte) 1).put((byte) 1).put((byte) 6).put((byte) 0).putInt(TRANSACTION);
        // Seconds 0, and the flag that asks for a broadcast answer: there is no address yet to send one to.
        message.putShort((short) 0).putShort((short) 0x8000);
        message.position(28).put(mac);
        message.position(236).putInt(MAGIC_COOKIE);
        // Option 53: DHCPDISCOVER; option 255: end.
        message.put(new byte[] {53, 1, 1, (byte) 255});
        return message.array();
    }
}
