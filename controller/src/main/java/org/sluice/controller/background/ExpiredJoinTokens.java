package org.sluice.controller.background;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.sluice.controller.pki.JoinTokens;

/**
 * Deletes join tokens that expired a week ago or longer, spent or not, and with them the digest of the key that spent them. Leaves
 * younger ones, which the operator's list still shows and which are told from tokens that never were, and leaves the hosts that
 * were made with any: what they are known by is their own ({@code host.key_digest}).
 */
public final class ExpiredJoinTokens implements Reconciler {
    private static final int MOST = 500;

    private final Turns turns;
    private final JoinTokens tokens;

    /** Wires it. */
    public ExpiredJoinTokens(Turns turns, JoinTokens tokens) {
        this.turns = requireNonNull(turns, "turns is null");
        this.tokens = requireNonNull(tokens, "tokens is null");
    }

    @Override
    public String name() {
        return "expired-join-tokens";
    }

    @Override
    public Duration pause() {
        return Duration.ofHours(6);
    }

    @Override
    public Look mend() {
        return turns.mend(name(), MOST, handle -> tokens.deleteExpired(handle, MOST));
    }
}
