package org.sluice.traffic.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackToBackSearchTest {
    /** 64 bytes on 10 Gbit/s Ethernet. */
    private static final double LINE_RATE = 14_880_952;

    @Test
    void findsTheLongestBurstToTheFrame() throws InterruptedException {
        BackToBackResult result = BackToBackSearch.rfc9004(LINE_RATE).run(longest(26_743), BurstState.Listener.NONE);

        assertThat(result.repetitions()).hasSize(50);
        assertThat(result.average()).isEqualTo(26_743);
        assertThat(result.minimum()).isEqualTo(26_743);
        assertThat(result.maximum()).isEqualTo(26_743);
        assertThat(result.standardDeviation()).isZero();
        assertThat(result.testerLimited()).isFalse();
        assertThat(result.atMaximum()).isFalse();
    }

    @Test
    void stopsAtItsResolution() throws InterruptedException {
        Counting bursts = new Counting(longest(26_743));

        BackToBackResult result = BackToBackSearch.rfc9004(LINE_RATE)
                .withResolution(1_000)
                .withRepetitions(1)
                .run(bursts, BurstState.Listener.NONE);

        assertThat(result.average()).isBetween(25_743.0, 26_743.0);
        assertThat(bursts.lengths).hasSizeLessThan(25);
        assertThat(bursts.lengths.getFirst()).isEqualTo(Math.round(LINE_RATE * 30));
    }

    @Test
    void averagesBurstsThatDiffer() throws InterruptedException {
        List<BackToBackResult.Repetition> repetitions = new ArrayList<>();
        for (long frames : new long[] {2, 4, 4, 4, 5, 5, 7, 9}) {
            repetitions.add(new BackToBackResult.Repetition(frames, false, false));
        }

        BackToBackResult result = new BackToBackResult(repetitions);

        assertThat(result.average()).isEqualTo(5);
        assertThat(result.minimum()).isEqualTo(2);
        assertThat(result.maximum()).isEqualTo(9);
        assertThat(result.standardDeviation()).isCloseTo(Math.sqrt(32.0 / 7), within(1e-12));
    }

    @Test
    void theCorrectedBufferTimeIsThatOfTheBufferThatTheDeviceHas() throws InterruptedException {
        // RFC 9004's model: a buffer, and a forwarding function that empties it while the burst comes in. What is left
        // in it after a
        // burst of n frames is n less what was forwarded meanwhile.
        double throughput = 9_300_000;
        double buffer = 12_000;
        Bursts device = frames -> {
            double left = frames - frames / LINE_RATE * throughput;
            return new BurstOutcome(frames, Math.max(0, Math.round(Math.ceil(left - buffer))), true);
        };

        BackToBackResult result =
                BackToBackSearch.rfc9004(LINE_RATE).withRepetitions(3).run(device, BurstState.Listener.NONE);

        assertThat(result.impliedBufferTime(LINE_RATE)).isCloseTo(result.average() / LINE_RATE, within(1e-15));
        assertThat(result.correctedBufferTime(LINE_RATE, throughput) * LINE_RATE)
                .isCloseTo(buffer, within(1.0));
        assertThat(result.correctedBufferTime(LINE_RATE, 0)).isEqualTo(result.impliedBufferTime(LINE_RATE));
    }

    @Test
    void aBufferThatNeverFillsHasNoCorrectedTime() {
        BackToBackResult result = new BackToBackResult(List.of(new BackToBackResult.Repetition(100, false, false)));

        assertThatThrownBy(() -> result.correctedBufferTime(1_000, 1_000))
                .hasMessage("The throughput 1000.0 is not below the maximum frame rate 1000.0: the buffer never fills,"
                        + " and the test says nothing about it.");
    }

    @Test
    void saysWhenTheLongestAllowedBurstHolds() throws InterruptedException {
        Counting bursts = new Counting(longest(Long.MAX_VALUE));

        BackToBackResult result = BackToBackSearch.rfc9004(1_000)
                .withMaxFrames(5_000)
                .withRepetitions(2)
                .run(bursts, BurstState.Listener.NONE);

        assertThat(result.atMaximum()).isTrue();
        assertThat(result.average()).isEqualTo(5_000);
        assertThat(bursts.lengths).containsExactly(5_000L, 5_000L);
    }

    @Test
    void aDeviceThatLosesEveryBurstHasNone() throws InterruptedException {
        Counting bursts = new Counting(longest(0));

        BackToBackResult result = new BackToBackSearch(10, 1_000, 1, 1, 0).run(bursts, BurstState.Listener.NONE);

        assertThat(result.average()).isZero();
        assertThat(bursts.lengths.getLast()).isEqualTo(10);
        assertThat(result.testerLimited()).isFalse();
    }

    @Test
    void saysThatTheTesterWasTheLimit() throws InterruptedException {
        Bursts tester = frames -> new BurstOutcome(frames, 0, frames <= 700);

        BackToBackResult result =
                BackToBackSearch.rfc9004(1_000).withRepetitions(2).run(tester, BurstState.Listener.NONE);

        assertThat(result.testerLimited()).isTrue();
        assertThat(result.average()).isEqualTo(700);
    }

    @Test
    void aTesterLimitAboveTheDevicesOwnDoesNotMatter() throws InterruptedException {
        Bursts tester = frames -> new BurstOutcome(frames, frames <= 300 ? 0 : 1, frames <= 700);

        BackToBackResult result =
                BackToBackSearch.rfc9004(1_000).withRepetitions(2).run(tester, BurstState.Listener.NONE);

        assertThat(result.testerLimited()).isFalse();
        assertThat(result.average()).isEqualTo(300);
    }

    @Test
    void repeatsABurstInWhichTheTesterHadAHiccup() throws InterruptedException {
        List<Long> seen = new ArrayList<>();
        Bursts everyFirstIsSpoilt = frames -> {
            boolean first = !seen.contains(frames);
            seen.add(frames);
            return new BurstOutcome(frames, frames <= 300 ? 0 : 1, !first);
        };

        BackToBackResult result =
                BackToBackSearch.rfc9004(1_000).withRepetitions(1).run(everyFirstIsSpoilt, BurstState.Listener.NONE);

        assertThat(result.average()).isEqualTo(300);
        assertThat(result.testerLimited()).isFalse();
    }

    @Test
    void findsAnyBurstAndStaysWithinItsLimits() throws InterruptedException {
        Random random = new Random(9004);
        for (int i = 0; i < 300; i++) {
            long min = 1 + random.nextLong(1_000);
            long max = min + random.nextInt(1_000_000);
            long resolution = 1 + random.nextLong(100);
            long longest = random.nextLong(max + 100);
            Counting bursts = new Counting(longest(longest));

            BackToBackResult result =
                    new BackToBackSearch(min, max, resolution, 1, 0).run(bursts, BurstState.Listener.NONE);

            assertThat(bursts.lengths).allSatisfy(frames -> assertThat(frames).isBetween(min, max));
            if (longest < min) {
                assertThat(result.maximum()).isZero();
            } else {
                assertThat(result.maximum()).isBetween(Math.min(longest, max) - resolution + 1, Math.min(longest, max));
            }
        }
    }

    @Test
    void theListenerHasTheBurstsSoFarWhenItIsInterrupted() {
        List<BurstState> states = new ArrayList<>();
        Bursts interruptedAtTheThird = frames -> {
            if (states.size() == 3) {
                throw new InterruptedException();
            }
            return new BurstOutcome(frames, 1, true);
        };

        assertThatThrownBy(() -> BackToBackSearch.rfc9004(1_000).run(interruptedAtTheThird, states::add))
                .isInstanceOf(InterruptedException.class);

        assertThat(states.getFirst().last()).isEmpty();
        assertThat(states.getLast().last()).hasValue(new BurstOutcome(15_000, 1, true));
        assertThat(states.getLast().upcoming()).hasValue(7_500);
    }

    @Test
    void theListenerHearsTheEnd() throws InterruptedException {
        List<BurstState> states = new ArrayList<>();

        BackToBackSearch.rfc9004(1_000).withRepetitions(3).run(longest(77), states::add);

        assertThat(states.getLast().upcoming()).isEmpty();
        assertThat(states.getLast().repetition()).isEqualTo(3);
        assertThat(states.getLast().held()).isEqualTo(77);
    }

    @Test
    void refusesSettingsThatMeanNothing() {
        assertThatThrownBy(() -> new BackToBackSearch(0, 1, 1, 1, 0)).hasMessageContaining("use 1 or more");
        assertThatThrownBy(() -> new BackToBackSearch(2, 1, 1, 1, 0))
                .hasMessageContaining("a longest that is not shorter");
        assertThatThrownBy(() -> new BackToBackSearch(1, 2, 0, 1, 0)).hasMessageContaining("resolution is 0");
        assertThatThrownBy(() -> new BackToBackSearch(1, 2, 1, 0, 0)).hasMessageContaining("0 times");
        assertThatThrownBy(() -> new BackToBackSearch(1, 2, 1, 1, -1)).hasMessageContaining("-1 times");
        assertThatThrownBy(() -> new BurstOutcome(1, 2, true)).hasMessage("A burst of 1 frames cannot have lost 2.");
        assertThatThrownBy(() -> new BackToBackResult(List.of())).hasMessageContaining("has no result");
    }

    private static Bursts longest(long frames) {
        return length -> new BurstOutcome(length, Math.max(0, length - frames), true);
    }

    private static final class Counting implements Bursts {
        private final Bursts device;
        private final List<Long> lengths = new ArrayList<>();

        private Counting(Bursts device) {
            this.device = device;
        }

        @Override
        public BurstOutcome measure(long frames) throws InterruptedException {
            lengths.add(frames);
            return device.measure(frames);
        }
    }
}
