package org.sluice.cli;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.sluice.model.ProblemException;
import tools.jackson.databind.JsonNode;

/**
 * Moves the servers of a host to others through the Compute API, a few at a time, and confirms each that is there as it was. What it knows
 * is in the cloud: ended and begun again, it goes on with what is under way. One thread.
 */
final class MovingAway {
    /** Each is a disk on its way through the controller. */
    private static final int AT_ONCE = 2;

    private final CloudClient client;
    private final String host;
    private final Duration pause;
    private final Consumer<String> progress;
    private final Set<String> asked = new HashSet<>();
    private final Map<String, String> obstacles = new HashMap<>();

    /**
     * @param host its name; no new servers come to it
     * @param pause between two looks
     * @param progress is told of each server that goes, in a sentence
     */
    MovingAway(CloudClient client, String host, Duration pause, Consumer<String> progress) {
        this.client = requireNonNull(client, "client is null");
        this.host = requireNonNull(host, "host is null");
        this.pause = requireNonNull(pause, "pause is null");
        this.progress = requireNonNull(progress, "progress is null");
    }

    /**
     * Returns when no server is on its way any more and none is left that could go.
     *
     * @return why each of the servers that stand there still does not go, by its id and name
     */
    Map<String, String> run() throws InterruptedException {
        while (true) {
            List<JsonNode> standing = standing();
            int underWay = 0;
            for (JsonNode server : standing) {
                underWay += isUnderWay(server) || confirms(server) ? 1 : 0;
            }
            for (JsonNode server : standing) {
                underWay += underWay < AT_ONCE && begins(server) ? 1 : 0;
            }
            if (underWay == 0) {
                return left(standing);
            }
            // The API tells nobody when a server has moved.
            Thread.sleep(pause);
        }
    }

    private List<JsonNode> standing() throws InterruptedException {
        return client.list("/sluice/v1/hosts/" + CloudClient.segment(host) + "/servers", "servers");
    }

    private static String id(JsonNode server) {
        return server.path("id").asString();
    }

    private static boolean isCurrent(JsonNode server) {
        return server.path("claim").asString().equals("current");
    }

    private static boolean isUnderWay(JsonNode server) {
        return !server.path("leaving").asBoolean()
                && server.path("status").asString().equals("RESIZE");
    }

    /** One that was moved and not resized, and stands elsewhere by now: whether it is to be taken away here is nobody else's decision. */
    private boolean confirms(JsonNode server) throws InterruptedException {
        boolean stands = server.path("status").asString().equals("VERIFY_RESIZE");
        if (isCurrent(server) || !stands || server.path("leaving").asBoolean() || !wasMigrated(server)) {
            return false;
        }
        return act(server, "confirmResize", "runs on another host, and is confirmed.");
    }

    private boolean wasMigrated(JsonNode server) throws InterruptedException {
        JsonNode newest = client.get("/compute/v2.1/os-migrations?source_compute=" + CloudClient.segment(host)
                        + "&migration_type=migration&status=finished&instance_uuid=" + id(server))
                .path("migrations");
        return !newest.isEmpty();
    }

    private boolean begins(JsonNode server) throws InterruptedException {
        return isCurrent(server)
                && server.path("moves").asBoolean()
                && asked.add(id(server))
                && act(server, "migrate", "is on its way.");
    }

    private boolean act(JsonNode server, String action, String done) throws InterruptedException {
        Map<String, Object> entity = new LinkedHashMap<>();
        entity.put(action, null);
        try {
            JsonNode _ = client.post("/compute/v2.1/servers/" + id(server) + "/action", entity);
        } catch (ProblemException refused) {
            obstacles.put(id(server), refused.problem().sentence());
            return false;
        }
        progress.accept("Server " + id(server) + " (" + server.path("name").asString() + ") " + done);
        return true;
    }

    private Map<String, String> left(List<JsonNode> standing) {
        Map<String, String> left = new LinkedHashMap<>();
        for (JsonNode server : standing) {
            if (!server.path("leaving").asBoolean()) {
                left.put(id(server) + " (" + server.path("name").asString() + ")", obstacle(server));
            }
        }
        return left;
    }

    private String obstacle(JsonNode server) {
        String refusal = obstacles.get(id(server));
        if (refusal != null) {
            return refusal;
        }
        if (server.path("moves").asBoolean() && asked.contains(id(server))) {
            return "It could not be moved and is here again; its record says why: openstack server event list "
                    + id(server);
        }
        return server.path("obstacle").asString("");
    }
}
