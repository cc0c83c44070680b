package org.sluice.agent.metadata;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
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

    private MetadataTree(SortedMap<String, byte[]> files) {
        this.files = Collections.unmodifiableSortedMap(files);
    }

    /** Builds the tree of a server. */
    public static MetadataTree of(DesiredServer server) {
        requireNonNull(server, "server is null");
        SortedMap<String, byte[]> files = new TreeMap<>();
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
        for (String version : EC2_VERSIONS) {
            ec2Metadata(server)
                    .forEach((name, value) -> files.put(version + "/meta-data/" + name, value.getBytes(UTF_8)));
            userData.ifPresent(bytes -> files.put(version + "/user-data", bytes));
        }
        return new MetadataTree(files);
    }

    /** The file at that path, without a leading slash. */
    public Optional<byte[]> file(String path) {
        return Optional.ofNullable(files.get(path));
    }

    /**
     * The names directly below that path, sorted, a folder with a slash at its end; empty when there is no such folder.
     *
     * @param path a folder without slashes around it; the empty text for the root
     */
    public List<String> list(String path) {
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
        Map<String, String> ec2 = new LinkedHashMap<>();
        String prefix = "latest/meta-data/";
        files.tailMap(prefix).forEach((path, bytes) -> {
            if (path.startsWith(prefix)) {
                ec2.put(path.substring(prefix.length()), new String(bytes, UTF_8));
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
        metadata.put("launch_index", 0);
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

    private static Map<String, String> ec2Metadata(DesiredServer server) {
        Map<String, String> items = new LinkedHashMap<>();
        items.put("ami-id", server.image().id().toString());
        items.put("ami-launch-index", "0");
        items.put("hostname", server.hostname());
        items.put("instance-action", "none");
        items.put("instance-id", ec2InstanceId(server));
        items.put("local-hostname", server.hostname());
        items.put("local-ipv4", firstIpv4(server).orElse(""));
        items.put("placement/availability-zone", server.availabilityZone());
        items.put("public-hostname", server.hostname());
        int index = 0;
        for (String key : new TreeMap<>(server.keys()).values()) {
            items.put("public-keys/" + index + "/openssh-key", key);
            index++;
        }
        return items;
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
