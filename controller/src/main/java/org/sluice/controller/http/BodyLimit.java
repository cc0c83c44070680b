package org.sluice.controller.http;

/**
 * How much entity a route takes.
 *
 * @param bytes at most so many; -1 for an entity that is streamed and bounded by whoever reads it
 */
public record BodyLimit(int bytes) {
    /** Log-ins and other requests of strangers. */
    public static final BodyLimit OF_STRANGERS = kibibytes(16);
    /** As oslo.middleware's {@code max_request_body_size}, which all OpenStack services stand behind. */
    public static final BodyLimit USUAL = kibibytes(112);
    /** Lists of things to make. */
    public static final BodyLimit BULK = kibibytes(1024);
    /** Images. */
    public static final BodyLimit STREAMED = new BodyLimit(-1);

    /** That many KiB. */
    public static BodyLimit kibibytes(int kibibytes) {
        return new BodyLimit(Math.multiplyExact(kibibytes, 1024));
    }

    /** Whether the entity goes by in a stream. */
    public boolean isStreamed() {
        return bytes < 0;
    }
}
