package org.sluice.controller.edge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.sluice.controller.agents.AgentsFamily;
import org.sluice.controller.agents.DesiredStates;
import org.sluice.controller.agents.Reports;
import org.sluice.controller.compute.ComputeFamily;
import org.sluice.controller.fleet.SluiceFamily;
import org.sluice.controller.fleet.refusal.RefusalRoutes;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.ApiServer;
import org.sluice.controller.http.Authenticator;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Proxies;
import org.sluice.controller.http.RouteTable;
import org.sluice.controller.http.door.DoorLimits;
import org.sluice.controller.http.door.RateLimits;
import org.sluice.controller.identity.IdentityFamily;
import org.sluice.controller.identity.bootstrap.IdentityBootstrap;
import org.sluice.controller.identity.password.PasswordChecks;
import org.sluice.controller.identity.password.Passwords;
import org.sluice.controller.identity.token.Revocations;
import org.sluice.controller.identity.token.Tokens;
import org.sluice.controller.image.ImageFamily;
import org.sluice.controller.image.data.DiskUploads;
import org.sluice.controller.image.data.ImageBytes;
import org.sluice.controller.image.data.ImageLimits;
import org.sluice.controller.image.data.ImageSweep;
import org.sluice.controller.image.data.UploadRoom;
import org.sluice.controller.network.NetworkFamily;
import org.sluice.controller.network.binding.Bindings;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.controller.network.binding.ServicePorts;
import org.sluice.controller.observation.DiskWatch;
import org.sluice.controller.observation.Observation;
import org.sluice.controller.operation.Operations;
import org.sluice.controller.pki.CertificateAuthority;
import org.sluice.controller.pki.EnrolmentFamily;
import org.sluice.controller.pki.HostEnrolment;
import org.sluice.controller.pki.JoinTokens;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.policy.Scope;
import org.sluice.controller.scheduling.FleetIndex;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.server.DiskCopies;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Transactions;
import org.sluice.model.HostId;
import org.sluice.model.Problem;
import org.sluice.model.protocol.DriverRefusal;

/**
 * The OpenStack APIs and Sluice's own on one listener, and those of agents on another, over one database. The agents' listener
 * has no TLS: a header names the host whose certificate stands for.
 */
final class WholeApi implements AutoCloseable {
    /** Stands for the client certificate of the host that it names. */
    static final String CERTIFICATE = "X-Test-Host";

    /** Of every host. */
    private static final List<DriverRefusal> REFUSALS = List.of(new DriverRefusal(
            "8086-10c9-igb-1",
            "8086",
            "10c9",
            "igb",
            "",
            "3.25",
            "legacy",
            "state",
            "EOPNOTSUPP",
            Instant.EPOCH,
            60,
            120));

    static final String ADMIN_PASSWORD = "the admin's password";

    private static final RateLimits UNHURRIED = new RateLimits(
            new RateLimits.Rate(100_000, 100_000),
            new RateLimits.Rate(100_000, 100_000),
            new RateLimits.Rate(100_000, 100_000));

    private final Database database;
    private final RouteTable table;
    private final RouteTable agentsTable;
    private final ApiServer server;
    private final ApiServer agents;
    private final ChangeFeed feed;
    private final DiskWatch disk;
    private final Observation observation;
    private final Tokens tokens;
    private final Tokens yesterdaysTokens;

    /**
     * Starts it.
     *
     * @param spool where uploads are kept
     * @param callers token to who it speaks for; any other token must be a real one
     */
    WholeApi(Database database, Path spool, Map<String, Caller> callers) {
        this(database, spool, callers, Proxies.NONE);
    }

    /** The same behind proxies. */
    WholeApi(Database database, Path spool, Map<String, Caller> callers, Proxies proxies) {
        this.database = database;
        InstantSource clock = InstantSource.system();
        Random random = new Random();
        Passwords passwords = new Passwords(random);
        new IdentityBootstrap(database, passwords).run(ADMIN_PASSWORD, "f".repeat(32));
        ServerPorts ports = new ServerPorts(random);
        Scheduling scheduling = new Scheduling(new FleetIndex(), ports, new Bindings(), new ServicePorts(random));
        Operations operations = new Operations(scheduling);
        ImageBytes bytes = new ImageBytes(database);
        ImageSweep sweep = new ImageSweep(database);
        this.feed = new ChangeFeed(database);
        this.disk = DiskWatch.start(spool, () -> 1L << 40, 0, _ -> {});
        try {
            this.observation = Observation.start(
                    database, feed, () -> true, disk, spool.resolve("access.log"), Observation.AUDIT_KEPT, clock);
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
        CertificateAuthority authority = CertificateAuthority.open(database, clock);
        JoinTokens joins = new JoinTokens(authority, clock, random);
        this.tokens = new Tokens(database, clock, random, Tokens.USUAL_LIFE);
        this.yesterdaysTokens = new Tokens(
                database,
                InstantSource.offset(clock, Tokens.USUAL_LIFE.plusSeconds(1).negated()),
                random,
                Tokens.USUAL_LIFE);
        List<ApiFamily> families = List.of(
                new IdentityFamily(
                        database, tokens, new PasswordChecks(passwords, clock, PasswordChecks.LockOut.USUAL)),
                new NetworkFamily(database.jdbi(), random, clock),
                new ComputeFamily(
                        database, ports, scheduling, operations, (_, _, _, _) -> Optional.of("login: "), clock, random),
                new ImageFamily(
                        database,
                        bytes,
                        sweep,
                        UploadRoom.in(spool, ImageLimits.USUAL, false),
                        new DiskCopies()::imageLeaves,
                        clock),
                new SluiceFamily(
                        database,
                        scheduling,
                        joins,
                        clock,
                        List.of(
                                observation,
                                new RefusalRoutes(
                                        new Transactions(database.jdbi()), (_, _, _, _) -> Optional.of(REFUSALS)))));
        this.table = RouteTable.of(families);
        Authenticator authenticator = token -> {
            Caller caller = callers.get(token);
            return caller == null ? tokens.verify(token) : caller;
        };
        this.server = ApiServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Optional.empty(),
                authenticator,
                table,
                table.policy(),
                DoorLimits.ofHeap(Runtime.getRuntime().maxMemory()),
                UNHURRIED,
                proxies,
                observation);
        this.agentsTable = RouteTable.of(List.of(
                new EnrolmentFamily(new HostEnrolment(database, authority, joins, clock)),
                new AgentsFamily(
                        WholeApi::certified,
                        database,
                        new DesiredStates(database, feed, ports),
                        new Reports(scheduling, ports, new Bindings(), operations),
                        bytes::writeTo,
                        new DiskUploads(database, bytes, sweep, UploadRoom.in(spool, ImageLimits.USUAL, false), clock)
                                ::receive)));
        this.agents = ApiServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Optional.empty(),
                authenticator,
                agentsTable,
                agentsTable.policy(),
                DoorLimits.forAgents(Runtime.getRuntime().maxMemory()),
                UNHURRIED,
                Proxies.NONE,
                observation);
    }

    private static HostId certified(Exchange exchange) {
        return exchange.header(CERTIFICATE)
                .map(HostId::parse)
                .orElseThrow(() -> Problem.of(Problem.Kind.UNAUTHENTICATED, "NoCertificate", "Show a certificate.")
                        .asException());
    }

    /** What the listener of the APIs serves. */
    RouteTable table() {
        return table;
    }

    InetSocketAddress address() {
        return server.address();
    }

    /** What the listener of the agents serves. */
    RouteTable agentsTable() {
        return agentsTable;
    }

    InetSocketAddress agentsAddress() {
        return agents.address();
    }

    /** A real token of somebody, in no project. */
    String token(String user, String name) {
        return issue(tokens, user, name);
    }

    /** One that was good until a second ago. */
    String expiredToken(String user, String name) {
        return issue(yesterdaysTokens, user, name);
    }

    private String issue(Tokens source, String user, String name) {
        long mark = database.jdbi().withHandle(Revocations::mark);
        return source.issue(user, name, new Scope.Nothing(), Set.of(), List.of("password"), mark)
                .text();
    }

    @Override
    public void close() {
        server.close();
        agents.close();
        try {
            observation.close();
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
        disk.close();
        feed.close();
        tokens.close();
        yesterdaysTokens.close();
    }
}
