package org.sluice.controller.store;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;

/**
 * For which request something is changed: who, from where, by what. Every transaction that begins within {@link #during} tells
 * it to the database, whose triggers write it beside what they see change (V13); those within {@link #whileReading} only when
 * they come upon something to change after all. Immutable and thread-safe.
 *
 * @param requestId of the request, {@code req-...}
 * @param globalRequestId of all that the client does for one purpose; empty where it named none
 * @param userId who; empty where nobody has logged in
 * @param userName the user's name then
 * @param projectId in which project; empty for none
 * @param peer the address that the request came from
 * @param action method and route, {@code PUT /network/v2.0/ports/{id}}
 */
public record Origin(
        String requestId,
        String globalRequestId,
        String userId,
        String userName,
        String projectId,
        String peer,
        String action) {
    private static final ScopedValue<Work> CURRENT = ScopedValue.newInstance();
    /** No name may have it, so that nobody writes another one's name beside his own. */
    private static final char SEPARATOR = '\u001f';

    private record Work(Origin origin, boolean changes) {}

    public Origin {
        requireNonNull(requestId, "requestId is null");
        requireNonNull(globalRequestId, "globalRequestId is null");
        requireNonNull(userId, "userId is null");
        requireNonNull(userName, "userName is null");
        requireNonNull(projectId, "projectId is null");
        requireNonNull(peer, "peer is null");
        requireNonNull(action, "action is null");
    }

    /**
     * What somebody does with a command of ours, on the database and without a request.
     *
     * @param command as it is typed, {@code sluice admin-password}
     * @param user the operating system's name for who typed it
     */
    public static Origin ofCommand(String command, String user) {
        return new Origin("req-" + UUID.randomUUID(), "", "", user, "", "local", command);
    }

    /** Does some work for a request; on this thread only. */
    public <T> T during(Supplier<T> work) {
        return ScopedValue.where(CURRENT, new Work(this, true)).call(work::get);
    }

    /** Does some work for a request that reads, whose transactions need not tell; on this thread only. */
    public <T> T whileReading(Supplier<T> work) {
        return ScopedValue.where(CURRENT, new Work(this, false)).call(work::get);
    }

    /**
     * Tells the database for whom the handle's transaction is, where that has not been said as it began: before something is
     * made that a request which only reads needs to be there.
     */
    public static void tell(Handle handle) {
        if (CURRENT.isBound() && !CURRENT.get().changes()) {
            AttributedTransactions.tell(handle.getConnection(), CURRENT.get().origin());
        }
    }

    /** For which request this thread changes something. */
    static Optional<Origin> ofChanges() {
        return CURRENT.isBound() && CURRENT.get().changes()
                ? Optional.of(CURRENT.get().origin())
                : Optional.empty();
    }

    /** What functions of the database that are transactions by themselves are told; empty when it is for no request. */
    public static String told() {
        return ofChanges().map(Origin::text).orElse("");
    }

    /** As the database's function {@code audit} takes it apart. */
    String text() {
        return String.join(
                String.valueOf(SEPARATOR),
                clean(requestId),
                clean(globalRequestId),
                clean(userId),
                clean(userName),
                clean(projectId),
                clean(peer),
                clean(action));
    }

    private static String clean(String text) {
        return text.indexOf(SEPARATOR) < 0 && text.indexOf('\0') < 0
                ? text
                : text.replace(SEPARATOR, ' ').replace('\0', ' ');
    }
}
