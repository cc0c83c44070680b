package org.sluice.controller.network;

import static java.util.Objects.requireNonNull;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.store.Transactions;
import org.sluice.model.ProblemException;
import org.sluice.model.SecurityGroupId;
import tools.jackson.databind.node.ObjectNode;

/** Security groups of the API, each shown with its rules. Stateless. */
final class SecurityGroupObjects implements Resource {
    private static final Set<String> SETTABLE = Set.of("name", "description", "stateful", "project_id", "tenant_id");
    private static final Set<String> CHANGEABLE = Set.of("name", "description", "stateful");
    private static final Set<String> SHOWN = Set.of(
            "id",
            "security_group_rules",
            "shared",
            "tags",
            "created_at",
            "updated_at",
            "revision_number",
            "project_id",
            "tenant_id");
    private static final String SELECT = "select g.* from security_group g where ";

    private final SecurityGroups groups;
    private final SecurityGroupRules rules;

    SecurityGroupObjects(SecurityGroups groups, SecurityGroupRules rules) {
        this.groups = requireNonNull(groups, "groups is null");
        this.rules = requireNonNull(rules, "rules is null");
    }

    @Override
    public String singular() {
        return "security_group";
    }

    @Override
    public String plural() {
        return "security_groups";
    }

    @Override
    public String table() {
        return "security_group g";
    }

    @Override
    public Map<String, Filter> filters() {
        return Map.ofEntries(
                Map.entry("id", Filter.uuid("g.id")),
                Map.entry("name", Filter.text("g.name")),
                Map.entry("description", Filter.text("g.description")),
                Map.entry("project_id", Filter.text("g.project_id")),
                Map.entry("tenant_id", Filter.text("g.project_id")),
                Map.entry("stateful", Filter.truth("g.stateful")),
                Map.entry("shared", Filter.truth("false")),
                Map.entry("tags", Filter.allTags("g.tags")),
                Map.entry("tags-any", Filter.anyTag("g.tags")),
                Map.entry("not-tags", Filter.not(Filter.allTags("g.tags"))),
                Map.entry("not-tags-any", Filter.not(Filter.anyTag("g.tags"))));
    }

    @Override
    public Map<String, String> sortable() {
        return Map.of("id", "g.id", "name", "g.name", "project_id", "g.project_id", "tenant_id", "g.project_id");
    }

    @Override
    public List<ObjectNode> list(Handle handle, Caller caller, Selection selection) {
        // A project has its default group from the moment it looks; a token without a project looks for none.
        if (!caller.projectId().isEmpty()) {
            groups.ensureDefault(handle, caller.projectId());
        }
        List<ObjectNode> found = selection
                .bind(handle.createQuery(SELECT + Visibility.OF_SECURITY_GROUP + selection.sql()))
                .bind("admin", caller.isAdmin())
                .bind("project", caller.projectId())
                .map((row, context) -> json(row))
                .list();
        withRules(handle, found);
        return found;
    }

    @Override
    public ObjectNode show(Handle handle, Caller caller, UUID id) {
        ObjectNode found = handle.createQuery(SELECT + Visibility.OF_SECURITY_GROUP + " and g.id = :id")
                .bind("admin", caller.isAdmin())
                .bind("project", caller.projectId())
                .bind("id", id)
                .map((row, context) -> json(row))
                .findOne()
                .orElseThrow(() -> notFound(id));
        withRules(handle, List.of(found));
        return found;
    }

    @Override
    public ObjectNode create(Handle handle, Caller caller, ObjectNode body) {
        Input input = new Input(body, SETTABLE, SHOWN, "POST");
        String project = input.project(caller);
        String name = input.text("name", "");
        groups.ensureDefault(handle, project);
        if (name.equals("default")) {
            throw NetworkProblems.conflict(
                    "SecurityGroupDefaultAlreadyExists", "Default security group already exists.");
        }
        SecurityGroupId id = SecurityGroupId.random();
        handle.createUpdate("""
                        insert into security_group (id, project_id, name, description, stateful)
                        values (:id, :project, :name, :description, :stateful)""")
                .bind("id", id.value())
                .bind("project", project)
                .bind("name", name)
                .bind("description", input.text("description", ""))
                .bind("stateful", input.truth("stateful", true))
                .execute();
        SecurityGroups.addRules(handle, id, project, SecurityGroups.OUTWARD);
        return show(handle, caller, id.value());
    }

    @Override
    public ObjectNode update(Handle handle, Caller caller, UUID id, ObjectNode body) {
        Input input = new Input(body, CHANGEABLE, SHOWN, "PUT");
        ObjectNode current = show(handle, caller, id);
        String name = input.text("name", current.path("name").asString());
        if (isDefault(current) != name.equals("default")) {
            throw isDefault(current)
                    ? NetworkProblems.conflict(
                            "SecurityGroupCannotUpdateDefault", "Updating default security group not allowed.")
                    : NetworkProblems.conflict(
                            "SecurityGroupDefaultAlreadyExists", "Default security group already exists.");
        }
        handle.createUpdate("""
                        update security_group set name = :name, description = :description, stateful = :stateful,
                            revision_number = revision_number + 1, updated_at = now()
                        where id = :id""")
                .bind("id", id)
                .bind("name", name)
                .bind(
                        "description",
                        input.text("description", current.path("description").asString()))
                .bind(
                        "stateful",
                        input.truth("stateful", current.path("stateful").asBoolean()))
                .execute();
        return show(handle, caller, id);
    }

    @Override
    public void delete(Handle handle, Caller caller, UUID id) {
        if (isDefault(show(handle, caller, id))) {
            throw NetworkProblems.conflict(
                    "SecurityGroupCannotRemoveDefault", "Insufficient rights for removing default security group.");
        }
        try {
            handle.createUpdate("delete from security_group where id = :id")
                    .bind("id", id)
                    .execute();
        } catch (JdbiException failure) {
            if (Transactions.isForeignKeyViolation(failure)) {
                throw NetworkProblems.conflict("SecurityGroupInUse", "Security Group " + id + " in use.");
            }
            throw failure;
        }
    }

    @Override
    public ProblemException notFound(Object id) {
        return NetworkProblems.securityGroupNotFound(id);
    }

    private static boolean isDefault(ObjectNode group) {
        return group.path("name").asString().equals("default");
    }

    private void withRules(Handle handle, List<ObjectNode> found) {
        Map<String, List<ObjectNode>> byGroup = rules.ofGroups(
                handle,
                found.stream()
                        .map(group -> UUID.fromString(group.path("id").asString()))
                        .toList());
        for (ObjectNode group : found) {
            group.putArray("security_group_rules")
                    .addAll(byGroup.getOrDefault(group.path("id").asString(), List.of()));
        }
    }

    private static ObjectNode json(ResultSet row) throws SQLException {
        ObjectNode group = Rows.object();
        group.put("id", row.getString("id"));
        group.put("name", row.getString("name"));
        group.put("stateful", row.getBoolean("stateful"));
        group.put("tenant_id", row.getString("project_id"));
        group.put("description", row.getString("description"));
        group.put("shared", false);
        group.putArray("security_group_rules");
        Rows.putStandardAttributes(group, row);
        group.put("project_id", row.getString("project_id"));
        return group;
    }
}
