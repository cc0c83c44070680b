package org.sluice.controller.server;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;
import org.sluice.model.ImageId;
import org.sluice.model.ServerId;

/**
 * Writes what is said of a server and is no part of its state, which is {@link Servers}': that it was asked for, its name and
 * description, metadata, tags, what it was made of, and its lock. Stateless; callers own the transaction.
 */
public final class ServerDetails {
    /** Counts a claim of {@code :server}, in a batch with the claim that it numbers. */
    public static final String COUNT_CLAIM = "update server set claims = claims + 1 where id = :server;\n";

    /** A new row in BUILD, without a host; the caller binds what it consists of, by these names, and executes it. */
    public Update insertion(Handle handle) {
        return handle.createUpdate("""
                        insert into server (id, project_id, user_id, name, hostname, description, status, task_state,
                            image_id, flavor_id, flavor_name, vcpus, memory_mib, disk_gib, flavor_disk_gib, extra_specs, image_facts,
                            key_name, public_key, user_data, config_drive, disk_config, metadata, tags, requested_zone, reservation_id,
                            launch_index, created_at, updated_at)
                        values (:id, :project, :user, :name, :hostname, :description, 'BUILD', 'scheduling',
                            :image, :flavor, :flavorName, :vcpus, :memory, :disk, :flavorDisk, cast(:specs as jsonb),
                            cast(:facts as jsonb), :keyName, :publicKey, :userData, :configDrive, :diskConfig,
                            cast(:metadata as jsonb), :tags, :zone, :reservation, :launchIndex, :now, :now)""");
    }

    /** It gets a config drive that nobody asked for, because it has no other way to its metadata. */
    public void giveConfigDrive(Handle handle, ServerId server) {
        handle.createUpdate("update server set config_drive = true where id = :id")
                .bind("id", server.value())
                .execute();
    }

    /** As if it had never been asked for; it must be in BUILD, without ports and without a host. */
    public void remove(Handle handle, ServerId server) {
        handle.createUpdate("delete from server where id = :id and host_id is null")
                .bind("id", server.value())
                .execute();
    }

    /**
     * What it is to be made anew of.
     *
     * @param facts what is remembered of the image, a JSON object
     * @param metadata a JSON object
     * @param keyName null for none, like {@code publicKey} and {@code userData}
     */
    public void remake(
            Handle handle,
            ServerId server,
            ImageId image,
            String facts,
            String metadata,
            @Nullable String keyName,
            @Nullable String publicKey,
            @Nullable String userData) {
        handle.createUpdate("""
                        update server set image_id = :image, image_facts = cast(:facts as jsonb),
                            metadata = cast(:metadata as jsonb), key_name = :keyName, public_key = :publicKey,
                            user_data = :userData
                        where id = :id""")
                .bind("id", server.value())
                .bind("image", image.value())
                .bind("facts", facts)
                .bind("metadata", metadata)
                .bind("keyName", keyName)
                .bind("publicKey", publicKey)
                .bind("userData", userData)
                .execute();
    }

    /**
     * Keeps others from changing it, or lets them again.
     *
     * @param by who has locked it, {@code owner} or {@code admin}; empty unlocks it
     * @param reason null for none
     */
    public void lock(Handle handle, ServerId server, Optional<String> by, @Nullable String reason) {
        handle.createUpdate(
                        "update server set locked_by = :by, locked_reason = :reason, updated_at = now() where id = :id")
                .bind("id", server.value())
                .bind("by", by.orElse(null))
                .bind("reason", reason)
                .execute();
    }

    /**
     * What its owner says about it.
     *
     * @param diskConfig {@code AUTO} or {@code MANUAL}
     */
    public void describe(
            Handle handle,
            ServerId server,
            String name,
            String hostname,
            @Nullable String description,
            String diskConfig,
            Instant now) {
        handle.createUpdate("""
                        update server set name = :name, hostname = :hostname, description = :description,
                            disk_config = :diskConfig, updated_at = :now
                        where id = :id""")
                .bind("id", server.value())
                .bind("name", name)
                .bind("hostname", hostname)
                .bind("description", description)
                .bind("diskConfig", diskConfig)
                .bind("now", OffsetDateTime.ofInstant(now, ZoneOffset.UTC))
                .execute();
    }

    /**
     * Its metadata, all of it.
     *
     * @param metadata a JSON object
     */
    public void metadata(Handle handle, ServerId server, String metadata, Instant now) {
        handle.createUpdate("update server set metadata = cast(:metadata as jsonb), updated_at = :now where id = :id")
                .bind("id", server.value())
                .bind("metadata", metadata)
                .bind("now", OffsetDateTime.ofInstant(now, ZoneOffset.UTC))
                .execute();
    }

    /** Its tags, all of them. */
    public void tags(Handle handle, ServerId server, List<String> tags) {
        handle.createUpdate("update server set tags = :tags where id = :id")
                .bind("id", server.value())
                .bindArray("tags", String.class, tags)
                .execute();
    }
}
