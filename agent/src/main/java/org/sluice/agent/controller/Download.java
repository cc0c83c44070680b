package org.sluice.agent.controller;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Copies what a controller sends, for as long as something comes: one that was lost without a word would be waited for for ever, since
 * the time-out of an HTTP request ends with the head of its answer. For one copy.
 */
final class Download {
    private static final int PIECE = 64 * 1024;

    private final InputStream from;
    private final Duration longestSilence;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile long last = System.nanoTime();

    /**
     * @param from what is copied; closed when it is silent
     * @param longestSilence after how long without a byte it is given up
     */
    Download(InputStream from, Duration longestSilence) {
        this.from = requireNonNull(from, "from is null");
        this.longestSilence = requireNonNull(longestSilence, "longestSilence is null");
    }

    /**
     * Copies all of it.
     *
     * @throws ControllerUnavailableException when nothing came for too long, or the bytes cannot be read
     * @throws IOException when the bytes cannot be written
     */
    void to(OutputStream to) throws IOException {
        Thread.ofVirtual().name("guard of a download").start(this::guard);
        try {
            byte[] piece = new byte[PIECE];
            for (int read = read(piece); read >= 0; read = read(piece)) {
                to.write(piece, 0, read);
                last = System.nanoTime();
            }
        } finally {
            over.countDown();
        }
        if (isSilent()) {
            // It was closed, which may read like its end.
            throw new ControllerUnavailableException(silence(), null);
        }
    }

    private int read(byte[] piece) {
        try {
            return from.read(piece);
        } catch (IOException e) {
            throw new ControllerUnavailableException(
                    isSilent() ? silence() : "What the controller sends broke off: " + e + ".", e);
        }
    }

    private boolean isSilent() {
        return System.nanoTime() - last >= longestSilence.toNanos();
    }

    private String silence() {
        return "Nothing has come from the controller for " + longestSilence.toSeconds() + " s.";
    }

    private void guard() {
        try {
            while (!over.await(longestSilence.toNanos() - (System.nanoTime() - last), TimeUnit.NANOSECONDS)) {
                if (isSilent()) {
                    from.close();
                    return;
                }
            }
        } catch (InterruptedException | IOException ended) {
            // Whoever reads finds out by himself.
            Thread.currentThread().interrupt();
        }
    }
}
