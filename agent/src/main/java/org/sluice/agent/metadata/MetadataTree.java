package org.sluice.agent.metadata;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.FixedAddress;
import tools.jackson.databind.json.JsonMapper;

/**
 * Everything a guest may ask about itself, as a tree of small files: the OpenStack tree ({@code openstack/latest/...}) and
 * the EC2 tree ({@code latest/meta-data/...}). One tree serves both the metadata address and the config drive. Immutable.
 *
 * @see <a href="https://docs.openstack.org/nova/latest/user/metadata.html">Nova user guide, "Metadata"</a>
 */
public final class MetadataTree {
    private static final JsonMapper JSON = new JsonMapper();

    /** Names of the tree's versions; their files are those of "latest", because nothing we serve was different before. */
    private static final List<String> OPENSTACK_VERSIONS = List.of("2018-08-27", "latest");

    private static final List<String> EC2_VERSIONS = List.of("1.0", "2009-04-04", "latest");

    private final SortedMap<String, byte[]> files;
    private final Map<String, List<String>> listings;
    private final Map<String, Object> ec2;

    private MetadataTree(SortedMap<String, byte[]> files, Map<String, List<String>> listings, Map<String, Object> ec2) {
        this.files = Collections.unmodifiableSortedMap(files);
        this.listings = Map.copyOf(listings);
        this.ec2 = ec2;
    }

    /** Builds the tree of a server. */
    public static MetadataTree of(DesiredServer server) {
        requireNonNull(server, "server is null");
        SortedMap<String, byte[]> files = new TreeMap<>();
        // Two folders of nova's are not listed as folders are, and guests rely on it.
        Map<String, List<String>> listings = new HashMap<>();
        listings.put("openstack", OPENSTACK_VERSIONS);
        Optional<byte[]> userData =
                server.userData().map(text -> Base64.getMimeDecoder().decode(text));
        for (String version : OPENSTACK_VERSIONS) {
            String root = "openstack/" + version + "/";
            files.put(root + "meta_data.json", json(openstackMetadata(server)));
            files.put(root + "network_data.json", json(NetworkData.of(server.interfaces())));
            files.put(root + "vendor_data.json", json(Map.of()));
            files.put(root + "vendor_data2.json", json(Map.of()));
            userData.ifPresent(bytes -> files.put(root + "user_data", bytes));
        }
        Map<String, Object> ec2 = ec2Metadata(server);
        List<String> keys = keyNames(server);
        for (String version : EC2_VERSIONS) {
            putAll(files, version + "/meta-data/", ec2);
            if (!keys.isEmpty()) {
                listings.put(version + "/meta-data/public-keys", keys);
            }
            userData.ifPresent(bytes -> files.put(version + "/user-data", bytes));
        }
        return new MetadataTree(files, listings, ec2);
    }

    private static void putAll(SortedMap<String, byte[]> files, String folder, Map<?, ?> items) {
        items.forEach((name, value) -> {
            switch (value) {
                case Map<?, ?> inner -> putAll(files, folder + name + "/", inner);
                default -> files.put(folder + name, value.toString().getBytes(UTF_8));
            }
        });
    }

    /** The file at that path, without a leading slash. */
    public Optional<byte[]> file(String path) {
        return Optional.ofNullable(files.get(path));
    }

    /**
     * The names directly below that path, sorted, a folder with a slash at its end; empty when there is no such folder. The
     * OpenStack tree lists its versions without slashes, and {@code public-keys} lists {@code 0=NAME}, as nova does.
     *
     * @param path a folder without slashes around it; the empty text for the root
     */
    public List<String> list(String path) {
        List<String> listing = listings.get(path);
        if (listing != null) {
            return listing;
        }
        String prefix = path.isEmpty() ? "" : path + "/";
        TreeSet<String> names = new TreeSet<>();
        for (String file : files.tailMap(prefix).keySet()) {
            if (!file.startsWith(prefix)) {
                break;
            }
            String rest = file.substring(prefix.length());
            int slash = rest.indexOf('/');
            names.add(slash < 0 ? rest : rest.substring(0, slash + 1));
        }
        return List.copyOf(names);
    }

    /** The files of a config drive, by path: the OpenStack tree, and the EC2 one in the form a config drive has. */
    public Map<String, byte[]> configDrive() {
        SortedMap<String, byte[]> drive = new TreeMap<>();
        files.forEach((path, bytes) -> {
            if (path.startsWith("openstack/")) {
                drive.put(path, bytes);
            }
        });
        drive.put("ec2/latest/meta-data.json", json(ec2));
        file("latest/user-data").ifPresent(bytes -> drive.put("ec2/latest/user-data", bytes));
        return Collections.unmodifiableSortedMap(drive);
    }

    private static Map<String, Object> openstackMetadata(DesiredServer server) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("uuid", server.id().toString());
        metadata.put("name", server.name());
        metadata.put("hostname", server.hostname());
        metadata.put("project_id", server.projectId());
        metadata.put("availability_zone", server.availabilityZone());
        metadata.put("launch_index", launchIndex(server));
        metadata.put("meta", server.metadata());
        metadata.put("devices", List.of());
        if (!server.keys().isEmpty()) {
            metadata.put("public_keys", server.keys());
            List<Map<String, String>> keys = new ArrayList<>();
            server.keys().forEach((name, key) -> keys.add(Map.of("name", name, "type", "ssh", "data", key)));
            metadata.put("keys", keys);
        }
        return metadata;
    }

    private static int launchIndex(DesiredServer server) {
        return server.launch().map(DesiredServer.Launch::index).orElse(0);
    }

    /** Folders are maps. */
    private static Map<String, Object> ec2Metadata(DesiredServer server) {
        Map<String, Object> items = new LinkedHashMap<>();
        items.put("ami-id", server.image().id().toString());
        items.put("ami-launch-index", Integer.toString(launchIndex(server)));
        items.put("block-device-mapping", Map.of("ami", "vda", "root", "/dev/vda"));
        items.put("hostname", server.hostname());
        items.put("instance-action", "none");
        items.put("instance-id", ec2InstanceId(server));
        items.put("instance-name", server.name());
        items.put("local-hostname", server.hostname());
        items.put("local-ipv4", firstIpv4(server).orElse(""));
        items.put("placement", Map.of("availability-zone", server.availabilityZone()));
        items.put("public-hostname", server.hostname());
        items.put("public-ipv4", "");
        server.launch().ifPresent(launch -> {
            items.put("instance-type", launch.flavorName());
            items.put("reservation-id", launch.reservationId());
            items.put("security-groups", String.join("\n", launch.securityGroups()));
        });
        if (!server.keys().isEmpty()) {
            Map<String, Object> keys = new LinkedHashMap<>();
            new TreeMap<>(server.keys())
                    .forEach((_, key) -> keys.put(Integer.toString(keys.size()), Map.of("openssh-key", key)));
            items.put("public-keys", keys);
        }
        return items;
    }

    /** {@code 0=NAME}: the number is the folder's name, whatever the key's name is made of. */
    private static List<String> keyNames(DesiredServer server) {
        List<String> names = new ArrayList<>();
        new TreeMap<>(server.keys()).forEach((name, _) -> names.add(names.size() + "=" + name));
        return names;
    }

    /** The EC2 form of the instance's number, as Nova has it: {@code i-00000007} of {@code instance-00000007}. */
    private static String ec2InstanceId(DesiredServer server) {
        return "i-" + server.instanceName().substring(server.instanceName().indexOf('-') + 1);
    }

    private static Optional<String> firstIpv4(DesiredServer server) {
        return server.interfaces().stream()
                .map(DesiredInterface::addresses)
                .flatMap(List::stream)
                .map(FixedAddress::address)
                .filter(address -> address.contains("."))
                .findFirst();
    }

    private static byte[] json(Object tree) {
        return JSON.writeValueAsBytes(tree);
    }
}
