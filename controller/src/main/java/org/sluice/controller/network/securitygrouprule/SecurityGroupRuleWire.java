package org.sluice.controller.network.securitygrouprule;

import java.util.Set;
import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.View;
import org.sluice.controller.network.wire.Attributes;
import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.controller.network.wire.NetworkWording;

/** Rules of security groups as the Network API takes and shows them. */
public final class SecurityGroupRuleWire {
    static final Attributes ATTRIBUTES = new Attributes(
            Set.of(
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
                    "tenant_id"),
            Set.of(),
            Set.of("id", "normalized_cidr", "created_at", "updated_at", "revision_number", "tags"));

    /** A rule, alone or within its group. */
    public static final View<SecurityGroupRule> VIEW = View.<SecurityGroupRule>of(
                    "security_group_rule", "security_group_rules")
            .member("id", SecurityGroupRule::id)
            .member("tenant_id", SecurityGroupRule::projectId)
            .member("security_group_id", SecurityGroupRule::groupId)
            .member("ethertype", SecurityGroupRule::ethertype)
            .member("direction", SecurityGroupRule::direction)
            .member("protocol", SecurityGroupRule::protocol)
            .member("port_range_min", SecurityGroupRule::first)
            .member("port_range_max", SecurityGroupRule::last)
            .member("remote_ip_prefix", SecurityGroupRule::remotePrefix)
            .member("remote_address_group_id", rule -> null)
            .member("normalized_cidr", SecurityGroupRule::remotePrefix)
            .member("remote_group_id", SecurityGroupRule::remoteGroup)
            .member("description", SecurityGroupRule::description)
            .member("created_at", rule -> rule.stamps().created())
            .member("updated_at", rule -> rule.stamps().updated())
            .member("revision_number", rule -> rule.stamps().revision())
            .member("project_id", SecurityGroupRule::projectId)
            .build();

    static final ListQuery<SecurityGroupRule> LIST = ListQuery.of(VIEW)
            .filter("id", Filter.uuid("r.id"))
            .filter("security_group_id", Filter.uuid("r.security_group_id"))
            .filter("direction", Filter.text("r.direction"))
            .filter("ethertype", Filter.text("r.ethertype"))
            .filter("protocol", Filter.text("r.protocol"))
            .filter("port_range_min", Filter.integer("r.port_range_min"))
            .filter("port_range_max", Filter.integer("r.port_range_max"))
            .filter("remote_group_id", Filter.uuid("r.remote_group_id"))
            .filter("remote_ip_prefix", Filter.text("text(r.remote_ip_prefix)"))
            .filter("description", Filter.text("r.description"))
            .filter("project_id", Filter.text("r.project_id"))
            .filter("tenant_id", Filter.text("r.project_id"))
            .filter("revision_number", Filter.integer("r.revision_number"))
            .filter("changed_since", Filter.time("r.updated_at", ">="))
            .unique("id", "r.id", SecurityGroupRule::id, rule -> rule.id().toString())
            .unknownMarker(NetworkWording.unknownMarker(NetworkProblems::securityGroupRuleNotFound))
            .sort("security_group_id", "r.security_group_id", SecurityGroupRule::groupId)
            .sort("direction", "r.direction", SecurityGroupRule::direction)
            .sort("ethertype", "r.ethertype", SecurityGroupRule::ethertype)
            .sort("project_id", "r.project_id", SecurityGroupRule::projectId)
            .sort("tenant_id", "r.project_id", SecurityGroupRule::projectId)
            .zeroMeansAll()
            .build();

    private SecurityGroupRuleWire() {}
}
