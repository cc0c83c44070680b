package org.sluice.traffic.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.linux.ethtool.Ethtool;
import org.sluice.linux.machine.CpuSet;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Links;
import org.sluice.traffic.machine.Device;
import org.sluice.traffic.machine.Host;
import org.sluice.traffic.machine.Place;

/** Against this machine's kernel, on a veth pair in a namespace that goes away with the test. */
class TuningOnVethTest {
    private static final CpuSet FIRST_CPU = CpuSet.of(0);

    @TempDir
    private Path journals;

    private final String name = "sluice-tuning-" + ProcessHandle.current().pid();
    private final Device left = new Device("left", new Place.Named(name));
    private final Host host = new Host();
    private NetworkNamespace namespace;
    private Links links;

    @BeforeEach
    void makeNamespace() {
        assumeTrue("root".equals(System.getProperty("user.name")), "Making network namespaces needs root.");
        namespace = NetworkNamespace.create(name);
        links = Links.in(namespace);
        links.createVeth("left", "right");
        links.setUp("left");
        try (Ethtool ethtool = Ethtool.in(namespace)) {
            ethtool.setFeatures("left", Map.of("rx-gro", true));
        }
    }

    @AfterEach
    void leave() {
        if (links != null) {
            links.close();
            namespace.close();
            NetworkNamespace.delete(name);
        }
    }

    @Test
    void tunesForForwardingAndPutsEverythingBack() {
        List<Wish> wishes = Tunings.forForwarding(host, List.of(left), FIRST_CPU);
        Map<Setting, String> before = read(wishes);
        try (Tuning tuning = new Tuning(host, journals)) {
            tuning.apply(wishes);

            assertThat(tuning.changes())
                    .contains(
                            new Change(new OffloadFeature(left, "rx-gro"), "on", "off"),
                            new Change(new OffloadFeature(left, "tx-tcp-segmentation"), "on", "off"),
                            new Change(new OffloadFeature(left, "tx-generic-segmentation"), "on", "off"),
                            new Change(new QueueDiscipline(left), "default", "noqueue"),
                            new Change(new ReceiveSteering(left, 0), "none", "0"));
            assertThat(tuning.refused())
                    .extracting(Refused::setting)
                    .as("a veth has no rings")
                    .contains(new RingSizes(left));
            assertThat(read(wishes)).isNotEqualTo(before);

            assertThat(tuning.restore()).isEmpty();
        }
        assertThat(read(wishes)).isEqualTo(before);
        assertThat(journals).isEmptyDirectory();
    }

    @Test
    void putsBackAnOffloadThatWasWishedForAndHeldUp() {
        try (Ethtool ethtool = Ethtool.in(namespace)) {
            ethtool.setFeatures("left", Map.of("tx-scatter-gather", false));
        }
        OffloadFeature segmentation = new OffloadFeature(left, "tx-generic-segmentation");
        assertThat(segmentation.read(host)).contains("requested");
        try (Tuning tuning = new Tuning(host, journals)) {
            tuning.apply(List.of(new Wish(segmentation, "off")));
            assertThat(tuning.changes()).containsExactly(new Change(segmentation, "requested", "off"));
        }
        assertThat(segmentation.read(host)).contains("requested");
    }

    @Test
    void leavesAQueueDisciplineAloneThatHasOptionsToLose() {
        links.qdiscs().replaceRoot("left", "pfifo");
        try (Tuning tuning = new Tuning(host, journals)) {
            tuning.apply(List.of(new Wish(new QueueDiscipline(left), "noqueue")));
            assertThat(tuning.changes()).isEmpty();
            assertThat(tuning.refused())
                    .singleElement()
                    .satisfies(refusal -> assertThat(refusal.reason()).contains("pfifo", "could not be put back"));
        }
        assertThat(links.qdiscs().root("left").orElseThrow().kind()).isEqualTo("pfifo");
    }

    @Test
    void setsTheCoalescingOfATapAndPutsItBack() {
        links.taps().create("tap0");
        Device tap = new Device("tap0", new Place.Named(name));
        InterruptCoalescing coalescing = new InterruptCoalescing(tap);
        String none = "rx-usecs 0 rx-frames 0 tx-usecs 0 tx-frames 0 adaptive-rx off adaptive-tx off";
        String seven = "rx-usecs 0 rx-frames 7 tx-usecs 0 tx-frames 0 adaptive-rx off adaptive-tx off";
        try (Tuning tuning = new Tuning(host, journals)) {
            tuning.apply(List.of(new Wish(coalescing, seven)));
            assertThat(tuning.changes()).containsExactly(new Change(coalescing, none, seven));
        }
        assertThat(coalescing.read(host)).contains(none);
    }

    @Test
    void reportsADeviceThatWasDeletedMeanwhile() {
        try (Tuning tuning = new Tuning(host, journals)) {
            tuning.apply(List.of(new Wish(new OffloadFeature(left, "rx-gro"), "off")));
            links.delete("left");

            assertThat(tuning.restore()).singleElement().satisfies(failure -> {
                assertThat(failure.gone()).isTrue();
                assertThat(failure.before()).isEqualTo("on");
            });
        }
        assertThat(journals).isEmptyDirectory();
    }

    @Test
    void putsADeviceInANamelessNamespaceBackAndWritesNoJournalOfIt() {
        Device held = new Device("left", new Place.Held(namespace));
        OffloadFeature receive = new OffloadFeature(held, "rx-gro");
        try (Tuning tuning = new Tuning(host, journals)) {
            tuning.apply(List.of(new Wish(receive, "off")));
            assertThat(tuning.changes()).hasSize(1);
            assertThat(journals).isEmptyDirectory();
        }
        assertThat(receive.read(host)).contains("on");
    }

    @Test
    void aProcessThatIsKilledIsPutBackByTheNext() throws Exception {
        List<Wish> wishes = Tunings.forForwarding(host, List.of(left), FIRST_CPU);
        Map<Setting, String> before = read(wishes);
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        TuningProcess.class.getName(),
                        name,
                        journals.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = other.inputReader(StandardCharsets.UTF_8)) {
            assertThat(output.readLine()).isEqualTo("tuned");
            Map<Setting, String> tuned = read(wishes);
            assertThat(tuned).isNotEqualTo(before);
            assertThat(Tuning.recover(host, journals).runsInProgress()).isEqualTo(1);
            assertThat(read(wishes)).isEqualTo(tuned);
        } finally {
            // SIGKILL: no shutdown hook runs.
            other.destroyForcibly();
            int _ = other.waitFor();
        }

        Recovery recovery = Tuning.recover(host, journals);

        assertThat(recovery.notRestored()).isEmpty();
        assertThat(recovery.restored()).isNotEmpty();
        assertThat(read(wishes)).isEqualTo(before);
        assertThat(journals).isEmptyDirectory();
    }

    private Map<Setting, String> read(List<Wish> wishes) {
        Map<Setting, String> values = new HashMap<>();
        for (Wish wish : wishes) {
            wish.setting().read(host).ifPresent(value -> values.put(wish.setting(), value));
        }
        return values;
    }

    /** A run that tunes and then waits to be killed. */
    static final class TuningProcess {
        private TuningProcess() {}

        public static void main(String[] arguments) throws IOException {
            Host host = new Host();
            Device device = new Device("left", new Place.Named(arguments[0]));
            try (Tuning tuning = new Tuning(host, Path.of(arguments[1]))) {
                tuning.apply(Tunings.forForwarding(host, List.of(device), FIRST_CPU));
                System.out.println("tuned");
                // Returns only should the test end without killing it.
                int _ = System.in.read();
            }
        }
    }
}
