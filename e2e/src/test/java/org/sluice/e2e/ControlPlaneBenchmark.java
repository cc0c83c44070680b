package org.sluice.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Measures the control plane through the public API; {@code bench/control-plane} runs it. Asserts no figure. */
@EnabledIfSystemProperty(
        named = "sluice.bench",
        matches = "\\d+,\\d+,\\d+",
        disabledReason = "a benchmark; bench/control-plane runs it")
class ControlPlaneBenchmark {
    private static final Duration POLL = Duration.ofMillis(50);

    @TempDir
    private Path directory;

    @Test
    void measure() throws Exception {
        int[] sizes = Arrays.stream(System.getProperty("sluice.bench").split(","))
                .mapToInt(Integer::parseInt)
                .toArray();
        try (RunningCloud cloud =
                RunningCloud.up(directory.resolve("data"), "simulated:4", Ports.free(), Duration.ofMinutes(2))) {
            Api api = Api.of(cloud);
            Networks networks = Networks.make(api);
            ports(api, networks, sizes[0], sizes[1], sizes[0] + " clients, first round");
            ports(api, networks, 1, Math.min(200, sizes[1]), "1 client");
            ports(api, networks, sizes[0], sizes[1], sizes[0] + " clients");
            servers(api, networks, sizes[0], sizes[2], sizes[0] + " clients, first round");
            servers(api, networks, sizes[0], sizes[2], sizes[0] + " clients, second round");
            servers(api, networks, 1, 20, "1 client");
            servers(api, networks, sizes[0], sizes[2], sizes[0] + " clients");
            report("memory of all processes (PSS)", "%d MiB in %d processes".formatted(memory(cloud)));
        }
    }

    private static void ports(Api api, Networks networks, int clients, int count, String title) throws Exception {
        List<String> made = new ArrayList<>();
        Timing timing = Timing.of(clients, count, number -> {
            String id = api.createPort(networks.normal(), "normal", "bench-" + number);
            synchronized (made) {
                made.add(id);
            }
        });
        report("port create, " + title, timing.toString());
        Timing.of(8, made.size(), number -> api.delete("/network/v2.0/ports/" + made.get(number)));
    }

    private static void servers(Api api, Networks networks, int clients, int count, String title) throws Exception {
        List<String> ports = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ports.add(api.createPort(networks.direct(), "direct", "bench-vf-" + i));
        }
        String[] made = new String[count];
        long[] accepted = new long[count];
        Timing timing = Timing.of(clients, count, number -> {
            long begun = System.nanoTime();
            made[number] = api.createServer("bench-" + number, networks.image(), networks.flavor(), ports.get(number));
            accepted[number] = System.nanoTime() - begun;
            awaitActive(api, made[number]);
        });
        Arrays.sort(accepted);
        report("server create accepted, " + title, "p50 %.1f ms".formatted(accepted[count / 2] / 1e6));
        report("server create to ACTIVE, 1 direct port, " + title, timing.toString());
        Timing gone = Timing.of(clients, count, number -> {
            api.delete("/compute/v2.1/servers/" + made[number]);
            awaitGone(api, made[number]);
        });
        report("server delete to gone, " + title, gone.toString());
        Timing.of(8, ports.size(), number -> api.delete("/network/v2.0/ports/" + ports.get(number)));
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

    private static void report(String what, String figures) {
        System.out.printf("%-55s %s%n", what, figures);
    }

    /** MiB and number of the cloud's processes: everything below {@code ./sluice up}. */
    private static Object[] memory(RunningCloud cloud) {
        List<ProcessHandle> processes = Stream.concat(
                        Stream.of(cloud.process().toHandle()), cloud.process().descendants())
                .toList();
        long kib = processes.stream().mapToLong(ControlPlaneBenchmark::pss).sum();
        return new Object[] {kib >> 10, processes.size()};
    }

    private static long pss(ProcessHandle process) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "smaps_rollup"))) {
            return lines.filter(line -> line.startsWith("Pss:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .sum();
        } catch (IOException failure) {
            throw new UncheckedIOException("the memory of process " + process.pid() + " cannot be read", failure);
        }
    }

    /** What the benchmark's servers are made of. */
    private record Networks(String normal, String direct, String image, String flavor) {
        static Networks make(Api api) {
            String normal = api.createNetwork("bench-normal", "physnet0", "10.100.0.0/16");
            String direct = api.createNetwork("bench-direct", "sriovnet0", "10.101.0.0/16");
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
                    one.get();
                }
            }
            long total = System.nanoTime() - begun;
            return new Timing(Arrays.stream(nanos).sorted().boxed().toList(), total);
        }

        @Override
        public String toString() {
            return "p50 %.1f ms  p99 %.1f ms  %.1f/s  (%d)"
                    .formatted(
                            nanos.get(nanos.size() / 2) / 1e6,
                            nanos.get((int) (nanos.size() * 0.99)) / 1e6,
                            nanos.size() * 1e9 / total,
                            nanos.size());
        }
    }
}
