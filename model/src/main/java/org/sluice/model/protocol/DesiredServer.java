package org.sluice.model.protocol;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sluice.model.ImageId;
import org.sluice.model.ServerId;

/**
 * A server as it should be on one host.
 *
 * @param id the server
 * @param instanceName name of its libvirt domain, {@code instance-00000007}
 * @param presence whether it should be there at all
 * @param hostname name the guest gets from metadata
 * @param name name the tenant gave it
 * @param projectId its project, 32 hexadecimal digits
 * @param userId who created it
 * @param availabilityZone where it was placed
 * @param vcpus virtual processors
 * @param memoryMib memory, MiB
 * @param diskGib size of the root disk, GiB; 0 keeps the image's own size
 * @param image what the root disk starts from
 * @param configDrive whether the tenant asked for a config drive
 * @param userData base64 of the user data, if any
 * @param keys SSH public keys by key-pair name
 * @param metadata key-value pairs the tenant set
 * @param interfaces NICs, in the order in which the guest should see them
 */
public record DesiredServer(
        ServerId id,
        String instanceName,
        Presence presence,
        String hostname,
        String name,
        String projectId,
        String userId,
        String availabilityZone,
        int vcpus,
        int memoryMib,
        int diskGib,
        Image image,
        boolean configDrive,
        Optional<String> userData,
        Map<String, String> keys,
        Map<String, String> metadata,
        List<DesiredInterface> interfaces) {
    /** Whether a server should exist on the host. */
    public enum Presence {
        RUNNING,
        ABSENT
    }

    /**
     * An image, by identity and content.
     *
     * @param diskFormat {@code raw} or {@code qcow2}
     * @param sizeBytes bytes to download
     * @param sha512 checksum of those bytes, 128 lower-case hexadecimal digits
     */
    public record Image(ImageId id, String diskFormat, long sizeBytes, String sha512) {}

    public DesiredServer {
        keys = Map.copyOf(keys);
        metadata = Map.copyOf(metadata);
        interfaces = List.copyOf(interfaces);
    }
}
