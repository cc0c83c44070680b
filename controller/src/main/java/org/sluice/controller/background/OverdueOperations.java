package org.sluice.controller.background;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.sluice.controller.operation.Operations;
import org.sluice.controller.server.Servers;
import org.sluice.model.protocol.ServerReport.Failure;

/**
 * Takes back operations that wait for what should have come by now: a host that never said that it did its part. The server becomes
 * what it was, with the reason in its record of actions. Takes on those that were taken back and waited for a host that was removed or
 * declared down since. Leaves operations that wait for a person, and those that still have time; an
 * operation whose controller was killed is none of its business, since none belongs to a controller: what it waits for
 * takes it on, wherever that is heard.
 */
public final class OverdueOperations implements Reconciler {
    private static final int MOST = 100;
    private static final Failure OVERDUE = new Failure(
            "OperationOverdue",
            "The server's host did not say in time that its part of it is done.",
            Optional.of("See whether its host is heard: sluice fleet."));

    private final Supplier<Duration> watched;
    private final Turns turns;
    private final Operations operations;

    /**
     * Takes back those of that book.
     *
     * @param watched how long hosts could have been heard
     */
    public OverdueOperations(Turns turns, Operations operations, Supplier<Duration> watched) {
        this.watched = requireNonNull(watched, "watched is null");
        this.turns = requireNonNull(turns, "turns is null");
        this.operations = requireNonNull(operations, "operations is null");
    }

    @Override
    public String name() {
        return "overdue-operations";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(30);
    }

    @Override
    public Look mend() {
        Look overdue = turns.mendEach(
                name(),
                MOST,
                handle -> operations.overdue(handle, watched.get().compareTo(Servers.LONGEST_DOUBT) >= 0, MOST),
                (handle, server) -> operations.failOverdue(handle, server, OVERDUE));
        Look free = turns.mendEach(
                name(),
                MOST,
                handle -> operations.free(handle, MOST),
                (handle, server) -> operations.advance(handle, server));
        return new Look(
                overdue.mended() + free.mended(),
                overdue.more() || free.more(),
                overdue.failure().or(free::failure));
    }
}
