package org.sluice.controller.server;

import org.jdbi.v3.core.Handle;
import org.sluice.controller.server.Servers.Held;
import org.sluice.model.ImageId;

/** Servers that boot from another image than their root disk, and back. Stateless; the caller owns the transaction. */
public final class Rescues {
    private final Servers servers = new Servers();
    private final RescueImages images = new RescueImages();

    /**
     * Has it boot from that image, with its root disk as its second disk.
     *
     * @throws org.sluice.model.ProblemException 409 when the server's state does not allow it
     */
    public void begin(Handle handle, Held server, ImageId image, ServerActions.Asker asker) {
        servers.ask(handle, server, ServerAction.RESCUE, asker);
        images.begin(handle, server.id(), image);
    }

    /**
     * Has it boot from its root disk again.
     *
     * @throws org.sluice.model.ProblemException 409 when the server's state does not allow it
     */
    public void end(Handle handle, Held server, ServerActions.Asker asker) {
        servers.ask(handle, server, ServerAction.UNRESCUE, asker);
        images.end(handle, server.id());
    }
}
