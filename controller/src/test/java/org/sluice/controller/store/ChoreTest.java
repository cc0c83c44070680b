package org.sluice.controller.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ChoreTest {
    @Test
    void itIsDoneAgainAlsoAfterAFailureAndNotAfterItsEnd() throws Exception {
        AtomicInteger times = new AtomicInteger();
        CountDownLatch thrice = new CountDownLatch(3);
        try (Chore _ = Chore.every(Duration.ofMillis(1), "a chore", () -> {
            thrice.countDown();
            if (times.incrementAndGet() == 1) {
                throw new IllegalStateException("a defect");
            }
        })) {
            assertThat(thrice.await(20, TimeUnit.SECONDS)).isTrue();
        }
        int atTheEnd = times.get();
        assertThat(atTheEnd).isGreaterThanOrEqualTo(3);
        assertThat(times).hasValue(atTheEnd);
    }
}
