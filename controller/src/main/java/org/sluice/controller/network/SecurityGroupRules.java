package org.sluice.controller.network;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.policy.Caller;
import org.sluice.model.Problem.Kind;
import org.sluice.model.ProblemException;
import tools.jackson.databind.node.ObjectNode;

/** Rules of security groups. They are made and deleted, never changed. Stateless. */
final class SecurityGroupRules implements Resource {
    private static final Set<String> SETTABLE = Set.of(
            "security_group_id",
            "direction",
            "ethertype",
            "protocol",
            "port_range_min",
            "port_range_max",
            "remote_ip_prefix",
            "remote_group_id",
            "remote_address_group_id",
            "description",
            "project_id",
            "tenant_id");
    private static final Set<String> SHOWN =
            Set.of("id", "normalized_cidr", "created_at", "updated_at", "revision_number", "tags");
    private static final String SELECT =
            "select r.*, text(r.remote_ip_prefix) as prefix from security_group_rule r where ";

    @Override
    public String singular() {
        return "security_group_rule";
    }

    @Override
    public String plural() {
        return "security_group_rules";
    }

    @Override
    public String table() {
        return "security_group_rule r";
    }

    @Override
    public Map<String, Filter> filters() {
        return Map.ofEntries(
                Map.entry("id", Filter.uuid("r.id")),
                Map.entry("security_group_id", Filter.uuid("r.security_group_id")),
                Map.entry("direction", Filter.text("r.direction")),
                Map.entry("ethertype", Filter.text("r.ethertype")),
                Map.entry("protocol", Filter.text("r.protocol")),
                Map.entry("port_range_min", Filter.integer("r.port_range_min")),
                Map.entry("port_range_max", Filter.integer("r.port_range_max")),
                Map.entry("remote_group_id", Filter.uuid("r.remote_group_id")),
                Map.entry("remote_ip_prefix", Filter.text("text(r.remote_ip_prefix)")),
                Map.entry("description", Filter.text("r.description")),
                Map.entry("project_id", Filter.text("r.project_id")),
                Map.entry("tenant_id", Filter.text("r.project_id")));
    }

    @Override
    public Map<String, String> sortable() {
        return Map.of(
                "id", "r.id",
                "security_group_id", "r.security_group_id",
                "direction", "r.direction",
                "ethertype", "r.ethertype",
                "project_id", "r.project_id",
                "tenant_id", "r.project_id");
    }

    @Override
    public List<ObjectNode> list(Handle handle, Caller caller, Selection selection) {
        return selection
                .bind(handle.createQuery(SELECT + Visibility.OF_RULE + selection.sql()))
                .bind("admin", caller.isAdmin())
                .bind("project", caller.projectId())
                .map((row, context) -> json(row))
                .list();
    }

    /** The rules of those groups, by the group's id, in one query. */
    Map<String, List<ObjectNode>> ofGroups(Handle handle, List<UUID> groups) {
        Map<String, List<ObjectNode>> byGroup = new HashMap<>();
        handle.createQuery(SELECT + "r.security_group_id = any(:groups) order by r.id")
                .bindArray("groups", UUID.class, groups)
                .map((row, context) -> json(row))
                .forEach(rule -> byGroup.computeIfAbsent(
                                rule.path("security_group_id").asString(), group -> new ArrayList<>())
                        .add(rule));
        return byGroup;
    }

    @Override
    public ObjectNode show(Handle handle, Caller caller, UUID id) {
        return handle.createQuery(SELECT + Visibility.OF_RULE + " and r.id = :id")
                .bind("admin", caller.isAdmin())
                .bind("project", caller.projectId())
                .bind("id", id)
                .map((row, context) -> json(row))
                .findOne()
                .orElseThrow(() -> notFound(id));
    }

    @Override
    public ObjectNode create(Handle handle, Caller caller, ObjectNode body) {
        Input input = new Input(body, SETTABLE, SHOWN, "POST");
        UUID group = input.uuid("security_group_id");
        input.refuse("remote_address_group_id", "address groups are not offered; use remote_ip_prefix");
        RuleSpec spec = RuleSpec.parse(input);
        input.project(caller);
        String project = lockGroup(handle, caller, group);
        spec.remoteGroup().ifPresent(remote -> {
            if (!isVisible(handle, caller, remote)) {
                throw NetworkProblems.securityGroupNotFound(remote);
            }
        });
        requireNew(handle, group, spec);
        UUID id = UUID.randomUUID();
        handle.createUpdate("""
                        insert into security_group_rule (id, security_group_id, project_id, direction, ethertype,
                            protocol, port_range_min, port_range_max, remote_ip_prefix, remote_group_id, description)
                        values (:id, :group, :project, :direction, :ethertype, :protocol, cast(:first as integer),
                            cast(:last as integer), cast(:prefix as cidr), cast(:remote as uuid), :description)""")
                .bind("id", id)
                .bind("group", group)
                .bind("project", project)
                .bind("direction", spec.direction())
                .bind("ethertype", spec.ethertype())
                .bind("protocol", spec.protocol().orElse(null))
                .bind("first", spec.first().orElse(null))
                .bind("last", spec.last().orElse(null))
                .bind("prefix", spec.remotePrefix().orElse(null))
                .bind("remote", spec.remoteGroup().orElse(null))
                .bind("description", input.text("description", ""))
                .execute();
        touch(handle, group);
        return show(handle, caller, id);
    }

    @Override
    public ObjectNode update(Handle handle, Caller caller, UUID id, ObjectNode body) {
        throw NetworkProblems.badRequest(
                "A security group rule cannot be changed; delete it and create the one you want.");
    }

    @Override
    public void delete(Handle handle, Caller caller, UUID id) {
        handle.createQuery("delete from security_group_rule where id = :id returning security_group_id")
                .bind("id", id)
                .mapTo(UUID.class)
                .findOne()
                .ifPresent(group -> touch(handle, group));
    }

    @Override
    public ProblemException notFound(Object id) {
        return NetworkProblems.of(
                Kind.NOT_FOUND, "SecurityGroupRuleNotFound", "Security group rule " + id + " does not exist");
    }

    /** Locks the group's row, so that two creates cannot both find that the rule is new. */
    private static String lockGroup(Handle handle, Caller caller, UUID group) {
        return handle.createQuery("select project_id from security_group where id = :id for no key update")
                .bind("id", group)
                .mapTo(String.class)
                .findOne()
                .filter(project -> caller.isAdmin() || project.equals(caller.projectId()))
                .orElseThrow(() -> NetworkProblems.securityGroupNotFound(group));
    }

    private static boolean isVisible(Handle handle, Caller caller, UUID group) {
        return handle.createQuery("select project_id from security_group where id = :id")
                .bind("id", group)
                .mapTo(String.class)
                .findOne()
                .filter(project -> caller.isAdmin() || project.equals(caller.projectId()))
                .isPresent();
    }

    private static void requireNew(Handle handle, UUID group, RuleSpec spec) {
        handle.createQuery("""
                        select id from security_group_rule
                        where security_group_id = :group and direction = :direction and ethertype = :ethertype
                          and protocol is not distinct from :protocol
                          and port_range_min is not distinct from cast(:first as integer)
                          and port_range_max is not distinct from cast(:last as integer)
                          and remote_ip_prefix is not distinct from cast(:prefix as cidr)
                          and remote_group_id is not distinct from cast(:remote as uuid)
                        limit 1""")
                .bind("group", group)
                .bind("direction", spec.direction())
                .bind("ethertype", spec.ethertype())
                .bind("protocol", spec.protocol().orElse(null))
                .bind("first", spec.first().orElse(null))
                .bind("last", spec.last().orElse(null))
                .bind("prefix", spec.remotePrefix().orElse(null))
                .bind("remote", spec.remoteGroup().orElse(null))
                .mapTo(UUID.class)
                .findOne()
                .ifPresent(existing -> {
                    throw NetworkProblems.conflict(
                            "SecurityGroupRuleExists",
                            "Security group rule already exists. Rule id is " + existing + ".");
                });
    }

    private static void touch(Handle handle, UUID group) {
        handle.createUpdate("""
                        update security_group set revision_number = revision_number + 1, updated_at = now()
                        where id = :id""").bind("id", group).execute();
    }

    private static ObjectNode json(ResultSet row) throws SQLException {
        ObjectNode rule = Rows.object();
        rule.put("id", row.getString("id"));
        rule.put("tenant_id", row.getString("project_id"));
        rule.put("security_group_id", row.getString("security_group_id"));
        rule.put("ethertype", row.getString("ethertype"));
        rule.put("direction", row.getString("direction"));
        rule.put("protocol", row.getString("protocol"));
        Rows.putInteger(rule, "port_range_min", row, "port_range_min");
        Rows.putInteger(rule, "port_range_max", row, "port_range_max");
        rule.put("remote_ip_prefix", row.getString("prefix"));
        rule.putNull("remote_address_group_id");
        rule.put("normalized_cidr", row.getString("prefix"));
        rule.put("remote_group_id", row.getString("remote_group_id"));
        rule.put("description", row.getString("description"));
        Rows.putTimes(rule, row);
        rule.put("project_id", row.getString("project_id"));
        return rule;
    }
}
