package org.sluice.controller.operation;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.controller.http.Json;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.server.Servers;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.ServerReport.Failure;
import org.sluice.model.protocol.ServerReport.Observed;

/**
 * Takes operations on, one step after the other, until one has to wait. One server has one at most. Locks the server first.
 * Thread-safe; the caller owns the transaction.
 */
public final class Operations {
    private static final Logger log = LoggerFactory.getLogger(Operations.class);

    private static final String OVERDUE = """
            (o.due_at < now() or exists (
                select 1 from server s join host h on h.id = s.host_id
                where s.id = o.server_id and (h.forced_down_at is not null or h.last_seen_at < now() - make_interval(secs => :silence))))""";

    private final Servers servers = new Servers();
    private final Map<String, Workflow<?>> workflows;

    /** An operation as the books have it. */
    private record Row(
            String kind, String step, String data, boolean isUndecided, boolean isOverdue, boolean isTakenBack) {}

    /** Knows every kind of work there is. */
    public Operations(Scheduling scheduling) {
        this(List.of(new Resize(scheduling), new Move(scheduling), new Evacuation(scheduling)));
    }

    /** Knows those kinds. */
    Operations(List<Workflow<?>> workflows) {
        this.workflows = workflows.stream().collect(Collectors.toMap(Workflow::kind, Function.identity()));
    }

    /** Begins one, and takes it as far as it goes now. */
    <D> void begin(Handle handle, ServerId server, Workflow<D> workflow, D data) {
        handle.createUpdate("""
                        insert into operation (server_id, kind, step, data)
                        values (:server, :kind, :step, cast(:data as jsonb))""")
                .bind("server", server.value())
                .bind("kind", workflow.kind())
                .bind("step", workflow.steps().getFirst().name())
                .bind("data", Json.MAPPER.writeValueAsString(data))
                .execute();
        advance(handle, server, Optional.empty());
    }

    /** A host reports of a server, of its newest wish; false when no operation of it is under way. */
    public boolean heard(Handle handle, Observed report) {
        return advance(handle, report.server(), Optional.of(report));
    }

    /** Something that it may wait for has changed; false when there is no operation of that server. */
    public boolean advance(Handle handle, ServerId server) {
        return advance(handle, server, Optional.empty());
    }

    private boolean advance(Handle handle, ServerId server, Optional<Observed> heard) {
        Optional<Row> row = hold(handle, server);
        row.ifPresent(found -> {
            if (found.isTakenBack()) {
                comeBack(handle, server, workflow(found), found);
            } else {
                advance(handle, server, workflow(found), found, heard);
            }
        });
        return row.isPresent();
    }

    private <D> void advance(Handle handle, ServerId server, Workflow<D> workflow, Row row, Optional<Observed> heard) {
        D data = Json.MAPPER.readValue(row.data(), workflow.dataType());
        OptionalInt reached = reached(workflow, row);
        if (reached.isEmpty()) {
            undo(handle, server, workflow, data, last(workflow), unknown(row));
            return;
        }
        Optional<Observed> news = heard;
        for (int at = reached.getAsInt(); at < workflow.steps().size(); at++) {
            Step<D> step = workflow.steps().get(at);
            switch (step.apply(run(handle, server, data, news))) {
                case Step.Outcome.Done _ -> {
                    log.debug("Server {}: {} of {} is done.", server, step.name(), workflow.kind());
                    // One report answers one question.
                    news = Optional.empty();
                }
                case Step.Outcome.Waiting waiting -> {
                    wait(handle, server, step.name(), waiting.within());
                    return;
                }
                case Step.Outcome.Failed failed -> {
                    undo(handle, server, workflow, data, at, failed.failure());
                    return;
                }
            }
        }
        forget(handle, server);
    }

    /**
     * What the operation of that server waits for cannot come: all that was done of it is taken back, and the record says why.
     *
     * @return false when there is none, or it is taken back already, or waits for a person
     */
    public boolean fail(Handle handle, ServerId server, Failure failure) {
        Optional<Row> row = hold(handle, server).filter(found -> !found.isUndecided());
        row.ifPresent(found -> fail(handle, server, workflow(found), found, failure));
        return row.isPresent();
    }

    /**
     * Takes back all that was done of the operation of that server, and says why.
     *
     * @return false when there is none, or none that is overdue: what it waited for has come meanwhile
     */
    public boolean failOverdue(Handle handle, ServerId server, Failure failure) {
        Optional<Row> row = hold(handle, server).filter(Row::isOverdue);
        row.ifPresent(found -> fail(handle, server, workflow(found), found, failure));
        return row.isPresent();
    }

    /** Whether an operation of that server is under way, waits for a decision, or is on its way back. */
    public boolean isUnderWay(Handle handle, ServerId server) {
        return hold(handle, server).isPresent();
    }

    private <D> void fail(Handle handle, ServerId server, Workflow<D> workflow, Row row, Failure failure) {
        undo(
                handle,
                server,
                workflow,
                Json.MAPPER.readValue(row.data(), workflow.dataType()),
                reached(workflow, row).orElse(last(workflow)),
                failure);
    }

    private <D> void undo(Handle handle, ServerId server, Workflow<D> workflow, D data, int reached, Failure failure) {
        log.info(
                "Server {}: {} is taken back at {}: {}",
                server,
                workflow.kind(),
                workflow.steps().get(reached).name(),
                failure.reason());
        undoAll(handle, server, workflow, data, reached);
        workflow.failed(run(handle, server, data, Optional.empty()), failure);
        comeBack(handle, server, workflow, data);
    }

    /** Takes back all that was done, since it is wished so. */
    <D> void revert(Handle handle, ServerId server, Workflow<D> workflow) {
        Row row = hold(handle, server).orElseThrow();
        D data = Json.MAPPER.readValue(row.data(), workflow.dataType());
        undoAll(handle, server, workflow, data, reached(workflow, row).orElse(last(workflow)));
        comeBack(handle, server, workflow, data);
    }

    /** Where in the list the step is that is waited for; empty when another version had one of that name. */
    private static OptionalInt reached(Workflow<?> workflow, Row row) {
        return IntStream.range(0, workflow.steps().size())
                .filter(at -> workflow.steps().get(at).name().equals(row.step()))
                .findFirst();
    }

    /** From there everything is undone that can have been done. */
    private static int last(Workflow<?> workflow) {
        return workflow.steps().size() - 1;
    }

    private static Failure unknown(Row row) {
        return new Failure(
                "StepUnknown",
                "Another version of the controller began this, and this one does not know its step '" + row.step()
                        + "'.",
                Optional.of("Ask for it again."));
    }

    private <D> void undoAll(Handle handle, ServerId server, Workflow<D> workflow, D data, int reached) {
        for (int at = reached; at >= 0; at--) {
            workflow.steps().get(at).undo(run(handle, server, data, Optional.empty()));
        }
    }

    private <D> void comeBack(Handle handle, ServerId server, Workflow<D> workflow, Row row) {
        comeBack(handle, server, workflow, Json.MAPPER.readValue(row.data(), workflow.dataType()));
    }

    private <D> void comeBack(Handle handle, ServerId server, Workflow<D> workflow, D data) {
        if (workflow.comesBack(run(handle, server, data, Optional.empty()))) {
            forget(handle, server);
        } else {
            handle.createUpdate("update operation set taken_back = true, due_at = null where server_id = :server")
                    .bind("server", server.value())
                    .execute();
        }
    }

    /** Writes down what it is to go on with. */
    <D> void decide(Handle handle, ServerId server, Workflow<D> workflow, D data) {
        handle.createUpdate(
                        "update operation set data = cast(:data as jsonb) where server_id = :server and kind = :kind")
                .bind("data", Json.MAPPER.writeValueAsString(data))
                .bind("server", server.value())
                .bind("kind", workflow.kind())
                .execute();
        advance(handle, server, Optional.empty());
    }

    /** What the operation of that server was begun with; empty when there is none of that kind. */
    <D> Optional<D> data(Handle handle, ServerId server, Workflow<D> workflow) {
        return hold(handle, server)
                .filter(row -> row.kind().equals(workflow.kind()) && !row.isTakenBack())
                .map(row -> Json.MAPPER.readValue(row.data(), workflow.dataType()));
    }

    /**
     * Servers whose operations wait for what is overdue, or for a host that was declared down or has been silent for {@link
     * Servers#LONGEST_DOUBT}, the longest first.
     *
     * @param heard whether hosts could have been heard for as long; where not, silence says nothing
     * @param most how many
     */
    public List<ServerId> overdue(Handle handle, boolean heard, int most) {
        return handle.createQuery("select o.server_id from operation o where o.due_at is not null and " + OVERDUE
                        + " order by o.due_at limit :most")
                .bind("silence", heard ? Servers.LONGEST_DOUBT.toSeconds() : Integer.MAX_VALUE)
                .bind("most", most)
                .mapTo(UUID.class)
                .map(ServerId::new)
                .list();
    }

    /**
     * Servers on their way back that nothing keeps any more: the host that had yet to give them up was removed or declared down.
     *
     * @param most how many
     */
    public List<ServerId> free(Handle handle, int most) {
        return handle.createQuery("select o.server_id from operation o where o.taken_back and not "
                        + Scheduling.MAY_RUN_ELSEWHERE.formatted("o.server_id")
                        + " order by o.server_id limit :most")
                .bind("most", most)
                .mapTo(UUID.class)
                .map(ServerId::new)
                .list();
    }

    private <D> Run<D> run(Handle handle, ServerId server, D data, Optional<Observed> heard) {
        return new Run<>(handle, servers.hold(handle, server).orElseThrow(), data, heard);
    }

    private Workflow<?> workflow(Row row) {
        return Optional.<Workflow<?>>ofNullable(workflows.get(row.kind()))
                .orElseThrow(() -> new IllegalStateException("There is no operation '" + row.kind() + "'."));
    }

    private Optional<Row> hold(Handle handle, ServerId server) {
        if (servers.hold(handle, server).isEmpty()) {
            return Optional.empty();
        }
        return handle.createQuery("""
                        select o.kind, o.step, o.data, o.taken_back, o.due_at is null as undecided,
                            o.due_at is not null and\s""" + OVERDUE + """
                             as overdue
                        from operation o where o.server_id = :server for update""")
                .bind("silence", Servers.LONGEST_DOUBT.toSeconds())
                .bind("server", server.value())
                .map((row, _) -> new Row(
                        row.getString("kind"),
                        row.getString("step"),
                        row.getString("data"),
                        row.getBoolean("undecided"),
                        row.getBoolean("overdue"),
                        row.getBoolean("taken_back")))
                .findOne();
    }

    private static void wait(Handle handle, ServerId server, String step, Optional<Duration> within) {
        handle.createUpdate("""
                        update operation set step = :step, stepped_at = now(),
                            due_at = now() + make_interval(secs => cast(:within as double precision))
                        where server_id = :server and (step <> :step or due_at is null)""")
                .bind("server", server.value())
                .bind("step", step)
                .bind("within", within.map(Duration::toSeconds).orElse(null))
                .execute();
    }

    private static void forget(Handle handle, ServerId server) {
        handle.createUpdate("delete from operation where server_id = :server")
                .bind("server", server.value())
                .execute();
    }
}
