package org.sluice.controller.network.binding;

import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.model.PortId;
import org.sluice.model.ServerId;

/**
 * NICs that come to a server that stands, or go from it, in SQL: from the request until the server's host has said that they have.
 * Stateless; the caller owns the transaction, and holds the server's row.
 */
public final class InterfaceChanges {
    /** What is to become of a NIC. */
    public enum Kind {
        ATTACH("attach"),
        DETACH("detach");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        private static Kind of(String text) {
            return text.equals(ATTACH.text) ? ATTACH : DETACH;
        }
    }

    /**
     * A NIC on its way.
     *
     * @param number what the host is told and tells it by
     * @param action the record of what was asked for; empty once something was written there of what came of it
     */
    public record Change(long number, PortId port, Kind kind, OptionalLong action) {}

    /** A NIC is to come or go; that was asked for in that record. */
    public void begin(Handle handle, ServerId server, PortId port, Kind kind, long action) {
        handle.createUpdate("""
                        insert into interface_change (port_id, server_id, kind, action_id)
                        values (:port, :server, :kind, :action)""")
                .bind("port", port.value())
                .bind("server", server.value())
                .bind("kind", kind.text)
                .bind("action", action)
                .execute();
    }

    /** Those of a server, the oldest first. */
    public List<Change> of(Handle handle, ServerId server) {
        return handle.createQuery("""
                        select id, port_id, kind, action_id from interface_change where server_id = :server order by id""")
                .bind("server", server.value())
                .map((row, _) -> {
                    long action = row.getLong("action_id");
                    return new Change(
                            row.getLong("id"),
                            new PortId(row.getObject("port_id", UUID.class)),
                            Kind.of(row.getString("kind")),
                            row.wasNull() ? OptionalLong.empty() : OptionalLong.of(action));
                })
                .list();
    }

    /** What was asked for has failed, and its record says so; the NIC is to go, under the same number. */
    public void failed(Handle handle, Change change) {
        handle.createUpdate("update interface_change set kind = 'detach', action_id = null where id = :number")
                .bind("number", change.number())
                .execute();
    }

    /** The NIC is what was asked for. */
    public void end(Handle handle, Change change) {
        handle.createUpdate("delete from interface_change where id = :number")
                .bind("number", change.number())
                .execute();
    }
}
