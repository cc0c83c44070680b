package org.sluice.controller.observation;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.sluice.controller.agents.TestFleet;
import org.sluice.controller.fleet.SluiceFamily;
import org.sluice.controller.http.ApiClient;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.ApiServer;
import org.sluice.controller.http.Proxies;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.RouteTable;
import org.sluice.controller.http.door.DoorLimits;
import org.sluice.controller.http.door.RateLimits;
import org.sluice.controller.identity.IdentityFamily;
import org.sluice.controller.identity.bootstrap.IdentityBootstrap;
import org.sluice.controller.identity.password.PasswordChecks;
import org.sluice.controller.identity.password.Passwords;
import org.sluice.controller.identity.token.Tokens;
import org.sluice.controller.network.NetworkFamily;
import org.sluice.controller.pki.CertificateAuthority;
import org.sluice.controller.pki.JoinTokens;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Database;
import org.sluice.model.Problem;

/** Identity, network and Sluice's own API on one listener that is observed. */
final class ObservedApi implements AutoCloseable {
    static final Caller ADMIN =
            new Caller("a".repeat(32), "root\u202e \"of all\"", "1".repeat(32), "admin", Set.of("admin"));
    static final Caller MEMBER = new Caller("b".repeat(32), "demo", "2".repeat(32), "demo", Set.of("member"));
    static final Caller SERVICE =
            new Caller("c".repeat(32), "prometheus", "3".repeat(32), "service", Set.of("service"));
    static final Map<String, Caller> TOKENS = Map.of("admin", ADMIN, "member", MEMBER, "service", SERVICE);

    /** A route that is there to be refused. */
    static final Rule OPERATORS = Rule.of("test:operate", Who.ADMIN, "What operators do.");

    /** Bytes of the disk that should stay free. */
    static final long RESERVED = 1L << 30;

    final Observation observation;
    final ApiServer server;
    final ApiClient client;
    final ChangeFeed feed;
    final DiskWatch disk;
    private final AtomicLong free = new AtomicLong(RESERVED * 3);
    private boolean loaded = true;

    ObservedApi(Database database, Path accessLog) throws Exception {
        InstantSource clock = InstantSource.system();
        Random random = new Random();
        Passwords passwords = new Passwords(random);
        new IdentityBootstrap(database, passwords).run("the admin's password", "f".repeat(32));
        feed = new ChangeFeed(database);
        disk = DiskWatch.start(Path.of("/data"), free::get, RESERVED, _ -> {}, Duration.ofMillis(20));
        observation = Observation.start(database, feed, () -> loaded, disk, accessLog, Observation.AUDIT_KEPT, clock);
        JoinTokens joins = new JoinTokens(CertificateAuthority.open(database, clock), clock, random);
        ResourceRoutes operating = routes -> {
            routes.post("/operate", OPERATORS, _ -> Reply.empty(204));
            routes.actions("/operate/{network}/action").on("widen", OPERATORS, exchange -> {
                database.jdbi()
                        .useTransaction(handle -> handle.execute(
                                "update physical_network set mtu = mtu + 1 where name = ?", exchange.path("network")));
                return Reply.empty(204);
            });
        };
        List<ApiFamily> families = new ArrayList<>(List.of(
                new IdentityFamily(
                        database,
                        new Tokens(database, clock, random, Tokens.USUAL_LIFE),
                        new PasswordChecks(passwords, clock, PasswordChecks.LockOut.USUAL)),
                new NetworkFamily(database.jdbi(), random, clock),
                new SluiceFamily(
                        database, new TestFleet(database).scheduling, joins, clock, List.of(observation, operating))));
        families.addAll(observation.probes());
        RouteTable table = RouteTable.of(families);
        server = ApiServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Optional.empty(),
                token -> Optional.ofNullable(TOKENS.get(token))
                        .orElseThrow(() -> Problem.of(Problem.Kind.UNAUTHENTICATED, "Unauthorized", "No such token.")
                                .asException()),
                table,
                table.policy(),
                DoorLimits.ofHeap(Runtime.getRuntime().maxMemory()),
                RateLimits.DEFAULT,
                Proxies.NONE,
                observation);
        client = new ApiClient(server.address());
    }

    /** Says how many bytes the disk has left. */
    void diskHas(long bytes) {
        free.set(bytes);
    }

    /** Says whether the fleet was read. */
    void fleetLoaded(boolean was) {
        loaded = was;
    }

    /** Sends a request; single quotes in the body stand for double ones. */
    ApiClient.Answer send(String token, String method, String path, String body) {
        return client.send(method, path, Map.of("X-Auth-Token", token), body.replace('\'', '"'));
    }

    ApiClient.Answer get(String token, String path) {
        return client.send("GET", path, Map.of("X-Auth-Token", token));
    }

    @Override
    public void close() throws IOException {
        client.close();
        server.close();
        observation.close();
        disk.close();
        feed.close();
    }
}
