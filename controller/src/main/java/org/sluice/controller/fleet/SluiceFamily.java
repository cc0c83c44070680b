package org.sluice.controller.fleet;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sluice.controller.fleet.host.HostRoutes;
import org.sluice.controller.fleet.importing.ImportRoutes;
import org.sluice.controller.fleet.jointoken.JoinTokenRoutes;
import org.sluice.controller.fleet.physicalnetwork.PhysicalNetworkRoutes;
import org.sluice.controller.fleet.policy.PolicyRoutes;
import org.sluice.controller.fleet.qualification.QualificationRoutes;
import org.sluice.controller.fleet.server.ExplanationRoutes;
import org.sluice.controller.fleet.standing.StandingServerRoutes;
import org.sluice.controller.fleet.virtualfunction.VirtualFunctionRoutes;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.Faults;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.SluiceFaults;
import org.sluice.controller.pki.JoinTokens;
import org.sluice.controller.policy.Scope;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Transactions;

/** Sluice's own API, {@code /sluice/v1}, for operators. Thread-safe. */
public final class SluiceFamily implements ApiFamily {
    private final List<ResourceRoutes> resources;

    /** Shows and changes the fleet in that database; join tokens come from those. */
    public SluiceFamily(Database database, Scheduling scheduling, JoinTokens tokens, InstantSource clock) {
        this(database, scheduling, tokens, clock, List.of());
    }

    /** The same with further resources below the same mount: the audit log, metrics, and those that ask agents. */
    public SluiceFamily(
            Database database,
            Scheduling scheduling,
            JoinTokens tokens,
            InstantSource clock,
            List<? extends ResourceRoutes> further) {
        Transactions transactions = new Transactions(database.jdbi());
        List<ResourceRoutes> all = new ArrayList<>(List.of(
                new HostRoutes(transactions, scheduling),
                new StandingServerRoutes(transactions, scheduling),
                new PhysicalNetworkRoutes(transactions),
                new JoinTokenRoutes(transactions, tokens),
                new VirtualFunctionRoutes(transactions),
                new ExplanationRoutes(transactions),
                new ImportRoutes(transactions),
                new QualificationRoutes(transactions, clock),
                new PolicyRoutes()));
        all.addAll(further);
        this.resources = List.copyOf(all);
    }

    @Override
    public String mount() {
        return "/sluice/v1";
    }

    /** Hosts, cards and physical networks belong to the cloud. */
    @Override
    public boolean takes(Scope scope) {
        return true;
    }

    @Override
    public Optional<String> title() {
        return Optional.of("Sluice API");
    }

    @Override
    public Faults faults() {
        return new SluiceFaults();
    }

    @Override
    public void routes(Routes routes) {
        resources.forEach(resource -> resource.routes(routes));
    }
}
