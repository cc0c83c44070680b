package org.sluice.cli;

import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.sluice.cli.settings.ControllerSettings;
import org.sluice.cli.settings.Listen;
import org.sluice.cli.settings.Settings;
import org.sluice.model.protocol.JoinToken;
import tools.jackson.databind.JsonNode;

/**
 * The cloud that {@code up} keeps: its controller, started again whenever it ends, on the addresses it had, once there is a
 * database. Thread-safe.
 */
final class SupervisedCloud implements AutoCloseable {
    private static final Keeper.Pauses PAUSES =
            new Keeper.Pauses(Duration.ofMillis(500), Duration.ofSeconds(30), Duration.ofMinutes(1));

    private final Keeper<ControllerLife> controller;
    private final Listen api;
    private final Listen agents;
    private final String door;
    private final String scheme;
    private final HttpClient http;

    private SupervisedCloud(
            Keeper<ControllerLife> controller, Listen api, Listen agents, String door, String scheme, HttpClient http) {
        this.scheme = scheme;
        this.http = http;
        this.controller = controller;
        this.api = api;
        this.agents = agents;
        this.door = door;
    }

    /**
     * Starts the controller and keeps it.
     *
     * @param first waits for its order
     * @param next starts another one that waits
     * @param postgres has the database
     * @param adminPassword in force only if the database has no users yet
     * @param settings in force; the first one listens where they say, the others where it did
     * @param news gets the lines about what ended and was started again
     */
    static SupervisedCloud keep(
            ControllerLife first,
            Callable<ControllerLife> next,
            Keeper<KeptPostgres> postgres,
            String adminPassword,
            Settings settings,
            Consumer<String> news)
            throws InterruptedException {
        String door = LocalDoor.newSecret();
        Optional<Path> certificate = settings.find(ControllerSettings.TLS_CERT);
        // Made while the controller starts.
        HttpClient http = CloudHttp.ofOwn(certificate);
        ControllerLife serving = first.begin(order(
                postgres,
                adminPassword,
                door,
                settings.get(ControllerSettings.LISTEN),
                ControllerSetup.agents(settings),
                settings));
        Listen api = serving.api();
        Listen agents = serving.agents();
        Keeper<ControllerLife> keeper = Keeper.of(
                "The controller",
                serving,
                () -> {
                    ControllerOrder order = order(postgres, adminPassword, door, api, agents, settings);
                    return next.call().begin(order);
                },
                PAUSES,
                news);
        return new SupervisedCloud(keeper, api, agents, door, certificate.isPresent() ? "https://" : "http://", http);
    }

    /** Waits for the database as long as it takes. */
    private static ControllerOrder order(
            Keeper<KeptPostgres> postgres,
            String adminPassword,
            String door,
            Listen api,
            Listen agents,
            Settings settings)
            throws InterruptedException {
        return new ControllerOrder(
                postgres.running().server().url(),
                adminPassword,
                door,
                api.toString(),
                agents.toString(),
                settings.given());
    }

    /** Where the OpenStack APIs are, for whoever is on this machine: {@code http://127.0.0.1:8774}. */
    String url() {
        return scheme + Listen.reachable(api.socketAddress());
    }

    /** Where agents on this machine connect. */
    URI agentsUrl() {
        return URI.create("https://" + Listen.reachable(agents.socketAddress()));
    }

    /** The port at which agents connect. */
    int agentsPort() {
        return agents.port();
    }

    /** The way to speak with it, whatever its certificate. */
    HttpClient http() {
        return http;
    }

    /** Its APIs, through the {@link LocalDoor}. */
    CloudClient client() {
        return new CloudClient(url(), door, http);
    }

    /** A token with which the host of that name may join, also again when it lost what it knew. */
    JoinToken joinToken(String host) throws InterruptedException {
        JsonNode made = client().post("/sluice/v1/join-tokens", Map.of("host", host));
        return JoinToken.parse(made.path("join_token").path("token").asString());
    }

    /** A join token for a new host, which takes nobody's place. */
    JoinToken newHostToken() throws InterruptedException {
        JsonNode made = client().post("/sluice/v1/join-tokens", Map.of());
        return JoinToken.parse(made.path("join_token").path("token").asString());
    }

    @Override
    public void close() {
        controller.close();
    }
}
