package org.sluice.controller.compute.migration;

import static org.sluice.controller.compute.wire.ComputeRules.admin;

import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;
import org.sluice.model.ProblemException;

/** Who may have servers move, as Nova's policies say, and where to. */
final class MigrationRules {
    static final Rule INDEX =
            Rule.of("os_compute_api:os-migrations:index", Who.ADMIN, "List the migrations of servers.");
    static final Rule MIGRATE = admin("os-migrate-server:migrate", "Move a server to another host.");
    static final Rule TO_HOST = admin("os-migrate-server:migrate:host", "Name the host that a server is to move to.");

    private MigrationRules() {}

    static ProblemException unknown(String host) {
        return Problems.badRequest("ComputeHostNotFound", "Compute host " + host + " could not be found.");
    }

    static ProblemException same(String host) {
        return Problems.badRequest(
                "CannotMigrateToSameHost",
                "Cannot migrate to the host where the server exists: it is on " + host
                        + ". Name another one, or none.");
    }
}
