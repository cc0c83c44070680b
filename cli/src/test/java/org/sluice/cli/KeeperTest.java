package org.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class KeeperTest {
    private static final Keeper.Pauses PAUSES =
            new Keeper.Pauses(Duration.ofMillis(1), Duration.ofMillis(4), Duration.ofMinutes(1));

    private final BlockingQueue<String> news = new LinkedBlockingQueue<>();

    private static final class Thing implements Keeper.Kept {
        private final CountDownLatch end = new CountDownLatch(1);
        private final CountDownLatch closed = new CountDownLatch(1);

        @Override
        public String awaitEnd() throws InterruptedException {
            end.await();
            return "it fell";
        }

        @Override
        public void close() {
            closed.countDown();
            end.countDown();
        }
    }

    @Test
    void whatEndsIsClosedAndStartedAgainAndSaidInOneLine() throws Exception {
        Thing first = new Thing();
        Thing second = new Thing();
        try (Keeper<Thing> keeper = Keeper.of("The thing", first, () -> second, PAUSES, news::add)) {
            assertThat(keeper.running()).isSameAs(first);
            first.end.countDown();
            assertThat(news.take()).startsWith("The thing ended (it fell) and was started again after ");
            assertThat(keeper.running()).isSameAs(second);
            assertThat(first.closed.getCount()).isZero();
        }
        assertThat(second.closed.getCount()).isZero();
        assertThat(news).isEmpty();
    }

    @Test
    void aStartThatFailsIsTriedUntilItWorksAndSaidOnce() throws Exception {
        Thing first = new Thing();
        AtomicInteger tries = new AtomicInteger();
        try (Keeper<Thing> _ = Keeper.of(
                "The thing",
                first,
                () -> {
                    if (tries.incrementAndGet() < 6) {
                        throw new IllegalStateException("no room");
                    }
                    return new Thing();
                },
                PAUSES,
                news::add)) {
            first.end.countDown();
            assertThat(List.of(news.take(), news.take()))
                    .satisfiesExactly(
                            line -> assertThat(line)
                                    .contains("does not start again yet")
                                    .contains("no room"),
                            line -> assertThat(line).contains("was started again after"));
            assertThat(tries).hasValue(6);
        }
    }

    @Test
    void closingEndsTheTries() throws Exception {
        Thing first = new Thing();
        CountDownLatch tried = new CountDownLatch(1);
        Keeper<Thing> keeper = Keeper.of(
                "The thing",
                first,
                () -> {
                    tried.countDown();
                    throw new IllegalStateException("no room");
                },
                PAUSES,
                news::add);
        first.end.countDown();
        tried.await();
        String _ = news.take();
        keeper.close();
        assertThat(news).isEmpty();
    }

    @Test
    void pausesGrowToTheirBound() {
        Keeper.Pauses pauses = new Keeper.Pauses(Duration.ofMillis(500), Duration.ofSeconds(30), Duration.ofMinutes(1));
        Duration pause = Duration.ZERO;
        for (int i = 0; i < 20; i++) {
            Duration next = pauses.after(pause);
            assertThat(next).isGreaterThanOrEqualTo(pause).isLessThanOrEqualTo(Duration.ofSeconds(30));
            pause = next;
        }
        assertThat(pauses.after(Duration.ZERO)).isEqualTo(Duration.ofMillis(500));
        assertThat(pause).isEqualTo(Duration.ofSeconds(30));
    }
}
