package org.sluice.agent.supervision;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import org.sluice.agent.host.Disks;
import org.sluice.model.ImageId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredServer;

/**
 * Disks that are not waited for for ever: a file system that is on a network may hang for as long as that does. A server whose files
 * hang keeps away who wants something of them, and no other server. Thread-safe.
 */
public final class BoundedDisks implements Disks {
    /** Threads that a file system that hangs may hold. */
    private static final int MOST_CALLS = 128;

    /** Stands for the file system among the servers that have files on it. */
    private static final Optional<ServerId> ITSELF = Optional.empty();

    private final Disks disks;
    private final BoundedCalls<Optional<ServerId>> calls;
    private final BoundedCalls<ImageId> images;
    private final CallLimits limits;

    /**
     * @param executor runs the calls
     * @param limits how long they may take
     */
    public BoundedDisks(Disks disks, ExecutorService executor, CallLimits limits) {
        this.disks = requireNonNull(disks, "disks is null");
        this.limits = requireNonNull(limits, "limits is null");
        this.calls = new BoundedCalls<>(executor, MOST_CALLS, BoundedDisks::stuck);
        this.images = new BoundedCalls<>(executor, MOST_CALLS, BoundedDisks::stuck);
    }

    private static ProblemException stuck(String sentence) {
        return new Problem(
                        Problem.Kind.UNAVAILABLE,
                        "DisksStuck",
                        "The disks of this host do not answer. " + sentence,
                        Optional.of("See dmesg, and whether the file system of the servers' files answers."))
                .asException();
    }

    /** That the files of some server, or of an image, do not answer, in a sentence; empty when all do. */
    public Optional<String> fault() {
        return calls.hangs().or(images::hangs).map(sentence -> "The disks do not answer. " + sentence);
    }

    @Override
    public int capacityGib() {
        return calls.call(ITSELF, "Looking for room", limits.question(), disks::capacityGib);
    }

    /** It may have to wait for its image. */
    @Override
    public RootDisk ensureRoot(DesiredServer server) {
        return call(server.id(), "Making the root disk of ", limits.transfer(), () -> disks.ensureRoot(server));
    }

    @Override
    public RootDisk requireRoot(DesiredServer server) {
        return call(server.id(), "Looking for the root disk of ", limits.change(), () -> disks.requireRoot(server));
    }

    @Override
    public Optional<RootDisk> ensureRescue(DesiredServer server) {
        return call(server.id(), "Making the rescue disk of ", limits.transfer(), () -> disks.ensureRescue(server));
    }

    @Override
    public void fetch(DesiredServer.Image image) {
        boolean _ = images.callBreakably(image.id(), "Fetching image " + image.id(), limits.transfer(), () -> {
            disks.fetch(image);
            return true;
        });
    }

    @Override
    public boolean isFetched(DesiredServer.Image image) {
        return calls.call(ITSELF, "Looking for image " + image.id(), limits.question(), () -> disks.isFetched(image));
    }

    @Override
    public Optional<Path> ensureConfigDrive(DesiredServer server) {
        return call(server.id(), "Making the config drive of ", limits.change(), () -> disks.ensureConfigDrive(server));
    }

    @Override
    public Path console(ServerId server) {
        return call(server, "Looking for the console of ", limits.question(), () -> disks.console(server));
    }

    @Override
    public void trim() {
        calls.run(ITSELF, "Removing what no server needs", limits.change(), disks::trim);
    }

    @Override
    public void remove(ServerId server) {
        run(server, "Removing the files of ", limits.change(), () -> disks.remove(server));
    }

    @Override
    public void copyRoot(DesiredServer server, Duration limit) {
        boolean _ = calls.callBreakably(
                Optional.of(server.id()),
                "Copying the root disk of " + server.id(),
                limit.plus(limits.question()),
                () -> {
                    disks.copyRoot(server, limit);
                    return true;
                });
    }

    @Override
    public Path exportCopy(ServerId server, ImageId image) {
        return calls.callBreakably(
                Optional.of(server),
                "Exporting the root disk of " + server,
                limits.transfer(),
                () -> disks.exportCopy(server, image));
    }

    @Override
    public boolean isExported(ServerId server, ImageId image) {
        return call(server, "Looking for the copy of ", limits.question(), () -> disks.isExported(server, image));
    }

    @Override
    public void dropCopies(ServerId server) {
        run(server, "Removing the copies of ", limits.change(), () -> disks.dropCopies(server));
    }

    @Override
    public void prepareMemory(DesiredServer server) {
        run(server.id(), "Making room for the memory of ", limits.change(), () -> disks.prepareMemory(server));
    }

    @Override
    public Path memory(ServerId server) {
        return disks.memory(server);
    }

    @Override
    public void keepMemory(ServerId server) {
        run(server, "Writing out the memory of ", limits.transfer(), () -> disks.keepMemory(server));
    }

    @Override
    public void dropMemory(ServerId server) {
        run(server, "Removing the memory of ", limits.change(), () -> disks.dropMemory(server));
    }

    @Override
    public List<ServerId> present() {
        return calls.call(ITSELF, "Looking for servers' files", limits.question(), disks::present);
    }

    private <T> T call(ServerId server, String what, Duration limit, Callable<T> call) {
        return calls.call(Optional.of(server), what + server, limit, call);
    }

    private void run(ServerId server, String what, Duration limit, Runnable call) {
        calls.run(Optional.of(server), what + server, limit, call);
    }
}
