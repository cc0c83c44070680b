package org.sluice.controller.server;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.store.StorableText;
import org.sluice.model.HostId;
import org.sluice.model.Problem;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport.Failure;
import org.sluice.model.protocol.ServerReport.Observed;

/**
 * The servers' states in SQL: every transition is written here, as {@link ServerLife} has it. Stateless; the caller owns the
 * transaction. Locks in the order server, host.
 */
public final class Servers {
    /** An agent repeats a report within a minute, so this is several chances. */
    public static final Duration LONGEST_DOUBT = Duration.ofMinutes(5);

    private static final String HOLD = """
            select id, status, task_state, host_id, present, power, power_generation, boots, rebuilds, power_ending, power_state,
                fault_at is not null as has_fault
            from server where id = :server""";

    private final ServerActions actions = new ServerActions();

    /**
     * A server whose row is held until the transaction ends.
     *
     * @param host where it stands, or where something of it may be left; empty when it is nowhere
     * @param isPresent whether its host should have it; false as soon as it is to go, also after it could not be built
     * @param power what its host is to make of its guest's power
     * @param hasFault whether something is known that went wrong with it
     */
    public record Held(
            ServerId id, ServerState state, Optional<HostId> host, boolean isPresent, Power power, boolean hasFault) {
        /** Whether what its host reports of it counts. */
        private boolean listens() {
            return isPresent && !state.is(Task.DELETING);
        }
    }

    /** Holds the row; empty when there is no such server. */
    public Optional<Held> hold(Handle handle, ServerId server) {
        return handle.createQuery(HOLD + " for update")
                .bind("server", server.value())
                .map(Servers::read)
                .findOne();
    }

    /** The server was placed on that host. */
    public void placed(Handle handle, ServerId server, HostId host, String zone) {
        handle.createUpdate("""
                        update server set host_id = :host, availability_zone = :zone, task_state = 'spawning',
                            updated_at = now() where id = :server""")
                .bind("host", host.value())
                .bind("zone", zone)
                .bind("server", server.value())
                .execute();
    }

    /** No host takes it. */
    public void refused(Handle handle, ServerId server, Problem problem) {
        become(handle, server, ServerState.at(ServerStatus.ERROR));
        fault(handle, server, new Failure(problem.code(), problem.sentence(), problem.fix()));
    }

    /**
     * Asks for something, and tells the server's host.
     *
     * @throws org.sluice.model.ProblemException 409 when the server's state does not allow it
     */
    public void ask(Handle handle, Held server, ServerAction action, ServerActions.Asker asker) {
        HostId host = server.host()
                .filter(_ -> server.isPresent())
                .orElseThrow(() -> ServerLife.refusal(server.id(), server.state(), action.text()));
        become(handle, server.id(), ServerLife.asked(server.id(), server.state(), action));
        wish(handle, server.id(), ServerLife.wished(server.state(), server.power(), action));
        actions.begin(handle, server.id(), action.text(), asker);
        Hosts.changed(handle, host, server.id());
    }

    /** Asks for it to go from its host; false when that was asked before. */
    public boolean leave(Handle handle, ServerId server) {
        return handle.createUpdate("""
                                update server set present = false, task_state = 'deleting', updated_at = now()
                                where id = :server and task_state is distinct from 'deleting'""").bind("server", server.value()).execute() == 1;
    }

    /** Nothing of it is left on its host. */
    public void left(Handle handle, ServerId server) {
        handle.createUpdate(
                        "update server set host_id = null, power_state = 'NONE', updated_at = now() where id = :server")
                .bind("server", server.value())
                .execute();
    }

    /** It went with its host; it stays as the one who says why. */
    public void lost(Handle handle, ServerId server, Failure failure) {
        giveUp(handle, server, failure);
        left(handle, server);
    }

    /** The row goes, and with it all that was known of the server. */
    public void delete(Handle handle, ServerId server) {
        handle.createUpdate("delete from server where id = :id")
                .bind("id", server.value())
                .execute();
    }

    /** The host could not build it; it is to go from there, and stays as the one who says why. */
    public void failed(Handle handle, Held server, Failure failure) {
        giveUp(handle, server.id(), failure);
        server.host().ifPresent(host -> Hosts.changed(handle, host, server.id()));
    }

    /**
     * Whether something is waited for that the report may be about: one of before the newest wish says nothing any more.
     */
    public static boolean counts(Held server, Observed report) {
        return server.listens() && report.generation() == server.power().generation();
    }

    /** What the host says of it, which was checked before. */
    public void observed(Handle handle, Held server, Observed report) {
        ServerLife.Next next = ServerLife.observed(server.state(), server.power(), report);
        // What a person called an error is one until something is asked for.
        boolean stays = server.state().equals(ServerState.at(ServerStatus.ERROR)) && !server.hasFault();
        settle(handle, server.id(), stays ? server.state() : next.state(), report.power());
        if (!stays) {
            next.failure()
                    .ifPresentOrElse(
                            failure -> fault(handle, server.id(), failure), () -> forgive(handle, server.id()));
        }
        if (!next.power().equals(server.power())) {
            wish(handle, server.id(), next.power());
            server.host().ifPresent(host -> Hosts.changed(handle, host));
        }
    }

    /** Its host says that it stands, and not as it should; true when that has been so for too long. */
    public boolean doubted(Handle handle, ServerId server) {
        return handle.createQuery("""
                        update server set doubt_at = coalesce(doubt_at, now()) where id = :server
                        returning doubt_at < now() - make_interval(secs => :patience)""")
                .bind("server", server.value())
                .bind("patience", LONGEST_DOUBT.toSeconds())
                .mapTo(Boolean.class)
                .one();
    }

    /** An operator says what state it is in; what its host makes of it stays. */
    public void reset(Handle handle, Held server, ServerStatus status, ServerActions.Asker asker) {
        actions.begin(handle, server.id(), "reset_state", asker);
        become(handle, server.id(), ServerState.at(status));
        if (server.isPresent()) {
            forgive(handle, server.id());
        }
    }

    /** No host is to have it any more, and it says why. */
    private void giveUp(Handle handle, ServerId server, Failure failure) {
        become(handle, server, ServerState.at(ServerStatus.ERROR));
        fault(handle, server, failure);
        handle.createUpdate("update server set present = false where id = :server")
                .bind("server", server.value())
                .execute();
    }

    private static void become(Handle handle, ServerId server, ServerState state) {
        handle.createUpdate(
                        "update server set status = :status, task_state = :task, updated_at = now() where id = :server")
                .bind("status", state.status().name())
                .bind("task", state.task().map(Task::text).orElse(null))
                .bind("server", server.value())
                .execute();
    }

    private void settle(Handle handle, ServerId server, ServerState state, PowerState power) {
        handle.createUpdate("""
                        update server set status = :status, task_state = :task, power_state = :power, doubt_at = null,
                            launched_at = coalesce(launched_at, now()), updated_at = now()
                        where id = :server and (doubt_at is not null or (status, task_state, power_state)
                            is distinct from (:status, :task, :power))""")
                .bind("status", state.status().name())
                .bind("task", state.task().map(Task::text).orElse(null))
                .bind("power", power.name())
                .bind("server", server.value())
                .execute();
    }

    private static void wish(Handle handle, ServerId server, Power power) {
        handle.createUpdate("""
                        update server set power = :level, power_generation = :generation, boots = :boots, rebuilds = :rebuilds,
                            power_ending = :ending where id = :server""")
                .bind("level", power.level().name())
                .bind("generation", power.generation())
                .bind("boots", power.boots())
                .bind("rebuilds", power.rebuilds())
                .bind("ending", power.ending().name())
                .bind("server", server.value())
                .execute();
    }

    private void fault(Handle handle, ServerId server, Failure failure) {
        handle.createUpdate("""
                        update server set fault_code = :code, fault_message = :message, fault_details = :details,
                            fault_at = now() where id = :server""")
                .bind("code", StorableText.of(failure.code()))
                .bind("message", StorableText.of(failure.reason()))
                .bind("details", StorableText.of(failure.fix().orElse("")))
                .bind("server", server.value())
                .execute();
        actions.finish(handle, server, Optional.of(StorableText.of(failure.reason())));
    }

    /** Whatever was wrong with it is not any more, and what was asked for is done. */
    private void forgive(Handle handle, ServerId server) {
        handle.createUpdate("""
                        update server set fault_code = null, fault_message = null, fault_details = null, fault_at = null
                        where id = :server and fault_at is not null""").bind("server", server.value()).execute();
        actions.finish(handle, server, Optional.empty());
    }

    /** The power that a row wishes for. */
    public static Power power(ResultSet row) throws SQLException {
        return new Power(
                Power.Level.valueOf(row.getString("power")),
                row.getLong("power_generation"),
                row.getInt("boots"),
                row.getInt("rebuilds"),
                Power.Ending.valueOf(row.getString("power_ending")));
    }

    private static Held read(ResultSet row, StatementContext context) throws SQLException {
        @Nullable UUID host = row.getObject("host_id", UUID.class);
        return new Held(
                new ServerId(row.getObject("id", UUID.class)),
                ServerState.of(row.getString("status"), row.getString("task_state")),
                Optional.ofNullable(host).map(HostId::new),
                row.getBoolean("present"),
                power(row),
                row.getBoolean("has_fault"));
    }
}
