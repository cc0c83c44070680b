package org.sluice.controller.scheduling;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sluice.controller.http.Json;
import org.sluice.controller.network.binding.AttachedPort;
import org.sluice.controller.server.Hardware;
import org.sluice.model.Resources;
import org.sluice.model.ServerId;

/**
 * What a server needs of a host.
 *
 * @param server the server; its row exists already
 * @param projectId the project that wants it
 * @param resources what is taken of the host
 * @param extraSpecs extra specs of the flavor; {@code capabilities:*} are demands on the host
 * @param imageFacts properties of the image, {@code hw_architecture}
 * @param zone availability zone, or {@code zone:host} for one certain host; the caller has checked that this project may
 *     name hosts
 * @param ports the server's NICs in order, attached and not yet bound
 */
public record ServerRequest(
        ServerId server,
        String projectId,
        Resources resources,
        Map<String, String> extraSpecs,
        Map<String, String> imageFacts,
        Optional<String> zone,
        List<AttachedPort> ports) {
    public ServerRequest {
        requireNonNull(server, "server is null");
        requireNonNull(projectId, "projectId is null");
        requireNonNull(resources, "resources is null");
        extraSpecs = Map.copyOf(extraSpecs);
        imageFacts = Map.copyOf(imageFacts);
        requireNonNull(zone, "zone is null");
        ports = List.copyOf(ports);
    }

    /** The same in that zone, or on that host of it. */
    ServerRequest in(Optional<String> other) {
        return new ServerRequest(server, projectId, resources, extraSpecs, imageFacts, other, ports);
    }

    /** The same for a server that moves: to that host, or to any of its zone. The host that it was asked for on counts no more. */
    ServerRequest movingTo(Optional<String> host) {
        String wantedZone = zone.map(text -> text.split(":", 2)[0]).orElse("");
        String wanted = host.map(name -> wantedZone + ":" + name).orElse(wantedZone);
        return new ServerRequest(
                server,
                projectId,
                resources,
                extraSpecs,
                imageFacts,
                Optional.of(wanted).filter(text -> !text.isEmpty()),
                ports);
    }

    /** The same for a server that becomes that. */
    ServerRequest madeOf(Hardware hardware) {
        return new ServerRequest(
                server,
                projectId,
                hardware.resources(),
                Json.MAPPER.readValue(hardware.extraSpecs(), ServerRequests.TEXTS),
                imageFacts,
                zone,
                ports);
    }
}
