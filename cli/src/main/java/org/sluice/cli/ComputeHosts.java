package org.sluice.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.cli.settings.Settings;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.databind.JsonNode;

/** The compute hosts that {@code up} brings along: starts them, waits until they have reported, and maps them. */
final class ComputeHosts {
    private static final Logger log = LoggerFactory.getLogger(ComputeHosts.class);
    private static final Duration REPORT_WITHIN = Duration.ofSeconds(60);
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(10);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);
    private static final Duration LAB_REPORTS_WITHIN = Duration.ofMinutes(4);
    private static final String LAB_UPLINK = "phys0";
    private static final int LAB_CARDS = 1;
    private static final int SIMULATED_CARDS = 2;
    /** A disk that says it is one, and nothing else: simulated hosts run nothing. */
    private static final int TINY_IMAGE_BYTES = 64 * 1024;

    private static final int BOOT_SIGNATURE = 510;

    private final DataDirectory data;
    private final Settings settings;
    private final SupervisedCloud cloud;
    private final Resources resources;
    private final Progress progress;

    ComputeHosts(DataDirectory data, Settings settings, SupervisedCloud cloud, Resources resources, Progress progress) {
        this.data = data;
        this.settings = settings;
        this.cloud = cloud;
        this.resources = resources;
        this.progress = progress;
    }

    /** What {@code auto} means on this machine. */
    static HostsChoice resolve(HostsChoice choice, Path sysfs) throws IOException {
        return switch (choice) {
            case HostsChoice.Auto _ -> hasVirtualFunctions(sysfs) ? new HostsChoice.Local() : new HostsChoice.Lab();
            case HostsChoice.Local local -> local;
            case HostsChoice.Lab lab -> lab;
            case HostsChoice.Simulated simulated -> simulated;
        };
    }

    /** Whether some network card of this machine can have VFs ({@code sriov_totalvfs}, Documentation/ABI sysfs-bus-pci). */
    private static boolean hasVirtualFunctions(Path sysfs) throws IOException {
        Path interfaces = sysfs.resolve("class/net");
        if (!Files.isDirectory(interfaces)) {
            return false;
        }
        try (DirectoryStream<Path> netdevs = Files.newDirectoryStream(interfaces)) {
            for (Path netdev : netdevs) {
                Path total = netdev.resolve("device/sriov_totalvfs");
                if (Files.isReadable(total) && !Files.readString(total).strip().equals("0")) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Starts them; returns when the cloud can place servers on them. */
    void start(HostsChoice choice) throws Exception {
        DataDirectory.makePrivate(data.hosts());
        switch (choice) {
            case HostsChoice.Auto _ -> throw new IllegalStateException("auto was not resolved");
            case HostsChoice.Local _ -> progress.step("agent of this machine", this::startLocal);
            case HostsChoice.Lab _ -> startLab();
            case HostsChoice.Simulated simulated -> {
                if (simulated.count() > 0) {
                    startSimulated(simulated.count());
                } else {
                    new Seeding(cloud.client()).physicalNetworks(0);
                }
            }
        }
    }

    private void startSimulated(int count) throws Exception {
        // Seeding needs nothing of the hosts until they have reported.
        Foreground.Work<Seeding> seeded = Foreground.begin("seeding", () -> {
            Seeding seeding = new Seeding(cloud.client());
            seeding.physicalNetworks(SIMULATED_CARDS);
            byte[] image = new byte[TINY_IMAGE_BYTES];
            image[BOOT_SIGNATURE] = 0x55;
            image[BOOT_SIGNATURE + 1] = (byte) 0xAA;
            flavorAndImage(seeding, "raw", path -> cloud.client().upload(path, image));
            return seeding;
        });
        Instant began = Instant.now();
        List<String> names = progress.step(count + " simulated hosts", () -> {
            Members members = members();
            SimulatedAgents agents = resources.add(
                    "simulated hosts", SimulatedAgents.start(count, data.hosts(), members::join, this::sayWhatFailed));
            return agents.hosts().stream().map(host -> host.name()).toList();
        });
        progress.step("physical networks and zone", () -> {
            Seeding seeding = seeded.get();
            Reports reports = awaitReports(Set.copyOf(names), began, REPORT_WITHIN);
            if (!reports.missing().isEmpty()) {
                progress.line(silent(reports.missing(), REPORT_WITHIN));
            }
            List<String> reported = new ArrayList<>();
            for (JsonNode host : reports.hosts()) {
                reported.add(host.path("name").asString());
                Map<String, String> networks = new TreeMap<>();
                for (JsonNode function : host.path("physical_functions")) {
                    networks.put(function.path("name").asString(), Seeding.functions(networks.size()));
                }
                map(seeding, host, LAB_UPLINK, networks);
            }
            seeding.zone(reported);
            return null;
        });
    }

    /** Hosts that were removed join anew: they come along as long as they are asked for. */
    private Members members() {
        return resources.add(
                "members", new Members(cloud.agentsUrl(), cloud::joinToken, Optional.of(_ -> cloud.newHostToken())));
    }

    private @Nullable Void startLocal() throws Exception {
        Instant began = Instant.now();
        String name = AgentCommand.machineName();
        Members members = members();
        DataDirectory.letPass(data.path());
        DataDirectory.letPass(data.hosts());
        LocalAgent.join(name, data.agent(name), settings, members, resources).keep(name, resources);
        List<JsonNode> _ = requireReports(Set.of(name), began, REPORT_WITHIN);
        return null;
    }

    private void startLab() throws Exception {
        Path build = Path.of(System.getProperty("sluice.build", "/nonexistent"));
        LabNode node = LabNode.in(data.lab());
        progress.step("packages of the lab", () -> {
            node.install(progress::line);
            return null;
        });
        Path images = progress.step("images of the lab", () -> node.build(_ -> {}));
        progress.step("emulated node", () -> {
            resources.add("emulated node", node::stop);
            if (!node.runs()) {
                node.start(images, build, data.agent(LabNode.NAME), _ -> {});
            }
            return null;
        });
        Foreground.Work<Seeding> seeded = Foreground.begin("seeding", () -> {
            Seeding seeding = new Seeding(cloud.client());
            seeding.physicalNetworks(LAB_CARDS);
            flavorAndImage(seeding, "qcow2", path -> cloud.client().upload(path, images.resolve("guest.qcow2")));
            return seeding;
        });
        progress.step("agent of the emulated node", () -> {
            Instant began = Instant.now();
            node.startAgent(cloud.joinToken(LabNode.NAME), cloud.agentsPort());
            Seeding seeding = seeded.get();
            for (JsonNode host : requireReports(Set.of(LabNode.NAME), began, LAB_REPORTS_WITHIN)) {
                Map<String, String> networks = new LinkedHashMap<>();
                for (JsonNode function : host.path("physical_functions")) {
                    networks.put(function.path("name").asString(), Seeding.functions(0));
                }
                map(seeding, host, LAB_UPLINK, networks);
            }
            seeding.zone(List.of(LabNode.NAME));
            return null;
        });
    }

    private void flavorAndImage(Seeding seeding, String diskFormat, Seeding.Upload upload)
            throws IOException, InterruptedException {
        try {
            seeding.flavor();
            seeding.image(diskFormat, upload);
        } catch (ProblemException refused) {
            // A cloud without them is one all the same; a full disk must not keep it from starting.
            log.warn("flavor {} and image {} were not made", Seeding.FLAVOR, Seeding.IMAGE, refused);
            progress.line("The cloud does not have the image " + Seeding.IMAGE + " yet: "
                    + refused.problem().text() + " The next start tries again.");
        }
    }

    /** Maps a host of which nobody has said anything yet; what an operator said stays. */
    private static void map(Seeding seeding, JsonNode host, String uplink, Map<String, String> networks)
            throws IOException, InterruptedException {
        boolean untouched = host.path("uplinks").isEmpty();
        for (JsonNode function : host.path("physical_functions")) {
            untouched &= function.path("physical_network").isNull();
        }
        if (untouched) {
            seeding.host(new Seeding.Mapping(host.path("name").asString(), uplink, networks));
        }
    }

    /**
     * The hosts as the cloud shows them, once each has reported its hardware, and been heard of since that time: what a
     * host said before the last stop does not make it ready.
     */
    private Reports awaitReports(Set<String> names, Instant since, Duration limit) throws Exception {
        CloudClient client = cloud.client();
        long begun = System.nanoTime();
        while (true) {
            List<JsonNode> reported = new ArrayList<>();
            Set<String> missing = new TreeSet<>(names);
            for (JsonNode host : client.list("/sluice/v1/hosts", "hosts")) {
                String name = host.path("name").asString();
                if (names.contains(name)
                        && !host.path("interfaces").isEmpty()
                        && !Instant.parse(host.path("last_seen_at").asString()).isBefore(since)) {
                    reported.add(host);
                    missing.remove(name);
                }
            }
            long waited = System.nanoTime() - begun;
            if (missing.isEmpty() || waited > limit.toNanos()) {
                return new Reports(reported, missing);
            }
            // So a start is late by a tenth at most.
            Thread.sleep(Duration.ofNanos(Math.clamp(waited / 10, SHORTEST_PAUSE.toNanos(), LONGEST_PAUSE.toNanos())));
        }
    }

    /** What came: the hosts as the cloud shows them, and the names of those that stayed silent. */
    private record Reports(List<JsonNode> hosts, Set<String> missing) {}

    private List<JsonNode> requireReports(Set<String> names, Instant since, Duration limit) throws Exception {
        Reports reports = awaitReports(names, since, limit);
        if (!reports.missing().isEmpty()) {
            throw Problem.of(Problem.Kind.UNAVAILABLE, "HostSilent", silent(reports.missing(), limit))
                    .asException();
        }
        return reports.hosts();
    }

    private String silent(Set<String> hosts, Duration limit) {
        return "The agent of " + String.join(", ", hosts) + " did not report within " + limit.toSeconds() + " s; "
                + data.upLog() + " and the agent's log say why.";
    }

    /** One host that cannot be started is no reason to go without the others. */
    private void sayWhatFailed(String host, Exception failure) {
        log.error("host {} was not started", host, failure);
        progress.line("Host " + host + " was not started: "
                + (failure instanceof ProblemException problem
                        ? problem.problem().text()
                        : failure));
    }
}
