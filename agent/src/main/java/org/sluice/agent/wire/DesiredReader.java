package org.sluice.agent.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredHost;
import org.sluice.model.protocol.DesiredHost.NotUnderstood;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredServer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a desired state, or a part of one, server by server: what a newer controller wants of one of them, and this agent does not know, is that
 * server's trouble alone. Stateless.
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
        List<DesiredServer> understood = new ArrayList<>();
        List<NotUnderstood> others = new ArrayList<>();
        for (JsonNode server : servers) {
            try {
                understood.add(server(server));
            } catch (JacksonException e) {
                others.add(notUnderstood(server, e));
            }
        }
        state.putArray("servers");
        DesiredHost host = ProtocolJson.MAPPER.treeToValue(state, DesiredHost.class);
        return new DesiredHost(
                host.revision(),
                understood,
                host.queries(),
                host.physicalFunctions(),
                others,
                host.refusalQueries(),
                host.history(),
                host.part());
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
