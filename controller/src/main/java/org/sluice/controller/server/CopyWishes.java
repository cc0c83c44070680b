package org.sluice.controller.server;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.model.ImageId;
import org.sluice.model.ServerId;

/**
 * Which copies of root disks are to become images, in SQL: one at a time of each server. The image is there from the beginning and says that
 * it is {@code saving}; nobody else makes such images, so one that will have no bytes goes with the wish. Stateless; the caller
 * owns the transaction. Locks in the order server, image.
 */
final class CopyWishes {
    /** As long as an upload may take. */
    static final Duration LONGEST = Duration.ofHours(12);

    /** A copy of the server's root disk is to become that image. */
    void wish(Handle handle, ServerId server, ImageId image) {
        handle.createUpdate("""
                        update server set copy_image_id = :image, copy_asked_at = now(), copy_rotation = null
                        where id = :server""")
                .bind("image", image.value())
                .bind("server", server.value())
                .execute();
    }

    /** Of images that are made like that one, so many are to be there when it is. */
    void rotate(Handle handle, ServerId server, int rotation) {
        handle.createUpdate("update server set copy_rotation = :rotation where id = :server")
                .bind("rotation", rotation)
                .bind("server", server.value())
                .execute();
    }

    /** How many images are to be there when the one that is awaited is; empty when it is none that is counted. */
    OptionalInt rotation(Handle handle, ServerId server) {
        return handle.createQuery(
                        "select copy_rotation from server where id = :server and copy_rotation is not null for update")
                .bind("server", server.value())
                .mapTo(Integer.class)
                .findOne()
                .map(OptionalInt::of)
                .orElseGet(OptionalInt::empty);
    }

    /** The server a copy of whose root disk is to become that image. */
    Optional<ServerId> serverOf(Handle handle, ImageId image) {
        return handle.createQuery("select id from server where copy_image_id = :image")
                .bind("image", image.value())
                .mapTo(UUID.class)
                .map(ServerId::new)
                .findOne();
    }

    /**
     * Servers whose copy will not come, or not in any time that somebody waits for it: of hosts that have not been heard for
     * {@link Servers#LONGEST_DOUBT} or were declared down, and of those that have been at it for {@link #LONGEST}. Others are left to their hosts, which
     * bring them or say why not. What is held is looked at the next time.
     */
    List<ServerId> stalled(Handle handle, int most) {
        return handle.createQuery("""
                        select s.id from server s left join host h on h.id = s.host_id
                        where s.copy_image_id is not null
                          and (h.forced_down_at is not null or s.copy_asked_at < now() - make_interval(secs => :longest)
                              or coalesce(h.last_seen_at, s.copy_asked_at) < now() - make_interval(secs => :silence))
                        order by s.id limit :most for update of s skip locked""")
                .bind("most", most)
                .bind("longest", LONGEST.toSeconds())
                .bind("silence", Servers.LONGEST_DOUBT.toSeconds())
                .mapTo(UUID.class)
                .map(ServerId::new)
                .list();
    }

    /** Nothing is awaited any more; the image stays. */
    void forget(Handle handle, ServerId server) {
        handle.createUpdate("update server set copy_image_id = null, copy_asked_at = null where id = :server")
                .bind("server", server.value())
                .execute();
    }

    /** Nothing comes of it, if any was wished. */
    void drop(Handle handle, ServerId server) {
        handle.createUpdate("""
                        with awaiting as (
                            delete from image i using server s
                            where s.id = :server and i.id = s.copy_image_id and i.status = 'saving')
                        update server set copy_image_id = null, copy_asked_at = null
                        where id = :server and copy_image_id is not null""").bind("server", server.value()).execute();
    }
}
