package org.sluice.traffic.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.abort;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.sluice.traffic.check.BucketSearch.Found;
import org.sluice.traffic.procedure.TestPlan.Search;

/**
 * MLRsearch against the binary search of RFC 2544 as {@code sluice traffic rfc2544} does them, on a path of this machine's kernel with
 * a throughput that is known. What counts is how long frames were sent, because that is the same on every machine.
 */
class SearchOnARealPathTest {
    private static final double RATE = 5_000;
    private static final double WIDTH = 0.01;
    private static final BucketSearch BUCKET = new BucketSearch(RATE, 5, Duration.ofSeconds(1), WIDTH);
    private static final int ATTEMPTS = 3;

    @Test
    void mlrFindsTheSameThroughputInHalfTheTime() throws Exception {
        Found binary = undisturbed(Search.BINARY);
        Found multiple = undisturbed(Search.MLR);

        for (Found found : new Found[] {binary, multiple}) {
            assertThat(found.lower()).as("%s", found).isCloseTo(RATE, within(WIDTH * RATE));
            assertThat(found.upper() - found.lower())
                    .as("%s", found)
                    .isPositive()
                    .isLessThan(1.001 * WIDTH * found.upper());
        }
        assertThat(multiple.lower()).isCloseTo(binary.lower(), within(WIDTH * binary.upper()));
        System.out.printf(
                "binary: %.2f s of trials, mlr: %.2f s until the NDR stands, %.2f s with the PDR%n",
                binary.seconds(), multiple.seconds(), multiple.allSeconds());
        assertThat(multiple.seconds()).as("%s\n%s", multiple, binary).isLessThanOrEqualTo(binary.seconds() / 2);
    }

    private static Found undisturbed(Search search) throws InterruptedException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Found found = BUCKET.run(search);
            if (!found.disturbed()) {
                return found;
            }
        }
        return abort("This machine kept sender or bucket from their CPU in each of " + ATTEMPTS + " searches.");
    }
}
