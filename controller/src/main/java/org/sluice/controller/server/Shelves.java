package org.sluice.controller.server;

import org.jdbi.v3.core.Handle;
import org.sluice.model.ImageId;
import org.sluice.model.ServerId;

/** Which images servers are shelved in, in SQL. Stateless; the caller owns the transaction. Locks in the order server, image. */
final class Shelves {
    /** It is in that image. */
    void fill(Handle handle, ServerId server, ImageId image) {
        handle.createUpdate("update server set shelved_image_id = :image where id = :server")
                .bind("image", image.value())
                .bind("server", server.value())
                .execute();
    }

    /** It is in none any more, and the image goes; one that somebody protects stays. */
    void clear(Handle handle, ServerId server) {
        handle.createUpdate("""
                        with needless as (
                            delete from image i using server s
                            where s.id = :server and i.id = s.shelved_image_id and not i.protected)
                        update server set shelved_image_id = null
                        where id = :server and shelved_image_id is not null""").bind("server", server.value()).execute();
    }
}
