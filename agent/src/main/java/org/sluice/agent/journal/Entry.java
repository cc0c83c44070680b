package org.sluice.agent.journal;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import org.sluice.agent.host.VirtualFunctions;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.VirtualFunctionLease;

/**
 * What the agent has set out to do with one server. As long as there is an entry, something of the server may be on the
 * host (except in {@link Phase#FAILED}).
 *
 * @param server the server as it is being built; what is removed later is this, whatever the controller says then
 * @param revision the desired state it was taken from
 * @param phase how far it is
 * @param found its VFs as they were before anything was done to them
 * @param failure why it is being removed, when that is because it could not be built
 */
public record Entry(
        DesiredServer server, long revision, Phase phase, List<FoundFunction> found, Optional<Failure> failure) {
    /** How far a server is. */
    public enum Phase {
        /** Steps are being applied. */
        BUILDING,
        /** It ran and was verified once. */
        RUNNING,
        /** Steps are being undone; there is no way back up from here. */
        REMOVING,
        /** It could not be built and nothing of it is left; kept so that nobody builds it again. */
        FAILED
    }

    /** A VF before it was touched. */
    public record FoundFunction(VirtualFunctionLease lease, VirtualFunctions.Tuple tuple, Optional<String> driver) {}

    /** Why a server could not be built, as it is reported. */
    public record Failure(String code, String reason, Optional<String> fix) {}

    public Entry {
        requireNonNull(server, "server is null");
        requireNonNull(phase, "phase is null");
        found = List.copyOf(found);
        requireNonNull(failure, "failure is null");
    }

    /** The server's id. */
    public ServerId id() {
        return server.id();
    }

    /** The same server, further on. */
    public Entry in(Phase next) {
        return new Entry(server, revision, next, found, failure);
    }

    /** The same server, on its way out because it could not be built. */
    public Entry failed(Failure why) {
        return new Entry(server, revision, Phase.REMOVING, found, Optional.of(why));
    }

    /** The same server, for the request that the other was changed for last; unchanged when none is named. */
    public Entry askedLike(DesiredServer other) {
        return other.requestId().isEmpty() ? this : new Entry(server.askedLike(other), revision, phase, found, failure);
    }

    /** The same server with other words about it (metadata, keys), at a newer revision. */
    public Entry describedBy(DesiredServer newer, long newerRevision) {
        return new Entry(newer, newerRevision, phase, found, failure);
    }
}
