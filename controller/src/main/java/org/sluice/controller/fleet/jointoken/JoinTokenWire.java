package org.sluice.controller.fleet.jointoken;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.sluice.controller.fleet.wire.FleetPages;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.View;
import org.sluice.controller.pki.JoinTokens;
import org.sluice.model.Problem;
import org.sluice.model.protocol.JoinToken;

/** Join tokens as the API has them. */
final class JoinTokenWire {
    private static final Duration USUAL_VALIDITY = Duration.ofHours(1);
    private static final Duration LONGEST_VALIDITY = Duration.ofDays(30);

    private static final View<JoinTokens.Issued> ISSUED = View.<JoinTokens.Issued>of("join_token", "join_tokens")
            .member("id", JoinTokens.Issued::id)
            .member("created_at", token -> token.createdAt().toString())
            .member("expires_at", token -> token.expiresAt().toString())
            .member("used_at", token -> token.usedAt().map(Instant::toString))
            .member("host", JoinTokens.Issued::host)
            .build();

    static final View<Made> MADE = View.<Made>of("join_token", "join_tokens")
            .member("id", made -> made.issued().id())
            .member("token", made -> made.token().text())
            .member("expires_at", made -> made.issued().expiresAt().toString())
            .build();

    static final ListQuery<JoinTokens.Issued> LIST = ListQuery.of(ISSUED)
            .unique("id", "t.secret_hash", JoinTokens.Issued::id, JoinTokens.Issued::id)
            .pages(FleetPages.LARGEST, FleetPages.LARGEST)
            .build();

    /** A token with its secret, which is shown this once. */
    record Made(JoinTokens.Issued issued, JoinToken token) {}

    /** What was asked for; a token for no particular host is for a new one. */
    record Wanted(Duration validity, Optional<String> host) {}

    private JoinTokenWire() {}

    static Wanted read(Exchange exchange) {
        if (exchange.bodyBytes().length == 0) {
            return new Wanted(USUAL_VALIDITY, Optional.empty());
        }
        Fields fields = exchange.body().onlyKnows(Set.of("valid_seconds", "host"));
        long seconds = fields.optionalLong("valid_seconds", Long.MIN_VALUE, Long.MAX_VALUE)
                .orElse(USUAL_VALIDITY.toSeconds());
        if (seconds < 1 || seconds > LONGEST_VALIDITY.toSeconds()) {
            throw Problem.of(
                            Problem.Kind.BAD_REQUEST,
                            "BadRequest",
                            "Member 'valid_seconds' must be 1 to " + LONGEST_VALIDITY.toSeconds() + ".")
                    .asException();
        }
        return new Wanted(Duration.ofSeconds(seconds), fields.optionalText("host", 1, 255));
    }
}
