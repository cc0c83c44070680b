package org.sluice.controller.host;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.sluice.model.HostId;

/** What operators say of a host. Stateless; callers own the transaction. */
public final class HostDuty {
    private HostDuty() {}

    /**
     * Opens or closes a host for new servers.
     *
     * @param reason null for none
     */
    public static void enable(Handle handle, HostId host, boolean enabled, @Nullable String reason) {
        handle.createUpdate("update host set enabled = :enabled, disabled_reason = :reason where id = :id")
                .bind("id", host.value())
                .bind("enabled", enabled)
                .bind("reason", reason)
                .execute();
    }

    /** Says that a host is down, whatever its agent says, or takes that back; one that is down already has been so for as long. */
    public static void forceDown(Handle handle, HostId host, boolean down) {
        handle.createUpdate("""
                        update host set forced_down_at = case when :down then coalesce(forced_down_at, now()) end
                        where id = :id""").bind("id", host.value()).bind("down", down).execute();
    }
}
