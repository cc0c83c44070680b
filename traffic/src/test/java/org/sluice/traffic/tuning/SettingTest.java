package org.sluice.traffic.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sluice.linux.ethtool.Coalescing;
import org.sluice.linux.machine.CpuSet;
import org.sluice.traffic.machine.Device;
import org.sluice.traffic.machine.Host;
import org.sluice.traffic.machine.Place;

/** The values of settings, and how they are written down. */
class SettingTest {
    private static final Device HERE = Device.here("eth0");
    private static final Device THERE = new Device("a b\tc", new Place.Named("r-1"));

    static List<Arguments> values() {
        return List.of(
                Arguments.of(new RingSizes(HERE), "rx 256 tx 0512", "rx 256 tx 512"),
                Arguments.of(new OffloadFeature(THERE, "rx-gro"), "off", "off"),
                Arguments.of(new QueueDiscipline(HERE), "pfifo_fast", "pfifo_fast"),
                Arguments.of(new InterruptAffinity(THERE, 26), "1,0,3", "0-1,3"),
                Arguments.of(new ReceiveSteering(HERE, 3), "", "none"),
                Arguments.of(new ReceiveSteering(HERE, 3), "none", "none"),
                Arguments.of(
                        new InterruptCoalescing(HERE),
                        InterruptCoalescing.value(new Coalescing(3, 0, 5, 7, true, false)),
                        "rx-usecs 3 rx-frames 0 tx-usecs 5 tx-frames 7 adaptive-rx on adaptive-tx off"),
                Arguments.of(new Governor(5), "performance", "performance"));
    }

    @ParameterizedTest
    @MethodSource("values")
    void aWishHasTheValueInTheFormThatIsReadBack(Setting setting, String value, String canonical) {
        assertThat(new Wish(setting, value).value()).isEqualTo(canonical);
        assertThat(new Wish(setting, canonical).value()).isEqualTo(canonical);
    }

    @ParameterizedTest
    @MethodSource("values")
    void aSettingThatWasWrittenDownIsReadAsTheSame(Setting setting, String value, String canonical) {
        List<String> words = new ArrayList<>(SettingText.write(setting));
        assertThat(words).hasSize(4);
        assertThat(SettingText.read(words)).isEqualTo(setting);
        assertThat(setting.describe()).startsWith("the ");
    }

    static List<Arguments> nonsense() {
        return List.of(
                Arguments.of(new RingSizes(HERE), "256"),
                Arguments.of(new OffloadFeature(HERE, "rx-gro"), "maybe"),
                Arguments.of(new QueueDiscipline(HERE), "htb default 1"),
                Arguments.of(new InterruptAffinity(HERE, 26), "none"),
                Arguments.of(new InterruptAffinity(HERE, 26), "all"),
                Arguments.of(new ReceiveSteering(HERE, 0), "f"),
                Arguments.of(new InterruptCoalescing(HERE), "rx-usecs 3"),
                Arguments.of(new Governor(0), "Performance!"));
    }

    @ParameterizedTest
    @MethodSource("nonsense")
    void aWishForNonsenseIsRefusedBeforeAnythingIsTouched(Setting setting, String value) {
        assertThatThrownBy(() -> new Wish(setting, value)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDeviceIsWrittenAsAPersonWritesIt() {
        assertThat(HERE).hasToString("eth0");
        assertThat(new Device("left", new Place.Named("r-1"))).hasToString("left@r-1");
        assertThat(new ReceiveSteering(new Device("left", new Place.Named("r-1")), 2).describe())
                .isEqualTo("the CPUs of receive queue 2 of left@r-1");
    }

    @Test
    void onlyWhatAnotherRunCouldMakeAgainCanBePutBack() {
        QueueDiscipline root = new QueueDiscipline(HERE);
        assertThat(root.irreversible("default")).isEmpty();
        assertThat(root.irreversible("noqueue")).isEmpty();
        assertThat(root.irreversible("htb")).isPresent();
        assertThat(new Governor(0).irreversible("powersave")).isEmpty();
    }

    @Test
    void forwardingNeedsACpu() {
        assertThatThrownBy(() -> Tunings.forForwarding(new Host(), List.of(), CpuSet.NONE))
                .hasMessageContaining("one CPU at least");
    }
}
