package org.sluice.model.protocol;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.sluice.model.ServerId;

/**
 * Everything that should be on one host. Always the whole state: an agent that missed a revision is late, never wrong.
 *
 * @param revision grows with every change to this host's desired state
 * @param servers every server that should run here, and every one that should go and is not yet reported gone
 * @param queries consoles that are asked for
 * @param physicalFunctions PFs whose VFs servers may get; none from controllers of the time before they were told of
 * @param notUnderstood servers of which the agent does not understand what is wanted, by whom it was read; a controller sends none
 * @param refusalQueries questions for what drivers refused; none from controllers that do not ask for it
 */
public record DesiredHost(
        long revision,
        List<DesiredServer> servers,
        List<HostQuery> queries,
        List<DesiredPhysicalFunction> physicalFunctions,
        List<NotUnderstood> notUnderstood,
        List<RefusalQuery> refusalQueries) {
    /**
     * A server of which something is wanted that its agent does not know: a kind of NIC, a level of power of a later version.
     *
     * @param claim which claim of it ({@link DesiredServer#claim})
     * @param generation of its power ({@link Power#generation}); 0 when that could not be read either
     * @param reason what is not understood, a complete sentence
     */
    public record NotUnderstood(ServerId server, Optional<Long> claim, long generation, String reason) {
        public NotUnderstood {
            requireNonNull(server, "server is null");
            requireNonNull(claim, "claim is null");
            requireNonNull(reason, "reason is null");
        }
    }

    public DesiredHost {
        servers = List.copyOf(servers);
        queries = List.copyOf(queries);
        physicalFunctions = List.copyOf(Objects.requireNonNullElse(physicalFunctions, List.of()));
        notUnderstood = List.copyOf(Objects.requireNonNullElse(notUnderstood, List.of()));
        refusalQueries = List.copyOf(Objects.requireNonNullElse(refusalQueries, List.of()));
    }

    /** One that is understood wholly and asks for no refusals. */
    public DesiredHost(
            long revision,
            List<DesiredServer> servers,
            List<HostQuery> queries,
            List<DesiredPhysicalFunction> physicalFunctions) {
        this(revision, servers, queries, physicalFunctions, List.of(), List.of());
    }

    /** What of that server is not understood; empty where it is, and where it is none of this host's. */
    public Optional<NotUnderstood> notUnderstood(ServerId server) {
        return notUnderstood.stream()
                .filter(candidate -> candidate.server().equals(server))
                .findFirst();
    }

    /** What is wanted of that server; empty where it is none of this host's. */
    public Optional<DesiredServer> find(ServerId server) {
        return servers.stream()
                .filter(candidate -> candidate.id().equals(server))
                .findFirst();
    }
}
