package org.sluice.controller.server;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.store.StorableText;
import org.sluice.model.HostId;
import org.sluice.model.ImageId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.Resources;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport;
import org.sluice.model.protocol.ServerReport.Failure;
import org.sluice.model.protocol.ServerReport.Observed;

/**
 * The servers' states in SQL, and what their hosts are to make of them: every transition is written here, as {@link ServerLife}
 * has it. Stateless; the caller owns the transaction. Locks in the order server, host.
 */
public final class Servers {
    /** An agent repeats a report within a minute, so this is several chances. */
    public static final Duration LONGEST_DOUBT = Duration.ofMinutes(5);

    /** What saying its state is in the record of actions. */
    public static final String RESET = "reset_state";

    private final ServerActions actions = new ServerActions();
    private final CopyWishes copies = new CopyWishes();
    private final Shelves shelves = new Shelves();
    private final RescueImages rescues = new RescueImages();

    /**
     * A server whose row is held until the transaction ends, and with it its claims.
     *
     * @param claims where it is, where it is going to and where it was; none when nothing of it is anywhere
     * @param copy the image that a copy of its root disk is to become
     * @param shelf the image that it is shelved in, or was until it is built from it
     * @param hasFault whether something is known that went wrong with it
     */
    public record Held(
            ServerId id,
            ServerState state,
            List<Claim> claims,
            Optional<ImageId> copy,
            Optional<ImageId> shelf,
            boolean hasFault) {
        public Held {
            claims = List.copyOf(claims);
        }

        /** Where it is, or where something of it may be left. */
        public Optional<Claim> claim() {
            return claim(Claim.Role.CURRENT);
        }

        /** The one of that role. */
        public Optional<Claim> claim(Claim.Role role) {
            return claims.stream().filter(claim -> claim.role() == role).findFirst();
        }

        /** Whether its disk is in an image: it is shelved, or was and does not run from that yet. */
        public boolean isInItsImage() {
            return isShelved() || (shelf.isPresent() && !state.is(Task.DELETING));
        }

        /** Its claim on that host, whatever that is of its claims. */
        public Optional<Claim> on(HostId host) {
            return claims.stream().filter(claim -> claim.host().equals(host)).findFirst();
        }

        /** The other hosts that have a claim of it. */
        public List<HostId> besides(HostId host) {
            return claims.stream()
                    .map(Claim::host)
                    .filter(other -> !other.equals(host))
                    .toList();
        }

        /** Whether what that host reports is about its claim there, and not about an earlier one. Who was told of none is believed. */
        public boolean isSubjectOf(HostId host, ServerReport report) {
            Optional<Claim> claim = on(host);
            return claim.isPresent()
                    && report.claim()
                            .map(named -> named == claim.get().generation())
                            .orElse(true);
        }

        /** Where it is, or where something of it may be left; empty when it is nowhere. */
        public Optional<HostId> host() {
            return claim().map(Claim::host);
        }

        /** Whether its host should have it; false as soon as it is to go, also after it could not be built. */
        public boolean isPresent() {
            return claim().filter(Claim::isPresent).isPresent();
        }

        /**
         * Refuses what may not be asked now.
         *
         * @throws ProblemException 409 that names the state and what is allowed in it
         */
        public void require(ServerAction action) {
            requireSomewhere(action.text());
            ServerLife.require(id, state, action);
        }

        /**
         * Refuses what needs a host of a server that has none and will get none.
         *
         * @param action what is asked for, as the record of actions names it
         * @throws ProblemException 409 that says so
         */
        public void requireSomewhere(String action) {
            if (claim().isEmpty() && state.equals(ServerState.at(ServerStatus.ERROR))) {
                throw ServerLife.nowhere(id, action);
            }
        }

        /** What its host is to make of its guest's power; {@link Power#ON} while it has none. */
        public Power power() {
            return claim().map(Claim::power).orElse(Power.ON);
        }

        /** Whether it is shelved, so that whatever is left of it on a host may go and its ports stay its own. */
        public boolean isShelved() {
            return !state.is(Task.DELETING) && state.isShelved();
        }
    }

    /** Holds the row; empty when there is no such server. */
    public Optional<Held> hold(Handle handle, ServerId server) {
        // Two statements: the second must see the claims as who held the row while the first waited has left them.
        return handle.createQuery("""
                        select status, task_state, copy_image_id, shelved_image_id, fault_at is not null as has_fault from server
                        where id = :server for update""")
                .bind("server", server.value())
                .map((row, _) -> new Held(
                        server,
                        ServerState.of(row.getString("status"), row.getString("task_state")),
                        List.of(),
                        image(row, "copy_image_id"),
                        image(row, "shelved_image_id"),
                        row.getBoolean("has_fault")))
                .findOne()
                .map(held -> new Held(
                        server, held.state(), claims(handle, server), held.copy(), held.shelf(), held.hasFault()));
    }

    private static Optional<ImageId> image(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, UUID.class)).map(ImageId::new);
    }

    private static List<Claim> claims(Handle handle, ServerId server) {
        return handle.createQuery("select * from claim where server_id = :server")
                .bind("server", server.value())
                .map((row, _) -> new Claim(
                        new HostId(row.getObject("host_id", UUID.class)),
                        Claim.Role.of(row.getString("role")),
                        row.getLong("generation"),
                        new Resources(row.getInt("vcpus"), row.getInt("memory_mib"), row.getInt("disk_gib")),
                        row.getBoolean("present"),
                        power(row)))
                .list();
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
        server.requireSomewhere(action.text());
        Claim claim = server.claim()
                .filter(Claim::isPresent)
                .orElseThrow(() -> ServerLife.refusal(server.id(), server.state(), action.text()));
        become(handle, server.id(), ServerLife.asked(server.id(), server.state(), action));
        if (action == ServerAction.REBUILD && server.shelf().isPresent()) {
            // Its disk is made of another image than the one that it was shelved in.
            shelves.clear(handle, server.id());
        }
        wish(handle, server.id(), claim.host(), ServerLife.wished(server.state(), claim.power(), action));
        actions.begin(handle, server.id(), action.text(), asker);
        Hosts.changed(handle, claim.host(), server.id());
    }

    /**
     * An operation is asked for and under way; its steps say what the server's host is to make of it.
     *
     * @throws org.sluice.model.ProblemException 409 when the server's state does not allow it
     */
    public void begin(Handle handle, Held server, ServerAction action, ServerActions.Asker asker) {
        server.requireSomewhere(action.text());
        if (!server.isPresent()) {
            throw ServerLife.refusal(server.id(), server.state(), action.text());
        }
        become(handle, server.id(), ServerLife.asked(server.id(), server.state(), action));
        record(handle, server.id(), action, asker);
    }

    /** Something was asked for, and is under way until it is {@link #done}. */
    public void record(Handle handle, ServerId server, ServerAction action, ServerActions.Asker asker) {
        actions.begin(handle, server, action.text(), asker);
    }

    /** Something was asked for, and is done. */
    void note(Handle handle, ServerId server, ServerAction action, ServerActions.Asker asker) {
        actions.done(handle, server, action.text(), asker);
    }

    /** What was asked for has come to its end. */
    public void done(Handle handle, ServerId server) {
        actions.finish(handle, server, Optional.empty());
    }

    /**
     * A step of an operation wishes its guest's power, and its host is told.
     *
     * @param reboots whether a guest that runs is ended for it first
     */
    public void wish(Handle handle, Held server, Power.Level level, boolean reboots, Power.Ending ending) {
        Claim claim = server.claim().orElseThrow();
        Power before = claim.power();
        wish(
                handle,
                server.id(),
                claim.host(),
                new Power(
                        level, before.generation() + 1, before.boots() + (reboots ? 1 : 0), before.rebuilds(), ending));
        Hosts.changed(handle, claim.host(), server.id());
    }

    /** What an operation was to make of it could not be done; it is about to be what it was. */
    public void fellBack(Handle handle, ServerId server, Failure failure) {
        fault(handle, server, failure);
    }

    /**
     * It is where it was going to; where it was is kept, until somebody decides.
     *
     * @param to where it has a place
     * @param zone that host's
     */
    public void arrived(Handle handle, ServerId server, HostId to, String zone) {
        exchange(handle, server, to, zone, true);
    }

    /** It is where it was before; where it went to is not to have it any more. */
    public void wentBack(Handle handle, ServerId server, HostId to, String zone) {
        exchange(handle, server, to, zone, false);
    }

    private static void exchange(Handle handle, ServerId server, HostId to, String zone, boolean keepsOther) {
        // In one statement, since there is one of each role at most.
        handle.createUpdate("""
                        update claim set role = case host_id when :host then 'current' else 'outgoing' end,
                            present = present and (host_id = :host or :keep), doubt_at = null
                        where server_id = :server and (host_id = :host or role = 'current');
                        update server set host_id = :host, availability_zone = :zone, updated_at = now() where id = :server""")
                .bind("server", server.value())
                .bind("host", to.value())
                .bind("zone", zone)
                .bind("keep", keepsOther)
                .execute();
    }

    /** The host where it was before is not to have it any more. */
    public void leftForGood(Handle handle, ServerId server) {
        handle.createUpdate("update claim set present = false where server_id = :server and role = 'outgoing'")
                .bind("server", server.value())
                .execute();
    }

    /** It stays what an operation has made of it, and is what its guest is. */
    public void confirmed(Handle handle, ServerId server) {
        handle.createUpdate("""
                        update server set status = case power_state when 'RUNNING' then 'ACTIVE' when 'PAUSED' then 'PAUSED'
                            else 'SHUTOFF' end, task_state = null, updated_at = now() where id = :server""").bind("server", server.value()).execute();
        done(handle, server);
    }

    /** Asks for it to go from wherever it is; false when that was asked before. */
    public boolean leave(Handle handle, ServerId server) {
        boolean isNew = handle.createUpdate("""
                                update server set task_state = 'deleting', updated_at = now()
                                where id = :server and task_state is distinct from 'deleting'""").bind("server", server.value()).execute() == 1;
        if (isNew) {
            copies.drop(handle, server);
            unwant(handle, server);
        }
        return isNew;
    }

    /**
     * Its host says nothing any more, and why what it waits for is not there yet is told. What was asked of the host stays, and so does the claim:
     * what the host reports when it is back counts as ever.
     */
    public void told(Handle handle, Held server, Failure failure) {
        become(handle, server.id(), ServerLife.toldSilent(server.state()));
        fault(handle, server.id(), failure);
    }

    /** Whether it has ever stood on a host. */
    public boolean hasStood(Handle handle, ServerId server) {
        return handle.createQuery("select launched_at is not null from server where id = :server")
                .bind("server", server.value())
                .mapTo(Boolean.class)
                .one();
    }

    /** What is under way with it does not come to its end, and the record says why; the server is what it was. */
    public void interrupted(Handle handle, Held server, Failure failure) {
        if (server.state().task().isPresent()) {
            copies.drop(handle, server.id());
            rescues.end(handle, server.id());
            become(handle, server.id(), ServerState.at(server.state().status()));
            actions.finish(handle, server.id(), Optional.of(StorableText.of(failure.reason())));
        }
    }

    /** It boots from its root disk from now on, also on a host that knows only later that its rescue is over. */
    public void endRescue(Handle handle, Held server) {
        if (server.state().isRescue()) {
            rescues.end(handle, server.id());
            // A reboot, so that a guest which runs from the other image is not taken for one of its own disk.
            wish(handle, server, Power.Level.STOPPED, true, Power.Ending.AT_ONCE);
        }
    }

    /** It is shelved, and the host that it was leaving is down: it is on none from now on, and that host gives it up when it is back. */
    public void leftBehind(Handle handle, Held server, ServerActions.Asker asker) {
        handle.createUpdate("update claim set role = 'outgoing' where server_id = :server and role = 'current'")
                .bind("server", server.id().value())
                .execute();
        left(handle, server.id());
        offloaded(handle, server.id());
        note(handle, server.id(), ServerAction.EVACUATE, asker);
    }

    /** Nothing of it is left on the host where it was; its claim there can end. */
    public void left(Handle handle, ServerId server) {
        handle.createUpdate(
                        "update server set host_id = null, power_state = 'NONE', updated_at = now() where id = :server")
                .bind("server", server.value())
                .execute();
    }

    /** It went with its host; it stays as the one who says why. */
    public void lost(Handle handle, Held server, Failure failure) {
        if (server.state().is(Task.DELETING)) {
            // It was to go; where something of it is left, that goes on.
            unwant(handle, server.id());
        } else if (server.isInItsImage()) {
            // It is in its image, and not on the host that was lost.
            actions.finish(
                    handle,
                    server.id(),
                    server.state().is(Task.SHELVING_OFFLOADING)
                            ? Optional.empty()
                            : Optional.of(StorableText.of(failure.reason())));
            become(handle, server.id(), ServerState.at(ServerStatus.SHELVED_OFFLOADED));
        } else {
            giveUp(handle, server.id(), failure);
        }
        left(handle, server.id());
    }

    /** An image of its disk is made: it leaves its host, and comes back from that. */
    void shelved(Handle handle, Held server) {
        shelves.fill(handle, server.id(), server.copy().orElseThrow());
        leaveShelved(handle, server, ServerStatus.SHELVED);
    }

    private void leaveShelved(Handle handle, Held server, ServerStatus status) {
        become(handle, server.id(), new ServerState(status, Optional.of(Task.SHELVING_OFFLOADING)));
        unwant(handle, server.id());
        server.host().ifPresent(host -> Hosts.changed(handle, host, server.id()));
    }

    /** It is shelved, and is on no host any more; one where it was before may have yet to give it up. */
    public void offloaded(Handle handle, ServerId server) {
        become(handle, server, ServerState.at(ServerStatus.SHELVED_OFFLOADED));
        actions.finish(handle, server, Optional.empty());
    }

    /**
     * A shelved server is asked for again; it is to be placed in the same transaction.
     *
     * @throws org.sluice.model.ProblemException 409 when the server's state does not allow it
     */
    public void unshelve(Handle handle, Held server, ServerActions.Asker asker) {
        become(handle, server.id(), ServerLife.asked(server.id(), server.state(), ServerAction.UNSHELVE));
        record(handle, server.id(), ServerAction.UNSHELVE, asker);
    }

    /** The row goes, and with it all that was known of the server. */
    public void delete(Handle handle, ServerId server) {
        shelves.clear(handle, server);
        handle.createUpdate("delete from server where id = :id")
                .bind("id", server.value())
                .execute();
    }

    /** The host could not build it; it is to go from there, and stays as the one who says why. */
    public void failed(Handle handle, Held server, Failure failure) {
        if (server.shelf().isPresent()) {
            // Its image is there still: it goes back to where it was.
            actions.finish(handle, server.id(), Optional.of(StorableText.of(failure.reason())));
            leaveShelved(handle, server, ServerStatus.SHELVED_OFFLOADED);
            return;
        }
        giveUp(handle, server.id(), failure);
        server.host().ifPresent(host -> Hosts.changed(handle, host, server.id()));
    }

    /** Whether what its host reports of it counts: one that is to go only goes. */
    public static boolean listens(Held server) {
        return server.isPresent() && !server.state().is(Task.DELETING);
    }

    /**
     * Whether something is waited for that the report may be about: one of before the newest wish says nothing any more.
     */
    public static boolean counts(Held server, Observed report) {
        return listens(server) && report.generation() == server.power().generation();
    }

    /** What the host says of it, which was checked before. */
    public void observed(Handle handle, Held server, Observed report) {
        ServerLife.Next next = ServerLife.observed(server.state(), server.power(), report);
        // What a person called an error is one until something is asked for.
        boolean stays = server.state().equals(ServerState.at(ServerStatus.ERROR)) && !server.hasFault();
        settle(handle, server.id(), stays ? server.state() : next.state(), report.power());
        // What has another end than what the host sees of the guest goes on, and so does its record.
        if (!stays && next.state().task().isEmpty()) {
            next.failure()
                    .ifPresentOrElse(
                            failure -> fault(handle, server.id(), failure), () -> forgive(handle, server.id()));
            if (server.copy().isPresent()) {
                copies.drop(handle, server.id());
                server.host().ifPresent(host -> Hosts.changed(handle, host, server.id()));
            }
            if (server.state().is(Task.RESCUING) && next.failure().isPresent()) {
                // Its host goes on trying with its own disk: another wish, so that a rescue that works after all is
                // none.
                rescues.end(handle, server.id());
                wish(handle, server, Power.Level.RUNNING, true, Power.Ending.AT_ONCE);
                return;
            }
            if (server.shelf().isPresent() && next.failure().isEmpty()) {
                server.host().ifPresent(host -> Hosts.changed(handle, host, server.id()));
                shelves.clear(handle, server.id());
            }
        }
        server.claim().filter(claim -> !claim.power().equals(next.power())).ifPresent(claim -> {
            wish(handle, server.id(), claim.host(), next.power());
            Hosts.changed(handle, claim.host(), server.id());
        });
    }

    /** Its host says that it stands, and not as it should; true when that has been so for too long. */
    public boolean doubted(Handle handle, ServerId server) {
        return handle.createQuery("""
                        update claim set doubt_at = coalesce(doubt_at, now())
                        where server_id = :server and role = 'current'
                        returning doubt_at < now() - make_interval(secs => :patience)""")
                .bind("server", server.value())
                .bind("patience", LONGEST_DOUBT.toSeconds())
                .mapTo(Boolean.class)
                .one();
    }

    /**
     * An operator says what state it is in, and its host is told what that means for its guest: what was asked for before and is not
     * done is not wished any more. A rescue ends with it.
     *
     * @param before its state as the operator found it
     */
    public void reset(Handle handle, ServerState before, Held server, ServerStatus status, ServerActions.Asker asker) {
        actions.begin(handle, server.id(), RESET, asker);
        copies.drop(handle, server.id());
        rescues.end(handle, server.id());
        become(handle, server.id(), ServerState.at(status));
        if (server.isPresent()) {
            // A guest that was started from another disk goes on from that until it is started anew.
            Power.Level level = ServerLife.meant(before, status, server.power());
            wish(handle, server, level, before.isRescue(), Power.Ending.AT_ONCE);
            forgive(handle, server.id());
        }
    }

    /** No host is to have it any more, and it says why. */
    private void giveUp(Handle handle, ServerId server, Failure failure) {
        copies.drop(handle, server);
        rescues.end(handle, server);
        become(handle, server, ServerState.at(ServerStatus.ERROR));
        fault(handle, server, failure);
        unwant(handle, server);
    }

    private static void unwant(Handle handle, ServerId server) {
        // Long work goes no further: taken back later, it would want again what is to go.
        handle.createUpdate("update claim set present = false where server_id = :server;\n" + Migrations.FAIL
                        + "delete from operation where server_id = :server")
                .bind("server", server.value())
                .execute();
    }

    /** An operation has it in that state. */
    public void become(Handle handle, ServerId server, ServerState state) {
        handle.createUpdate(
                        "update server set status = :status, task_state = :task, updated_at = now() where id = :server")
                .bind("status", state.status().name())
                .bind("task", state.task().map(Task::text).orElse(null))
                .bind("server", server.value())
                .execute();
    }

    /** What its host sees of it has been made of it. */
    public void settle(Handle handle, ServerId server, ServerState state, PowerState power) {
        handle.createUpdate("""
                        update server set status = :status, task_state = :task, power_state = :power,
                            launched_at = coalesce(launched_at, now()), updated_at = now()
                        where id = :server and (status, task_state, power_state) is distinct from (:status, :task, :power);
                        update claim set doubt_at = null where server_id = :server and doubt_at is not null""")
                .bind("status", state.status().name())
                .bind("task", state.task().map(Task::text).orElse(null))
                .bind("power", power.name())
                .bind("server", server.value())
                .execute();
    }

    private static void wish(Handle handle, ServerId server, HostId host, Power power) {
        handle.createUpdate("""
                        update claim set power = :level, power_generation = :generation, boots = :boots, rebuilds = :rebuilds,
                            power_ending = :ending where server_id = :server and host_id = :host""")
                .bind("level", power.level().name())
                .bind("generation", power.generation())
                .bind("boots", power.boots())
                .bind("rebuilds", power.rebuilds())
                .bind("ending", power.ending().name())
                .bind("server", server.value())
                .bind("host", host.value())
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
}
