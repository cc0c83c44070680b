package org.sluice.traffic.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SequenceTrackerTest {
    private final SequenceTracker tracker = new SequenceTracker();

    @Test
    void countsFramesInOrder() {
        for (long sequence = 0; sequence < 1_000; sequence++) {
            tracker.arrived(sequence);
        }
        assertCounts(1_000, 0, 0);
        assertThat(tracker.lastMissing(1_000)).isEmpty();
    }

    @Test
    void tellsCopiesFromOvertakenFrames() {
        tracker.arrived(0);
        tracker.arrived(2);
        tracker.arrived(1);
        tracker.arrived(1);
        tracker.arrived(2);
        assertCounts(3, 1, 2);
    }

    @Test
    void findsTheLastFrameThatIsMissing() {
        tracker.arrived(0);
        tracker.arrived(3);
        tracker.arrived(4);
        assertThat(tracker.lastMissing(5)).hasValue(2);
        assertThat(tracker.lastMissing(6)).hasValue(5);
    }

    @Test
    void countsWhatIsOlderThanItsMemoryAsACopy() {
        tracker.arrived(0);
        tracker.arrived(2L * SequenceTracker.WINDOW);
        tracker.arrived(1);
        assertCounts(2, 0, 1);
    }

    @Test
    void forgetsNothingOfTheWindowAndEverythingOfTheLastTrial() {
        long jump = SequenceTracker.WINDOW - 64;
        tracker.arrived(5);
        tracker.arrived(jump);
        tracker.arrived(5);
        assertCounts(2, 0, 1);
        tracker.clear();
        tracker.arrived(5);
        assertCounts(1, 0, 0);
    }

    @Test
    void agreesWithASetOverManyRandomStreams() {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            tracker.clear();
            Set<Long> seen = new HashSet<>();
            long highest = -1;
            long reordered = 0;
            long duplicated = 0;
            for (int i = 0; i < 2_000; i++) {
                long sequence =
                        Math.max(0, highest + random.nextInt(200) - 150 + (random.nextInt(100) == 0 ? 70_000 : 0));
                if (!seen.add(sequence)) {
                    duplicated++;
                } else if (sequence < highest) {
                    reordered++;
                }
                highest = Math.max(highest, sequence);
                tracker.arrived(sequence);
            }
            assertCounts(seen.size(), reordered, duplicated);
        }
    }

    private void assertCounts(long received, long reordered, long duplicated) {
        assertThat(tracker.received()).isEqualTo(received);
        assertThat(tracker.reordered()).isEqualTo(reordered);
        assertThat(tracker.duplicated()).isEqualTo(duplicated);
    }
}
