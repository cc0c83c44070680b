package org.sluice.agent;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.sluice.model.NetworkId;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredHost;
import org.sluice.model.protocol.DesiredHost.Known;
import org.sluice.model.protocol.DesiredHost.NotUnderstood;
import org.sluice.model.protocol.DesiredHost.Part;
import org.sluice.model.protocol.DesiredPhysicalFunction;
import org.sluice.model.protocol.DesiredSegment;
import org.sluice.model.protocol.DesiredServer;

/**
 * All that should be on the host as far as its agent was told: the last whole state with every part that came after it. Immutable, so that
 * whoever looks sees one revision: a part is taken in by copying references, which costs next to nothing beside the work on a server.
 */
final class DesiredState {
    private final Known known;

    /** Whether segments are told beside servers: then what changed of one is in no server that is told. */
    private final boolean tellsSegments;

    private final Map<ServerId, DesiredServer> servers;
    private final Map<ServerId, NotUnderstood> notUnderstood;
    private final List<DesiredPhysicalFunction> physicalFunctions;

    private DesiredState(
            DesiredHost newest, Map<ServerId, DesiredServer> servers, Map<ServerId, NotUnderstood> notUnderstood) {
        this.known = new Known(newest.revision(), newest.history());
        this.tellsSegments = newest.segments().isPresent();
        this.servers = servers;
        this.notUnderstood = notUnderstood;
        this.physicalFunctions = newest.physicalFunctions();
    }

    /** A whole one as it was told. */
    static DesiredState of(DesiredHost whole) {
        if (whole.part().isPresent()) {
            throw new IllegalArgumentException("A part is not a whole desired state.");
        }
        return new DesiredState(whole, new HashMap<>(), new HashMap<>()).told(whole);
    }

    /** Whether that part is all of what changed since this, and is understood; it is of no use for any other. */
    boolean isContinuedBy(DesiredHost told, Part part) {
        return part.since() == known.revision()
                // What is not understood of a segment is said of each of its servers, and what of a server was not may
                // be now: both need
                // all servers.
                && (part.segments().isEmpty()
                        || (notUnderstood.isEmpty()
                                && told.segmentsByNetwork().keySet().containsAll(part.segments())))
                // An older controller, beside one that told of segments, does not know which of them changed.
                && (told.segments().isPresent() || !tellsSegments)
                && told.history().isPresent()
                && told.history().equals(known.history());
    }

    /** What it is with that part, which continues it. */
    DesiredState with(DesiredHost told, Part part) {
        if (!isContinuedBy(told, part)) {
            throw new IllegalArgumentException("The part is one of what changed since " + part.since() + " of "
                    + told.history() + ", and this is " + known + ".");
        }
        DesiredState next = new DesiredState(told, new HashMap<>(servers), new HashMap<>(notUnderstood));
        if (!part.segments().isEmpty()) {
            Map<NetworkId, DesiredSegment> changed = told.changedSegments().stream()
                    .collect(Collectors.toMap(DesiredSegment::network, segment -> segment));
            next.servers.replaceAll((_, server) -> server.on(changed));
        }
        next.told(told);
        part.gone().forEach(server -> {
            next.servers.remove(server);
            next.notUnderstood.remove(server);
        });
        return next;
    }

    /** Only before anybody else has it. */
    private DesiredState told(DesiredHost told) {
        told.servers().forEach(server -> {
            servers.put(server.id(), server);
            notUnderstood.remove(server.id());
        });
        told.notUnderstood().forEach(other -> {
            notUnderstood.put(other.server(), other);
            servers.remove(other.server());
        });
        return this;
    }

    /** The servers that a state or part speaks of, also to say that it speaks of them no more. */
    static Set<ServerId> named(DesiredHost told) {
        Set<ServerId> named = new HashSet<>();
        told.servers().forEach(server -> named.add(server.id()));
        told.notUnderstood().forEach(other -> named.add(other.server()));
        told.part().ifPresent(part -> named.addAll(part.gone()));
        return named;
    }

    /** The servers with NICs on that network. */
    Stream<ServerId> on(NetworkId network) {
        return servers()
                .filter(server -> server.interfaces().stream()
                        .anyMatch(nic -> nic.network().equals(network)))
                .map(DesiredServer::id);
    }

    /** What the controller is to be told that the agent has. */
    Known known() {
        return known;
    }

    long revision() {
        return known.revision();
    }

    /** What is wanted of that server; empty where nothing is said of it, or what is said is not understood. */
    Optional<DesiredServer> find(ServerId server) {
        return Optional.ofNullable(servers.get(server));
    }

    /** What of that server is not understood; empty where it is, and where nothing is said of it. */
    Optional<NotUnderstood> notUnderstood(ServerId server) {
        return Optional.ofNullable(notUnderstood.get(server));
    }

    /** All servers of which what is wanted is understood. */
    Stream<DesiredServer> servers() {
        return servers.values().stream();
    }

    /** All servers that something is said of. */
    Stream<ServerId> ids() {
        return Stream.concat(servers.keySet().stream(), notUnderstood.keySet().stream());
    }

    /** PFs whose VFs servers may get. */
    List<DesiredPhysicalFunction> physicalFunctions() {
        return physicalFunctions;
    }
}
