package org.sluice.controller.compute.aggregate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sluice.controller.compute.wire.Names;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.compute.wire.Times;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.View;

/** Aggregates as the Compute API takes and shows them. */
final class AggregateWire {
    /** In metadata the zone goes by this key. */
    static final String ZONE = "availability_zone";

    /** Name and zone of an aggregate to be made. */
    record Wanted(String name, Optional<String> zone) {}

    /** What is to change; what is not named stays. */
    record Change(Optional<String> name, boolean changesZone, Optional<String> zone) {}

    /** Without hosts and metadata, as nova answers a create. */
    static final View<Aggregate> BRIEF = View.<Aggregate>of("aggregate", "aggregates")
            .member("id", Aggregate::id)
            .member("uuid", Aggregate::uuid)
            .since(41)
            .member("name", Aggregate::name)
            .member("created_at", aggregate -> Times.plain(aggregate.createdAt()))
            .member("updated_at", aggregate -> Times.plain(aggregate.updatedAt()))
            .member("deleted_at", aggregate -> null)
            .member("deleted", aggregate -> false)
            .member(ZONE, Aggregate::zone)
            .build();

    static final View<Aggregate> WHOLE = View.<Aggregate>of("aggregate", "aggregates")
            .with(BRIEF)
            .member("hosts", Aggregate::hosts)
            .member("metadata", AggregateWire::metadata)
            .build();

    static final ListQuery<Aggregate> LIST = ListQuery.of(WHOLE)
            .unique("id", "a.id", Aggregate::id, aggregate -> Integer.toString(aggregate.id()))
            .largeRows()
            .build();

    private AggregateWire() {}

    private static Map<String, String> metadata(Aggregate aggregate) {
        Map<String, String> metadata = new LinkedHashMap<>(aggregate.metadata());
        if (aggregate.zone() != null) {
            metadata.put(ZONE, aggregate.zone());
        }
        return metadata;
    }

    static Wanted read(Exchange exchange) {
        Fields fields = exchange.body("aggregate").onlyKnows(Set.of("name", ZONE));
        return new Wanted(Names.read(fields, "name"), zone(fields));
    }

    static Change readChange(Exchange exchange) {
        Fields fields = exchange.body("aggregate").onlyKnows(Set.of("name", ZONE));
        if (!fields.has("name") && !fields.has(ZONE)) {
            throw Problems.badRequest(
                    "ValidationError",
                    "Invalid input for field/attribute aggregate. {} does not have enough properties: give name or "
                            + ZONE);
        }
        return new Change(
                fields.has("name") ? Optional.of(Names.read(fields, "name")) : Optional.empty(),
                fields.has(ZONE),
                zone(fields));
    }

    private static Optional<String> zone(Fields fields) {
        if (!fields.isSet(ZONE)) {
            return Optional.empty();
        }
        String zone = Names.read(fields, ZONE);
        if (zone.contains(":")) {
            throw fields.refused(ZONE, "a colon separates zone and host in requests, so a zone's name has none");
        }
        return Optional.of(zone);
    }

    static String readHost(Exchange exchange, String action) {
        return exchange.body(action).onlyKnows(Set.of("host")).text("host", 1, Names.LONGEST);
    }

    /** Keys with their new values, empty for those that are to go. */
    static Map<String, Optional<String>> readMetadata(Exchange exchange) {
        Fields fields =
                exchange.body("set_metadata").onlyKnows(Set.of("metadata")).object("metadata");
        Map<String, Optional<String>> changes = new LinkedHashMap<>();
        fields.names()
                .forEach(key ->
                        changes.put(key, key.equals(ZONE) ? zone(fields) : fields.optionalText(key, 0, Names.LONGEST)));
        return changes;
    }
}
