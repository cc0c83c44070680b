package org.sluice.controller.host;

import java.time.Instant;
import org.jdbi.v3.core.Handle;
import org.sluice.model.HostId;

/** Which hosts there are, and by which key each is known. Stateless; callers own the transaction. */
public final class HostMembers {
    private HostMembers() {}

    /** Takes a host in; false when its name is taken. */
    public static boolean add(Handle handle, HostId host, String name, Instant now) {
        return handle.createUpdate("insert into host (id, name, enrolled_at) values (:id, :name, :now)"
                                + " on conflict (name) do nothing")
                        .bind("id", host.value())
                        .bind("name", name)
                        .bind("now", now)
                        .execute()
                == 1;
    }

    /** Takes a host out; nothing may hang on it any more. */
    public static void remove(Handle handle, HostId host) {
        handle.createUpdate("delete from host where id = :host")
                .bind("host", host.value())
                .execute();
    }

    /**
     * From now on that host is who has that key.
     *
     * @param digest of the key
     */
    public static void giveKey(Handle handle, HostId host, String digest) {
        handle.createUpdate("update host set key_digest = :key where id = :host")
                .bind("key", digest)
                .bind("host", host.value())
                .execute();
    }

    /** The same for a host that has none yet. One that is being claimed gets it at its next call: no call waits for a claim. */
    public static void adoptKey(Handle handle, HostId host, String digest) {
        handle.createUpdate("""
                        update host set key_digest = :key where id in (
                            select id from host where id = :host and key_digest is null for no key update skip locked)""").bind("key", digest).bind("host", host.value()).execute();
    }
}
