package org.sluice.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sluice.model.ProblemException;
import tools.jackson.databind.JsonNode;

/**
 * What {@code up} says about the hosts it made itself, as an operator would, through the APIs: physical networks, which
 * cards and uplinks belong to them, the availability zone, and a first flavor and image. What is there already stays as it
 * is.
 */
final class Seeding {
    /** The physical network of bridges. */
    static final String BRIDGED = "physnet0";

    /** The availability zone of the hosts that up makes. */
    static final String ZONE = "rack0";

    static final String FLAVOR = "m1.standard";
    static final String IMAGE = "guest";

    /** The property of the image that up makes, which tells it from an operator's of the same name. */
    private static final String MARK = "sluice_seed";

    private static final String MARKED = "up";

    private static final int FIRST_BRIDGED_VLAN = 2001;
    private static final int LAST_BRIDGED_VLAN = 2400;
    private static final int FIRST_FUNCTION_VLAN = 2401;
    private static final int LAST_FUNCTION_VLAN = 2800;

    private final CloudClient cloud;

    Seeding(CloudClient cloud) {
        this.cloud = cloud;
    }

    /** The physical network of the VFs of card N. */
    static String functions(int card) {
        return "sriovnet" + card;
    }

    /** How the hardware of a host belongs to physical networks. */
    record Mapping(String host, String uplink, Map<String, String> networkByFunction) {}

    /** Makes the physical networks that are missing. */
    void physicalNetworks(int cards) throws InterruptedException {
        Set<String> known = names(cloud.list("/sluice/v1/physical-networks", "physical_networks"));
        if (!known.contains(BRIDGED)) {
            physicalNetwork(BRIDGED, FIRST_BRIDGED_VLAN, LAST_BRIDGED_VLAN);
        }
        for (int card = 0; card < cards; card++) {
            if (!known.contains(functions(card))) {
                physicalNetwork(functions(card), FIRST_FUNCTION_VLAN, LAST_FUNCTION_VLAN);
            }
        }
    }

    private void physicalNetwork(String name, int first, int last) throws InterruptedException {
        cloud.put(
                "/sluice/v1/physical-networks/" + name,
                Map.of("mtu", 1500, "vlan_ranges", List.of(Map.of("first", first, "last", last))));
    }

    /** Maps a host that has not been mapped, and puts it into the zone. */
    void host(Mapping mapping) throws InterruptedException {
        String host = "/sluice/v1/hosts/" + CloudClient.segment(mapping.host());
        cloud.put(host + "/uplinks/" + BRIDGED, Map.of("interface", mapping.uplink()));
        for (Map.Entry<String, String> function : mapping.networkByFunction().entrySet()) {
            cloud.put(
                    host + "/physical-functions/" + CloudClient.segment(function.getKey()),
                    Map.of("physical_network", function.getValue()));
        }
    }

    /** Puts hosts into the aggregate that is the zone; makes it when it is missing. */
    void zone(List<String> hosts) throws InterruptedException {
        @Nullable JsonNode zone = null;
        for (JsonNode aggregate : cloud.get("/compute/v2.1/os-aggregates").path("aggregates")) {
            if (aggregate.path("name").asString().equals(ZONE)) {
                zone = aggregate;
            }
        }
        if (zone == null) {
            zone = cloud.post(
                            "/compute/v2.1/os-aggregates",
                            Map.of("aggregate", Map.of("name", ZONE, "availability_zone", ZONE)))
                    .path("aggregate");
        }
        List<String> members = new ArrayList<>();
        zone.path("hosts").forEach(host -> members.add(host.asString()));
        for (String host : hosts) {
            if (!members.contains(host)) {
                cloud.post(
                        "/compute/v2.1/os-aggregates/" + zone.path("id").asInt() + "/action",
                        Map.of("add_host", Map.of("host", host)));
            }
        }
    }

    /** Sends an image's bytes to that path. */
    @FunctionalInterface
    interface Upload {
        void to(String path) throws IOException, InterruptedException;
    }

    /** Makes the flavor if there is none at all, public or not: one that an operator deleted does not come back beside others. */
    void flavor() throws InterruptedException {
        if (cloud.get("/compute/v2.1/flavors?limit=1&is_public=None")
                .path("flavors")
                .isEmpty()) {
            cloud.post(
                    "/compute/v2.1/flavors",
                    Map.of("flavor", Map.of("name", FLAVOR, "ram", 256, "vcpus", 1, "disk", 1)));
        }
    }

    /**
     * Uploads an image that every project sees, if there is none at all, and in the place of one of {@code up} that never got
     * its bytes because a start before was killed. What fails leaves none.
     */
    void image(String diskFormat, Upload upload) throws IOException, InterruptedException {
        List<JsonNode> unfinished = images("?status=queued&visibility=public&name=" + IMAGE + "&" + MARK + "=" + MARKED)
                .toList();
        for (JsonNode image : unfinished) {
            cloud.delete(path(image));
        }
        if (unfinished.isEmpty() && images("?limit=1").findAny().isPresent()) {
            return;
        }
        String image = path(cloud.post(
                "/image/v2/images",
                Map.of(
                        "name",
                        IMAGE,
                        "disk_format",
                        diskFormat,
                        "container_format",
                        "bare",
                        "visibility",
                        "public",
                        MARK,
                        MARKED)));
        try {
            upload.to(image + "/file");
        } catch (IOException | ProblemException failure) {
            takeBack(image, failure);
            throw failure;
        }
    }

    private Stream<JsonNode> images(String query) throws InterruptedException {
        return cloud.get("/image/v2/images" + query).path("images").valueStream();
    }

    private static String path(JsonNode image) {
        return "/image/v2/images/" + image.path("id").asString();
    }

    private void takeBack(String image, Exception failure) throws InterruptedException {
        try {
            cloud.delete(image);
        } catch (ProblemException another) {
            // The next start finds it.
            failure.addSuppressed(another);
        }
    }

    private static Set<String> names(Iterable<JsonNode> list) {
        Set<String> names = new TreeSet<>();
        list.forEach(each -> names.add(each.path("name").asString()));
        return names;
    }
}
