package org.sluice.model.protocol;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.sluice.model.NetworkId;
import org.sluice.model.ServerId;

/**
 * What should be on one host: the whole of it, or, to an agent that says which whole it has, what changed since. An agent that missed
 * a revision is late, never wrong.
 *
 * @param revision grows with every change to this host's desired state
 * @param servers every server that should run here, and every one that should go and is not yet reported gone; of a part those that changed
 * @param queries consoles that are asked for, all of them
 * @param physicalFunctions PFs whose VFs servers may get, all of them; none from controllers of the time before they were told of
 * @param notUnderstood servers of which the agent does not understand what is wanted, by whom it was read; a controller sends none
 * @param refusalQueries questions for what drivers refused, all of them; none from controllers that do not ask for it
 * @param history of which sequence of revisions this is one: what changed between two of the same can be told; empty where that is not known
 * @param part what it is a part of; empty when it is the whole
 * @param segments the networks of its servers' NICs, which are told without what these say; of a part also those that changed. Empty
 *     where each NIC is told whole: by controllers of the time before segments were told, and to agents of that time
 */
public record DesiredHost(
        long revision,
        List<DesiredServer> servers,
        List<HostQuery> queries,
        List<DesiredPhysicalFunction> physicalFunctions,
        List<NotUnderstood> notUnderstood,
        List<RefusalQuery> refusalQueries,
        Optional<UUID> history,
        Optional<Part> part,
        Optional<List<DesiredSegment>> segments) {
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

    /**
     * What makes a part out of a desired state: servers that it names neither here nor there are as they were.
     *
     * @param since the revision after which it changed; the part is for who has the whole state of that one and no other
     * @param gone servers that the state does not speak of any more, as a whole one would not: no order to end them
     * @param segments networks whose segments changed; others come along with servers that are told. None from controllers of the time
     *     before segments were told
     */
    public record Part(long since, List<ServerId> gone, List<NetworkId> segments) {
        public Part {
            gone = List.copyOf(gone);
            segments = List.copyOf(Objects.requireNonNullElse(segments, List.of()));
        }

        /** One in which no segment changed. */
        public Part(long since, List<ServerId> gone) {
            this(since, gone, List.of());
        }
    }

    /**
     * Which state an agent has.
     *
     * @param revision its revision; -1 for none
     * @param history its history; empty when it had none, or the whole is wanted
     */
    public record Known(long revision, Optional<UUID> history) {
        /** Of an agent that has just begun. */
        public static final Known NOTHING = new Known(-1, Optional.empty());

        public Known {
            requireNonNull(history, "history is null");
        }
    }

    public DesiredHost {
        servers = List.copyOf(servers);
        queries = List.copyOf(queries);
        physicalFunctions = List.copyOf(Objects.requireNonNullElse(physicalFunctions, List.of()));
        notUnderstood = List.copyOf(Objects.requireNonNullElse(notUnderstood, List.of()));
        refusalQueries = List.copyOf(Objects.requireNonNullElse(refusalQueries, List.of()));
        history = Objects.requireNonNullElse(history, Optional.empty());
        part = Objects.requireNonNullElse(part, Optional.empty());
        segments = Objects.requireNonNullElse(segments, Optional.<List<DesiredSegment>>empty())
                .map(List::copyOf);
    }

    /** The segments that are told, by network. */
    public Map<NetworkId, DesiredSegment> segmentsByNetwork() {
        return segments.orElse(List.of()).stream()
                .collect(Collectors.toUnmodifiableMap(DesiredSegment::network, segment -> segment));
    }

    /** The segments that changed with a part; others only come along with servers. */
    public List<DesiredSegment> changedSegments() {
        List<NetworkId> changed = part.map(Part::segments).orElse(List.of());
        return segments.orElse(List.of()).stream()
                .filter(segment -> changed.contains(segment.network()))
                .toList();
    }

    /** The same, for who does not know of segments: with each NIC told whole. */
    public DesiredHost inOne() {
        Map<NetworkId, DesiredSegment> told = segmentsByNetwork();
        return new DesiredHost(
                revision,
                servers.stream().map(server -> server.on(told)).toList(),
                queries,
                physicalFunctions,
                notUnderstood,
                refusalQueries,
                history,
                part,
                Optional.empty());
    }

    /** A whole one of no known history. */
    public DesiredHost(
            long revision,
            List<DesiredServer> servers,
            List<HostQuery> queries,
            List<DesiredPhysicalFunction> physicalFunctions,
            List<NotUnderstood> notUnderstood,
            List<RefusalQuery> refusalQueries) {
        this(
                revision,
                servers,
                queries,
                physicalFunctions,
                notUnderstood,
                refusalQueries,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** A whole one of no known history that is understood wholly and asks for no refusals. */
    public DesiredHost(
            long revision,
            List<DesiredServer> servers,
            List<HostQuery> queries,
            List<DesiredPhysicalFunction> physicalFunctions) {
        this(revision, servers, queries, physicalFunctions, List.of(), List.of());
    }

    /** What is wanted of that server; empty where nothing is said of it. */
    public Optional<DesiredServer> find(ServerId server) {
        return servers.stream()
                .filter(candidate -> candidate.id().equals(server))
                .findFirst();
    }
}
