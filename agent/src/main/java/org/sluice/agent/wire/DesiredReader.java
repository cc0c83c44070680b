package org.sluice.agent.wire;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sluice.model.NetworkId;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredHost;
import org.sluice.model.protocol.DesiredHost.NotUnderstood;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredSegment;
import org.sluice.model.protocol.DesiredServer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a desired state, or a part of one, server by server: what a newer controller wants of one of them, and this agent does not know, is that
 * server's trouble alone. Segments are read likewise, and what is not understood of one is the trouble of the servers on it. NICs come out
 * whole, with what their segments say. Stateless.
 */
public final class DesiredReader {
    private DesiredReader() {}

    /**
     * Reads a desired state.
     *
     * @throws JacksonException when it is none
     */
    public static DesiredHost read(byte[] bytes) {
        JsonNode tree = ProtocolJson.MAPPER.readTree(bytes);
        if (!(tree instanceof ObjectNode state) || !(state.get("servers") instanceof ArrayNode servers)) {
            return ProtocolJson.MAPPER.treeToValue(tree, DesiredHost.class);
        }
        Optional<Segments> segments = Segments.of(state);
        List<DesiredServer> understood = new ArrayList<>();
        List<NotUnderstood> others = new ArrayList<>();
        for (JsonNode server : servers) {
            try {
                DesiredServer read = server(server);
                DesiredServer whole =
                        segments.map(told -> read.on(told.understood())).orElse(read);
                objection(whole, segments)
                        .ifPresentOrElse(
                                reason -> others.add(new NotUnderstood(
                                        read.id(), read.claim(), read.power().generation(), reason)),
                                () -> understood.add(whole));
            } catch (JacksonException e) {
                others.add(notUnderstood(server, e));
            }
        }
        state.putArray("servers");
        state.putNull("segments");
        DesiredHost host = ProtocolJson.MAPPER.treeToValue(state, DesiredHost.class);
        return new DesiredHost(
                host.revision(),
                understood,
                host.queries(),
                host.physicalFunctions(),
                others,
                host.refusalQueries(),
                host.history(),
                host.part(),
                segments.map(told -> List.copyOf(told.understood().values())));
    }

    /** Why the server cannot be made of what was told: a NIC of no segment would be on no VLAN, and on somebody else's network. */
    private static Optional<String> objection(DesiredServer whole, Optional<Segments> segments) {
        return whole.presence() == DesiredServer.Presence.ABSENT
                ? Optional.empty()
                : whole.interfaces().stream()
                        .filter(nic -> nic.mtu() == 0)
                        .map(DesiredInterface::network)
                        .findFirst()
                        .map(network -> "Its network " + network + ": "
                                + segments.flatMap(told -> told.reason(network)).orElse("nothing is told of it."));
    }

    /**
     * Segments as they were told.
     *
     * @param others why others are not understood, by the id that they were told with
     */
    private record Segments(Map<NetworkId, DesiredSegment> understood, Map<String, String> others) {
        /** Empty where none are told: then each NIC is told whole. */
        static Optional<Segments> of(ObjectNode state) {
            JsonNode told = state.path("segments");
            return told.isMissingNode() || told.isNull() ? Optional.empty() : Optional.of(read(told));
        }

        /** What is no list has none in it that is understood. */
        private static Segments read(JsonNode told) {
            Segments segments = new Segments(new LinkedHashMap<>(), new HashMap<>());
            for (JsonNode segment : told) {
                try {
                    DesiredSegment read = ProtocolJson.MAPPER.treeToValue(segment, DesiredSegment.class);
                    segments.understood.put(read.network(), read);
                } catch (JacksonException e) {
                    segments.others.put(segment.path("network").asString(""), sentence(e));
                }
            }
            return segments;
        }

        Optional<String> reason(NetworkId network) {
            return Optional.ofNullable(others.get(network.toString()));
        }
    }

    private static DesiredServer server(JsonNode server) {
        try {
            return ProtocolJson.MAPPER.treeToValue(server, DesiredServer.class);
        } catch (JacksonException e) {
            if (server instanceof ObjectNode object
                    && object.path("presence").asString("").equals(DesiredServer.Presence.ABSENT.name())) {
                return going(object);
            }
            throw e;
        }
    }

    /** What goes is what was built here, which the journal knows: what was never understood of it was never built. */
    private static DesiredServer going(ObjectNode server) {
        ObjectNode bare = server.deepCopy();
        bare.remove(List.of("power", "rootDisk", "diskWish"));
        ArrayNode nics = bare.putArray("interfaces");
        for (JsonNode nic : server.path("interfaces")) {
            if (isUnderstood(nic)) {
                nics.add(nic);
            }
        }
        return ProtocolJson.MAPPER.treeToValue(bare, DesiredServer.class);
    }

    private static boolean isUnderstood(JsonNode nic) {
        try {
            DesiredInterface _ = ProtocolJson.MAPPER.treeToValue(nic, DesiredInterface.class);
            return true;
        } catch (JacksonException unknown) {
            return false;
        }
    }

    private static NotUnderstood notUnderstood(JsonNode server, JacksonException reason) {
        JsonNode claim = server.path("claim");
        return new NotUnderstood(
                ProtocolJson.MAPPER.treeToValue(server.path("id"), ServerId.class),
                claim.isIntegralNumber() ? Optional.of(claim.asLong()) : Optional.empty(),
                server.path("power").path("generation").asLong(0),
                sentence(reason));
    }

    /** What could not be read, with where it stands. */
    public static String sentence(JacksonException reason) {
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference member : reason.getPath()) {
            if (member.getPropertyName() == null) {
                path.append('[').append(member.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(member.getPropertyName());
            }
        }
        return "Its " + (path.isEmpty() ? "record" : path) + " is not understood: " + reason.getOriginalMessage() + ".";
    }
}
