package org.sluice.cli;

import static java.util.Objects.requireNonNull;

import org.sluice.controller.http.Json;
import org.sluice.controller.image.data.ImageLimits;

/**
 * What {@code up} tells the controller it starts: one line of JSON on its standard input, because it holds secrets and a
 * command line is everybody's to read.
 *
 * @param database JDBC URL with credentials
 * @param adminPassword of the user {@code admin}, in force only if the database has no users yet
 * @param door the secret that opens the {@link LocalDoor}
 * @param api where the OpenStack APIs listen, as {@link Listen} writes it
 * @param agents where agents connect
 * @param connections size of the pool
 * @param images what images may take
 */
record ControllerOrder(
        String database,
        String adminPassword,
        String door,
        String api,
        String agents,
        int connections,
        ImageLimits images) {
    ControllerOrder {
        requireNonNull(database, "database is null");
        requireNonNull(adminPassword, "adminPassword is null");
        requireNonNull(door, "door is null");
        requireNonNull(api, "api is null");
        requireNonNull(agents, "agents is null");
        requireNonNull(images, "images is null");
    }

    static ControllerOrder parse(String line) {
        return Json.MAPPER.readValue(line, ControllerOrder.class);
    }

    String line() {
        return Json.MAPPER.writeValueAsString(this);
    }

    /** Leaves the secrets out. */
    @Override
    public String toString() {
        return "ControllerOrder[" + api + ", " + agents + "]";
    }
}
