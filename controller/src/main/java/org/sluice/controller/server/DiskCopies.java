package org.sluice.controller.server;

import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.server.Servers.Held;
import org.sluice.controller.store.StorableText;
import org.sluice.model.HostId;
import org.sluice.model.ImageId;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.ServerReport.Failure;

/**
 * Copies of root disks that become images: how they are asked for, and each way in which they end. Stateless; the caller owns the
 * transaction. Locks in the order server, host, image.
 */
public final class DiskCopies {
    private static final Failure STALLED = new Failure(
            "CopyStalled",
            "Its host did not bring the copy of its root disk: the host was declared down, has been silent for "
                    + Servers.LONGEST_DOUBT.toMinutes() + " minutes, or was at it for "
                    + CopyWishes.LONGEST.toHours() + " hours.",
            Optional.empty());

    private final Servers servers = new Servers();
    private final CopyWishes wishes = new CopyWishes();
    private final TransferImages transfers = new TransferImages();
    private final ServerActions actions = new ServerActions();
    private final Backups backups = new Backups();

    /**
     * Asks for something that makes an image of its root disk, and tells the server's host.
     *
     * @param image awaits the copy; it goes when there will be none
     * @throws org.sluice.model.ProblemException 409 when the server's state does not allow it
     */
    public void ask(Handle handle, Held server, ServerAction action, ImageId image, ServerActions.Asker asker) {
        if (action.wishesPower()) {
            servers.ask(handle, server, action, asker);
        } else {
            servers.begin(handle, server, action, asker);
        }
        wishes.wish(handle, server.id(), image);
        server.host().ifPresent(host -> Hosts.changed(handle, host, server.id()));
    }

    /** A step of an operation has a copy made that is to go to another host, and the server's own is told. */
    public void askForTransfer(Handle handle, Held server, ImageId image) {
        transfers.await(handle, image);
        wishes.wish(handle, server.id(), image);
        server.host().ifPresent(host -> Hosts.changed(handle, host, server.id()));
    }

    /** It is not wanted any more. The image goes with the place that was to be built from it. */
    public void giveUpTransfer(Handle handle, Held server) {
        if (server.copy().isPresent()) {
            wishes.drop(handle, server.id());
            server.host().ifPresent(host -> Hosts.changed(handle, host, server.id()));
        }
    }

    /** Holds the server on that host a copy of whose root disk is to become that image; empty when there is none. */
    public Optional<Held> hold(Handle handle, HostId host, ImageId image) {
        return hold(handle, image).filter(held -> held.host().equals(Optional.of(host)) && Servers.listens(held));
    }

    private Optional<Held> hold(Handle handle, ImageId image) {
        return wishes.serverOf(handle, image)
                .flatMap(server -> servers.hold(handle, server))
                .filter(held -> held.copy().equals(Optional.of(image)));
    }

    /** The image has what it awaited. An operation that waits for it is to be taken on by the caller. */
    public void arrived(Handle handle, Held server) {
        if (server.state().is(Task.IMAGE_BACKUP)) {
            backups.makeWay(handle, server.id());
        }
        wishes.forget(handle, server.id());
        if (server.state().task().filter(Task::isOperation).isPresent()) {
            server.host().ifPresent(host -> Hosts.changed(handle, host, server.id()));
        } else if (server.state().is(Task.SHELVING)) {
            servers.shelved(handle, server);
        } else {
            end(handle, server, Optional.empty());
        }
    }

    /** There will be no copy, and the image that awaits it goes; the server stays as it is. */
    public void failed(Handle handle, Held server, Failure failure) {
        wishes.drop(handle, server.id());
        end(handle, server, Optional.of(StorableText.of(failure.reason())));
    }

    /** The image is about to be deleted: should it await a copy, there will be none. */
    public void imageLeaves(Handle handle, ImageId image) {
        hold(handle, image).ifPresent(server -> {
            wishes.forget(handle, server.id());
            end(handle, server, Optional.of("Image " + image + " was deleted before it was made."));
        });
    }

    /**
     * Servers whose copy will not come, each held: {@link CopyWishes#stalled} says which.
     *
     * @param most how many at most
     */
    public List<ServerId> stalled(Handle handle, int most) {
        return wishes.stalled(handle, most);
    }

    /**
     * Ends a copy that will not come. An operation that waits for it is to be taken back by the caller.
     *
     * @return why
     */
    public Failure endStalled(Handle handle, ServerId server) {
        failed(handle, servers.hold(handle, server).orElseThrow(), STALLED);
        return STALLED;
    }

    private void end(Handle handle, Held server, Optional<String> failure) {
        servers.become(handle, server.id(), left(server.state()));
        actions.finish(handle, server.id(), failure);
        server.host().ifPresent(host -> Hosts.changed(handle, host, server.id()));
    }

    /** A guest that ends for a shelf goes on ending without one. */
    private static ServerState left(ServerState before) {
        boolean ends = before.is(Task.SHELVING) && before.status() != ServerStatus.SHUTOFF;
        return new ServerState(before.status(), ends ? Optional.of(Task.POWERING_OFF) : Optional.empty());
    }
}
