package org.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A cloud of simulated hosts as a whole: two controllers, more boots than VFs, and processes that are killed. */
class WholeCloudTest {
    private static final Duration START = Duration.ofMinutes(3);
    private static final Duration SETTLE = Duration.ofMinutes(2);
    private static final int FREE = 100;

    @TempDir
    private Path directory;

    private record Parts(String network, String image, String flavor) {
        static Parts make(Api api) {
            return new Parts(
                    api.createNetwork("wide", "sriovnet0", "10.60.0.0/16"),
                    api.get("/image/v2/images").path("images").get(0).path("id").asString(),
                    api.createFlavor("small", 1, 64, 1));
        }

        /** Those that were made before. */
        static Parts of(Api api) {
            return new Parts(
                    api.get("/network/v2.0/networks?name=wide")
                            .at("/networks/0/id")
                            .asString(),
                    api.get("/image/v2/images").at("/images/0/id").asString(),
                    api.get("/compute/v2.1/flavors")
                            .path("flavors")
                            .valueStream()
                            .filter(flavor -> flavor.path("name").asString().equals("small"))
                            .findFirst()
                            .orElseThrow()
                            .path("id")
                            .asString());
        }

        String boot(Api api, String name) {
            return api.createServer(name, image, flavor, api.createPort(network, "direct", name));
        }
    }

    @Test
    void twoControllersGiveAHundredVirtualFunctionsToTwoHundredBootsOnceEach() throws Exception {
        try (RunningCloud cloud = RunningCloud.up(directory.resolve("first"), "simulated:4", Ports.free(), START);
                RunningCloud second = RunningCloud.controller(
                        directory.resolve("second"), cloud.databaseUrl(), Ports.free(), START)) {
            Api api = Api.of(cloud);
            List<Api> both = List.of(api, Api.at(second.url(), cloud.environment()));
            Parts parts = Parts.make(api);
            int all = freeFunctions(api);
            for (int i = FREE; i < all; i++) {
                parts.boot(api, "before-" + i);
            }
            assertThat(freeFunctions(api)).isEqualTo(FREE);

            List<String> servers = new ArrayList<>();
            try (ExecutorService clients = Executors.newFixedThreadPool(16)) {
                List<Future<String>> boots = new ArrayList<>();
                for (int i = 0; i < 2 * FREE; i++) {
                    int number = i;
                    boots.add(clients.submit(() -> parts.boot(both.get(number % 2), "boot-" + number)));
                }
                for (Future<String> boot : boots) {
                    servers.add(boot.get());
                }
            }

            Map<String, Integer> statuses = new TreeMap<>();
            await().atMost(SETTLE).pollInterval(Duration.ofMillis(500)).until(() -> {
                statuses.clear();
                for (String server : servers) {
                    String status = status(api, server);
                    statuses.merge(status, 1, Integer::sum);
                }
                return !statuses.containsKey("BUILD");
            });
            assertThat(statuses).containsExactlyInAnyOrderEntriesOf(Map.of("ACTIVE", FREE, "ERROR", FREE));
            assertThat(freeFunctions(api)).isZero();
            Set<String> holders = new HashSet<>();
            for (JsonNode function : functions(api)) {
                assertThat(holders.add(function.path("server_id").asString())).isTrue();
            }
        }
    }

    @Test
    void whatWasAcknowledgedIsThereAfterControllerAndDatabaseWereKilled() throws Exception {
        Path data = directory.resolve("data");
        RunningCloud before = RunningCloud.up(data, "simulated:1", Ports.free(), START);
        Api api = Api.of(before);
        Parts parts = Parts.make(api);
        List<String> servers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            servers.add(parts.boot(api, "kept-" + i));
        }
        // The last ones are acknowledged and perhaps not yet built: they must be there all the same.
        before.killWithDatabase();

        try (RunningCloud after = RunningCloud.up(data, "simulated:1", Ports.free(), START)) {
            Api again = Api.of(after);
            for (String server : servers) {
                await().atMost(SETTLE)
                        .pollInterval(Duration.ofMillis(200))
                        .until(() -> status(again, server).equals("ACTIVE"));
            }
            assertThat(functions(again).stream()
                            .filter(function -> !function.path("server_id").isNull())
                            .map(function -> function.path("server_id").asString()))
                    .containsExactlyInAnyOrderElementsOf(servers);
        }
    }

    @Test
    void serversGoOffAndComeBackAlsoAcrossAKill() throws Exception {
        Path data = directory.resolve("life");
        RunningCloud before = RunningCloud.up(data, "simulated:2", Ports.free(), START);
        Api api = Api.of(before);
        Parts parts = Parts.make(api);
        List<String> servers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            servers.add(parts.boot(api, "life-" + i));
        }
        servers.forEach(server -> becomes(api, server, "ACTIVE"));

        act(api, servers.get(0), "{\"os-stop\": null}");
        becomes(api, servers.get(0), "SHUTOFF");
        act(api, servers.get(0), "{\"os-start\": null}");
        becomes(api, servers.get(0), "ACTIVE");
        act(api, servers.get(0), "{\"rebuild\": {\"imageRef\": \"" + parts.image() + "\"}}");
        becomes(api, servers.get(0), "ACTIVE");
        act(api, servers.get(1), "{\"os-stop\": null}");
        becomes(api, servers.get(1), "SHUTOFF");
        act(api, servers.get(2), "{\"pause\": null}");
        becomes(api, servers.get(2), "PAUSED");
        // Asked for, and perhaps under way, when everything is killed.
        act(api, servers.get(3), "{\"os-stop\": null}");
        act(api, servers.get(4), "{\"reboot\": {\"type\": \"HARD\"}}");
        before.killWithDatabase();

        try (RunningCloud after = RunningCloud.up(data, "simulated:2", Ports.free(), START)) {
            Api again = Api.of(after);
            becomes(again, servers.get(0), "ACTIVE");
            becomes(again, servers.get(1), "SHUTOFF");
            // The simulated hosts went with their process, as hosts that lose power do: what was paused has lost its
            // memory.
            becomes(again, servers.get(2), "SHUTOFF");
            becomes(again, servers.get(3), "SHUTOFF");
            becomes(again, servers.get(4), "ACTIVE");
            becomes(again, servers.get(5), "ACTIVE");
            act(again, servers.get(1), "{\"os-start\": null}");
            becomes(again, servers.get(1), "ACTIVE");
            for (String server : servers) {
                again.delete("/compute/v2.1/servers/" + server);
            }
            await().atMost(SETTLE)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() ->
                            again.get("/compute/v2.1/servers").path("servers").isEmpty());
            assertThat(functions(again))
                    .allMatch(function -> function.path("server_id").isNull());
        }
    }

    @Test
    void nicsComeToARunningServerAndGoAgainAlsoAcrossAKill() throws Exception {
        Path data = directory.resolve("nics");
        RunningCloud before = RunningCloud.up(data, "simulated:1", Ports.free(), START);
        Api api = Api.of(before);
        Parts parts = Parts.make(api);
        String bridged = api.createNetwork("bridged", "physnet0", "10.61.0.0/24");
        String server = parts.boot(api, "nics");
        becomes(api, server, "ACTIVE");
        String function = api.createPort(parts.network(), "direct", "function");
        String tap = api.createPort(bridged, "normal", "tap");

        attach(api, server, function);
        attach(api, server, tap);
        portBecomes(api, function, "ACTIVE");
        portBecomes(api, tap, "ACTIVE");
        assertThat(leased(api)).isEqualTo(2);
        assertThat(api.get("/compute/v2.1/servers/" + server + "/os-interface").path("interfaceAttachments"))
                .hasSize(3);

        detach(api, server, tap);
        portBecomes(api, tap, "DOWN");
        // Asked for, and perhaps under way, when everything is killed.
        detach(api, server, function);
        String later = api.createPort(parts.network(), "direct", "later");
        attach(api, server, later);
        before.killWithDatabase();

        try (RunningCloud after = RunningCloud.up(data, "simulated:1", Ports.free(), START)) {
            Api again = Api.of(after);
            portBecomes(again, function, "DOWN");
            portBecomes(again, later, "ACTIVE");
            becomes(again, server, "ACTIVE");
            assertThat(leased(again)).isEqualTo(2);
            detach(again, server, later);
            portBecomes(again, later, "DOWN");
            assertThat(leased(again)).isEqualTo(1);
            again.delete("/compute/v2.1/servers/" + server);
            await().atMost(SETTLE)
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> again.status("/compute/v2.1/servers/" + server) == 404);
            assertThat(leased(again)).isZero();
        }
    }

    @Test
    void serversMoveBetweenTheirHostsAlsoAcrossAKill() throws Exception {
        Path data = directory.resolve("moves");
        RunningCloud before = RunningCloud.up(data, "simulated:2", Ports.free(), START);
        Api api = Api.of(before);
        Parts parts = Parts.make(api);
        List<String> servers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            servers.add(parts.boot(api, "moves-" + i));
        }
        servers.forEach(server -> becomes(api, server, "ACTIVE"));

        String home = host(api, servers.get(0));
        act(api, servers.get(0), "{\"migrate\": null}");
        becomes(api, servers.get(0), "VERIFY_RESIZE");
        assertThat(host(api, servers.get(0))).isNotEqualTo(home);
        assertThat(leased(api)).as("it has its place on both hosts").isEqualTo(7);
        act(api, servers.get(0), "{\"confirmResize\": null}");
        becomes(api, servers.get(0), "ACTIVE");
        awaitLeased(api, 6);
        assertThat(disks(data, home)).doesNotContain(servers.get(0));

        home = host(api, servers.get(1));
        act(api, servers.get(1), "{\"os-stop\": null}");
        becomes(api, servers.get(1), "SHUTOFF");
        act(api, servers.get(1), "{\"migrate\": null}");
        becomes(api, servers.get(1), "VERIFY_RESIZE");
        act(api, servers.get(1), "{\"revertResize\": null}");
        becomes(api, servers.get(1), "SHUTOFF");
        assertThat(host(api, servers.get(1))).isEqualTo(home);
        awaitLeased(api, 6);

        evacuate(api, data, servers.get(2));

        // Asked for, and perhaps under way, when everything is killed; and waiting for a decision.
        act(api, servers.get(3), "{\"migrate\": null}");
        becomes(api, servers.get(3), "VERIFY_RESIZE");
        act(api, servers.get(4), "{\"migrate\": null}");
        act(api, servers.get(5), "{\"migrate\": null}");
        before.killWithDatabase();

        try (RunningCloud after = RunningCloud.up(data, "simulated:2", Ports.free(), START)) {
            Api again = Api.of(after);
            for (String server : servers.subList(3, 6)) {
                comesToRest(again, server);
                if (status(again, server).equals("VERIFY_RESIZE")) {
                    act(again, server, "{\"confirmResize\": null}");
                }
                becomes(again, server, "ACTIVE");
            }
            awaitLeased(again, 6);
            for (String server : servers) {
                assertThat(disks(data, host(again, server))).contains(server);
                again.delete("/compute/v2.1/servers/" + server);
            }
            awaitLeased(again, 0);
            await().atMost(SETTLE)
                    .pollInterval(Duration.ofMillis(100))
                    .untilAsserted(() -> assertThat(List.of(disks(data, "sim-000"), disks(data, "sim-001")))
                            .allMatch(List::isEmpty));
        }
    }

    /** As if the host of the server were dead: what is there of it goes as soon as that host is believed again. */
    private static void evacuate(Api api, Path data, String server) {
        String dead = host(api, server);
        long leased = leased(api);
        forceDown(api, dead, true);
        act(api, server, "{\"evacuate\": {}}");
        await().atMost(SETTLE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> !host(api, server).equals(dead));
        becomes(api, server, "ACTIVE");
        forceDown(api, dead, false);
        awaitLeased(api, leased);
        await().atMost(SETTLE)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> assertThat(disks(data, dead)).doesNotContain(server));
    }

    private static void forceDown(Api api, String host, boolean down) {
        String service = api.get("/compute/v2.1/os-services?binary=nova-compute&host=" + host)
                .at("/services/0/id")
                .asString();
        HttpResponse<String> answer =
                api.exchange("PUT", "/compute/v2.1/os-services/" + service, "{\"forced_down\": " + down + "}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static String host(Api api, String server) {
        return api.get("/compute/v2.1/servers/" + server)
                .at("/server/OS-EXT-SRV-ATTR:host")
                .asString();
    }

    private static String status(Api api, String server) {
        return api.get("/compute/v2.1/servers/" + server).at("/server/status").asString();
    }

    /** The servers of which the simulated host has a root disk. */
    private static List<String> disks(Path data, String host) {
        try (Stream<Path> files = Files.list(data.resolve("hosts/" + host + "/consoles/disks"))) {
            return files.map(file -> file.getFileName().toString())
                    // Those that are being written, or were when all was killed.
                    .filter(name -> !name.startsWith("."))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitLeased(Api api, long count) {
        await().atMost(SETTLE)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> assertThat(leased(api)).isEqualTo(count));
    }

    private static void attach(Api api, String server, String port) {
        String state = api.post(
                        "/compute/v2.1/servers/" + server + "/os-interface",
                        Map.of("interfaceAttachment", Map.of("port_id", port)))
                .at("/interfaceAttachment/port_state")
                .asString();
        assertThat(state).isEqualTo("BUILD");
    }

    private static void detach(Api api, String server, String port) {
        api.delete("/compute/v2.1/servers/" + server + "/os-interface/" + port);
    }

    private static void portBecomes(Api api, String port, String status) {
        await().atMost(SETTLE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> api.get("/network/v2.0/ports/" + port)
                        .at("/port/status")
                        .asString()
                        .equals(status));
    }

    private static long leased(Api api) {
        return functions(api).stream()
                .filter(function -> !function.path("server_id").isNull())
                .count();
    }

    @Test
    void aDatabaseFromBeforeTakesNothingAwayFromTheHosts() throws Exception {
        Path data = directory.resolve("restored");
        Path copy = directory.resolve("copy");
        String known;
        String later;
        try (RunningCloud cloud = RunningCloud.up(data, "simulated:1", Ports.free(), START)) {
            Api api = Api.of(cloud);
            Parts parts = Parts.make(api);
            known = parts.boot(api, "known");
            becomes(api, known, "ACTIVE");
        }
        copy(data.resolve("postgres/data"), copy);
        try (RunningCloud cloud = RunningCloud.up(data, "simulated:1", Ports.free(), START)) {
            Api api = Api.of(cloud);
            later = Parts.of(api).boot(api, "later");
            becomes(api, later, "ACTIVE");
            becomes(api, known, "ACTIVE");
        }
        Path journal = data.resolve("hosts/sim-000/agent/journal/servers");
        assertThat(journal.resolve(later + ".json")).exists();
        copy(copy, data.resolve("postgres/data"));

        try (RunningCloud cloud = RunningCloud.up(data, "simulated:1", Ports.free(), START)) {
            Api api = Api.of(cloud);
            becomes(api, known, "ACTIVE");
            assertThat(api.status("/compute/v2.1/servers/" + later)).isEqualTo(404);
            String next = Parts.of(api).boot(api, "next");
            await().atMost(SETTLE)
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> !status(api, next).equals("BUILD"));
            // The books give it the VF of the one that they do not know, which has it.
            assertThat(api.get("/compute/v2.1/servers/" + next)
                            .at("/server/fault/message")
                            .asString())
                    .contains("belongs to server " + later);
            assertThat(journal.resolve(later + ".json")).exists();
            api.delete("/compute/v2.1/servers/" + known);
            await().atMost(SETTLE)
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> api.status("/compute/v2.1/servers/" + known) == 404);
        }
        assertThat(Files.readString(data.resolve("up.log")))
                .containsOnlyOnce("The controller does not speak of server " + later);
    }

    /** Files of a stopped PostgreSQL, with their owners. */
    private static void copy(Path from, Path to) {
        Command.run(Map.of(), List.of("rm", "-rf", to.toString())).succeeded();
        Command.run(Map.of(), List.of("cp", "-a", from.toString(), to.toString()))
                .succeeded();
    }

    private static void act(Api api, String server, String action) {
        HttpResponse<String> answer = api.exchange("POST", "/compute/v2.1/servers/" + server + "/action", action);
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
    }

    /** Waits until the server has that status and nothing is under way with it. */
    private static void becomes(Api api, String server, String status) {
        await().atMost(SETTLE).pollInterval(Duration.ofMillis(100)).until(() -> {
            JsonNode shown = api.get("/compute/v2.1/servers/" + server).path("server");
            return shown.path("status").asString().equals(status)
                    && shown.path("OS-EXT-STS:task_state").isNull();
        });
    }

    /** Waits until nothing is under way with the server. */
    private static void comesToRest(Api api, String server) {
        await().atMost(SETTLE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> api.get("/compute/v2.1/servers/" + server)
                        .at("/server/OS-EXT-STS:task_state")
                        .isNull());
    }

    private static List<JsonNode> functions(Api api) {
        List<JsonNode> functions = new ArrayList<>();
        for (JsonNode function : api.get("/sluice/v1/virtual-functions").path("virtual_functions")) {
            if (function.path("physical_network").asString().equals("sriovnet0")) {
                functions.add(function);
            }
        }
        return functions;
    }

    private static int freeFunctions(Api api) {
        return (int) functions(api).stream()
                .filter(function -> function.path("server_id").isNull())
                .count();
    }
}
