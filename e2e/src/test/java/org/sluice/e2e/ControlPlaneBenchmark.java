package org.sluice.e2e;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Measures the control plane through the public API; {@code bench/control-plane} runs it. Asserts no figure. */
@EnabledIfSystemProperty(
        named = "sluice.bench",
        matches = "\\d+,\\d+,\\d+,\\d+",
        disabledReason = "a benchmark; bench/control-plane runs it")
class ControlPlaneBenchmark {
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final int PGBENCH_SECONDS = 5;
    private static final int STARTS = 5;
    private static final int FIRST_BOOTS = 100;

    /** A boot runs through more code than a port, and the JVM compiles it for longer. */
    private static final int BOOT_ROUNDS = 12;

    private static final int WARM_ROUNDS = 3;
    /** The first is what a fresh controller does, the last what a warm one does: the JVM still compiles in those between. */
    private static final int ROUNDS = 6;

    private static final Duration SHORT_POLL = Duration.ofMillis(5);
    private static final int CHANGES = 100;

    /** A simulated host has 64 processors. */
    private static final int FULL_HOST = 60;

    private static final int LISTED = 1_000;
    private static final int LISTS = 41;
    private static final int BULK = 500;
    private static final int TOKENS = 100;

    @TempDir
    private Path directory;

    private final int clients = size(0);
    private final int ports = size(1);
    private final int servers = size(2);
    private final int many = size(3);

    private static int size(int place) {
        return Integer.parseInt(
                System.getProperty("sluice.bench", "8,3000,120,0").split(",")[place]);
    }

    @Test
    void measure() throws Exception {
        Path data = directory.resolve("data");
        long begun = System.nanoTime();
        RunningCloud cloud = RunningCloud.up(data, "simulated:4", Ports.free(), LIMIT);
        report("first start on a data directory", seconds(System.nanoTime() - begun));
        Networks networks = Networks.make(Api.of(cloud));
        List<String> first = vfPorts(Api.of(cloud), networks, FIRST_BOOTS);
        cloud.close();
        long[] starts = new long[STARTS];
        for (int start = 0; start < STARTS; start++) {
            begun = System.nanoTime();
            cloud = RunningCloud.up(data, "simulated:4", Ports.free(), LIMIT);
            starts[start] = System.nanoTime() - begun;
            if (start < STARTS - 1) {
                cloud.close();
            }
        }
        Arrays.sort(starts);
        report("start to ready, median of " + STARTS, seconds(starts[STARTS / 2]));
        try (RunningCloud running = cloud) {
            Api api = Api.of(running);
            CloudProcesses processes = new CloudProcesses(running);
            report("memory at ready", "%d MiB in %d processes".formatted(processes.memory() >> 10, processes.count()));
            boots(processes, api, networks, first);
            changes(api, networks);
            ports(running, api, networks);
            reads(running, api, networks);
            tokens(running, api);
            report(
                    "memory of all processes (PSS)",
                    "%d MiB in %d processes".formatted(processes.memory() >> 10, processes.count()));
            if (many > 0) {
                manyPorts(running, api, networks);
            }
        }
        try (RunningCloud one = RunningCloud.up(directory.resolve("one"), "simulated:1", Ports.free(), LIMIT)) {
            changesAmongMany(one);
        }
        try (RunningCloud wide = RunningCloud.up(directory.resolve("wide"), "simulated:16", Ports.free(), LIMIT)) {
            listOfServers(Api.of(wide));
        }
    }

    private void boots(CloudProcesses processes, Api api, Networks networks, List<String> first) throws Exception {
        double cold = servers(
                processes, api, networks, clients, first, "the first %d after the start".formatted(FIRST_BOOTS));
        double warm = 0;
        for (int round = 1; round <= BOOT_ROUNDS; round++) {
            List<String> made = vfPorts(api, networks, servers);
            warm = servers(processes, api, networks, clients, made, "round " + round);
            deletePorts(api, made);
        }
        report("the first boots, as a part of the warm rate", "%.2f".formatted(cold / warm));
        List<String> alone = vfPorts(api, networks, 20);
        double _ = servers(processes, api, networks, 1, alone, "1 client");
        deletePorts(api, alone);
        deletePorts(api, first);
    }

    /** Stop and start, attach and detach, of as many servers at a time as there are clients. */
    private void changes(Api api, Networks networks) throws Exception {
        List<String> made = new ArrayList<>();
        List<String> ports = vfPorts(api, networks, 2 * clients);
        for (int number = 0; number < clients; number++) {
            made.add(api.createServer("bench-" + number, networks.image(), networks.flavor(), ports.get(number)));
        }
        for (String server : made) {
            awaitActive(api, server);
        }
        for (int at : List.of(1, clients)) {
            for (int round = 1; round <= WARM_ROUNDS; round++) {
                // A client takes a server for itself: two wishes at once for one server would be a conflict.
                Queue<Integer> idle = new ConcurrentLinkedQueue<>(
                        IntStream.range(0, clients).boxed().toList());
                Timing power = Timing.of(at, CHANGES, _ -> {
                    int own = requireNonNull(idle.poll());
                    stopAndStart(api, made.get(own));
                    idle.add(own);
                });
                report("stop and start, %d clients, round %d".formatted(at, round), power.toString());
                Timing nics = Timing.of(at, CHANGES, _ -> {
                    int own = requireNonNull(idle.poll());
                    attachAndDetach(api, made.get(own), ports.get(clients + own));
                    idle.add(own);
                });
                report("attach and detach of a VF, %d clients, round %d".formatted(at, round), nics.toString());
            }
        }
        for (String server : made) {
            api.delete("/compute/v2.1/servers/" + server);
            awaitGone(api, server);
        }
        deletePorts(api, ports);
    }

    /** What a change of one server costs when it is alone on its host, and when the host is full. */
    private static void changesAmongMany(RunningCloud cloud) throws Exception {
        Api api = Api.of(cloud);
        Networks networks = Networks.make(api);
        CloudProcesses processes = new CloudProcesses(cloud);
        String port = api.createPort(networks.normal(), "normal", "bench-one");
        String server = api.createServer("bench-one", networks.image(), networks.flavor(), port);
        awaitActive(api, server);
        for (int others : List.of(0, 0, FULL_HOST - 1)) {
            if (others > 0) {
                api.createServers("bench-other", networks.image(), networks.flavor(), networks.normal(), others);
                awaitAllActive(api, FULL_HOST);
            }
            Timing _ = Timing.of(1, CHANGES, _ -> stopAndStart(api, server));
            CloudProcesses.Work began = processes.work();
            Timing timing = Timing.of(1, CHANGES, _ -> stopAndStart(api, server));
            report(
                    "stop and start of one of %d servers of a host".formatted(others + 1),
                    timing + "  " + cost(processes.work().since(began), CHANGES));
        }
    }

    private static void stopAndStart(Api api, String server) throws InterruptedException {
        act(api, server, "os-stop");
        awaitStatus(api, server, "SHUTOFF");
        act(api, server, "os-start");
        awaitStatus(api, server, "ACTIVE");
    }

    private static void attachAndDetach(Api api, String server, String port) throws InterruptedException {
        JsonNode _ = api.post(
                "/compute/v2.1/servers/" + server + "/os-interface",
                Map.of("interfaceAttachment", Map.of("port_id", port)));
        awaitPort(api, port, "ACTIVE");
        api.delete("/compute/v2.1/servers/" + server + "/os-interface/" + port);
        awaitPort(api, port, "DOWN");
    }

    private static void act(Api api, String server, String action) {
        int status = api.exchange("POST", "/compute/v2.1/servers/" + server + "/action", "{\"" + action + "\": null}")
                .statusCode();
        if (status != 202) {
            throw new AssertionError(action + " of " + server + " was answered " + status);
        }
    }

    private static void awaitStatus(Api api, String server, String status) throws InterruptedException {
        while (!api.get("/compute/v2.1/servers/" + server)
                .at("/server/status")
                .asString()
                .equals(status)) {
            Thread.sleep(SHORT_POLL);
        }
    }

    private static void awaitPort(Api api, String port, String status) throws InterruptedException {
        while (!api.get("/network/v2.0/ports/" + port)
                .at("/port/status")
                .asString()
                .equals(status)) {
            Thread.sleep(SHORT_POLL);
        }
    }

    private static double servers(
            CloudProcesses processes, Api api, Networks networks, int clients, List<String> ports, String title)
            throws Exception {
        int count = ports.size();
        String[] made = new String[count];
        long[] accepted = new long[count];
        CloudProcesses.Work began = processes.work();
        Timing timing = Timing.of(clients, count, number -> {
            long begun = System.nanoTime();
            made[number] = api.createServer("bench-" + number, networks.image(), networks.flavor(), ports.get(number));
            accepted[number] = System.nanoTime() - begun;
            awaitActive(api, made[number]);
        });
        Arrays.sort(accepted);
        report("server create accepted, " + title, "p50 %.1f ms".formatted(accepted[count / 2] / 1e6));
        report(
                "server create to ACTIVE, 1 direct port, " + title,
                timing + "  " + cost(processes.work().since(began), count));
        Timing gone = Timing.of(clients, count, number -> {
            api.delete("/compute/v2.1/servers/" + made[number]);
            awaitGone(api, made[number]);
        });
        report("server delete to gone, " + title, gone.toString());
        return timing.rate();
    }

    private void ports(RunningCloud cloud, Api api, Networks networks) throws Exception {
        CloudProcesses processes = new CloudProcesses(cloud);
        Optional<Pgbench> pgbench = Pgbench.on(cloud, directory);
        report(
                "port create, first round",
                createAndDelete(api, networks, clients, ports).toString());
        report("port create, 1 client", createAndDelete(api, networks, 1, 300).toString());
        for (int round = 2; round < ROUNDS; round++) {
            Timing _ = createAndDelete(api, networks, clients, ports);
        }
        String[] made = new String[ports];
        double before = pgbench.isPresent() ? pgbench.orElseThrow().rate(clients, PGBENCH_SECONDS) : Double.NaN;
        CloudProcesses.Work began = processes.work();
        Timing timing = createPorts(api, networks, clients, made);
        String cost = cost(processes.work().since(began), ports);
        double after = pgbench.isPresent() ? pgbench.orElseThrow().rate(clients, PGBENCH_SECONDS) : Double.NaN;
        report("port create, round " + ROUNDS, timing + "  " + cost);
        report("pgbench, insert and commit, before and after", "%.0f/s, %.0f/s".formatted(before, after));
        report("port create, as a part of pgbench's rate", "%.3f".formatted(timing.rate() * 2 / (before + after)));
        deletePorts(api, List.of(made));
    }

    private static Timing createAndDelete(Api api, Networks networks, int clients, int count) throws Exception {
        String[] made = new String[count];
        Timing timing = createPorts(api, networks, clients, made);
        deletePorts(api, List.of(made));
        return timing;
    }

    private static Timing createPorts(Api api, Networks networks, int clients, String[] made) throws Exception {
        return Timing.of(
                clients,
                made.length,
                number -> made[number] = api.createPort(networks.normal(), "normal", "bench-" + number));
    }

    private void reads(RunningCloud cloud, Api api, Networks networks) throws Exception {
        CloudProcesses processes = new CloudProcesses(cloud);
        String[] made = new String[LISTED];
        Timing _ = createPorts(api, networks, clients, made);
        for (int round = 1; round <= ROUNDS; round++) {
            CloudProcesses.Work began = processes.work();
            Timing show = Timing.of(clients, ports, number -> api.text("/network/v2.0/ports/" + made[number % LISTED]));
            reportEnds("port show", round, show + "  " + cost(processes.work().since(began), ports));
        }
        // As openstackclient asks.
        list(api, "/network/v2.0/ports?network_id=" + networks.normal(), "ports");
        deletePorts(api, List.of(made));
    }

    private static void list(Api api, String path, String what) throws Exception {
        for (int round = 1; round <= ROUNDS; round++) {
            Timing timing = Timing.of(1, LISTS, _ -> api.text(path));
            reportEnds(
                    "list of %d %s".formatted(LISTED, what),
                    round,
                    "%s  %d KiB".formatted(timing, api.text(path).length() >> 10));
        }
    }

    private void tokens(RunningCloud cloud, Api api) throws Exception {
        CloudProcesses processes = new CloudProcesses(cloud);
        for (int round = 1; round <= ROUNDS; round++) {
            CloudProcesses.Work began = processes.work();
            Timing validate = Timing.of(clients, ports, _ -> api.validateToken());
            reportEnds(
                    "token validate",
                    round,
                    validate + "  " + cost(processes.work().since(began), ports));
        }
        for (int round = 1; round <= 2; round++) {
            CloudProcesses.Work began = processes.work();
            Timing byPassword = Timing.of(1, TOKENS, _ -> Api.of(cloud));
            report(
                    "token by password, 1 client, round " + round,
                    byPassword + "  " + cost(processes.work().since(began), TOKENS));
            began = processes.work();
            Timing byToken = Timing.of(1, TOKENS, _ -> api.issueToken());
            report(
                    "token by token, 1 client, round " + round,
                    byToken + "  " + cost(processes.work().since(began), TOKENS));
        }
    }

    private void manyPorts(RunningCloud cloud, Api api, Networks networks) throws Exception {
        CloudProcesses processes = new CloudProcesses(cloud);
        for (int made = 0; made < many; made += BULK) {
            api.createPorts(networks.normal(), Math.min(BULK, many - made));
        }
        long before = processes.memory();
        Timing timing = Timing.of(1, 3, _ -> api.drain("/network/v2.0/ports?network_id=" + networks.normal()));
        report(
                "list of %d ports, streamed".formatted(many),
                "%s  memory %d MiB before, %d MiB after".formatted(timing, before >> 10, processes.memory() >> 10));
    }

    private static void listOfServers(Api api) throws Exception {
        Networks networks = Networks.make(api);
        for (int made = 0; made < LISTED; made += BULK) {
            api.createServers("listed", networks.image(), networks.flavor(), networks.normal(), BULK);
        }
        awaitAllActive(api, LISTED);
        list(api, "/compute/v2.1/servers/detail?deleted=False", "servers with detail");
    }

    private static void awaitAllActive(Api api, int count) throws InterruptedException {
        int active = 0;
        while (active < count) {
            Thread.sleep(500);
            active = api.get("/compute/v2.1/servers?status=ACTIVE&limit=" + LISTED)
                    .path("servers")
                    .size();
        }
    }

    private static void awaitActive(Api api, String server) throws InterruptedException {
        while (true) {
            JsonNode body = api.get("/compute/v2.1/servers/" + server).path("server");
            switch (body.path("status").asString()) {
                case "ACTIVE" -> {
                    return;
                }
                case "ERROR" -> throw new AssertionError("a server of the benchmark failed: " + body.path("fault"));
                default -> Thread.sleep(POLL);
            }
        }
    }

    private static void awaitGone(Api api, String server) throws InterruptedException {
        while (api.status("/compute/v2.1/servers/" + server) != 404) {
            Thread.sleep(POLL);
        }
    }

    private static List<String> vfPorts(Api api, Networks networks, int count) {
        List<String> made = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            made.add(api.createPort(networks.direct(), "direct", "bench-vf-" + number));
        }
        return made;
    }

    private static void deletePorts(Api api, List<String> ports) throws Exception {
        Timing _ = Timing.of(8, ports.size(), number -> api.delete("/network/v2.0/ports/" + ports.get(number)));
    }

    private static void report(String what, String figures) {
        System.out.printf("%-60s %s%n", what, figures);
    }

    private static void reportEnds(String what, int round, String figures) {
        if (round == 1 || round == ROUNDS) {
            report(what + ", round " + round, figures);
        }
    }

    private static String seconds(long nanos) {
        return "%.2f s".formatted(nanos / 1e9);
    }

    /** Processor time of one piece, in milliseconds. */
    private static String cost(CloudProcesses.Work work, int pieces) {
        double controller = (double) work.controller().toMillis() / pieces;
        double postgres = (double) work.postgres().toMillis() / pieces;
        return "CPU %.3f ms (controller %.3f, PostgreSQL %.3f)".formatted(controller + postgres, controller, postgres);
    }

    /** What the benchmark's servers are made of. */
    private record Networks(String normal, String direct, String image, String flavor) {
        static Networks make(Api api) {
            String normal = api.createNetwork("bench-normal", "physnet0", "10.96.0.0/13");
            String direct = api.createNetwork("bench-direct", "sriovnet0", "10.104.0.0/16");
            String image =
                    api.get("/image/v2/images").path("images").get(0).path("id").asString();
            String flavor = api.createFlavor("bench", 1, 64, 1);
            return new Networks(normal, direct, image, flavor);
        }
    }

    /** One piece of work, by its number. */
    @FunctionalInterface
    private interface Work {
        void run(int number) throws Exception;
    }

    /** How long each piece took, and all of them together. */
    private record Timing(List<Long> nanos, long total) {
        static Timing of(int clients, int count, Work work) throws Exception {
            long[] nanos = new long[count];
            AtomicInteger next = new AtomicInteger();
            Callable<Boolean> client = () -> {
                for (int number = next.getAndIncrement(); number < count; number = next.getAndIncrement()) {
                    long begun = System.nanoTime();
                    work.run(number);
                    nanos[number] = System.nanoTime() - begun;
                }
                return true;
            };
            long begun = System.nanoTime();
            try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
                List<Future<Boolean>> all = new ArrayList<>();
                for (int i = 0; i < clients; i++) {
                    all.add(threads.submit(client));
                }
                for (Future<Boolean> one : all) {
                    boolean _ = one.get();
                }
            }
            long total = System.nanoTime() - begun;
            return new Timing(Arrays.stream(nanos).sorted().boxed().toList(), total);
        }

        /** Pieces a second. */
        double rate() {
            return nanos.size() * 1e9 / total;
        }

        @Override
        public String toString() {
            return "p50 %.1f ms  p99 %.1f ms  %.1f/s  (%d)"
                    .formatted(
                            nanos.get(nanos.size() / 2) / 1e6,
                            nanos.get((int) (nanos.size() * 0.99)) / 1e6,
                            rate(),
                            nanos.size());
        }
    }
}
