package org.sluice.controller.network.securitygroup;

import java.util.Set;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.View;
import org.sluice.controller.network.securitygrouprule.SecurityGroupRuleWire;
import org.sluice.controller.network.wire.Attributes;
import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.controller.network.wire.NetworkWording;

/** Security groups as the Network API takes and shows them, each with its rules. */
final class SecurityGroupWire {
    /** The member that costs a query of its own. */
    static final String RULES = "security_group_rules";

    static final Attributes ATTRIBUTES = new Attributes(
            Set.of("name", "description", "stateful", "project_id", "tenant_id"),
            Set.of("name", "description", "stateful"),
            Set.of("id", RULES, "shared", "tags", "created_at", "updated_at", "revision_number"));

    static final View<SecurityGroup> VIEW = View.<SecurityGroup>of("security_group", "security_groups")
            .member("id", SecurityGroup::id)
            .member("name", SecurityGroup::name)
            .member("stateful", SecurityGroup::isStateful)
            .member("tenant_id", SecurityGroup::projectId)
            .member("description", SecurityGroup::description)
            .member("shared", group -> false)
            .member(
                    RULES,
                    group -> group.rules().stream()
                            .map(rule -> new View.Nested<>(SecurityGroupRuleWire.VIEW, rule))
                            .toList())
            .member("tags", group -> group.stamps().tags())
            .member("created_at", group -> group.stamps().created())
            .member("updated_at", group -> group.stamps().updated())
            .member("revision_number", group -> group.stamps().revision())
            .member("project_id", SecurityGroup::projectId)
            .build();

    static final ListQuery<SecurityGroup> LIST = ListQuery.of(VIEW)
            .filter("id", Filter.uuid("g.id"))
            .filter("name", Filter.text("g.name"))
            .filter("description", Filter.text("g.description"))
            .filter("project_id", Filter.text("g.project_id"))
            .filter("tenant_id", Filter.text("g.project_id"))
            .filter("stateful", Filter.truth("g.stateful"))
            .filter("shared", Filter.truth("false"))
            .filter("tags", Filter.hasAll("g.tags"))
            .filter("tags-any", Filter.hasAny("g.tags"))
            .filter("not-tags", Filter.not(Filter.hasAll("g.tags")))
            .filter("not-tags-any", Filter.not(Filter.hasAny("g.tags")))
            .filter("revision_number", Filter.integer("g.revision_number"))
            .filter("changed_since", Filter.time("g.updated_at", ">="))
            .unique("id", "g.id", SecurityGroup::id, group -> group.id().toString())
            .unknownMarker(NetworkWording.unknownMarker(NetworkProblems::securityGroupNotFound))
            .sort("name", "g.name", SecurityGroup::name)
            .sort("project_id", "g.project_id", SecurityGroup::projectId)
            .sort("tenant_id", "g.project_id", SecurityGroup::projectId)
            .sort("created_at", "g.created_at", group -> group.stamps().createdAt())
            .sort("updated_at", "g.updated_at", group -> group.stamps().updatedAt())
            .zeroMeansAll()
            .build();

    /** What a security group has, or is to have, apart from its rules. */
    record Settings(String name, String description, boolean isStateful) {
        /** What a group is made with that nothing is said about. */
        static final Settings USUAL = new Settings("", "", true);
    }

    private SecurityGroupWire() {}

    /** Reads attributes; what is not said is as {@code otherwise}. */
    static Settings read(Fields fields, Settings otherwise) {
        return new Settings(
                fields.text("name", otherwise.name(), 0, Attributes.LONGEST),
                fields.text("description", otherwise.description(), 0, Attributes.LONGEST),
                fields.flag("stateful", otherwise.isStateful()));
    }
}
