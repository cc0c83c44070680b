package org.sluice.agent.host;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.sluice.model.ImageId;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredServer;

/** The files of a VM: root disk, config drive, console. Idempotent. Thread-safe. */
public interface Disks {
    /** Room for disks, GiB: all that there is for them, whether servers have it or not. */
    int capacityGib();

    /**
     * Makes the root disk of a server that is built, or rebuilt: on top of the one that is kept; else from the image, which it fetches and checks against its checksum if
     * it is not cached. Disks that were given up for an older one are gone then.
     *
     * @throws ImageAwayException when the image is not here and does not come now
     * @throws org.sluice.model.ProblemException when the image cannot be had or its bytes are not what the checksum says, or when the
     *     disk that is kept is not there
     */
    RootDisk ensureRoot(DesiredServer server);

    /**
     * The root disk of a server that had one before; one that is to grow does. None is ever made in place of one that is gone: an
     * empty disk would look like a server that is well.
     *
     * @throws org.sluice.model.ProblemException {@code RootDiskGone} when it is not there
     */
    RootDisk requireRoot(DesiredServer server);

    /**
     * Makes the disk that the guest boots from instead of its root disk, if it is to: from an image as it is, and a new one each
     * time that it comes to that; takes away what there is of such disks else.
     *
     * @throws ImageAwayException as {@link #ensureRoot}
     * @throws org.sluice.model.ProblemException as {@link #ensureRoot}
     */
    Optional<RootDisk> ensureRescue(DesiredServer server);

    /**
     * Fetches and checks an image, if it is not cached. May be interrupted.
     *
     * @throws ImageAwayException when the controller is away, or breaks off
     * @throws org.sluice.model.ProblemException when it cannot be had, or its bytes are not what the checksum says
     */
    void fetch(DesiredServer.Image image);

    /** Whether an image is cached by now. One that nobody uses may go at any time. */
    boolean isFetched(DesiredServer.Image image);

    /** Makes the config drive when the server asked for one or has no other way to its metadata; empty when it needs none. */
    Optional<Path> ensureConfigDrive(DesiredServer server);

    /** File that the serial console is written to. */
    Path console(ServerId server);

    /** Keeps what grows by itself within bounds: images that no disk needs, and what guests write to their consoles. */
    void trim();

    /** Removes every file of the server. */
    void remove(ServerId server);

    /**
     * Copies the root disk as it is now, for {@link #exportCopy}, in place of an earlier copy. Nobody may write to the disk
     * meanwhile; a guest that runs must stand still. What is copied is lost with the host's power.
     *
     * @param limit how long that may take
     * @throws org.sluice.model.ProblemException when there is no room, or it takes longer
     */
    void copyRoot(DesiredServer server, Duration limit);

    /**
     * Makes of what was copied a file that stands alone (qcow2), if there is none for that image yet. It stays until
     * {@link #dropCopies} or {@link #remove}. May be interrupted.
     *
     * @throws org.sluice.model.ProblemException when there is no room, or no copy
     */
    Path exportCopy(ServerId server, ImageId image);

    /** Whether there is a file that stands alone for that image. */
    boolean isExported(ServerId server, ImageId image);

    /** Removes copies of the root disk, of whichever image. */
    void dropCopies(ServerId server);

    /**
     * Sees to it that there is room for what is in a guest's memory, and no such file of before.
     *
     * @throws org.sluice.model.ProblemException when there is none
     */
    void prepareMemory(DesiredServer server);

    /** File that a guest's memory is written to; there need be none. */
    Path memory(ServerId server);

    /** What was written of a guest's memory is on disk when this returns, also after a loss of power. */
    void keepMemory(ServerId server);

    /** Removes what was written of a guest's memory; when this returns, it does not come back after a loss of power. */
    void dropMemory(ServerId server);

    /** Servers that have files here. */
    List<ServerId> present();

    /**
     * A root disk as the hypervisor is to open it. An overlay is qcow2 whatever its image is, so the format goes with the
     * file and is never guessed from it: a guest could write another format's header into a raw disk.
     *
     * @param path the file
     * @param format {@code raw} or {@code qcow2}
     */
    record RootDisk(Path path, String format) {}
}
