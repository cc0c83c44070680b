package org.sluice.agent.metadata;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * Answers the guests of one network at 169.254.169.254. Who asks is told by the source address: each guest gets its own tree,
 * an unknown address gets 404. What guests can take of the agent is bounded: connections, and the time of each. Thread-safe.
 */
final class MetadataServer implements AutoCloseable {
    private static final int BACKLOG = 16;
    /** Of one network at a time. Each takes a file descriptor of the agent, and a guest may open as many as it likes. */
    static final int MOST_CONNECTIONS = 128;

    // The JDK's server has its bounds for the whole process, and reads them once (module jdk.httpserver): connections
    // of one server,
    // seconds for a request and for its answer, idle connections and their seconds, and the bytes of a request's head.
    static {
        Map.of(
                        "jdk.httpserver.maxConnections", MOST_CONNECTIONS,
                        "sun.net.httpserver.maxReqTime", 5,
                        "sun.net.httpserver.maxRspTime", 10,
                        "sun.net.httpserver.maxIdleConnections", 16,
                        "sun.net.httpserver.idleInterval", 5,
                        "sun.net.httpserver.maxReqHeaderSize", 16_384)
                .forEach((property, bound) -> System.setProperty(property, bound.toString()));
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private volatile Map<InetAddress, MetadataTree> trees = Map.of();

    /** Listens inside that namespace; the sockets stay there, the threads do not enter it. */
    MetadataServer(NetworkNamespace namespace, InetSocketAddress address) {
        requireNonNull(address, "address is null");
        try {
            server = namespace.call(() -> HttpServer.create(address, BACKLOG));
        } catch (IOException cause) {
            throw new ProblemException(
                    new Problem(
                            Problem.Kind.UNAVAILABLE,
                            "MetadataNotServed",
                            "Metadata cannot be served at " + address + ": " + cause.getMessage() + ".",
                            Optional.of("Look for another program in the network's namespace.")),
                    cause);
        }
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    /** From now on these addresses get these trees, and no others do. */
    void serve(Map<InetAddress, MetadataTree> byAddress) {
        trees = Map.copyOf(byAddress);
    }

    /** From now on these addresses get nothing. */
    void forget(Collection<InetAddress> addresses) {
        Map<InetAddress, MetadataTree> left = new HashMap<>(trees);
        addresses.forEach(left::remove);
        trees = Map.copyOf(left);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            MetadataTree tree = trees.get(exchange.getRemoteAddress().getAddress());
            boolean head = exchange.getRequestMethod().equals("HEAD");
            if (!head && !exchange.getRequestMethod().equals("GET")) {
                send(exchange, 405, "Metadata can only be read.\n".getBytes(UTF_8), false);
                return;
            }
            Optional<byte[]> found = tree == null
                    ? Optional.empty()
                    : find(tree, exchange.getRequestURI().getPath());
            if (found.isPresent()) {
                exchange.getResponseHeaders().set("Content-Type", typeOf(exchange));
                send(exchange, 200, found.get(), head);
            } else {
                send(exchange, 404, "There is no such metadata for this address.\n".getBytes(UTF_8), head);
            }
        }
    }

    private static String typeOf(HttpExchange exchange) {
        return exchange.getRequestURI().getPath().endsWith(".json") ? "application/json" : "text/plain; charset=utf-8";
    }

    private static Optional<byte[]> find(MetadataTree tree, String requested) {
        String path = requested.replaceAll("/+", "/").replaceAll("^/|/$", "");
        Optional<byte[]> file = tree.file(path);
        if (file.isPresent()) {
            return file;
        }
        List<String> names = tree.list(path);
        if (names.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                String.join("\n", path.isEmpty() ? ec2Versions(names) : names).getBytes(UTF_8));
    }

    /** The root lists EC2's versions; the OpenStack tree beside them is not one of them. */
    private static List<String> ec2Versions(List<String> names) {
        return names.stream()
                .filter(name -> !name.equals("openstack/"))
                .map(name -> name.substring(0, name.length() - 1))
                .toList();
    }

    private static void send(HttpExchange exchange, int status, byte[] body, boolean head) throws IOException {
        // -1 tells the JDK's server that no body follows.
        exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
        if (!head) {
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
