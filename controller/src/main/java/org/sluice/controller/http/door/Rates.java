package org.sluice.controller.http.door;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;
import org.sluice.model.Problem;

/** Buckets that fill up again, one for each of those who come. Thread-safe; keeps at most {@value #MOST} buckets of a kind. */
final class Rates<K> {
    /** Whoever has been away for this long has a full bucket again, whatever the rate. */
    private static final Duration FORGOTTEN = Duration.ofMinutes(10);

    private static final int MOST = 10_000;

    private final String what;
    private final LoadingCache<K, Bucket> buckets;

    /** {@code what} is the subject of the refusal: "This address has sent". */
    Rates(String what, RateLimits.Rate rate) {
        this.what = what;
        Bandwidth bandwidth = Bandwidth.builder()
                .capacity(rate.burst())
                .refillGreedy(rate.perSecond(), Duration.ofSeconds(1))
                .build();
        this.buckets = Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfterAccess(FORGOTTEN)
                .build(_ -> Bucket.builder().addLimit(bandwidth).build());
    }

    /** Counts one; a {@link org.sluice.model.ProblemException} of kind TOO_MANY_REQUESTS when the bucket is empty. */
    void take(K who) {
        ConsumptionProbe probe = buckets.get(who).tryConsumeAndReturnRemaining(1);
        if (!probe.isConsumed()) {
            throw Problem.of(
                            Problem.Kind.TOO_MANY_REQUESTS,
                            "TooManyRequests",
                            what + " too many requests in a short time; send fewer of them.")
                    .retryAfter(Duration.ofNanos(probe.getNanosToWaitForRefill()))
                    .asException();
        }
    }

    /** Takes the last {@link #take} back. */
    void giveBack(K who) {
        buckets.get(who).addTokens(1);
    }
}
