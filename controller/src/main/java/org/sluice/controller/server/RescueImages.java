package org.sluice.controller.server;

import org.jdbi.v3.core.Handle;
import org.sluice.model.ImageId;
import org.sluice.model.ServerId;

/** Which images rescued servers boot from, in SQL. Stateless; the caller owns the transaction. */
final class RescueImages {
    /** It boots from that image from its next start on. */
    void begin(Handle handle, ServerId server, ImageId image) {
        handle.createUpdate("update server set rescue_image_id = :image where id = :server")
                .bind("image", image.value())
                .bind("server", server.value())
                .execute();
    }

    /** It boots from its root disk from its next start on. */
    void end(Handle handle, ServerId server) {
        handle.createUpdate("""
                        update server set rescue_image_id = null
                        where id = :server and rescue_image_id is not null""").bind("server", server.value()).execute();
    }
}
