package org.sluice.controller.server;

import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.host.Hosts;
import org.sluice.model.HostId;
import org.sluice.model.ImageId;
import org.sluice.model.ServerId;

/**
 * Images that carry the root disk of a server to another host, in SQL. Such an image is nobody's: no tenant sees it, and nobody can
 * delete it while a claim is built from it. It goes with what hangs on it: when the server stands, or the claim ends. Stateless; the
 * caller owns the transaction. Locks in the order server, host, image.
 */
public final class TransferImages {
    /** No project has that id. */
    public static final String OWNER = "sluice";

    /** How far the bytes of one have come. */
    public enum Progress {
        /** Nobody was asked for them. */
        UNASKED,
        /** The server's host is to bring them. */
        AWAITED,
        /** They are there. */
        ARRIVED,
        /** They will not come: the image is gone. */
        GONE
    }

    /** The server's claim on that host is built from that image, which awaits a copy of its root disk. */
    public void make(Handle handle, ServerId server, HostId host, ImageId image) {
        handle.createUpdate("""
                        insert into image (id, project_id, name, status, visibility, os_hidden, disk_format, container_format)
                        values (:image, :owner, 'root disk of server ' || :server, 'queued', 'private', true, 'qcow2', 'bare');
                        update claim set image_id = :image where server_id = :server and host_id = :host""")
                .bind("image", image.value())
                .bind("owner", OWNER)
                .bind("server", server.value())
                .bind("host", host.value())
                .execute();
    }

    /** How far the bytes of that image of the server have come. */
    public Progress progress(Handle handle, Servers.Held server, ImageId image) {
        Optional<String> status = handle.createQuery("select status from image where id = :image")
                .bind("image", image.value())
                .mapTo(String.class)
                .findOne();
        if (status.isEmpty()) {
            return Progress.GONE;
        }
        if (status.get().equals("queued")) {
            return Progress.UNASKED;
        }
        return server.copy().equals(Optional.of(image)) ? Progress.AWAITED : Progress.ARRIVED;
    }

    /** Its host is to bring the bytes, and nobody else can. */
    void await(Handle handle, ImageId image) {
        handle.createUpdate("update image set status = 'saving', updated_at = now() where id = :image")
                .bind("image", image.value())
                .execute();
    }

    /** What the server's claim there was built from is not needed any more, since its disk is made; its host is told. */
    public void clear(Handle handle, ServerId server, HostId host) {
        Optional<UUID> image = handle.createQuery("""
                        select image_id from claim where server_id = :server and host_id = :host and image_id is not null""")
                .bind("server", server.value())
                .bind("host", host.value())
                .mapTo(UUID.class)
                .findOne();
        if (image.isPresent()) {
            Hosts.changed(handle, host, server);
            handle.createUpdate("""
                            update claim set image_id = null where server_id = :server and host_id = :host;
                            delete from image where id = :image""")
                    .bind("server", server.value())
                    .bind("host", host.value())
                    .bind("image", image.get())
                    .execute();
        }
    }
}
