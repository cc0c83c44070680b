package org.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The tester through the front door: a router of three namespaces is measured, reported in every form, and compared. */
class TrafficTest {
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    private Path folder;

    private final String name = "sluice-" + UUID.randomUUID().toString().substring(0, 8);
    private final List<String> namespaces = List.of(name + "-a", name + "-r", name + "-b");

    @BeforeEach
    void makeARouter() {
        assumeTrue("root".equals(System.getProperty("user.name")), "Making network namespaces needs root.");
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/ip")), "The test makes its router with ip (iproute2).");
        namespaces.forEach(namespace -> ip("netns add " + namespace));
        wire(namespaces.get(0), "tx", "in", "198.18.0.254/24");
        wire(namespaces.get(2), "rx", "out", "198.19.0.254/24");
        ip("netns exec " + namespaces.get(1) + " sysctl -q -w net.ipv4.ip_forward=1");
    }

    @AfterEach
    void takeItAway() {
        namespaces.forEach(namespace -> Command.run(Map.of(), List.of("ip", "netns", "delete", namespace)));
    }

    private void wire(String tester, String outer, String inner, String address) {
        String router = namespaces.get(1);
        ip("link add " + inner + " netns " + router + " type veth peer name " + outer + " netns " + tester);
        ip("-n " + router + " address add " + address + " dev " + inner);
        ip("-n " + router + " link set dev " + inner + " up");
        ip("-n " + tester + " link set dev " + outer + " up");
    }

    private static void ip(String words) {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(words.split(" ")));
        String _ = Command.run(Map.of(), command).succeeded();
    }

    private static Command sluice(String... words) {
        List<String> command = new ArrayList<>(List.of(HOME.resolve("sluice").toString()));
        command.addAll(List.of(words));
        return Command.run(Map.of(), command);
    }

    @Test
    void aRouterIsMeasuredReportedAndCompared() throws Exception {
        String json = folder.resolve("report.json").toString();
        String[] typed = {
            "traffic",
            "rfc2544",
            "--tx",
            "tx@" + namespaces.get(0),
            "--rx",
            "rx@" + namespaces.get(2),
            "--gateway",
            "198.18.0.254",
            "--test",
            "throughput,loss",
            "--sizes",
            "64,1518",
            "--trial",
            "100ms",
            "--rate",
            "5000pps",
            "--json",
            json,
            "--csv",
            folder.resolve("report.csv").toString(),
            "--html",
            folder.resolve("report.html").toString(),
            "--png",
            folder.resolve("report.png").toString()
        };
        String text = sluice(typed).succeeded();

        assertThat(text).contains("through a router, IPv4, 1 flow, mode mmsg", "Throughput", "not RFC 2544 compliant");
        assertThat(text.lines().filter(line -> line.startsWith("machine:"))).hasSize(1);
        JsonNode report = new JsonMapper().readTree(Files.readString(Path.of(json)));
        assertThat(report.path("complete").asBoolean()).isTrue();
        assertThat(report.path("command").asString()).endsWith(String.join(" ", typed));
        JsonNode pattern = report.path("patterns").get(0);
        assertThat(pattern.path("sizes")).hasSize(2);
        for (JsonNode size : pattern.path("sizes")) {
            assertThat(size.at("/throughput/framesPerSecond").asDouble()).isBetween(0.0, 5_000.0);
            assertThat(size.at("/throughput/repeats")).hasSizeGreaterThan(1);
            assertThat(size.path("lossCurve").size()).isBetween(2, 10);
            assertThat(size.path("trials").size()).isGreaterThan(5);
            assertThat(size.path("trials").get(1).path("sent").asLong()).isPositive();
        }
        assertThat(pattern.at("/floorBefore/clockCost").asDouble()).isPositive();
        assertThat(folder.resolve("report.csv")).content().hasLineCount(3);
        assertThat(folder.resolve("report.html")).content().contains("<svg").endsWith("</html>\n");
        assertThat(Files.readAllBytes(folder.resolve("report.png"))).startsWith(0x89, 'P', 'N', 'G');

        Command compared = sluice("traffic", "compare", json, json);
        boolean limited = !pattern.at("/sizes/0/testerLimited").isEmpty()
                || !pattern.at("/sizes/1/testerLimited").isEmpty();
        // What a noisy machine's tester could not measure, a comparison cannot judge.
        assertThat(compared.status()).isEqualTo(limited ? 3 : 0);
        assertThat(compared.output()).contains(limited ? "verdict: unknown" : "verdict: same");
    }

    @Test
    void aRouterThatIsNotNamedIsAskedFor() {
        Command refused =
                sluice("traffic", "blast", "--tx", "tx@" + namespaces.get(0), "--rx", "rx@" + namespaces.get(2));

        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.failed()).contains("None of 20 frames arrived", "name it (--gateway)");
    }
}
