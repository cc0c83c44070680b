package org.sluice.controller.background;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import org.sluice.controller.scheduling.FleetIndex;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.model.ServerId;

/**
 * Places servers that wait in BUILD for hosts which are just coming back, or tells that they get none: {@link
 * Scheduling#retryWaiting} says when. Leaves those that may wait on, and everything else that is in BUILD. It looks when a host is
 * heard again and every five seconds, at a part of those that wait.
 */
public final class WaitingBoots implements Reconciler {
    private static final int MOST = 50;

    private final Turns turns;
    private final Scheduling scheduling;
    /** The last one that was looked at; empty to begin with the first. */
    private Optional<ServerId> after = Optional.empty();

    /** Wires it. */
    public WaitingBoots(Turns turns, Scheduling scheduling) {
        this.turns = requireNonNull(turns, "turns is null");
        this.scheduling = requireNonNull(scheduling, "scheduling is null");
    }

    @Override
    public String name() {
        return "waiting-boots";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(5);
    }

    @Override
    public String topic() {
        return FleetIndex.TOPIC;
    }

    @Override
    public Look mend() {
        Optional<Scheduling.Retried> retried =
                turns.take(name(), handle -> scheduling.retryWaiting(handle, after, MOST));
        boolean more = retried.filter(some -> some.looked() == MOST).isPresent();
        after = more ? retried.orElseThrow().last() : Optional.empty();
        return retried.map(some ->
                        new Look(some.settled().count(), more, some.settled().failure()))
                .orElse(Look.NOTHING);
    }
}
