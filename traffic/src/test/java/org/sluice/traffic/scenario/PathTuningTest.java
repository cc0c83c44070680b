package org.sluice.traffic.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.linux.machine.CpuSet;
import org.sluice.traffic.machine.Device;
import org.sluice.traffic.machine.Host;
import org.sluice.traffic.machine.Place;
import org.sluice.traffic.report.SettingChange;
import org.sluice.traffic.tuning.Setting;
import org.sluice.traffic.tuning.Tunings;
import org.sluice.traffic.tuning.Wish;

/** The tuning of a path that was built, and what a report tells of it. */
class PathTuningTest {
    private static final CpuSet FIRST_CPU = CpuSet.of(0);

    @TempDir
    private Path state;

    private final Host host = new Host();

    @Test
    void changesTheRoutersInterfacesAndPutsThemBack() {
        Optional<String> reason = RoutedNamespaces.unavailable();
        assumeTrue(reason.isEmpty(), () -> reason.orElse(""));
        Pattern pattern = new Scenarios(state, MachineOptions.NONE)
                .patterns("tuned-bare-forwarding")
                .getFirst();
        assertThat(pattern.tuned()).isTrue();
        try (BuiltPath path = pattern.build()) {
            List<Device> devices = path.devices().stream()
                    .map(port -> new Device(
                            port.device(), new Place.Named(port.namespace().orElseThrow())))
                    .toList();
            List<Wish> wishes = Tunings.forForwarding(host, devices, FIRST_CPU);
            Map<Setting, String> before = read(wishes);

            List<SettingChange> changes;
            try (PathTuning tuning = new PathTuning(host, state)) {
                tuning.apply(devices, FIRST_CPU);
                assertThat(read(wishes)).isNotEqualTo(before);
                changes = tuning.restore();
            }

            assertThat(read(wishes)).isEqualTo(before);
            assertThat(changes)
                    .filteredOn(change -> change.outcome().equals(PathTuning.RESTORED))
                    .isNotEmpty()
                    .allSatisfy(change -> assertThat(change.after()).isNotEqualTo(change.before()));
            assertThat(changes)
                    .as("a veth has no rings")
                    .filteredOn(change -> change.setting().startsWith("the rings of"))
                    .hasSize(2)
                    .allSatisfy(change -> {
                        assertThat(change.outcome()).endsWith(".");
                        assertThat(change.after()).isEqualTo(change.before());
                    });
        }
        assertThat(state).isEmptyDirectory();
    }

    private Map<Setting, String> read(List<Wish> wishes) {
        Map<Setting, String> values = new HashMap<>();
        for (Wish wish : wishes) {
            wish.setting().read(host).ifPresent(value -> values.put(wish.setting(), value));
        }
        return values;
    }
}
