package org.sluice.controller.http.door;

/** How the end of a request's body is found (RFC 9112, section 6.3). */
sealed interface Body {
    /** That many bytes, possibly none. */
    record Length(long bytes) implements Body {}

    /** Chunks (RFC 9112, section 7.1). */
    record Chunked() implements Body {}
}
