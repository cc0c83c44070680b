package org.sluice.controller.observation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class DiskWatchTest {
    private static final long MIB = 1L << 20;
    private static final long RESERVED = 1024 * MIB;

    private final BlockingQueue<String> news = new LinkedBlockingQueue<>();
    /** One figure a look. */
    private final SynchronousQueue<Long> figures = new SynchronousQueue<>();

    private long next() {
        try {
            Long figure = figures.poll(10, TimeUnit.SECONDS);
            return figure == null ? RESERVED : figure;
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            return RESERVED;
        }
    }

    @Test
    void thatTheReserveIsTouchedIsSaidOnceAndThatItIsOverOnce() throws Exception {
        try (DiskWatch watch =
                DiskWatch.start(Path.of("/data"), this::next, RESERVED, news::add, Duration.ofMillis(1))) {
            figures.put(5 * RESERVED);
            figures.put(RESERVED - 1);
            figures.put(10 * MIB);
            // Across the line and back, as a database writes and recycles its log.
            figures.put(RESERVED);
            figures.put(RESERVED - 1);
            figures.put(2 * RESERVED);
            figures.put(3 * RESERVED);
            figures.put(0L);
            figures.put(0L);

            assertThat(watch.shortage())
                    .hasValueSatisfying(sentence -> assertThat(sentence)
                            .startsWith("The disk of /data has 0 MiB left, less than the reserve of 1024 MiB"));
            assertThat(watch.free()).isZero();
            assertThat(news)
                    .satisfiesExactly(
                            line -> assertThat(line).contains("/data has 1023 MiB left", "images.disk-reserve"),
                            line -> assertThat(line).isEqualTo("The disk of /data has room again: 2048 MiB."),
                            line -> assertThat(line).contains("has 0 MiB left"));
        }
    }
}
