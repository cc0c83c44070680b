package org.sluice.controller.network.network;

import java.util.Optional;
import java.util.OptionalInt;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.network.wire.Attributes;
import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.model.Problem.Kind;
import org.sluice.model.ProblemException;

/** Decides where a new network is on the wire: as its provider attributes say, or from the VLAN ranges. Stateless. */
final class Segments {
    private static final int FIRST_VLAN = 1;
    private static final int LAST_VLAN = 4094;

    /** What a request said about the segment. */
    record Wanted(Optional<String> networkType, Optional<String> physicalNetwork, Optional<Integer> segmentationId) {
        static Wanted of(Fields fields) {
            OptionalInt vlan = fields.optionalInteger("provider:segmentation_id", Integer.MIN_VALUE, Integer.MAX_VALUE);
            return new Wanted(
                    fields.optionalText("provider:network_type", 0, Attributes.LONGEST),
                    fields.optionalText("provider:physical_network", 0, Attributes.LONGEST),
                    vlan.isPresent() ? Optional.of(vlan.getAsInt()) : Optional.empty());
        }

        boolean isEmpty() {
            return networkType.isEmpty() && physicalNetwork.isEmpty() && segmentationId.isEmpty();
        }
    }

    /**
     * The segment that was asked for, or a free one. It is not taken yet: the unique key of the network row does that.
     *
     * @throws org.sluice.model.ProblemException 400 for provider attributes that make no sense, 503 when no VLAN is free
     */
    Segment choose(Handle handle, Wanted wanted) {
        if (wanted.isEmpty()) {
            return allocate(handle, Optional.empty())
                    .orElseThrow(() -> NetworkProblems.of(
                            Kind.UNAVAILABLE,
                            "NoNetworkAvailable",
                            "Unable to create the network. No tenant network is available for allocation."));
        }
        String type = wanted.networkType().orElseThrow(() -> NetworkProblems.invalidInput("network_type required"));
        return switch (type) {
            case "vlan" -> vlan(handle, wanted);
            case "flat" -> flat(handle, wanted);
            default -> throw NetworkProblems.invalidInput("network_type value '" + type + "' not supported");
        };
    }

    private static Segment vlan(Handle handle, Wanted wanted) {
        wanted.segmentationId().ifPresent(id -> {
            if (id < FIRST_VLAN || id > LAST_VLAN) {
                throw NetworkProblems.invalidInput(
                        "segmentation_id out of range (" + FIRST_VLAN + " through " + LAST_VLAN + ")");
            }
        });
        if (wanted.physicalNetwork().isEmpty()) {
            if (wanted.segmentationId().isPresent()) {
                throw NetworkProblems.invalidInput(
                        "segmentation_id requires physical_network for VLAN provider network");
            }
            return allocate(handle, Optional.empty()).orElseThrow(Segments::noneLeft);
        }
        String physicalNetwork = wanted.physicalNetwork().get();
        requireKnown(handle, physicalNetwork, "VLAN");
        if (wanted.segmentationId().isPresent()) {
            return new Segment("vlan", physicalNetwork, wanted.segmentationId());
        }
        boolean hasRange = handle.createQuery("select exists (select 1 from vlan_range where physical_network = :name)")
                .bind("name", physicalNetwork)
                .mapTo(Boolean.class)
                .one();
        if (!hasRange) {
            throw NetworkProblems.invalidInput("Physical network " + physicalNetwork
                    + " requires segmentation_id to be specified when creating a provider network");
        }
        return allocate(handle, wanted.physicalNetwork()).orElseThrow(Segments::noneLeft);
    }

    private static Segment flat(Handle handle, Wanted wanted) {
        if (wanted.segmentationId().isPresent()) {
            throw NetworkProblems.invalidInput("segmentation_id prohibited for flat provider network");
        }
        String physicalNetwork = wanted.physicalNetwork()
                .orElseThrow(() -> NetworkProblems.invalidInput("physical_network required for flat provider network"));
        requireKnown(handle, physicalNetwork, "flat");
        return new Segment("flat", physicalNetwork, Optional.empty());
    }

    private static void requireKnown(Handle handle, String physicalNetwork, String kind) {
        boolean known = handle.createQuery("select exists (select 1 from physical_network where name = :name)")
                .bind("name", physicalNetwork)
                .mapTo(Boolean.class)
                .one();
        if (!known) {
            throw NetworkProblems.invalidInput(
                    "physical_network '" + physicalNetwork + "' unknown for " + kind + " provider network");
        }
    }

    /**
     * The highest free VLAN that no other transaction is looking at: people who name one count from the low end of a range.
     * Physical networks that a host reaches come first, and bridges before cards, because a server's NIC is a bridge's unless
     * somebody asks; as long as any host reaches any of them, no network is put where none does.
     * docs/decisions/0009-addresses-without-waiting.md says why the lock.
     */
    private static Optional<Segment> allocate(Handle handle, Optional<String> physicalNetwork) {
        return handle.createQuery("""
                        with reach as materialized (
                            select r.physical_network, r.first, r.last, case
                                when cast(:name as text) is not null then 0
                                when exists (select 1 from bridge_uplink u where u.physical_network = r.physical_network)
                                then 0
                                when exists (select 1 from physical_function f
                                             where f.physical_network = r.physical_network and f.present) then 1
                                else 2 end as rank
                            from vlan_range r where cast(:name as text) is null or r.physical_network = :name),
                        candidate as materialized (
                            select r.physical_network, v.vlan from reach r, generate_series(r.first, r.last) v (vlan)
                            where (r.rank < 2 or not exists (select 1 from reach where rank < 2))
                              and not exists (select 1 from network n where n.physical_network = r.physical_network
                                              and n.segmentation_id = v.vlan)
                            order by r.rank, r.physical_network, v.vlan desc limit 256)
                        select physical_network, vlan from candidate
                        where pg_try_advisory_xact_lock(hashtextextended(vlan || ' ' || physical_network, 0))
                        limit 1""")
                .bind("name", physicalNetwork.orElse(null))
                .map((row, context) ->
                        new Segment("vlan", row.getString("physical_network"), Optional.of(row.getInt("vlan"))))
                .findOne();
    }

    private static ProblemException noneLeft() {
        return NetworkProblems.of(
                Kind.UNAVAILABLE,
                "NoNetworkAvailable",
                "Unable to create the network. No VLAN id is free in the ranges of the physical network.");
    }
}
