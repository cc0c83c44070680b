package org.sluice.cli;

import io.helidon.common.tls.Tls;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.cli.settings.Listen;
import org.sluice.controller.agents.AgentsFamily;
import org.sluice.controller.agents.ConsoleQueries;
import org.sluice.controller.agents.DesiredStates;
import org.sluice.controller.agents.RefusalQueries;
import org.sluice.controller.agents.Reports;
import org.sluice.controller.background.AbandonedUploads;
import org.sluice.controller.background.ActionsBeyondBound;
import org.sluice.controller.background.ActionsOnSilentHosts;
import org.sluice.controller.background.AddressesAtRest;
import org.sluice.controller.background.BuildsOnSilentHosts;
import org.sluice.controller.background.CopiesThatNeverCome;
import org.sluice.controller.background.DecisionsWithoutServer;
import org.sluice.controller.background.DeletionsOnSilentHosts;
import org.sluice.controller.background.ExpiredJoinTokens;
import org.sluice.controller.background.OldHostQueries;
import org.sluice.controller.background.OverdueOperations;
import org.sluice.controller.background.PortsBoundToNothing;
import org.sluice.controller.background.Reconcilers;
import org.sluice.controller.background.Turns;
import org.sluice.controller.background.UnplacedServers;
import org.sluice.controller.background.UnusedServicePorts;
import org.sluice.controller.background.WaitingBoots;
import org.sluice.controller.compute.ComputeFamily;
import org.sluice.controller.fleet.SluiceFamily;
import org.sluice.controller.fleet.refusal.RefusalRoutes;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.ApiServer;
import org.sluice.controller.http.Authenticator;
import org.sluice.controller.http.Proxies;
import org.sluice.controller.http.RequestObserver;
import org.sluice.controller.http.RouteTable;
import org.sluice.controller.http.TlsFiles;
import org.sluice.controller.http.door.DoorLimits;
import org.sluice.controller.http.door.RateLimits;
import org.sluice.controller.identity.IdentityFamily;
import org.sluice.controller.identity.bootstrap.AdminAccess;
import org.sluice.controller.identity.bootstrap.IdentityBootstrap;
import org.sluice.controller.identity.password.PasswordChecks;
import org.sluice.controller.identity.password.Passwords;
import org.sluice.controller.identity.token.Tokens;
import org.sluice.controller.image.ImageFamily;
import org.sluice.controller.image.data.DiskUploads;
import org.sluice.controller.image.data.ImageBytes;
import org.sluice.controller.image.data.ImageSweep;
import org.sluice.controller.image.data.UploadRoom;
import org.sluice.controller.network.NetworkFamily;
import org.sluice.controller.network.binding.Bindings;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.controller.network.binding.ServicePorts;
import org.sluice.controller.observation.DiskWatch;
import org.sluice.controller.observation.Observation;
import org.sluice.controller.operation.Operations;
import org.sluice.controller.pki.AgentAuthentication;
import org.sluice.controller.pki.CertificateAuthority;
import org.sluice.controller.pki.EnrolmentFamily;
import org.sluice.controller.pki.HostEnrolment;
import org.sluice.controller.pki.JoinTokens;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.scheduling.DecisionObserver;
import org.sluice.controller.scheduling.FleetIndex;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.server.DiskCopies;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Transactions;

/** One controller, put together here by constructors alone. It keeps no state: several may run on one database. Thread-safe. */
final class ControllerProcess {
    private static final Logger log = LoggerFactory.getLogger(ControllerProcess.class);
    private static final Duration FLEET_LOOK = Duration.ofSeconds(5);

    /** A piece of an image is short; a slow disk may take its time for it all the same, and a download goes on then. */
    private static final Duration LONGEST_IMAGE_PIECE = Duration.ofMinutes(1);

    private final String scheme;
    private final ApiServer api;
    private final ApiServer agents;

    private ControllerProcess(String scheme, ApiServer api, ApiServer agents) {
        this.scheme = scheme;
        this.api = api;
        this.agents = agents;
    }

    /**
     * The ways into a controller.
     *
     * @param api where the OpenStack APIs listen
     * @param agents where agents connect
     * @param secret of the {@link LocalDoor}, if there is one
     */
    record Doors(Listen api, Listen agents, Optional<String> secret) {}

    /**
     * Starts a controller.
     *
     * @param database migrated; must be open for as long as the controller
     * @param data where uploads are kept on their way into the database
     * @param adminPassword of the user {@code admin}, in force only if the database has no users yet
     * @param doors where it shall listen, and what else opens
     * @param setup what the settings come to
     * @param news gets the lines about what an operator should look at
     * @param resources take everything that must be closed
     */
    static ControllerProcess start(
            Database database,
            DataDirectory data,
            String adminPassword,
            Doors doors,
            ControllerSetup setup,
            Consumer<String> news,
            Resources resources)
            throws Exception {
        InstantSource clock = InstantSource.system();
        SecureRandom random = new SecureRandom();
        DataDirectory.makePrivate(data.uploads());

        // The authority makes keys and the bootstrap hashes passwords; neither needs the other.
        Passwords passwords = new Passwords(random);
        Foreground.Work<CertificateAuthority> authorityWork =
                Foreground.begin("certificate authority", () -> CertificateAuthority.open(database, clock));
        Foreground.Work<Boolean> bootstrap = Foreground.begin(
                "identity bootstrap",
                () -> new IdentityBootstrap(database, passwords).run(adminPassword, secret(random)));

        CertificateAuthority authority = authorityWork.get();
        Foreground.Work<Tls> agentsTls = Foreground.begin("agents' certificate", authority::serverTls);
        JoinTokens joinTokens = new JoinTokens(authority, clock, random);
        ChangeFeed feed = new ChangeFeed(database);
        UploadRoom uploads = UploadRoom.in(data.uploads(), setup.images(), Files.isDirectory(data.postgres()));
        DiskWatch disk = resources.add(
                "disk watch",
                DiskWatch.start(data.path(), uploads::freeBytes, setup.images().reserve(), news));
        FleetIndex fleet = resources.add("fleet index", FleetIndex.following(database, feed, FLEET_LOOK));
        Observation observation = resources.add(
                "observation",
                Observation.start(database, feed, fleet::isLoaded, disk, data.accessLog(), setup.auditKept(), clock));
        ServerPorts serverPorts = new ServerPorts(random);
        Bindings bindings = new Bindings();
        ServicePorts servicePorts = new ServicePorts(random);
        Scheduling scheduling =
                new Scheduling(fleet, serverPorts, bindings, servicePorts, setup.patience(), counting(observation));
        ConsoleQueries consoles = new ConsoleQueries(database, feed);
        RefusalRoutes refusals =
                new RefusalRoutes(new Transactions(database.jdbi()), new RefusalQueries(database, feed)::ask);
        // Neither long copies of images nor a burst of requests keep agents from saying that they are alive.
        Database agentsDatabase =
                resources.add("agents' connections", database.beside("agents", setup.agentConnections()));
        Database imagesDatabase = resources.add(
                "images' connections",
                database.beside(
                        "images", setup.images().connections(), setup.database().withStatement(LONGEST_IMAGE_PIECE)));
        observation.measure(agentsDatabase);
        observation.measure(imagesDatabase);
        ImageBytes imageBytes = new ImageBytes(imagesDatabase);
        ImageSweep sweep = new ImageSweep(database);
        Operations operations = new Operations(scheduling);
        Turns turns = new Turns(new Transactions(database.jdbi()));
        Reconcilers reconcilers = resources.add(
                "reconcilers",
                Reconcilers.start(
                        List.of(
                                new WaitingBoots(turns, scheduling),
                                new UnplacedServers(turns, scheduling, serverPorts),
                                new BuildsOnSilentHosts(turns, fleet::watched),
                                new DeletionsOnSilentHosts(turns, fleet::watched),
                                new ActionsOnSilentHosts(turns, fleet::watched),
                                new PortsBoundToNothing(turns, serverPorts),
                                new UnusedServicePorts(turns, servicePorts),
                                new AddressesAtRest(turns),
                                new OverdueOperations(turns, operations, fleet::watched),
                                new CopiesThatNeverCome(turns, operations, fleet::watched),
                                new DecisionsWithoutServer(turns),
                                new ActionsBeyondBound(turns),
                                new OldHostQueries(turns),
                                new ExpiredJoinTokens(turns, joinTokens),
                                new AbandonedUploads(imageBytes)),
                        feed,
                        random,
                        counted(observation)));
        observation.watchThreads(() -> Stream.concat(
                        reconcilers.ended().stream(), Stream.of("fleet index").filter(_ -> fleet.hasEnded()))
                .toList());

        DiskCopies copies = new DiskCopies();
        Tokens tokens = resources.add("tokens", Tokens.following(database, feed, clock, random, setup.tokenLife()));
        List<ApiFamily> openStack = new ArrayList<>(List.of(
                new IdentityFamily(database, tokens, new PasswordChecks(passwords, clock, setup.lockOut())),
                new NetworkFamily(database.jdbi(), random, clock),
                new ComputeFamily(database, serverPorts, scheduling, operations, consoles::ask, clock, random),
                new ImageFamily(database, imageBytes, sweep, uploads, copies::imageLeaves, clock),
                new SluiceFamily(database, scheduling, joinTokens, clock, List.of(observation, refusals))));
        openStack.addAll(observation.probes());
        // The more specific mount comes first, because every mount answers for all paths below it.
        List<ApiFamily> agentsApi = List.of(
                new EnrolmentFamily(new HostEnrolment(database, authority, joinTokens, clock)),
                new AgentsFamily(
                        new AgentAuthentication(agentsDatabase),
                        agentsDatabase,
                        new DesiredStates(agentsDatabase, feed, serverPorts),
                        new Reports(scheduling, serverPorts, bindings, operations),
                        imageBytes::writeTo,
                        new DiskUploads(database, imageBytes, sweep, uploads, clock)::receive));

        bootstrap.get();
        Authenticator authenticator = doors.secret()
                .<Authenticator>map(secret -> new LocalDoor(tokens, secret, owner(database)))
                .orElse(tokens);
        RouteTable agentsTable = RouteTable.of(agentsApi);
        ApiServer agents = resources.add(
                "agents' listener",
                ApiServer.start(
                        doors.agents().socketAddress(),
                        Optional.of(agentsTls.get()),
                        tokens,
                        agentsTable,
                        agentsTable.policy(),
                        DoorLimits.forAgents(Runtime.getRuntime().maxMemory()),
                        RateLimits.FOR_AGENTS,
                        Proxies.NONE,
                        observation));
        RouteTable table = RouteTable.of(openStack);
        ApiServer api = resources.add(
                "API listener",
                ApiServer.start(
                        doors.api().socketAddress(),
                        setup.tls().map(TlsFiles::tls),
                        authenticator,
                        table,
                        setup.over(table.policy()),
                        setup.limits(),
                        setup.rates(),
                        setup.proxies(),
                        observation));
        RouteTable scraped = RouteTable.of(observation.scraped());
        setup.metrics()
                .ifPresent(listen -> resources.add(
                        "metrics' listener",
                        ApiServer.start(
                                listen.socketAddress(),
                                Optional.empty(),
                                tokens,
                                scraped,
                                scraped.policy(),
                                setup.limits(),
                                setup.rates(),
                                Proxies.NONE,
                                RequestObserver.NONE)));
        setup.tls().ifPresent(files -> {
            AutoCloseable _ = resources.add("TLS files", files.follow());
            observation.measure(files);
        });
        // Before the listeners: requests that wait for a change end while there still is a database to answer from.
        resources.add("waiting requests", feed);
        ControllerProcess process =
                new ControllerProcess(setup.tls().isPresent() ? "https://" : "http://", api, agents);
        log.info(
                "Sluice {} serves from {}: APIs on {}, agents on {}",
                Sluice.version(),
                data.path(),
                process.url(),
                Listen.authority(process.agentsAddress()));
        return process;
    }

    /** Where the OpenStack APIs are, for whoever is on this machine: {@code http://127.0.0.1:8774}. */
    String url() {
        return scheme + Listen.reachable(api.address());
    }

    /** Where the OpenStack APIs listen. */
    InetSocketAddress apiAddress() {
        return api.address();
    }

    /** Where agents connect. */
    InetSocketAddress agentsAddress() {
        return agents.address();
    }

    /** Whoever owns this machine, in the project of administrators as long as there is one. */
    private static Caller owner(Database database) {
        String project = database.jdbi().withHandle(AdminAccess::project).orElse("");
        return new Caller("", "up", project, AdminAccess.NAME, Set.of("admin", "member", "reader"));
    }

    private static DecisionObserver counting(Observation observation) {
        return new DecisionObserver() {
            @Override
            public void decided(boolean placed, Collection<String> filters) {
                observation.decided(placed, filters);
            }

            @Override
            public void lostRace() {
                observation.lostRace();
            }
        };
    }

    private static Reconcilers.Observer counted(Observation observation) {
        return new Reconcilers.Observer() {
            @Override
            public void mended(String reconciler, int count) {
                observation.mended(reconciler, count);
            }

            @Override
            public void failed(String reconciler, int count) {
                observation.failed(reconciler, count);
            }
        };
    }

    private static String secret(SecureRandom random) {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
