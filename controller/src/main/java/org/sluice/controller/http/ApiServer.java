package org.sluice.controller.http;

import static java.util.Objects.requireNonNull;

import io.helidon.common.socket.SocketOptions;
import io.helidon.common.tls.Tls;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.sluice.controller.http.door.Door;
import org.sluice.controller.http.door.DoorLimits;
import org.sluice.controller.http.door.RateLimits;
import org.sluice.controller.policy.Policy;

/** One listener that serves API families. {@link #close} stops accepting and lets running requests end. Thread-safe. */
public final class ApiServer implements AutoCloseable {
    private final WebServer server;
    private final Door door;
    private final InetSocketAddress address;

    private ApiServer(WebServer server, Door door, InetSocketAddress address) {
        this.server = server;
        this.door = door;
        this.address = address;
    }

    /**
     * Starts a listener.
     *
     * @param listen where; port 0 takes a free one
     * @param tls certificate and client authentication, if the listener speaks TLS
     * @param authenticator verifies the tokens of protected routes
     * @param table what it serves
     * @param policy who may do what; has the rules of all families
     * @param limits how many connections it takes, and how much and how long each of them
     * @param rates how often they may ask
     * @param proxies what stands before it
     * @param observer hears of everything that it answers
     */
    public static ApiServer start(
            InetSocketAddress listen,
            Optional<Tls> tls,
            Authenticator authenticator,
            RouteTable table,
            Policy policy,
            DoorLimits limits,
            RateLimits rates,
            Proxies proxies,
            RequestObserver observer) {
        Door door = new Door(limits, rates, tls.isPresent(), observer::turnedAway);
        Edge edge = new Edge(
                requireNonNull(authenticator, "authenticator is null"), policy, table, door, proxies, observer);
        HttpRouting.Builder routing = HttpRouting.builder();
        var config = WebServer.builder()
                .address(listen.getAddress())
                .port(listen.getPort())
                .shutdownHook(false)
                .featuresDiscoverServices(false)
                .shutdownGracePeriod(Duration.ofMillis(500))
                .routing(routing);
        // Small JSON replies would otherwise wait for the peer's delayed acknowledgement.
        door.guard(config, SocketOptions.builder().tcpNoDelay(true).build(), routing);
        routing.any(edge::answer);
        tls.ifPresent(config::tls);
        WebServer server = config.build().start();
        return new ApiServer(server, door, new InetSocketAddress(listen.getAddress(), server.port()));
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public void close() {
        server.stop();
        door.close();
    }
}
