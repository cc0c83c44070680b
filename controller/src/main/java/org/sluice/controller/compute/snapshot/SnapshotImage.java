package org.sluice.controller.compute.snapshot;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.compute.server.Server;
import org.sluice.controller.compute.server.ServerStore;
import org.sluice.controller.image.image.DiskFormat;
import org.sluice.controller.image.image.ImageMetadata;
import org.sluice.controller.image.image.ImageProperties;
import org.sluice.controller.image.image.ImageRecord;
import org.sluice.controller.image.image.ImageStatus;
import org.sluice.controller.image.image.ImageStore;
import org.sluice.controller.image.image.Visibility;
import org.sluice.controller.policy.Caller;
import org.sluice.model.ImageId;

/**
 * The image that a copy of a server's root disk is to become, as Nova makes it ({@code nova.compute.utils.create_image}): there at
 * once, without bytes, with the properties of the image that the server was made from. It is of the server's project, whoever asks for
 * it: a shelved server and the backups of one are its owner's, who keeps and deletes them. Stateless; the caller owns the transaction.
 */
public final class SnapshotImage {
    /** Properties that say something of the bytes that another image had, or of who brought them. */
    private static final Set<String> NOT_INHERITED = Set.of(
            "cache_in_nova",
            "bittorrent",
            "img_signature_hash_method",
            "img_signature",
            "img_signature_key_type",
            "img_signature_certificate_uuid",
            "base_image_ref",
            "image_type",
            "backup_type",
            "instance_uuid",
            "instance_owner",
            "user_id");

    private final ImageStore images = new ImageStore();
    private final ServerStore servers = new ServerStore();

    /**
     * Makes it.
     *
     * @param caller who asks for it
     * @param properties what he says of it
     * @throws org.sluice.model.ProblemException 400 and 413 for properties that no image may have
     */
    public ImageId make(
            Handle handle, Caller caller, Server server, String name, Map<String, String> properties, Instant now) {
        return make(handle, caller, server, name, properties, Map.of("image_type", "snapshot"), now);
    }

    /**
     * Makes one of a kind.
     *
     * @param kind properties that say of which
     */
    ImageId make(
            Handle handle,
            Caller caller,
            Server server,
            String name,
            Map<String, String> properties,
            Map<String, String> kind,
            Instant now) {
        Map<String, String> all = new TreeMap<>(servers.imageFacts(handle, server.id()));
        all.keySet().removeAll(NOT_INHERITED);
        all.keySet().removeIf(property -> property.startsWith("os_glance"));
        ImageProperties.requireNoAttributes(properties);
        ImageProperties.requireOffered(all, properties);
        all.putAll(properties);
        all.put("base_image_ref", server.image().toString());
        all.putAll(kind);
        all.put("instance_uuid", server.id().toString());
        all.put("user_id", caller.userId());
        ImageProperties.requireFew(all);
        Optional<ImageMetadata> base = images.find(handle, server.image()).map(ImageRecord::metadata);
        Instant made = now.truncatedTo(ChronoUnit.MICROS);
        ImageRecord image = new ImageRecord(
                ImageId.random(),
                server.projectId(),
                ImageStatus.SAVING,
                new ImageMetadata(
                        Optional.of(name),
                        Visibility.PRIVATE,
                        false,
                        false,
                        Optional.of(DiskFormat.QCOW2),
                        Optional.of("bare"),
                        Math.max(base.map(ImageMetadata::minDisk).orElse(0), server.diskGib()),
                        base.map(ImageMetadata::minRam).orElse(0),
                        List.of(),
                        all),
                Optional.empty(),
                made,
                made);
        if (!images.insert(handle, image)) {
            throw new IllegalStateException("Image " + image.id() + " was there before it was made.");
        }
        return image.id();
    }
}
