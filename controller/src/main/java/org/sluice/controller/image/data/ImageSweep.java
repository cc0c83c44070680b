package org.sluice.controller.image.data;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the room of images back that are deleted, and of uploads that failed: {@link ImageBytes#sweep} says what exactly it
 * removes. It runs when it is woken, and every minute for what other controllers left behind. Thread-safe.
 */
public final class ImageSweep implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ImageSweep.class);
    private static final Duration LOOK = Duration.ofMinutes(1);

    private final ImageBytes bytes;
    private final Semaphore wakes = new Semaphore(0);
    private final Thread thread;

    private ImageSweep(ImageBytes bytes) {
        this.bytes = requireNonNull(bytes, "bytes is null");
        this.thread = Thread.ofVirtual().name("image sweep").unstarted(this::run);
    }

    /** Starts to sweep those bytes. */
    public static ImageSweep start(ImageBytes bytes) {
        ImageSweep sweep = new ImageSweep(bytes);
        sweep.thread.start();
        return sweep;
    }

    /** Something was left behind: sweep soon. */
    public void wake() {
        wakes.release();
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (true) {
                sweep();
                if (wakes.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                    wakes.drainPermits();
                }
            }
        } catch (InterruptedException closing) {
            log.debug("the image sweep ends with its controller");
        }
    }

    private void sweep() {
        try {
            int removed = bytes.sweep();
            if (removed > 0) {
                log.info("{} MiB of images that nobody needs were removed", removed);
            }
        } catch (RuntimeException failure) {
            // The next look finds the same again.
            log.warn("images that nobody needs could not be removed", failure);
        }
    }
}
