package org.sluice.controller.network.securitygroup;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.store.Origin;
import org.sluice.model.SecurityGroupId;

/** The security group that every project has. Stateless; the caller owns the transaction. */
public final class SecurityGroups {
    /** What a new group allows: everything out. */
    public static final List<Rule> OUTWARD =
            List.of(new Rule("egress", "IPv4", false), new Rule("egress", "IPv6", false));
    /** What the default group allows besides: its own members in. */
    private static final List<Rule> AMONG_MEMBERS =
            List.of(new Rule("ingress", "IPv4", true), new Rule("ingress", "IPv6", true));

    /** A rule that a group is made with; {@code fromMembers} names the group itself as the remote one. */
    public record Rule(String direction, String ethertype, boolean fromMembers) {}

    /**
     * The project's default group, made with its four rules when there is none yet. Safe to call from many transactions at
     * once: the database lets a project have one.
     */
    public SecurityGroupId ensureDefault(Handle handle, String projectId) {
        return find(handle, projectId).orElseGet(() -> make(handle, projectId));
    }

    private static Optional<SecurityGroupId> find(Handle handle, String projectId) {
        return handle.createQuery("select id from security_group where project_id = :project and name = 'default'")
                .bind("project", projectId)
                .mapTo(UUID.class)
                .findOne()
                .map(SecurityGroupId::new);
    }

    private static SecurityGroupId make(Handle handle, String projectId) {
        // A list makes it too, and is no change otherwise.
        Origin.tell(handle);
        SecurityGroupId id = SecurityGroupId.random();
        int made = handle.createUpdate("""
                        insert into security_group (id, project_id, name, description)
                        values (:id, :project, 'default', 'Default security group')
                        on conflict (project_id) where name = 'default' do nothing""")
                .bind("id", id.value())
                .bind("project", projectId)
                .execute();
        if (made == 0) {
            // Another transaction was first; the insert waited for it, so its group is visible now.
            return find(handle, projectId)
                    .orElseThrow(() -> new IllegalStateException(
                            "The default security group of project " + projectId + " went while it was being used."));
        }
        addRules(handle, id, projectId, OUTWARD);
        addRules(handle, id, projectId, AMONG_MEMBERS);
        return id;
    }

    /** Gives a group those rules. */
    public static void addRules(Handle handle, SecurityGroupId group, String projectId, List<Rule> rules) {
        for (Rule rule : rules) {
            handle.createUpdate("""
                            insert into security_group_rule
                                (id, security_group_id, project_id, direction, ethertype, remote_group_id)
                            values (:id, :group, :project, :direction, :ethertype, cast(:remote as uuid))""")
                    .bind("id", UUID.randomUUID())
                    .bind("group", group.value())
                    .bind("project", projectId)
                    .bind("direction", rule.direction())
                    .bind("ethertype", rule.ethertype())
                    .bind("remote", rule.fromMembers() ? group.value() : null)
                    .execute();
        }
    }
}
