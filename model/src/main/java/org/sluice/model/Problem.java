package org.sluice.model;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * What went wrong, as a value: the kind decides the HTTP status, the code is stable for programs, the sentence is for the
 * person, the fix says what to do next.
 *
 * @param kind what class of failure it is
 * @param code a stable name in the API's own terms, such as {@code VlanIdInUse} or {@code NoValidHost}
 * @param sentence one complete sentence that names the thing and the reason
 * @param fix what the reader can do about it, one complete sentence; empty when the sentence already says it
 * @param retryAfter after how long the same request may succeed; empty when nobody can tell
 */
public record Problem(Kind kind, String code, String sentence, Optional<String> fix, Optional<Duration> retryAfter) {
    /** The class of a failure, in the terms of RFC 9110, section 15, RFC 6585 (429) and RFC 4918 (507). */
    public enum Kind {
        BAD_REQUEST(400),
        UNAUTHENTICATED(401),
        FORBIDDEN(403),
        NOT_FOUND(404),
        METHOD_NOT_ALLOWED(405),
        NOT_ACCEPTABLE(406),
        REQUEST_TIMEOUT(408),
        CONFLICT(409),
        PRECONDITION_FAILED(412),
        TOO_LARGE(413),
        URI_TOO_LONG(414),
        UNSUPPORTED_MEDIA_TYPE(415),
        TOO_MANY_REQUESTS(429),
        INTERNAL(500),
        NOT_IMPLEMENTED(501),
        UNAVAILABLE(503),
        /** RFC 4918, section 11.5. */
        INSUFFICIENT_STORAGE(507);

        private final int status;

        Kind(int status) {
            this.status = status;
        }

        /** The HTTP status code of this kind. */
        public int status() {
            return status;
        }

        /** The kind of an HTTP status code that has one. */
        public static Optional<Kind> of(int status) {
            return Arrays.stream(values()).filter(kind -> kind.status == status).findFirst();
        }
    }

    public Problem {
        requireNonNull(kind, "kind is null");
        requireNonNull(code, "code is null");
        requireNonNull(sentence, "sentence is null");
        requireNonNull(fix, "fix is null");
        requireNonNull(retryAfter, "retryAfter is null");
    }

    /** A failure of which nobody can tell when it passes. */
    public Problem(Kind kind, String code, String sentence, Optional<String> fix) {
        this(kind, code, sentence, fix, Optional.empty());
    }

    /** A failure whose sentence already says what to do. */
    public static Problem of(Kind kind, String code, String sentence) {
        return new Problem(kind, code, sentence, Optional.empty());
    }

    /** The same failure, which will have passed after that time. */
    public Problem retryAfter(Duration time) {
        return new Problem(kind, code, sentence, fix, Optional.of(time));
    }

    /** Sentence and fix in one line, for the places that show one text. */
    public String text() {
        return fix.map(next -> sentence + " " + next).orElse(sentence);
    }

    /** The exception that carries this problem to the edge that renders it. */
    public ProblemException asException() {
        return new ProblemException(this);
    }
}
