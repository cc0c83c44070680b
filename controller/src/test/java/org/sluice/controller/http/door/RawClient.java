package org.sluice.controller.http.door;

import static java.util.Objects.requireNonNull;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** A connection on which bytes are written as a test says, and replies read one by one. */
public final class RawClient implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
        socket.setSoTimeout(20_000);
    }

    /** From any address to that listener. */
    public static RawClient to(InetSocketAddress listener) throws IOException {
        return from("127.0.0.1", listener);
    }

    /** From one of the addresses that loopback has. */
    static RawClient from(String address, InetSocketAddress listener) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
        socket.connect(listener);
        return new RawClient(socket);
    }

    /** A reply; its headers' names in any case. */
    public record Answer(int status, Map<String, String> headers, String body) {
        /** The value of a header that must be there. */
        public String header(String name) {
            return requireNonNull(headers.get(name), name + " is missing");
        }

        /** Whether the other side ends the connection after it. */
        public boolean closes() {
            return "close".equals(headers.get("Connection"));
        }
    }

    void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Writes bytes as they are. */
    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** Says that nothing more comes. */
    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** The next reply to a HEAD: its Content-Length is of an entity that does not come. */
    public Answer answerWithoutBody() throws IOException {
        return answer(false);
    }

    /** The next reply, read whole. */
    public Answer answer() throws IOException {
        return answer(true);
    }

    private Answer answer(boolean withBody) throws IOException {
        String status = line();
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                throw new IOException("'" + line + "' stands where a header should");
            }
            headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
        }
        byte[] body = !withBody
                ? new byte[0]
                : "chunked".equals(headers.get("Transfer-Encoding"))
                        ? chunks()
                        : in.readNBytes(Integer.parseInt(headers.getOrDefault("Content-Length", "0")));
        return new Answer(Integer.parseInt(status.split(" ", 3)[1]), headers, new String(body, StandardCharsets.UTF_8));
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int length = Integer.parseInt(line(), 16); length > 0; length = Integer.parseInt(line(), 16)) {
            all.write(in.readNBytes(length));
            line();
        }
        line();
        return all.toByteArray();
    }

    /** What still comes before the other side ends the connection. */
    String rest() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("the connection ended after '" + line + "'");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
