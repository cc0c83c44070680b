package org.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sluice.linux.kernel.AttributeFiles;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Links;
import org.sluice.linux.net.XdpMode;
import org.sluice.traffic.report.JsonReport;
import org.sluice.traffic.report.PatternResult;
import org.sluice.traffic.report.Report;
import org.sluice.traffic.report.SizeResult;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code sluice traffic rfc2544} in processes of their own, over a pair of wired namespaces: let end, stopped, killed. */
class TrafficCommandTest {
    @TempDir
    private Path folder;

    private final String near = "sluice-" + UUID.randomUUID().toString().substring(0, 8);
    private final String far = near + "-far";

    @BeforeEach
    void wire() {
        assumeTrue("root".equals(System.getProperty("user.name")), "Making network namespaces needs root.");
        try (NetworkNamespace one = NetworkNamespace.create(near);
                NetworkNamespace other = NetworkNamespace.create(far);
                Links here = Links.in(one);
                Links there = Links.in(other)) {
            here.createVeth("tx", "rx", other);
            here.setUp("tx");
            there.setUp("rx");
        }
    }

    @AfterEach
    void leave() {
        NetworkNamespace.delete(near);
        NetworkNamespace.delete(far);
    }

    private String[] rfc2544(String... more) {
        List<String> words = new ArrayList<>(List.of("traffic", "rfc2544", "--tx", "tx@" + near, "--rx", "rx@" + far));
        words.addAll(List.of("--trial", "100ms", "--rate", "2000pps"));
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }

    private Path json() {
        return folder.resolve("report.json");
    }

    private void assertOnlyTheReportIsThere() throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(json());
        }
    }

    private XdpMode xdp() {
        try (Links links = Links.in(far)) {
            return links.xdpMode("rx");
        }
    }

    @Test
    void aRunToItsEndReportsWhatWasTypedAndASizeThatWasMadeToFit() throws Exception {
        String[] typed = rfc2544(
                "--ipv6",
                "--test",
                "soak",
                "--soak-rate",
                "1000pps",
                "--soak-for",
                "10ms",
                "--json",
                json().toString());
        SluiceProcess.Result ended = SluiceProcess.run(typed);

        assertThat(ended.code()).as(ended.output()).isZero();
        Report report = JsonReport.read(json());
        assertThat(report.complete()).isTrue();
        assertThat(report.command()).isEqualTo("sluice " + String.join(" ", typed));
        assertThat(report.patterns().getFirst().sizes())
                .extracting(SizeResult::frames)
                .containsExactly("84", "128", "256", "512", "1024", "1280", "1518");
        assertThat(report.patterns().getFirst().notes())
                .contains("Frames of 64 bytes have no room for these headers and the tester's signature: 84 bytes were"
                        + " measured instead.");
        assertThat(ended.output()).containsOnlyOnce("sluice traffic rfc2544 ").doesNotContain("mitigation");
        assertOnlyTheReportIsThere();
    }

    @Test
    void ctrlCEndsABlastEarlyAndTellsWhatCame() throws Exception {
        String[] words = {
            "traffic",
            "blast",
            "--tx",
            "tx@" + near,
            "--rx",
            "rx@" + far,
            "--seconds",
            "600",
            "--rate",
            "2000pps",
            "--json",
            json().toString()
        };
        SluiceProcess.Result ended;
        try (SluiceProcess run = SluiceProcess.start(words)) {
            String _ = run.awaitLine("sluice: sending for 600 s");
            await().until(() -> received() > 100);
            run.interrupt();
            ended = run.end();
        }

        assertThat(ended.code()).isEqualTo(130);
        assertThat(ended.output()).contains(", lost 0 (0.0000 %)", "Stopped before its time");
        JsonNode report = new JsonMapper().readTree(Files.readString(json()));
        assertThat(report.path("schema").asString()).isEqualTo("sluice-traffic-trial/1");
        assertThat(report.path("complete").asBoolean()).isFalse();
        assertThat(report.path("framesPerSecond").asDouble()).isEqualTo(2_000);
        JsonNode stream = report.path("streams").get(0);
        assertThat(stream.path("received").asLong())
                .isGreaterThan(50)
                .isLessThan(1_200_000)
                .isEqualTo(stream.path("sent").asLong())
                .isEqualTo(stream.path("intended").asLong());
        assertThat(stream.path("doubts").toString()).doesNotContain("SENDER_TOO_SLOW");
        assertOnlyTheReportIsThere();
    }

    private long received() {
        try (NetworkNamespace namespace = NetworkNamespace.open(far)) {
            Path counter = Path.of("/sys/class/net/rx/statistics/rx_packets");
            return Long.parseLong(
                    namespace.callWithSysfs(() -> AttributeFiles.text(counter)).orElseThrow());
        }
    }

    @Test
    void ctrlCInATrialKeepsTheSizesSoFar() throws Exception {
        String[] words = rfc2544("--mode", "xdp", "--sizes", "64,128", "--json", json().toString());
        try (SluiceProcess run = SluiceProcess.start(words)) {
            String _ = run.awaitLine("  128 bytes: throughput 1 of ");
            assertThat(xdp()).isNotEqualTo(XdpMode.NONE);
            run.interrupt();
            SluiceProcess.Result ended = run.end();

            assertThat(ended.code()).as(ended.output()).isEqualTo(130);
            assertThat(ended.output())
                    .containsOnlyOnce("sluice traffic rfc2544 ")
                    .doesNotContain("Exception");
        }
        Report report = JsonReport.read(json());
        assertThat(report.complete()).isFalse();
        List<SizeResult> sizes = report.patterns().getFirst().sizes();
        assertThat(sizes).extracting(SizeResult::frames).containsExactly("64", "128");
        assertThat(sizes.getFirst().throughput()).isPresent();
        assertThat(report.patterns().getFirst().floorBefore()).isPresent();
        assertThat(report.patterns().getFirst().floorAfter()).isEmpty();
        await().untilAsserted(() -> assertThat(xdp()).isEqualTo(XdpMode.NONE));
        assertOnlyTheReportIsThere();
    }

    @ParameterizedTest
    @CsvSource({"INT,130", "TERM,143"})
    void aSignalWhileTheFloorIsMeasuredStillReports(String signal, int code) throws Exception {
        try (SluiceProcess run = SluiceProcess.start(rfc2544("--json", json().toString()))) {
            String _ = run.awaitLine("  floor ...");
            if (signal.equals("INT")) {
                run.interrupt();
            } else {
                assertThat(run.handle().destroy()).isTrue();
            }
            SluiceProcess.Result ended = run.end();

            assertThat(ended.code()).as(ended.output()).isEqualTo(code);
            assertThat(ended.output())
                    .containsOnlyOnce("sluice traffic rfc2544 ")
                    .doesNotContain("Exception");
        }
        Report report = JsonReport.read(json());
        assertThat(report.complete()).isFalse();
        assertThat(report.patterns().getFirst().sizes()).isEmpty();
        assertOnlyTheReportIsThere();
    }

    @Test
    void ctrlCWhileTheReportIsWrittenLetsItBeWritten() throws Exception {
        Path pipe = pipe();
        try (SluiceProcess run =
                SluiceProcess.start(rfc2544("--sizes", "64", "--test", "loss", "--json", pipe.toString()))) {
            awaitWriting(run);
            run.interrupt();
            // It waits for who reads the pipe.
            String written = Files.readString(pipe, UTF_8);
            SluiceProcess.Result ended = run.end();

            assertThat(ended.code()).as(ended.output()).isEqualTo(130);
            assertThat(ended.output())
                    .containsOnlyOnce("sluice traffic rfc2544 ")
                    .doesNotContain("Exception");
            Path copy = Files.writeString(folder.resolve("copy.json"), written);
            assertThat(JsonReport.read(copy).complete()).isTrue();
        }
    }

    @Test
    void ctrlCAgainEndsAtOnce() throws Exception {
        try (SluiceProcess run =
                SluiceProcess.start(rfc2544("--sizes", "64", "--test", "loss", "--json", pipe().toString()))) {
            awaitWriting(run);
            // Nobody reads the pipe. The second one must come after the first was heard, so it is typed until it works.
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                run.interrupt();
                return !run.handle().isAlive();
            });
            assertThat(run.end().code()).isEqualTo(130);
        }
    }

    private Path pipe() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        return pipe;
    }

    private static void awaitWriting(SluiceProcess run) throws Exception {
        String _ = run.awaitLine("  floor: done");
        String _ = run.awaitLine("  floor: done");
    }

    @Test
    void nothingIsLeftWhenItIsKilled() throws Exception {
        try (SluiceProcess run = SluiceProcess.start(rfc2544("--mode", "xdp", "--json", json().toString()))) {
            String _ = run.awaitLine("  64 bytes: throughput 1 of ");
            assertThat(xdp()).isNotEqualTo(XdpMode.NONE);
            run.kill();
        }
        await().untilAsserted(() -> assertThat(xdp()).isEqualTo(XdpMode.NONE));
        assertThat(folder).isEmptyDirectory();
        try (Links here = Links.in(near);
                Links there = Links.in(far)) {
            assertThat(Stream.concat(here.list().stream(), there.list().stream())
                            .filter(link -> link.kind().name().equals("veth")))
                    .hasSize(2);
        }
    }

    @Test
    void theMissingCapabilityIsNamed() throws Exception {
        assertThat(Files.isExecutable(Path.of("/usr/bin/setpriv"))).isTrue();
        try (SluiceProcess run = SluiceProcess.startUnder(
                List.of("setpriv", "--bounding-set", "-net_raw", "--inh-caps", "-net_raw"), rfc2544("--sizes", "64"))) {
            SluiceProcess.Result ended = run.end();

            assertThat(ended.code()).isEqualTo(2);
            assertThat(ended.output())
                    .contains(
                            "needs the capability CAP_NET_RAW, which this process lacks. Run as root, or give the program"
                                    + " that capability.")
                    .doesNotContain("\tat ");
        }
        try (SluiceProcess run = SluiceProcess.startUnder(
                List.of("setpriv", "--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin"),
                rfc2544("--sizes", "64"))) {
            SluiceProcess.Result ended = run.end();

            assertThat(ended.code()).isEqualTo(2);
            assertThat(ended.output())
                    .contains("Entering the network namespace of tx@" + near
                            + " needs the capability CAP_SYS_ADMIN, which this process lacks. Run as root.")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void anInterfaceOfTheOwnNamespaceNeedsNoPermissionToEnterIt() throws Exception {
        try (SluiceProcess run = SluiceProcess.startUnder(
                List.of(
                        "ip",
                        "netns",
                        "exec",
                        near,
                        "setpriv",
                        "--bounding-set",
                        "-sys_admin",
                        "--inh-caps",
                        "-sys_admin"),
                "traffic",
                "rfc2544",
                "--tx",
                "tx",
                "--rx",
                "missing")) {
            SluiceProcess.Result ended = run.end();

            assertThat(ended.code()).isEqualTo(2);
            assertThat(ended.output()).contains("There is no network device missing.");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            mmsg | -all,+net_raw,+sys_nice
            xdp  | -all,+net_raw,+sys_nice,+bpf,+net_admin,+ipc_lock
            """)
    void measuresWithTheCapabilitiesThatTheManualNames(String mode, String capabilities) throws Exception {
        try (Links links = Links.in(near)) {
            links.createVeth("one", "other");
            links.setUp("one");
            links.setUp("other");
        }
        List<String> limited = List.of("ip", "netns", "exec", near, "setpriv", "--bounding-set", capabilities);
        try (SluiceProcess run = SluiceProcess.startUnder(
                limited,
                "traffic",
                "rfc2544",
                "--tx",
                "one",
                "--rx",
                "other",
                "--mode",
                mode,
                "--sizes",
                "64",
                "--trial",
                "100ms",
                "--rate",
                "2000pps",
                "--json",
                json().toString())) {
            SluiceProcess.Result ended = run.end();

            assertThat(ended.code()).as(ended.output()).isZero();
        }
        PatternResult pattern = JsonReport.read(json()).patterns().getFirst();
        assertThat(pattern.sizes().getFirst().throughput()).isPresent();
        assertThat(pattern.floorBefore())
                .hasValueSatisfying(floor -> assertThat(floor.hasLoop()).isFalse());
        assertThat(pattern.notes()).anyMatch(note -> note.contains("CAP_SYS_ADMIN"));
    }

    @Test
    void anInterfaceThatGoesAwayKeepsWhatWasFound() throws Exception {
        try (SluiceProcess run = SluiceProcess.start(rfc2544(
                "--sizes", "64,128", "--soak-for", "60s", "--test", "throughput,soak", "--json", json().toString()))) {
            String _ = run.awaitLine("  64 bytes: soak 1 of 12 ...");
            try (Links links = Links.in(near)) {
                assertThat(links.delete("tx")).isTrue();
            }
            SluiceProcess.Result ended = run.end();

            assertThat(ended.code()).as(ended.output()).isEqualTo(2);
            assertThat(ended.output()).doesNotContain("\tat ");
        }
        Report report = JsonReport.read(json());
        assertThat(report.complete()).isFalse();
        assertThat(report.leftOut()).singleElement().asString().startsWith("The run ended early: ");
        assertThat(report.patterns().getFirst().sizes().getFirst().throughput()).isPresent();
    }
}
