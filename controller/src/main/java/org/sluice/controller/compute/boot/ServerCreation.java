package org.sluice.controller.compute.boot;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.compute.flavor.Flavor;
import org.sluice.controller.compute.flavor.FlavorStore;
import org.sluice.controller.compute.host.HostRow;
import org.sluice.controller.compute.host.HostStore;
import org.sluice.controller.compute.keypair.KeyPair;
import org.sluice.controller.compute.keypair.KeyPairStore;
import org.sluice.controller.compute.server.Hostnames;
import org.sluice.controller.compute.server.NewServer;
import org.sluice.controller.compute.server.ServerStore;
import org.sluice.controller.compute.wire.Names;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.image.image.ImageRecord;
import org.sluice.controller.network.binding.AttachedPort;
import org.sluice.controller.network.binding.NicRequest;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.scheduling.Placement;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.scheduling.ServerRequest;
import org.sluice.controller.server.Servers;
import org.sluice.model.NetworkId;
import org.sluice.model.Problem;
import org.sluice.model.Resources;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.FixedAddress;

/**
 * Creates servers inside one transaction of the caller: what the request names is checked, rows are written, ports taken,
 * and everything claimed on a host. A refusal of the request leaves nothing; when no host takes a server, it stays in ERROR
 * with the reason and without ports, or waits in BUILD for one that is just coming back. Thread-safe.
 */
final class ServerCreation {
    private static final String RESERVATION_CHARACTERS = "0123456789abcdefghijklmnopqrstuvwxyz";

    private final ServerPorts ports;
    private final Scheduling scheduling;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Servers servers = new Servers();
    private final ServerStore store = new ServerStore();
    private final FlavorStore flavors = new FlavorStore();
    private final KeyPairStore keys = new KeyPairStore();
    private final HostStore hosts = new HostStore();

    ServerCreation(ServerPorts ports, Scheduling scheduling, InstantSource clock, RandomGenerator random) {
        this.ports = ports;
        this.scheduling = scheduling;
        this.clock = clock;
        this.random = random;
    }

    /**
     * What was created.
     *
     * @param reservationId names the request
     * @param servers the servers, in order
     */
    record Created(String reservationId, List<ServerId> servers) {
        Created {
            servers = List.copyOf(servers);
        }
    }

    /** Everything the request names, found. */
    private record Parts(
            Flavor flavor, ImageRecord image, @Nullable KeyPair key, List<NicRequest> nics) {}

    /** Fewer servers found a host than make sense to the user; nothing of the request may stay. */
    static final class TooFewException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Problem problem;

        private TooFewException(Problem problem) {
            super(problem.sentence());
            this.problem = problem;
        }
    }

    /**
     * Creates the servers.
     *
     * <p>Of a request for many that finds no host for all, one server tells why and no other is left of those without one:
     * a thousand rows in ERROR would say the same a thousand times.
     *
     * @throws TooFewException when fewer servers found a host than the request says it needs, and more than none; roll back,
     *     and {@link #createRefused}
     */
    Created create(Handle handle, Orderer orderer, BootRequest request) {
        Parts parts = parts(handle, orderer, request);
        String reservation = reservationId();
        List<ServerRequest> wanted = new ArrayList<>();
        for (int index = 0; index < request.count(); index++) {
            ServerRequest server = insert(handle, orderer, request, parts, reservation, index);
            wanted.add(server);
            if (index == 0 && request.count() > 1) {
                Optional<Placement.Refused> refusal = scheduling.refusal(handle, server);
                if (refusal.isPresent() && !refusal.get().mayPass()) {
                    refuse(handle, server.server(), told(refusal.get().problem(), 0, request));
                    return new Created(reservation, List.of(server.server()));
                }
            }
        }
        List<Placement> placements = scheduling.placeAll(handle, wanted);
        int placed = (int) placements.stream().filter(ServerCreation::hasHope).count();
        List<ServerId> left = new ArrayList<>();
        boolean saidWhy = false;
        for (int index = 0; index < placements.size(); index++) {
            ServerId server = wanted.get(index).server();
            switch (placements.get(index)) {
                // The row names its host already.
                case Placement.Placed _ -> left.add(server);
                case Placement.Refused refused
                when refused.mayPass() -> {
                    scheduling.letWait(handle, server);
                    left.add(server);
                }
                case Placement.Refused refused -> {
                    Problem problem = told(refused.problem(), placed, request);
                    if (placed > 0 && placed < request.atLeast()) {
                        throw new TooFewException(problem);
                    }
                    if (saidWhy) {
                        ports.detach(handle, server);
                        store.remove(handle, server);
                    } else {
                        refuse(handle, server, problem);
                        left.add(server);
                        saidWhy = true;
                    }
                }
            }
        }
        return new Created(reservation, left);
    }

    /** Whether it has a host, or waits for one that is just coming back. */
    private static boolean hasHope(Placement placement) {
        return switch (placement) {
            case Placement.Placed _ -> true;
            case Placement.Refused refused -> refused.mayPass();
        };
    }

    /** Leaves the one server that tells why the request found too few hosts. */
    Created createRefused(Handle handle, Orderer orderer, BootRequest request, TooFewException tooFew) {
        String reservation = reservationId();
        ServerRequest server = insert(handle, orderer, request, parts(handle, orderer, request), reservation, 0);
        refuse(handle, server.server(), tooFew.problem);
        return new Created(reservation, List.of(server.server()));
    }

    private Parts parts(Handle handle, Orderer orderer, BootRequest request) {
        Parts parts = new Parts(
                flavor(handle, orderer, request),
                RootImage.require(handle, orderer.access(), request.image(), "imageRef"),
                key(handle, orderer, request).orElse(null),
                nics(handle, orderer.caller(), request.networks()));
        RootImage.requireRoom(
                parts.image(),
                "imageRef",
                parts.flavor().memoryMib(),
                parts.flavor().diskGib());
        requireZone(handle, request.zone());
        return parts;
    }

    private ServerRequest insert(
            Handle handle, Orderer orderer, BootRequest request, Parts parts, String reservation, int index) {
        NewServer server = newServer(orderer, request, parts, reservation, index);
        store.insert(handle, server);
        List<AttachedPort> attached =
                ports.attach(handle, orderer.access(), server.id(), parts.nics(), request.securityGroups());
        if (!server.configDrive() && attached.stream().noneMatch(ServerCreation::reachesMetadata)) {
            store.giveConfigDrive(handle, server.id());
        }
        return new ServerRequest(
                server.id(),
                server.projectId(),
                new Resources(parts.flavor().vcpus(), parts.flavor().memoryMib(), server.diskGib()),
                parts.flavor().extraSpecs(),
                server.imageFacts(),
                request.zone(),
                attached);
    }

    /** As the agent decides it: hosts serve metadata on bridges, and a guest finds the way there by DHCP. */
    private static boolean reachesMetadata(AttachedPort port) {
        return switch (port.vnicType()) {
            case NORMAL -> port.addresses().stream().anyMatch(FixedAddress::servedByDhcp);
            case DIRECT -> false;
        };
    }

    private void refuse(Handle handle, ServerId server, Problem problem) {
        ports.detach(handle, server);
        servers.refused(handle, server, problem);
    }

    private static Problem told(Problem problem, int placed, BootRequest request) {
        if (request.count() == 1) {
            return problem;
        }
        String sentence = placed > 0 && placed < request.atLeast()
                ? " Only " + placed + " of at least " + request.atLeast() + " servers found a host, so none was made."
                : " Of " + request.count() + " servers " + placed + " found a host.";
        return new Problem(problem.kind(), problem.code(), problem.sentence() + sentence, problem.fix());
    }

    private Flavor flavor(Handle handle, Orderer orderer, BootRequest request) {
        return flavors.find(handle, request.flavor())
                .filter(flavor -> flavor.isPublic() || orderer.seesPrivateFlavors())
                .orElseThrow(() ->
                        Problems.badRequest("FlavorNotFound", "Flavor " + request.flavor() + " could not be found."));
    }

    private Optional<KeyPair> key(Handle handle, Orderer orderer, BootRequest request) {
        return request.keyName()
                .map(name -> keys.find(handle, orderer.caller().userId(), name)
                        .orElseThrow(() -> Problems.badRequest("KeypairNotFound", "Invalid key_name provided.")));
    }

    private List<NicRequest> nics(Handle handle, Caller caller, BootRequest.Networks networks) {
        return switch (networks) {
            case BootRequest.Networks.None _ -> List.of();
            case BootRequest.Networks.Listed listed -> listed.nics();
            case BootRequest.Networks.Only only -> {
                List<NetworkId> usable = ports.usableNetworks(handle, caller.projectId());
                if (usable.size() > 1) {
                    throw Problems.conflict(
                            "NetworkAmbiguous",
                            "Multiple possible networks found, use a Network ID to be more specific.");
                }
                if (usable.isEmpty() && only.required()) {
                    throw Problems.badRequest(
                            "UnableToAutoAllocateNetwork",
                            "Unable to automatically allocate a network for project " + caller.projectId()
                                    + ": create a network with a subnet first, or ask for 'none'.");
                }
                yield usable.stream()
                        .<NicRequest>map(network -> new NicRequest.ByNetwork(network, Optional.empty()))
                        .toList();
            }
        };
    }

    /** The root disk to claim and to make, GiB: a flavor that says 0 takes what the image holds, or says it needs. */
    private static int rootGib(Flavor flavor, ImageRecord image) {
        long held = Math.ceilDiv(RootImage.virtualBytes(image), RootImage.GIB);
        return flavor.diskGib() > 0
                ? flavor.diskGib()
                : (int) Math.min(
                        Integer.MAX_VALUE, Math.max(held, image.metadata().minDisk()));
    }

    private void requireZone(Handle handle, Optional<String> zoneAndHost) {
        String zone = zoneAndHost.map(text -> text.split(":", 2)[0]).orElse("");
        if (!zone.isEmpty() && !zone.equals(HostRow.DEFAULT_ZONE) && !hosts.hasZone(handle, zone)) {
            throw Problems.badRequest("InvalidInput", "The requested availability zone is not available");
        }
    }

    private NewServer newServer(Orderer orderer, BootRequest request, Parts parts, String reservation, int index) {
        ServerId id = ServerId.random();
        String suffix = request.count() == 1 ? "" : "-" + (index + 1);
        String name = cut(request.name(), Names.LONGEST - suffix.length()) + suffix;
        Instant now = clock.instant();
        return new NewServer(
                id,
                orderer.caller().projectId(),
                orderer.caller().userId(),
                name,
                Hostnames.numbered(
                        request.hostname().orElseGet(() -> Hostnames.of(request.name(), "server-" + id)), suffix),
                request.description().orElse(null),
                request.image(),
                parts.flavor(),
                rootGib(parts.flavor(), parts.image()),
                RootImage.facts(parts.image()),
                parts.key(),
                request.userData().orElse(null),
                request.configDrive()
                        || "mandatory".equals(parts.image().properties().get("img_config_drive")),
                request.diskConfig(),
                request.metadata(),
                request.tags(),
                request.zone().orElse(null),
                reservation,
                index,
                orderer.requestId(),
                now);
    }

    /** Cuts between characters. */
    private static String cut(String text, int longest) {
        int characters = text.codePointCount(0, text.length());
        return characters <= longest ? text : text.substring(0, text.offsetByCodePoints(0, longest));
    }

    private String reservationId() {
        StringBuilder text = new StringBuilder("r-");
        for (int i = 0; i < 8; i++) {
            text.append(RESERVATION_CHARACTERS.charAt(random.nextInt(RESERVATION_CHARACTERS.length())));
        }
        return text.toString();
    }
}
