package org.sluice.model.protocol;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.sluice.model.ServerId;

/**
 * Everything that should be on one host. Always the whole state: an agent that missed a revision is late, never wrong.
 *
 * @param revision grows with every change to this host's desired state
 * @param servers every server that should run here, and every one that should go and is not yet reported gone
 * @param queries questions that wait for this host's answer
 * @param physicalFunctions PFs whose VFs servers may get; none from controllers of the time before they were told of
 */
public record DesiredHost(
        long revision,
        List<DesiredServer> servers,
        List<HostQuery> queries,
        List<DesiredPhysicalFunction> physicalFunctions) {
    public DesiredHost {
        servers = List.copyOf(servers);
        queries = List.copyOf(queries);
        physicalFunctions = List.copyOf(Objects.requireNonNullElse(physicalFunctions, List.of()));
    }

    /** What is wanted of that server; empty where it is none of this host's. */
    public Optional<DesiredServer> find(ServerId server) {
        return servers.stream()
                .filter(candidate -> candidate.id().equals(server))
                .findFirst();
    }
}
