package org.sluice.controller.network.tag;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.policy.RowCondition;

/** The tags of one resource in SQL. Stateless; callers own the transaction. */
final class TagStore {
    /** What a change of tags asks of the thing. */
    record Found(List<String> tags, String project, String networkOwner, long revision) {
        Found {
            tags = List.copyOf(tags);
        }
    }

    private final Tagged tagged;

    TagStore(Tagged tagged) {
        this.tagged = requireNonNull(tagged, "tagged is null");
    }

    /** The tags of that thing, if it is seen; whoever locks it lets others who change it wait, so that no change is lost. */
    Optional<Found> find(Handle handle, UUID id, RowCondition seen, boolean lock) {
        String alias = tagged.alias();
        return seen.bind(handle.createQuery(
                        "select " + alias + ".tags, " + alias + ".project_id, " + tagged.networkOwner()
                                + " as network_owner, " + alias + ".revision_number from " + tagged.from() + " where "
                                + seen.sql() + " and " + alias + ".id = :id"
                                + (lock ? " for no key update of " + alias : "")))
                .bind("id", id)
                .map((row, context) -> new Found(
                        List.of((String[]) row.getArray("tags").getArray()),
                        row.getString("project_id"),
                        row.getString("network_owner"),
                        row.getLong("revision_number")))
                .findOne();
    }

    void write(Handle handle, UUID id, List<String> tags) {
        handle.createUpdate("update " + tagged.table() + " set tags = cast(:tags as text[]),"
                        + " revision_number = revision_number + 1, updated_at = now() where id = :id")
                .bindArray("tags", String.class, tags)
                .bind("id", id)
                .execute();
    }
}
