package org.sluice.controller.identity.token;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.sluice.controller.policy.Scope;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Database;

/**
 * What tokens have died of before their time: rows in the database for as long as such tokens could live, and a copy of
 * them here, so that verifying a token reads no database. Time is a count kept in the database and not anybody's clock: a
 * token carries the count at which its claims were read, and dies of every revocation with a greater one. See
 * docs/decisions/0015-tokens-that-die.md. Thread-safe.
 */
public final class Revocations {
    /** Stands for the whole cloud where a project would be; no project is called so. */
    public static final String CLOUD = "system";

    /** Announced by every revocation, and by every new signing key. */
    static final String TOPIC = "identity";

    /** Single tokens of one account that are remembered; one more, and all tokens of the account are revoked instead. */
    static final int TOKENS_OF_ONE_ACCOUNT = 500;

    /** Clocks of controllers may differ by this much. */
    static final Duration SLACK = Duration.ofMinutes(10);

    private final Jdbi jdbi;
    private final InstantSource clock;
    private final Map<Subject, Revocation> known = new ConcurrentHashMap<>();
    private final ReentrantLock reading = new ReentrantLock();
    private volatile boolean loaded;
    private long seen;

    private record Revocation(long at, Instant expiresAt) {}

    /** Whose tokens die. */
    public sealed interface Subject {
        /** All of a user: it is disabled, deleted or has another password. */
        record OfAccount(String accountId) implements Subject {}

        /** All for a project: it is disabled or deleted. */
        record OfProject(String projectId) implements Subject {}

        /** All of a user for a project, a domain or {@link #CLOUD}: it has lost a role there. */
        record OfAccountIn(String accountId, String scopeId) implements Subject {}

        /** The one token of that audit id. */
        record OfToken(String accountId, String auditId) implements Subject {}
    }

    public Revocations(Database database, InstantSource clock) {
        this.jdbi = requireNonNull(database, "database is null").jdbi();
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** The count, for a token whose claims are read after this. */
    public static long mark(Handle handle) {
        return handle.createQuery("select coalesce((select now from revocation_clock), 0)")
                .mapTo(Long.class)
                .one();
    }

    /**
     * Takes the revocations' clock for the rest of the handle's transaction: no other revocation is under way until it
     * ends. Whoever changes a user or project so that tokens die calls this before it takes any other row, so that two of
     * them do not wait for each other.
     *
     * @return the count of the revocations that the transaction makes
     */
    public static long begin(Handle handle) {
        // Not below the wall clock: in a database restored from yesterday the count would repeat itself, and tokens of
        // the
        // time that is lost would survive revocations made after it.
        return handle.createQuery("insert into revocation_clock as c (now)"
                        + " values ((extract(epoch from clock_timestamp()) * 1000000)::bigint)"
                        + " on conflict (one) do update set now = greatest(c.now + 1, excluded.now) returning now")
                .mapTo(Long.class)
                .one();
    }

    /** Revokes, when the handle's transaction commits, all tokens of the subject issued until then; {@code at} is from {@link #begin}. */
    public void revoke(Handle handle, long at, Subject subject) {
        insert(handle, at, subject, clock.instant().plus(Tokens.LONGEST_LIFE));
        ChangeFeed.announce(handle, TOPIC);
    }

    /** Revokes that token; it is remembered for as long as it would have lived, and not for longer. */
    void revoke(Handle handle, long at, Token token) {
        insert(handle, at, new Subject.OfToken(token.userId(), token.auditIds().getFirst()), token.expiresAt());
        if (tokensOf(handle, token.userId()) > TOKENS_OF_ONE_ACCOUNT) {
            handle.createUpdate("delete from revocation where account_id = :account and audit_id <> ''")
                    .bind("account", token.userId())
                    .execute();
            insert(
                    handle,
                    at,
                    new Subject.OfAccount(token.userId()),
                    clock.instant().plus(Tokens.LONGEST_LIFE));
        }
        ChangeFeed.announce(handle, TOPIC);
    }

    private int tokensOf(Handle handle, String accountId) {
        return handle.createQuery("select count(*) from revocation"
                        + " where account_id = :account and audit_id <> '' and expires_at > :now")
                .bind("account", accountId)
                .bind("now", clock.instant())
                .mapTo(Integer.class)
                .one();
    }

    /** {@code ends}: when the last token that it concerns has ended, on this controller's clock. */
    private static void insert(Handle handle, long at, Subject subject, Instant ends) {
        Columns columns = Columns.of(subject);
        handle.createUpdate("insert into revocation (account_id, project_id, audit_id, at, expires_at)"
                        + " values (:account, :project, :audit, :at, :expires)"
                        + " on conflict (account_id, project_id, audit_id)"
                        + " do update set at = excluded.at, expires_at = excluded.expires_at")
                .bind("account", columns.accountId())
                .bind("project", columns.projectId())
                .bind("audit", columns.auditId())
                .bind("at", at)
                .bind("expires", ends.plus(SLACK))
                .execute();
    }

    /** Whether the token has died, as far as is known here. Reads the database only when nothing was read yet. */
    public boolean isRevoked(Token token) {
        if (!loaded) {
            refresh();
        }
        long proof = token.marks().proof();
        long scope = token.marks().scope();
        return revokes(new Subject.OfAccount(token.userId()), proof)
                || known.containsKey(
                        new Subject.OfToken(token.userId(), token.auditIds().getFirst()))
                || switch (token.scope()) {
                    case Scope.Nothing _ -> false;
                    case Scope.Project project ->
                        revokes(new Subject.OfProject(project.id()), scope)
                                || revokes(new Subject.OfAccountIn(token.userId(), project.id()), scope);
                    case Scope.Domain domain -> revokes(new Subject.OfAccountIn(token.userId(), domain.id()), scope);
                    case Scope.Cloud _ -> revokes(new Subject.OfAccountIn(token.userId(), CLOUD), scope);
                };
    }

    private boolean revokes(Subject subject, long mark) {
        Revocation revocation = known.get(subject);
        return revocation != null && revocation.at() > mark;
    }

    /** Reads what is new, and forgets what no token can have outlived. */
    public void refresh() {
        reading.lock();
        try {
            jdbi.useHandle(this::read);
            loaded = true;
        } finally {
            reading.unlock();
        }
    }

    private void read(Handle handle) {
        long now = handle.createQuery("select now from revocation_clock")
                .mapTo(Long.class)
                .findOne()
                .orElse(0L);
        if (now == seen && loaded) {
            return;
        }
        // A clock that has gone back is that of another database, restored: everything is read again.
        handle.createQuery("select account_id, project_id, audit_id, at, expires_at from revocation where at > :seen")
                .bind("seen", now < seen ? 0 : seen)
                .map((row, context) -> Map.entry(
                        new Columns(row.getString("account_id"), row.getString("project_id"), row.getString("audit_id"))
                                .subject(),
                        new Revocation(
                                row.getLong("at"),
                                row.getTimestamp("expires_at").toInstant())))
                .forEach(entry -> known.put(entry.getKey(), entry.getValue()));
        seen = now;
    }

    /** Forgets what no token can have outlived, here and in the database. Leaves all others alone, of whatever is gone they speak. */
    void deleteExpired() {
        Instant now = clock.instant();
        known.values().removeIf(revocation -> revocation.expiresAt().isBefore(now));
        jdbi.useHandle(handle -> handle.createUpdate("delete from revocation where expires_at < :now")
                .bind("now", now)
                .execute());
    }

    /** How many are kept here. */
    int size() {
        return known.size();
    }

    /** A subject as the table has it: empty where it does not matter. */
    private record Columns(String accountId, String projectId, String auditId) {
        static Columns of(Subject subject) {
            return switch (subject) {
                case Subject.OfAccount account -> new Columns(account.accountId(), "", "");
                case Subject.OfProject project -> new Columns("", project.projectId(), "");
                case Subject.OfAccountIn both -> new Columns(both.accountId(), both.scopeId(), "");
                case Subject.OfToken token -> new Columns(token.accountId(), "", token.auditId());
            };
        }

        Subject subject() {
            if (!auditId.isEmpty()) {
                return new Subject.OfToken(accountId, auditId);
            }
            if (projectId.isEmpty()) {
                return new Subject.OfAccount(accountId);
            }
            return accountId.isEmpty()
                    ? new Subject.OfProject(projectId)
                    : new Subject.OfAccountIn(accountId, projectId);
        }
    }
}
