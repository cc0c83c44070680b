package org.sluice.controller.network.securitygrouprule;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jdbi.v3.core.statement.StatementContext;
import org.sluice.controller.http.list.Window;
import org.sluice.controller.network.wire.Stamps;
import org.sluice.controller.policy.RowCondition;

/** Rules of security groups in SQL. Stateless; callers own the transaction. */
public final class SecurityGroupRuleStore {
    /** What a rule takes, as the database sends it. */
    public static final int TYPICAL_BYTES = 512;

    private static final String COLUMNS = "r.*, text(r.remote_ip_prefix) as prefix";
    private static final String SELECT = "select " + COLUMNS + " from security_group_rule r where ";

    /** The rules of those groups, by the group's id, in one query. */
    public Map<UUID, List<SecurityGroupRule>> ofGroups(Handle handle, List<UUID> groups) {
        Map<UUID, List<SecurityGroupRule>> byGroup = new HashMap<>();
        handle.createQuery("select " + COLUMNS
                        + " from security_group_rule r where r.security_group_id = any(:groups) order by r.id")
                .bindArray("groups", UUID.class, groups)
                .map(SecurityGroupRuleStore::read)
                .forEach(rule -> byGroup.computeIfAbsent(rule.groupId(), group -> new ArrayList<>())
                        .add(rule));
        return byGroup;
    }

    List<SecurityGroupRule> list(Handle handle, RowCondition seen, Window window) {
        return window.list(
                seen.bind(handle.createQuery(SELECT + seen.sql() + window.sql())), SecurityGroupRuleStore::read);
    }

    Optional<SecurityGroupRule> find(Handle handle, RowCondition seen, UUID id) {
        return find(handle, seen, id, "");
    }

    /** Locks a rule that goes. */
    Optional<SecurityGroupRule> hold(Handle handle, RowCondition seen, UUID id) {
        return find(handle, seen, id, " for update of r");
    }

    private static Optional<SecurityGroupRule> find(Handle handle, RowCondition seen, UUID id, String lock) {
        return seen.bind(handle.createQuery(SELECT + seen.sql() + " and r.id = :id" + lock))
                .bind("id", id)
                .map(SecurityGroupRuleStore::read)
                .findOne();
    }

    /** Locks the group's row, so that two creates cannot both find that the rule is new; the group's project. */
    Optional<String> holdGroup(Handle handle, RowCondition seen, UUID group) {
        return project(handle, seen, group, " for no key update of g");
    }

    /** Whether that group is seen. */
    boolean seesGroup(Handle handle, RowCondition seen, UUID group) {
        return project(handle, seen, group, "").isPresent();
    }

    private static Optional<String> project(Handle handle, RowCondition seen, UUID group, String lock) {
        return seen.bind(handle.createQuery(
                        "select g.project_id from security_group g where " + seen.sql() + " and g.id = :id" + lock))
                .bind("id", group)
                .mapTo(String.class)
                .findOne();
    }

    /** The rule of that group that lets the same through. */
    Optional<UUID> same(Handle handle, UUID group, RuleSpec spec) {
        return bind(handle.createQuery("""
                        select id from security_group_rule
                        where security_group_id = :group and direction = :direction and ethertype = :ethertype
                          and protocol is not distinct from :protocol
                          and port_range_min is not distinct from cast(:first as integer)
                          and port_range_max is not distinct from cast(:last as integer)
                          and remote_ip_prefix is not distinct from cast(:prefix as cidr)
                          and remote_group_id is not distinct from cast(:remote as uuid)
                        limit 1"""), group, spec).mapTo(UUID.class).findOne();
    }

    /** One of these groups that has more than so many rules, if there is one. */
    Optional<UUID> overfull(Handle handle, List<UUID> groups, int most) {
        return handle.createQuery("""
                        select security_group_id from security_group_rule where security_group_id = any(:groups)
                        group by security_group_id having count(*) > :most limit 1""")
                .bindArray("groups", UUID.class, groups)
                .bind("most", most)
                .mapTo(UUID.class)
                .findOne();
    }

    SecurityGroupRule insert(Handle handle, UUID group, String project, RuleSpec spec, String description) {
        return bind(handle.createQuery("""
                        insert into security_group_rule as r (id, security_group_id, project_id, direction, ethertype,
                            protocol, port_range_min, port_range_max, remote_ip_prefix, remote_group_id, description)
                        values (:id, :group, :project, :direction, :ethertype, :protocol, cast(:first as integer),
                            cast(:last as integer), cast(:prefix as cidr), cast(:remote as uuid), :description)
                        returning
                        """ + COLUMNS), group, spec)
                .bind("id", UUID.randomUUID())
                .bind("project", project)
                .bind("description", description)
                .map(SecurityGroupRuleStore::read)
                .one();
    }

    private static <S extends SqlStatement<S>> S bind(S statement, UUID group, RuleSpec spec) {
        return statement
                .bind("group", group)
                .bind("direction", spec.direction())
                .bind("ethertype", spec.ethertype())
                .bind("protocol", spec.protocol().orElse(null))
                .bind("first", spec.first().orElse(null))
                .bind("last", spec.last().orElse(null))
                .bind("prefix", spec.remotePrefix().orElse(null))
                .bind("remote", spec.remoteGroup().orElse(null));
    }

    void delete(Handle handle, UUID id) {
        handle.createUpdate("delete from security_group_rule where id = :id")
                .bind("id", id)
                .execute();
    }

    /** Counts a change of the group. */
    void touch(Handle handle, UUID group) {
        handle.createUpdate("""
                        update security_group set revision_number = revision_number + 1, updated_at = now()
                        where id = :id""").bind("id", group).execute();
    }

    private static SecurityGroupRule read(ResultSet row, StatementContext context) throws SQLException {
        return new SecurityGroupRule(
                row.getObject("id", UUID.class),
                row.getObject("security_group_id", UUID.class),
                row.getString("project_id"),
                row.getString("direction"),
                row.getString("ethertype"),
                Optional.ofNullable(row.getString("protocol")),
                Optional.ofNullable(row.getObject("port_range_min", Integer.class)),
                Optional.ofNullable(row.getObject("port_range_max", Integer.class)),
                Optional.ofNullable(row.getString("prefix")),
                Optional.ofNullable(row.getObject("remote_group_id", UUID.class)),
                row.getString("description"),
                Stamps.withoutTags(row));
    }
}
