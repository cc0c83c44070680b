package org.sluice.controller.compute;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.http.Caller;
import org.sluice.controller.network.AttachedPort;
import org.sluice.controller.network.NicRequest;
import org.sluice.controller.network.ServerPorts;
import org.sluice.controller.scheduling.Placement;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.scheduling.ServerRequest;
import org.sluice.model.NetworkId;
import org.sluice.model.ServerId;

/**
 * Creates servers inside one transaction of the caller: what the request names is checked, rows are written, ports taken,
 * and everything claimed on a host. A refusal of the request leaves nothing; when no host takes a server, it stays in ERROR
 * with the reason and without ports. Thread-safe.
 */
final class ServerCreation {
    private static final String RESERVATION_CHARACTERS = "0123456789abcdefghijklmnopqrstuvwxyz";
    private static final long GIB = 1L << 30;

    private final BootImages images;
    private final ServerPorts ports;
    private final Scheduling scheduling;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final ServerStore store = new ServerStore();
    private final FlavorStore flavors = new FlavorStore();
    private final KeyPairStore keys = new KeyPairStore();
    private final HostStore hosts = new HostStore();

    ServerCreation(
            BootImages images, ServerPorts ports, Scheduling scheduling, InstantSource clock, RandomGenerator random) {
        this.images = images;
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
            Flavor flavor,
            BootImages.BootImage image,
            @Nullable KeyPair key,
            List<NicRequest> nics) {}

    Created create(Handle handle, Caller caller, String requestId, BootRequest request) {
        Parts parts = new Parts(
                flavor(handle, caller, request),
                image(handle, caller, request),
                key(handle, caller, request).orElse(null),
                nics(handle, caller, request.networks()));
        requireRoom(parts.flavor(), parts.image());
        requireZone(handle, request.zone());
        String reservation = reservationId();
        List<ServerRequest> wanted = new ArrayList<>();
        for (int index = 0; index < request.count(); index++) {
            NewServer server = newServer(caller, requestId, request, parts, reservation, index);
            store.insert(handle, server);
            List<AttachedPort> attached =
                    ports.attach(handle, caller, server.id(), parts.nics(), request.securityGroups());
            wanted.add(new ServerRequest(
                    server.id(),
                    server.projectId(),
                    parts.flavor().vcpus(),
                    parts.flavor().memoryMib(),
                    parts.flavor().diskGib(),
                    parts.flavor().extraSpecs(),
                    server.imageFacts(),
                    request.zone(),
                    attached));
        }
        List<Placement> placements = scheduling.placeAll(handle, wanted);
        for (int index = 0; index < placements.size(); index++) {
            switch (placements.get(index)) {
                case Placement.Placed _ -> {
                    // The row names its host already.
                }
                case Placement.Refused refused -> {
                    ServerId server = wanted.get(index).server();
                    ports.detach(handle, server);
                    store.markRefused(handle, server, refused.problem(), clock.instant());
                }
            }
        }
        return new Created(
                reservation, wanted.stream().map(ServerRequest::server).toList());
    }

    private Flavor flavor(Handle handle, Caller caller, BootRequest request) {
        return flavors.find(handle, request.flavor())
                .filter(flavor -> flavor.isPublic() || caller.isAdmin())
                .orElseThrow(() ->
                        Problems.badRequest("FlavorNotFound", "Flavor " + request.flavor() + " could not be found."));
    }

    private BootImages.BootImage image(Handle handle, Caller caller, BootRequest request) {
        BootImages.BootImage image = images.find(handle, request.image())
                .filter(found -> isVisible(found, caller))
                .orElseThrow(() -> Problems.badRequest(
                        "ImageNotFound",
                        "Can not find requested image: Image " + request.image() + " could not be found."));
        if (!image.status().equals("active")) {
            throw Problems.badRequest("ImageNotActive", "Image " + request.image() + " is not active.");
        }
        return image;
    }

    private static boolean isVisible(BootImages.BootImage image, Caller caller) {
        return switch (image.visibility()) {
            case "public", "community" -> true;
            default -> image.projectId().equals(caller.projectId()) || caller.isAdmin();
        };
    }

    private Optional<KeyPair> key(Handle handle, Caller caller, BootRequest request) {
        return request.keyName()
                .map(name -> keys.find(handle, caller.userId(), name)
                        .orElseThrow(() -> Problems.badRequest("KeypairNotFound", "Invalid key_name provided.")));
    }

    private List<NicRequest> nics(Handle handle, Caller caller, BootRequest.Networks networks) {
        return switch (networks) {
            case BootRequest.Networks.None _ -> List.of();
            case BootRequest.Networks.Listed listed -> listed.nics();
            case BootRequest.Networks.Only only -> {
                List<NetworkId> usable = ports.usableNetworks(handle, caller);
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

    private static void requireRoom(Flavor flavor, BootImages.BootImage image) {
        if (flavor.memoryMib() < image.minRam()) {
            throw Problems.badRequest(
                    "FlavorMemoryTooSmall",
                    "Flavor's memory is too small for requested image: it has " + flavor.memoryMib()
                            + " MiB and the image wants " + image.minRam() + " MiB.");
        }
        // A root disk of 0 GiB takes the size of the image.
        if (flavor.diskGib() == 0) {
            return;
        }
        if (flavor.diskGib() < image.minDisk()) {
            throw Problems.badRequest(
                    "FlavorDiskSmallerThanMinDisk",
                    "Flavor's disk is smaller than the minimum size specified in image metadata. Flavor disk is "
                            + flavor.diskGib() * GIB + " bytes, minimum size is " + image.minDisk() * GIB + " bytes.");
        }
        if (flavor.diskGib() * GIB < image.sizeBytes()) {
            throw Problems.badRequest(
                    "FlavorDiskSmallerThanImage",
                    "Flavor's disk is too small for requested image. Flavor disk is " + flavor.diskGib() * GIB
                            + " bytes, image is " + image.sizeBytes() + " bytes.");
        }
    }

    private void requireZone(Handle handle, Optional<String> zoneAndHost) {
        String zone = zoneAndHost.map(text -> text.split(":", 2)[0]).orElse("");
        if (!zone.isEmpty() && !zone.equals(HostRow.DEFAULT_ZONE) && !hosts.hasZone(handle, zone)) {
            throw Problems.badRequest("InvalidInput", "The requested availability zone is not available");
        }
    }

    private NewServer newServer(
            Caller caller, String requestId, BootRequest request, Parts parts, String reservation, int index) {
        ServerId id = ServerId.random();
        String suffix = request.count() == 1 ? "" : "-" + (index + 1);
        String name = request.name() + suffix;
        Instant now = clock.instant();
        return new NewServer(
                id,
                caller.projectId(),
                caller.userId(),
                name,
                request.hostname()
                        .map(hostname -> hostname + suffix)
                        .orElseGet(() -> Hostnames.of(name, "server-" + id)),
                request.description().orElse(null),
                request.image(),
                parts.flavor(),
                facts(parts.image()),
                parts.key(),
                request.userData().orElse(null),
                request.configDrive(),
                request.metadata(),
                request.tags(),
                request.zone().orElse(null),
                reservation,
                index,
                requestId,
                now);
    }

    /** What scheduling and the agent need to know of the image, as it is now. */
    private static Map<String, String> facts(BootImages.BootImage image) {
        return new LinkedHashMap<>(image.properties());
    }

    private String reservationId() {
        StringBuilder text = new StringBuilder("r-");
        for (int i = 0; i < 8; i++) {
            text.append(RESERVATION_CHARACTERS.charAt(random.nextInt(RESERVATION_CHARACTERS.length())));
        }
        return text.toString();
    }
}
