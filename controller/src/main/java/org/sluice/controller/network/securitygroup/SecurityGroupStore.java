package org.sluice.controller.network.securitygroup;

import static java.util.Objects.requireNonNull;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.StatementContext;
import org.sluice.controller.http.list.Window;
import org.sluice.controller.network.securitygrouprule.SecurityGroupRule;
import org.sluice.controller.network.securitygrouprule.SecurityGroupRuleStore;
import org.sluice.controller.network.wire.Stamps;
import org.sluice.controller.policy.RowCondition;
import org.sluice.controller.store.Transactions;
import org.sluice.model.SecurityGroupId;

/** Security groups in SQL. Stateless; callers own the transaction. */
final class SecurityGroupStore {
    private static final String SELECT = "select g.* from security_group g where ";

    private static final String COUNTED = SELECT.replace("g.*", """
            g.*, (select count(*) from security_group_rule r where r.security_group_id = g.id) as rules""");

    private final SecurityGroupRuleStore rules;

    SecurityGroupStore(SecurityGroupRuleStore rules) {
        this.rules = requireNonNull(rules, "rules is null");
    }

    /** The groups of a window, with their rules if they are wanted. */
    List<SecurityGroup> list(Handle handle, RowCondition seen, Window window, boolean withRules) {
        if (!withRules) {
            return window.list(
                    seen.bind(handle.createQuery(SELECT + seen.sql() + window.sql())), SecurityGroupStore::read);
        }
        List<SecurityGroup> groups = window.list(
                seen.bind(handle.createQuery(COUNTED + seen.sql() + window.sql())),
                SecurityGroupStore::read,
                row -> row.getLong("rules") * SecurityGroupRuleStore.TYPICAL_BYTES);
        return withRules(handle, groups);
    }

    Optional<SecurityGroup> find(Handle handle, RowCondition seen, UUID id) {
        return bare(handle, seen, id, "").map(group -> withRules(handle, group));
    }

    /** Locks a group that changes; without its rules. */
    Optional<SecurityGroup> hold(Handle handle, RowCondition seen, UUID id) {
        return bare(handle, seen, id, " for no key update of g");
    }

    /** Locks a group that goes; without its rules. */
    Optional<SecurityGroup> holdAlone(Handle handle, RowCondition seen, UUID id) {
        return bare(handle, seen, id, " for update of g");
    }

    private static Optional<SecurityGroup> bare(Handle handle, RowCondition seen, UUID id, String lock) {
        return seen.bind(handle.createQuery(SELECT + seen.sql() + " and g.id = :id" + lock))
                .bind("id", id)
                .map(SecurityGroupStore::read)
                .findOne();
    }

    /** Makes a group that lets everything out. */
    SecurityGroup insert(Handle handle, String project, SecurityGroupWire.Settings settings) {
        SecurityGroup group = handle.createQuery("""
                        insert into security_group (id, project_id, name, description, stateful)
                        values (:id, :project, :name, :description, :stateful) returning *""")
                .bind("id", UUID.randomUUID())
                .bind("project", project)
                .bind("name", settings.name())
                .bind("description", settings.description())
                .bind("stateful", settings.isStateful())
                .map(SecurityGroupStore::read)
                .one();
        SecurityGroups.addRules(handle, new SecurityGroupId(group.id()), project, SecurityGroups.OUTWARD);
        return withRules(handle, group);
    }

    SecurityGroup update(Handle handle, UUID id, SecurityGroupWire.Settings settings) {
        SecurityGroup group = handle.createQuery("""
                        update security_group set name = :name, description = :description, stateful = :stateful,
                            revision_number = revision_number + 1, updated_at = now()
                        where id = :id returning *""")
                .bind("id", id)
                .bind("name", settings.name())
                .bind("description", settings.description())
                .bind("stateful", settings.isStateful())
                .map(SecurityGroupStore::read)
                .one();
        return withRules(handle, group);
    }

    /**
     * Deletes it with its rules.
     *
     * @throws org.sluice.model.ProblemException 409 when ports are in it
     */
    void delete(Handle handle, UUID id) {
        try {
            handle.createUpdate("delete from security_group where id = :id")
                    .bind("id", id)
                    .execute();
        } catch (JdbiException failure) {
            if (Transactions.isForeignKeyViolation(failure)) {
                throw SecurityGroupRules.inUse(id);
            }
            throw failure;
        }
    }

    private SecurityGroup withRules(Handle handle, SecurityGroup group) {
        return withRules(handle, List.of(group)).getFirst();
    }

    private List<SecurityGroup> withRules(Handle handle, List<SecurityGroup> groups) {
        Map<UUID, List<SecurityGroupRule>> byGroup =
                rules.ofGroups(handle, groups.stream().map(SecurityGroup::id).toList());
        return groups.stream()
                .map(group -> group.with(byGroup.getOrDefault(group.id(), List.of())))
                .toList();
    }

    private static SecurityGroup read(ResultSet row, StatementContext context) throws SQLException {
        return new SecurityGroup(
                row.getObject("id", UUID.class),
                row.getString("project_id"),
                row.getString("name"),
                row.getString("description"),
                row.getBoolean("stateful"),
                List.of(),
                Stamps.of(row));
    }
}
