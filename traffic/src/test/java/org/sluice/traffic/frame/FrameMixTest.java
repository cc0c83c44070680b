package org.sluice.traffic.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sizes and mixes of sizes, and how many of them a line carries. */
class FrameMixTest {
    private static final long GIGABIT = 1_000_000_000L;

    @ParameterizedTest
    @CsvSource({"64, 1488095", "128, 844594", "512, 234962", "1518, 81274"})
    void knowsTheLineRatesOfGigabitEthernet(int bytes, long framesPerSecond) {
        assertThat((long) new FrameSize(bytes).lineRate(GIGABIT)).isEqualTo(framesPerSecond);
    }

    @ParameterizedTest
    @CsvSource({"64, 14880", "128, 8445", "256, 4528", "512, 2349", "1024, 1197", "1280, 961", "1518, 812"})
    void agreesWithAppendixBOfRfc2544ForTenMegabit(int bytes, long framesPerSecond) {
        assertThat((long) new FrameSize(bytes).lineRate(10_000_000)).isEqualTo(framesPerSecond);
    }

    @Test
    void knowsTheSmallestFrameOfEveryKind() {
        List<VlanTag> one = List.of(VlanTag.of(100));
        assertThat(FrameSize.minimum(Frames.ipv4()).bytes()).isEqualTo(64);
        assertThat(FrameSize.minimum(Frames.ipv4().withTags(one)).bytes()).isEqualTo(68);
        assertThat(FrameSize.minimum(Frames.ipv4().withTags(Frames.QINQ)).bytes())
                .isEqualTo(72);
        assertThat(FrameSize.minimum(Frames.ipv6()).bytes()).isEqualTo(84);
        assertThat(FrameSize.minimum(Frames.ipv6().withTags(Frames.QINQ)).bytes())
                .isEqualTo(92);
        assertThat(new FrameSize(64).onWire()).isEqualTo(60);
        assertThat(FrameSize.RFC_2544).hasToString("[64, 128, 256, 512, 1024, 1280, 1518]");
        assertThat(FrameSize.RFC_5180).containsAll(FrameSize.JUMBO);
    }

    @Test
    void enlargesWhatIsTooSmallForTheHeaders() {
        assertThat(FrameMix.of(64).orMinimum(Frames.ipv6()).label()).isEqualTo("84");
        assertThat(FrameMix.of(128).orMinimum(Frames.ipv6())).isEqualTo(FrameMix.of(128));
        assertThat(FrameMix.IMIX.orMinimum(Frames.ipv6()).smallest().bytes()).isEqualTo(84);
        assertThat(FrameMix.IMIX.orMinimum(Frames.ipv6()).label()).isEqualTo("IMIX");
    }

    @Test
    void spreadsTheSizesOfTheClassicMix() {
        assertThat(FrameMix.IMIX.cycle()).hasToString("[64, 570, 64, 64, 570, 64, 1518, 570, 64, 64, 570, 64]");
        assertThat(FrameMix.IMIX.mean()).isCloseTo((7 * 64 + 4 * 570 + 1518) / 12.0, within(1e-9));
        assertThat(FrameMix.IMIX.lineRate(GIGABIT)).isCloseTo(GIGABIT / 8.0 / (353.833333 + 20), within(0.01));
        assertThat(FrameMix.IMIX.largest().bytes()).isEqualTo(1518);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "64               | 64                | [64]",
                "' 9216 '         | 9216              | [9216]",
                "imix:2x64,2x570  | IMIX:2x64,2x570   | [64, 570]",
                "imix:3x64,1x1518 | IMIX:3x64,1x1518  | [64, 64, 1518, 64]",
                "IMIX:64,64,1518  | IMIX:64,64,1518   | [64, 64, 1518]",
                "imix:aadg        | IMIX:aadg         | [64, 64, 512, 1518]",
                "imix:1x64,1x64   | IMIX:1x64,1x64    | [64]"
            })
    void readsWhatPeopleWrite(String text, String label, String cycle) {
        FrameMix mix = FrameMix.parse(text);
        assertThat(mix).hasToString(label);
        assertThat(mix.cycle()).hasToString(cycle);
    }

    @Test
    void readsTheClassicMixByName() {
        assertThat(FrameMix.parse("imix")).isEqualTo(FrameMix.IMIX);
        assertThat(FrameMix.parse("imix:7x64,4x570,1x1518").cycle()).isEqualTo(FrameMix.IMIX.cycle());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "63         | The frame size 63 is out of range: use 64 to 9216 bytes.",
                "9217       | The frame size 9217 is out of range: use 64 to 9216 bytes.",
                "big        | \"big\" is no frame size: write bytes as in 64, imix, or a mix as in imix:7x64,4x570,1x1518.",
                "64,128     | \"64,128\" is no frame size: write bytes as in 64, imix, or a mix as in imix:7x64,4x570,1x1518.",
                "imix:      | \"\" in a mix of frame sizes cannot be read: write sizes in bytes, as in 64,64,1518.",
                "imix:64,-1 | \"-1\" in a mix of frame sizes cannot be read: write sizes in bytes, as in 64,64,1518.",
                "imix:7x64,570 | \"570\" in a mix of frame sizes cannot be read: write how many of which size, as in 7x64.",
                "imix:0x64  | The mix IMIX:0x64 has 0 frames of a size: use at least 1.",
                "imix:4096x64,1x128 | The mix IMIX:4096x64,1x128 has 4097 frames in its cycle: use 1 to 4096.",
                "imix:az    | The letter z in the mix \"az\" stands for no size that can be sent: use a to i of RFC 6985, or"
                        + " sizes in bytes."
            })
    void saysWhatIsWrongWithTheRest(String text, String sentence) {
        assertThatThrownBy(() -> FrameMix.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(sentence);
    }

    @Test
    void refusesMixesOfNothingAndLinksWithoutSpeed() {
        assertThatThrownBy(() -> FrameMix.weighted("none", Map.of()))
                .hasMessage("The mix none has 0 frames in its cycle: use 1 to 4096.");
        assertThatThrownBy(() -> new FrameMix("none", List.of()))
                .hasMessage("The mix none has 0 frames in its cycle: use 1 to 4096.");
        assertThatThrownBy(() -> FrameMix.of(64).lineRate(0))
                .hasMessage("The speed of a link is more than zero bit/s; 0 is not.");
    }
}
