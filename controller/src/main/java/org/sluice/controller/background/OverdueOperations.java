package org.sluice.controller.background;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.controller.operation.Operations;
import org.sluice.controller.server.Servers;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.ServerReport.Failure;

/**
 * Takes back operations that wait for what should have come by now: a host that never said that it did its part. The server becomes
 * what it was, with the reason in its record of actions. Takes on those that were taken back and waited for a host that was removed or
 * declared down since. Leaves operations that wait for a person, and those that still have time; an
 * operation whose controller was killed is none of its business, since none belongs to a controller: what it waits for
 * takes it on, wherever that is heard.
 */
public final class OverdueOperations implements Reconciler {
    private static final Logger log = LoggerFactory.getLogger(OverdueOperations.class);
    private static final int MOST = 100;
    private static final String SAVEPOINT = "operation";
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
        return turns.mend(name(), MOST, this::takeBack);
    }

    private int takeBack(Handle handle) {
        List<ServerId> overdue = operations.overdue(handle, watched.get().compareTo(Servers.LONGEST_DOUBT) >= 0, MOST);
        int takenBack = 0;
        for (ServerId server : overdue) {
            // One that cannot be taken back must not keep the others waiting.
            handle.savepoint(SAVEPOINT);
            try {
                takenBack += operations.failOverdue(handle, server, OVERDUE) ? 1 : 0;
            } catch (RuntimeException failure) {
                handle.rollbackToSavepoint(SAVEPOINT);
                log.error("The operation of server {} could not be taken back.", server, failure);
            }
            handle.releaseSavepoint(SAVEPOINT);
        }
        for (ServerId server : operations.free(handle, MOST)) {
            takenBack += operations.advance(handle, server) ? 1 : 0;
        }
        return takenBack;
    }
}
