package org.sluice.controller.edge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.sluice.controller.compute.BootImages;
import org.sluice.controller.compute.ComputeFamily;
import org.sluice.controller.fleet.SluiceFamily;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.ApiServer;
import org.sluice.controller.http.Authenticator;
import org.sluice.controller.http.Proxies;
import org.sluice.controller.http.RouteTable;
import org.sluice.controller.http.door.DoorLimits;
import org.sluice.controller.http.door.RateLimits;
import org.sluice.controller.identity.IdentityBootstrap;
import org.sluice.controller.identity.IdentityFamily;
import org.sluice.controller.identity.password.Passwords;
import org.sluice.controller.identity.token.Tokens;
import org.sluice.controller.image.ImageFamily;
import org.sluice.controller.image.data.ImageBytes;
import org.sluice.controller.image.data.ImageLimits;
import org.sluice.controller.image.data.ImageSweep;
import org.sluice.controller.image.data.UploadRoom;
import org.sluice.controller.network.Bindings;
import org.sluice.controller.network.NetworkFamily;
import org.sluice.controller.network.ServerPorts;
import org.sluice.controller.network.ServicePorts;
import org.sluice.controller.observation.Observation;
import org.sluice.controller.pki.CertificateAuthority;
import org.sluice.controller.pki.JoinTokens;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.scheduling.FleetIndex;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Database;
import org.sluice.model.Problem;

/** The OpenStack APIs and Sluice's own on one listener over one database, without hosts. */
final class WholeApi implements AutoCloseable {
    private final RouteTable table;
    private final ApiServer server;
    private final ImageSweep sweep;
    private final ChangeFeed feed;
    private final Observation observation;

    /**
     * Starts it.
     *
     * @param spool where uploads are kept
     * @param callers token to who it speaks for; any other token is refused
     */
    WholeApi(Database database, Path spool, Map<String, Caller> callers) {
        this(database, spool, callers, Proxies.NONE);
    }

    /** The same behind proxies. */
    WholeApi(Database database, Path spool, Map<String, Caller> callers, Proxies proxies) {
        InstantSource clock = InstantSource.system();
        Random random = new Random();
        Passwords passwords = new Passwords(random);
        new IdentityBootstrap(database, passwords).run("the admin's password", "f".repeat(32));
        ServerPorts ports = new ServerPorts(random);
        Scheduling scheduling = new Scheduling(new FleetIndex(), ports, new Bindings(), new ServicePorts(random));
        ImageBytes bytes = new ImageBytes(database);
        this.sweep = ImageSweep.start(bytes);
        this.feed = new ChangeFeed(database);
        try {
            this.observation = Observation.start(database, feed, () -> true, spool.resolve("access.log"), clock);
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
        JoinTokens joins = new JoinTokens(CertificateAuthority.open(database, clock), clock, random);
        List<ApiFamily> families = List.of(
                new IdentityFamily(database, new Tokens(database, clock, random), passwords, clock),
                new NetworkFamily(database.jdbi(), random, clock),
                new ComputeFamily(
                        database,
                        (_, _) -> Optional.<BootImages.BootImage>empty(),
                        ports,
                        scheduling,
                        (_, _, _, _) -> Optional.<String>empty(),
                        clock,
                        random),
                new ImageFamily(database, bytes, sweep, UploadRoom.in(spool, ImageLimits.USUAL, false), clock),
                new SluiceFamily(database, joins, clock, observation::routes));
        this.table = RouteTable.of(families);
        Authenticator authenticator = token -> {
            Caller caller = callers.get(token);
            if (caller == null) {
                throw Problem.of(
                                Problem.Kind.UNAUTHENTICATED,
                                "Unauthorized",
                                "The request you have made requires authentication.")
                        .asException();
            }
            return caller;
        };
        this.server = ApiServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Optional.empty(),
                authenticator,
                table,
                table.policy(),
                DoorLimits.ofHeap(Runtime.getRuntime().maxMemory()),
                RateLimits.DEFAULT,
                proxies,
                observation);
    }

    RouteTable table() {
        return table;
    }

    InetSocketAddress address() {
        return server.address();
    }

    @Override
    public void close() {
        server.close();
        sweep.close();
        try {
            observation.close();
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
        feed.close();
    }
}
