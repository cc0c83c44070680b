package org.sluice.controller.network.wire;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sluice.controller.http.Exchange;
import org.sluice.model.Problem.Kind;

/**
 * What a request says of the state that its change is meant for: {@code If-Match: revision_number=7} (Networking API reference,
 * "Revisions"; RFC 9110, section 13.1.1).
 *
 * @param revision the revision that the thing must have; empty for any
 */
public record IfMatch(OptionalLong revision) {
    private static final Pattern FORM = Pattern.compile("\\s*revision_number\\s*=\\s*([0-9]{1,18})\\s*");

    public IfMatch {
        requireNonNull(revision, "revision is null");
    }

    /**
     * Reads the request's header.
     *
     * @throws org.sluice.model.ProblemException 400 when it is not of that form, or there are several
     */
    public static IfMatch of(Exchange exchange) {
        List<String> given = exchange.headers("If-Match");
        if (given.isEmpty() || given.equals(List.of("*"))) {
            return new IfMatch(OptionalLong.empty());
        }
        Matcher matcher = FORM.matcher(given.getFirst());
        if (given.size() > 1 || !matcher.matches()) {
            throw NetworkProblems.badRequest(
                    "The header If-Match must be one revision_number=N with a whole number N, not '"
                            + String.join(", ", given) + "'.");
        }
        return new IfMatch(OptionalLong.of(Long.parseLong(matcher.group(1))));
    }

    /**
     * Compares with the revision of the row, which the caller has locked.
     *
     * @throws org.sluice.model.ProblemException 412 when it is another one
     */
    public void require(long current) {
        if (revision.isPresent() && revision.getAsLong() != current) {
            throw NetworkProblems.of(
                    Kind.PRECONDITION_FAILED,
                    "RevisionNumberConstraintFailed",
                    "Constrained to " + revision.getAsLong() + ", but current revision is " + current);
        }
    }
}
