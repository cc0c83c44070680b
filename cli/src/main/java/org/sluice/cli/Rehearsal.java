package org.sluice.cli;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import org.sluice.model.ProblemException;
import tools.jackson.databind.JsonNode;

/**
 * What a cloud's first users do, played while the JVM records for its start-up cache: classes that are loaded by then need not be
 * looked up later (JEP 483), and methods that were called often enough bring their profiles along (JEP 515), so that they are
 * compiled well at once. A JVM without either runs as it always did.
 */
final class Rehearsal {
    /** A method's profile is kept from its 200th call on (Tier3InvocationThreshold). */
    private static final int PORTS = 300;

    private static final int SERVERS = 40;
    private static final int LISTS = 20;

    private final CloudClient cloud;

    Rehearsal(CloudClient cloud) {
        this.cloud = requireNonNull(cloud, "cloud is null");
    }

    /** Plays it on a cloud of simulated hosts that has nothing in it yet, and will be thrown away. */
    void play() throws InterruptedException {
        String bridged = network("rehearsal", "physnet0", "10.0.0.0/16");
        String direct = network("rehearsal-vf", "sriovnet0", "10.1.0.0/16");
        for (int number = 0; number < PORTS; number++) {
            String id = port(bridged, "normal");
            cloud.get("/network/v2.0/ports/" + id);
            if (number % 2 == 0) {
                cloud.delete("/network/v2.0/ports/" + id);
            }
        }
        String image =
                cloud.get("/image/v2/images").path("images").get(0).path("id").asString();
        String flavor = cloud.post(
                        "/compute/v2.1/flavors",
                        Map.of("flavor", Map.of("name", "rehearsal", "vcpus", 1, "ram", 64, "disk", 1)))
                .at("/flavor/id")
                .asString();
        for (int number = 0; number < SERVERS; number++) {
            String server = server(image, flavor, port(direct, "direct"));
            awaitActive(server);
            cloud.delete("/compute/v2.1/servers/" + server);
            awaitGone(server);
        }
        for (int number = 0; number < LISTS; number++) {
            cloud.get("/network/v2.0/ports");
            cloud.get("/compute/v2.1/servers/detail");
        }
    }

    private String network(String name, String physicalNetwork, String cidr) throws InterruptedException {
        String id = cloud.post(
                        "/network/v2.0/networks",
                        Map.of(
                                "network",
                                Map.of(
                                        "name",
                                        name,
                                        "provider:network_type",
                                        "vlan",
                                        "provider:physical_network",
                                        physicalNetwork)))
                .at("/network/id")
                .asString();
        cloud.post("/network/v2.0/subnets", Map.of("subnet", Map.of("network_id", id, "ip_version", 4, "cidr", cidr)));
        return id;
    }

    private String port(String network, String vnicType) throws InterruptedException {
        return cloud.post(
                        "/network/v2.0/ports",
                        Map.of("port", Map.of("network_id", network, "binding:vnic_type", vnicType)))
                .at("/port/id")
                .asString();
    }

    private String server(String image, String flavor, String port) throws InterruptedException {
        return cloud.post(
                        "/compute/v2.1/servers",
                        Map.of(
                                "server",
                                Map.of(
                                        "name",
                                        "rehearsal",
                                        "imageRef",
                                        image,
                                        "flavorRef",
                                        flavor,
                                        "networks",
                                        List.of(Map.of("port", port)))))
                .at("/server/id")
                .asString();
    }

    /** Asks without a pause, which rehearses what clients ask most. */
    private void awaitActive(String server) throws InterruptedException {
        while (true) {
            JsonNode status = cloud.get("/compute/v2.1/servers/" + server).at("/server/status");
            if (!status.asString().equals("BUILD")) {
                return;
            }
        }
    }

    private void awaitGone(String server) throws InterruptedException {
        try {
            while (true) {
                cloud.get("/compute/v2.1/servers/" + server);
            }
        } catch (ProblemException gone) {
            // 404: how a server that is no more is answered.
            return;
        }
    }
}
