package org.sluice.agent.metadata;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Links;

/** What guests can take of the agent by way of metadata, in a namespace of the test's own. */
@Timeout(60)
final class MetadataServerTest {
    private static final InetSocketAddress ADDRESS = new InetSocketAddress(InetAddress.getLoopbackAddress(), 8_080);
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(40);

    private final List<Socket> sockets = new ArrayList<>();
    private NetworkNamespace namespace;
    private MetadataServer server;

    @BeforeEach
    void serve() {
        assumeTrue("root".equals(System.getProperty("user.name")), "making network namespaces needs root");
        namespace = NetworkNamespace.createNameless();
        try (Links links = Links.in(namespace)) {
            links.setUp("lo");
        }
        server = new MetadataServer(namespace, ADDRESS);
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        if (server != null) {
            server.close();
            namespace.close();
        }
    }

    @Test
    void aGuestThatHoldsConnectionsTakesABoundedNumberAndLosesThem() throws IOException {
        for (int i = 0; i < 2 * MetadataServer.MOST_CONNECTIONS; i++) {
            connect("GET / HTTP/1.1\r\n");
        }
        await().atMost(LONG_ENOUGH)
                .untilAsserted(() -> assertThat(sockets.stream().filter(MetadataServerTest::isOpen))
                        .hasSizeLessThanOrEqualTo(MetadataServer.MOST_CONNECTIONS));

        await("requests that are never whole end")
                .atMost(LONG_ENOUGH)
                .untilAsserted(() -> assertThat(sockets).noneMatch(MetadataServerTest::isOpen));
        assertThat(ask()).startsWith("HTTP/1.1 404 ");
    }

    private String ask() throws IOException {
        Socket socket = connect("GET /latest HTTP/1.1\r\nHost: 169.254.169.254\r\nConnection: close\r\n\r\n");
        socket.setSoTimeout(10_000);
        return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }

    private Socket connect(String begin) throws IOException {
        Socket socket = namespace.call(() -> {
            Socket opened = new Socket();
            opened.connect(ADDRESS);
            return opened;
        });
        sockets.add(socket);
        try {
            socket.getOutputStream().write(begin.getBytes(US_ASCII));
        } catch (SocketException closed) {
            // The server has more than it takes, and does not wait for what this one says.
            socket.close();
        }
        return socket;
    }

    /** Whether the server still has the connection: it has neither ended it nor answered. */
    private static boolean isOpen(Socket socket) {
        if (socket.isClosed()) {
            return false;
        }
        try {
            socket.setSoTimeout(1);
            boolean isOpen = socket.getInputStream().read() >= 0;
            if (!isOpen) {
                socket.close();
            }
            return isOpen;
        } catch (SocketTimeoutException silent) {
            return true;
        } catch (IOException ended) {
            return false;
        }
    }
}
