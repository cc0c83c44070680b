package org.sluice.cli;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import org.sluice.cli.settings.Given;
import org.sluice.controller.http.Json;

/**
 * What {@code up} tells the controller it starts: one line of JSON on its standard input, because it holds secrets and a
 * command line is everybody's to read.
 *
 * @param database JDBC URL with credentials
 * @param adminPassword of the user {@code admin}, in force only if the database has no users yet
 * @param door the secret that opens the {@link LocalDoor}
 * @param api where the OpenStack APIs listen, as {@link Listen} writes it
 * @param agents where agents connect
 * @param settings what was given of the rest, by name
 */
record ControllerOrder(
        String database, String adminPassword, String door, String api, String agents, Map<String, Given> settings) {
    ControllerOrder {
        requireNonNull(database, "database is null");
        requireNonNull(adminPassword, "adminPassword is null");
        requireNonNull(door, "door is null");
        requireNonNull(api, "api is null");
        requireNonNull(agents, "agents is null");
        settings = Map.copyOf(settings);
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
