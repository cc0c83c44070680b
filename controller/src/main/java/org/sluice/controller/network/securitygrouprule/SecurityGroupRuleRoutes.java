package org.sluice.controller.network.securitygrouprule;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.http.BodyLimit;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Ids;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.network.wire.Attributes;
import org.sluice.controller.network.wire.Creation;
import org.sluice.controller.network.wire.IfMatch;
import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.controller.policy.RowCondition;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Target;
import org.sluice.controller.store.Transactions;

/** {@code /security-group-rules} (Networking API reference, "Security group rules"). Thread-safe. */
public final class SecurityGroupRuleRoutes implements ResourceRoutes {
    private static final String ROOT = "/v2.0/security-group-rules";
    private static final int MOST_AT_ONCE = 1_000;

    private final Transactions transactions;
    private final Rule seesGroup;
    private final SecurityGroupRuleStore store = new SecurityGroupRuleStore();

    /** Serves rules from that database; {@code seesGroup} says who sees the groups that they speak of. */
    public SecurityGroupRuleRoutes(Transactions transactions, Rule seesGroup) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.seesGroup = requireNonNull(seesGroup, "seesGroup is null");
    }

    @Override
    public void routes(Routes routes) {
        routes.list(ROOT, SecurityGroupRuleRules.GET, SecurityGroupRuleWire.LIST, source());
        routes.post(ROOT, SecurityGroupRuleRules.CREATE, this::create).atMost(BodyLimit.BULK);
        routes.get(ROOT + "/{id}", SecurityGroupRuleRules.GET, this::show).asks("fields");
        routes.delete(ROOT + "/{id}", SecurityGroupRuleRules.DELETE, this::delete);
    }

    private Source<SecurityGroupRule> source() {
        return Source.byId(
                (exchange, window) -> transactions.run(handle -> store.list(handle, seen(exchange), window)),
                (exchange, id) -> transactions.autocommit(handle -> store.find(handle, seen(exchange), id)));
    }

    private Reply show(Exchange exchange) {
        UUID id = id(exchange);
        SecurityGroupRule rule = transactions.autocommit(handle -> store.find(handle, seen(exchange), id)
                .orElseThrow(() -> NetworkProblems.securityGroupRuleNotFound(id)));
        return SecurityGroupRuleWire.VIEW.ok(rule, exchange);
    }

    private Reply create(Exchange exchange) {
        Creation creation = Creation.of(
                exchange,
                "security_group_rule",
                "security_group_rules",
                MOST_AT_ONCE,
                SecurityGroupRuleWire.ATTRIBUTES);
        List<SecurityGroupRule> made = transactions.run(handle -> {
            List<SecurityGroupRule> rules = new ArrayList<>(creation.items().size());
            creation.items().forEach(fields -> rules.add(make(handle, exchange, fields)));
            List<UUID> groups =
                    rules.stream().map(SecurityGroupRule::groupId).distinct().toList();
            store.overfull(handle, groups, SecurityGroupRuleRules.MOST_IN_GROUP).ifPresent(group -> {
                throw SecurityGroupRuleRules.tooMany(group);
            });
            return rules;
        });
        return creation.reply(SecurityGroupRuleWire.VIEW, made, exchange);
    }

    private SecurityGroupRule make(Handle handle, Exchange exchange, Fields fields) {
        UUID group = fields.id("security_group_id");
        fields.refuseValue("remote_address_group_id", "address groups are not offered; use remote_ip_prefix");
        RuleSpec spec = RuleSpec.parse(fields);
        String description = fields.text("description", "", 0, Attributes.LONGEST);
        Attributes.project(exchange, fields);
        String project = store.holdGroup(handle, exchange.rows(seesGroup), group)
                .orElseThrow(() -> NetworkProblems.securityGroupNotFound(group));
        exchange.require(Target.ofProject(project));
        spec.remoteGroup().ifPresent(remote -> {
            if (!store.seesGroup(handle, exchange.rows(seesGroup), remote)) {
                throw NetworkProblems.securityGroupNotFound(remote);
            }
        });
        store.same(handle, group, spec).ifPresent(existing -> {
            throw SecurityGroupRuleRules.exists(existing);
        });
        store.touch(handle, group);
        return store.insert(handle, group, project, spec, description);
    }

    private Reply delete(Exchange exchange) {
        UUID id = id(exchange);
        IfMatch ifMatch = IfMatch.of(exchange);
        transactions.use(handle -> {
            SecurityGroupRule rule = store.hold(handle, seen(exchange), id)
                    .orElseThrow(() -> NetworkProblems.securityGroupRuleNotFound(id));
            exchange.require(Target.ofProject(rule.projectId()));
            ifMatch.require(rule.stamps().revision());
            store.delete(handle, id);
            store.touch(handle, rule.groupId());
        });
        return Reply.empty(204);
    }

    private static RowCondition seen(Exchange exchange) {
        return exchange.rows(SecurityGroupRuleRules.GET);
    }

    private static UUID id(Exchange exchange) {
        String text = exchange.path("id");
        return Ids.parse(text).orElseThrow(() -> NetworkProblems.securityGroupRuleNotFound(text));
    }
}
