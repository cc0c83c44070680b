package org.sluice.controller.fleet;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import org.sluice.controller.fleet.host.HostRoutes;
import org.sluice.controller.fleet.importing.ImportRoutes;
import org.sluice.controller.fleet.jointoken.JoinTokenRoutes;
import org.sluice.controller.fleet.physicalnetwork.PhysicalNetworkRoutes;
import org.sluice.controller.fleet.policy.PolicyRoutes;
import org.sluice.controller.fleet.qualification.QualificationRoutes;
import org.sluice.controller.fleet.server.ExplanationRoutes;
import org.sluice.controller.fleet.virtualfunction.VirtualFunctionRoutes;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.Faults;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.SluiceFaults;
import org.sluice.controller.pki.JoinTokens;
import org.sluice.controller.policy.Scope;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Transactions;

/** Sluice's own API, {@code /sluice/v1}, for operators. Thread-safe. */
public final class SluiceFamily implements ApiFamily {
    private final HostRoutes hosts;
    private final PhysicalNetworkRoutes networks;
    private final JoinTokenRoutes joinTokens;
    private final VirtualFunctionRoutes functions;
    private final ExplanationRoutes explanations;
    private final ImportRoutes imports;
    private final QualificationRoutes qualifications;
    private final PolicyRoutes policy = new PolicyRoutes();
    private final Consumer<Routes> further;

    /** Shows and changes the fleet in that database; join tokens come from those. */
    public SluiceFamily(Database database, JoinTokens tokens, InstantSource clock) {
        this(database, tokens, clock, _ -> {});
    }

    /** The same with further routes, which another room adds below the same mount. */
    public SluiceFamily(Database database, JoinTokens tokens, InstantSource clock, Consumer<Routes> further) {
        this.further = requireNonNull(further, "further is null");
        Transactions transactions = new Transactions(database.jdbi());
        this.hosts = new HostRoutes(transactions);
        this.networks = new PhysicalNetworkRoutes(transactions);
        this.joinTokens = new JoinTokenRoutes(transactions, tokens);
        this.functions = new VirtualFunctionRoutes(transactions);
        this.explanations = new ExplanationRoutes(transactions);
        this.imports = new ImportRoutes(transactions);
        this.qualifications = new QualificationRoutes(transactions, clock);
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
        hosts.routes(routes);
        networks.routes(routes);
        joinTokens.routes(routes);
        functions.routes(routes);
        explanations.routes(routes);
        imports.routes(routes);
        qualifications.routes(routes);
        policy.routes(routes);
        further.accept(routes);
    }
}
