package org.sluice.controller.server;

import java.util.Optional;
import java.util.OptionalInt;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.server.Servers.Held;
import org.sluice.model.ImageId;
import org.sluice.model.ServerId;

/**
 * Images of servers of which only the newest of each kind are kept ({@code backup_type}, which is any word of the one who asks). An
 * image is one of them by its properties, so whoever changes these keeps it. Those that are protected, or that a server is made from
 * at the moment, stay. Stateless; the caller owns the transaction. Locks in the order server, image.
 */
public final class Backups {
    private final Servers servers = new Servers();
    private final CopyWishes wishes = new CopyWishes();

    /**
     * Asks for one more, and tells the server's host.
     *
     * @param image awaits the copy
     * @param rotation how many of its kind there are to be then, at least 1
     * @throws org.sluice.model.ProblemException 409 when the server's state does not allow it
     */
    public void ask(Handle handle, Held server, ImageId image, int rotation, ServerActions.Asker asker) {
        new DiskCopies().ask(handle, server, ServerAction.CREATE_BACKUP, image, asker);
        wishes.rotate(handle, server.id(), rotation);
    }

    /**
     * Keeps none of a kind. A copy would be made to be deleted, so none is.
     *
     * @throws org.sluice.model.ProblemException 409 when the server's state does not allow a backup
     */
    public void keepNone(Handle handle, Held server, String project, String type, ServerActions.Asker asker) {
        server.require(ServerAction.CREATE_BACKUP);
        delete(handle, server.id(), project, type, 0);
        servers.note(handle, server.id(), ServerAction.CREATE_BACKUP, asker);
    }

    /** The image that is awaited has what it awaited: those that are one too many go. */
    void makeWay(Handle handle, ServerId server) {
        OptionalInt rotation = wishes.rotation(handle, server);
        Optional<Kind> kind = handle.createQuery("""
                        select i.project_id, i.properties ->> 'backup_type' as type
                        from server s join image i on i.id = s.copy_image_id where s.id = :server""")
                .bind("server", server.value())
                .map((row, _) -> new Kind(row.getString("project_id"), row.getString("type")))
                .findOne();
        if (rotation.isPresent() && kind.isPresent()) {
            delete(handle, server, kind.get().project(), kind.get().type(), rotation.getAsInt() - 1);
        }
    }

    private record Kind(String project, String type) {}

    /** Deletes all of that kind that are there but the newest. */
    private static void delete(Handle handle, ServerId server, String project, String type, int kept) {
        handle.createUpdate("""
                        delete from image where id in (
                            select i.id from image i
                            where i.properties ->> 'image_type' = 'backup'
                              and i.properties ->> 'instance_uuid' = :server
                              and i.properties ->> 'backup_type' = :type
                              and i.project_id = :project and i.status = 'active' and not i.protected
                              and not exists (select 1 from server s where s.shelved_image_id = i.id
                                  or s.rescue_image_id = i.id)
                              and not exists (select 1 from server s where s.image_id = i.id
                                  and (s.status = 'BUILD' or s.task_state = 'rebuilding'))
                            order by i.created_at desc, i.id desc offset :kept for update)""")
                .bind("server", server.toString())
                .bind("type", type)
                .bind("project", project)
                .bind("kept", kept)
                .execute();
    }
}
