package org.sluice.controller.http;

import static java.util.Objects.requireNonNull;

import io.helidon.common.socket.SocketOptions;
import io.helidon.common.tls.Tls;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.sluice.controller.policy.Policy;

/** One listener that serves API families. {@link #close} stops accepting and lets running requests end. Thread-safe. */
public final class ApiServer implements AutoCloseable {
    private final WebServer server;
    private final InetSocketAddress address;

    private ApiServer(WebServer server, InetSocketAddress address) {
        this.server = server;
        this.address = address;
    }

    /** Starts a listener with the rules' defaults; see {@link #start(InetSocketAddress, Optional, Authenticator, List, Policy)}. */
    public static ApiServer start(
            InetSocketAddress listen, Optional<Tls> tls, Authenticator authenticator, List<ApiFamily> families) {
        return start(listen, tls, authenticator, families, RouteTable.of(families).policy());
    }

    /**
     * Starts a listener.
     *
     * @param listen where; port 0 takes a free one
     * @param tls certificate and client authentication, if the listener speaks TLS
     * @param authenticator verifies the tokens of protected routes
     * @param families what it serves
     * @param policy who may do what; has the rules of all families
     */
    public static ApiServer start(
            InetSocketAddress listen,
            Optional<Tls> tls,
            Authenticator authenticator,
            List<ApiFamily> families,
            Policy policy) {
        Edge edge = new Edge(requireNonNull(authenticator, "authenticator is null"), policy, RouteTable.of(families));
        var config = WebServer.builder()
                .address(listen.getAddress())
                .port(listen.getPort())
                .shutdownHook(false)
                .featuresDiscoverServices(false)
                .shutdownGracePeriod(Duration.ofMillis(500))
                // Small JSON replies would otherwise wait for the peer's delayed acknowledgement.
                .connectionOptions(SocketOptions.builder().tcpNoDelay(true).build())
                .routing(HttpRouting.builder().any(edge::answer));
        tls.ifPresent(config::tls);
        WebServer server = config.build().start();
        return new ApiServer(server, new InetSocketAddress(listen.getAddress(), server.port()));
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public void close() {
        server.stop();
    }
}
