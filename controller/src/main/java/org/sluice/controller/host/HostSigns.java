package org.sluice.controller.host;

import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.sluice.model.AgentSilence;
import org.sluice.model.HostId;
import org.sluice.model.protocol.Inventory;

/** What a host's agent says of its host. Stateless; callers own the transaction. */
public final class HostSigns {
    private static final String YOUNG = "interval '5 seconds'";

    private HostSigns() {}

    /**
     * What the host has, but for its cards.
     *
     * @param faults the inventory's, a JSON list
     * @param interfaces the inventory's, a JSON list
     * @return false when there is no such host
     */
    public static boolean has(Handle handle, HostId host, Inventory inventory, String faults, String interfaces) {
        return handle.createUpdate("""
                        update host set vcpus_total = :vcpus, memory_mib_total = :memory, disk_gib_total = :disk,
                            faults = array(select jsonb_array_elements_text(cast(:faults as jsonb))),
                            hypervisor_type = :type, hypervisor_version = :version, cpu_architecture = :architecture,
                            interfaces = array(select jsonb_array_elements_text(cast(:interfaces as jsonb))),
                            last_seen_at = now()
                        where id = :host""")
                        .bind("host", host.value())
                        .bind("vcpus", inventory.vcpus())
                        .bind("memory", inventory.memoryMib())
                        .bind("disk", inventory.diskGib())
                        .bind("type", inventory.hypervisorType())
                        .bind("version", inventory.hypervisorVersion())
                        .bind("architecture", inventory.cpuArchitecture())
                        .bind("faults", faults)
                        .bind("interfaces", interfaces)
                        .execute()
                == 1;
    }

    /**
     * Where the host's agent calls from.
     *
     * @param address without the zone of a link-local one
     */
    public static void callsFrom(Handle handle, HostId host, String address) {
        handle.createUpdate("""
                        update host set address = cast(:address as inet)
                        where id = :host and address is distinct from cast(:address as inet)""")
                .bind("host", host.value())
                .bind("address", address)
                .execute();
    }

    /** Whether the last sign of life is so young that another need not be written. */
    public static boolean isFresh(Handle handle, HostId host) {
        return handle.createQuery("select last_seen_at >= now() - " + YOUNG + " from host where id = :host")
                .bind("host", host.value())
                .mapTo(Boolean.class)
                .findOne()
                .orElse(false);
    }

    /**
     * It was heard just now. Written only when the last sign of life is some seconds old, since every claim on the host locks the
     * same row; and never waited for: a boot of many holds the rows of many hosts, and their polls would hold every connection that
     * the agents have.
     *
     * @param told the revision that the agent has
     * @return whether it had been silent for longer than a host that is up; empty when nothing was written
     */
    public static Optional<Boolean> heard(Handle handle, HostId host, long told) {
        return handle.createQuery("""
                        with before as (
                            select id, last_seen_at from host where id = :host
                              and (last_seen_at is null or last_seen_at < now() - %s)
                            for no key update skip locked)
                        update host set last_seen_at = now(), told_revision = :told from before where host.id = before.id
                        returning before.last_seen_at is null
                            or before.last_seen_at < now() - make_interval(secs => :silence)""".formatted(YOUNG))
                .bind("silence", AgentSilence.LONGEST.toSeconds())
                .bind("host", host.value())
                .bind("told", told)
                .mapTo(Boolean.class)
                .findOne();
    }

    /** It serves networks under the address that all hosts share; false when that is known. */
    public static boolean servesShared(Handle handle, HostId host) {
        return handle.createUpdate("update host set serves_shared = true where id = :host and not serves_shared")
                        .bind("host", host.value())
                        .execute()
                == 1;
    }
}
