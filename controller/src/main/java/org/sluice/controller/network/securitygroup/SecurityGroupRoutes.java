package org.sluice.controller.network.securitygroup;

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
import org.sluice.controller.network.network.AffectedHosts;
import org.sluice.controller.network.securitygrouprule.SecurityGroupRuleStore;
import org.sluice.controller.network.tag.TagRoutes;
import org.sluice.controller.network.tag.Tagged;
import org.sluice.controller.network.wire.Attributes;
import org.sluice.controller.network.wire.Creation;
import org.sluice.controller.network.wire.IfMatch;
import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.controller.policy.RowCondition;
import org.sluice.controller.policy.Target;
import org.sluice.controller.store.Transactions;
import org.sluice.model.SecurityGroupId;

/** {@code /security-groups} (Networking API reference, "Security groups"). Thread-safe. */
public final class SecurityGroupRoutes implements ResourceRoutes {
    private static final String ROOT = "/v2.0/security-groups";
    private static final int MOST_AT_ONCE = 1_000;

    private final Transactions transactions;
    private final AffectedHosts hosts;
    private final SecurityGroups defaults = new SecurityGroups();
    private final SecurityGroupStore store = new SecurityGroupStore(new SecurityGroupRuleStore());
    private final TagRoutes tags;

    public SecurityGroupRoutes(Transactions transactions, AffectedHosts hosts) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.hosts = requireNonNull(hosts, "hosts is null");
        this.tags = new TagRoutes(
                transactions,
                new Tagged(
                        ROOT,
                        "security_group",
                        "g",
                        "security_group g",
                        "g.project_id",
                        SecurityGroupRules.GET,
                        SecurityGroupRules.UPDATE_TAGS,
                        NetworkProblems::securityGroupNotFound));
    }

    @Override
    public void routes(Routes routes) {
        routes.list(ROOT, SecurityGroupRules.GET, SecurityGroupWire.LIST, source());
        routes.post(ROOT, SecurityGroupRules.CREATE, this::create).atMost(BodyLimit.BULK);
        routes.get(ROOT + "/{id}", SecurityGroupRules.GET, this::show).asks("fields");
        routes.put(ROOT + "/{id}", SecurityGroupRules.UPDATE, this::update);
        routes.delete(ROOT + "/{id}", SecurityGroupRules.DELETE, this::delete);
        tags.routes(routes);
    }

    private Source<SecurityGroup> source() {
        return Source.byId(
                (exchange, window) -> {
                    String project = exchange.caller().projectId();
                    boolean withRules = exchange.fields()
                            .map(fields -> fields.contains(SecurityGroupWire.RULES))
                            .orElse(true);
                    return transactions.run(handle -> {
                        // A project has its default group from the moment it looks; a token without a project looks for
                        // none.
                        if (!project.isEmpty()) {
                            defaults.ensureDefault(handle, project);
                        }
                        return store.list(handle, seen(exchange), window, withRules);
                    });
                },
                (exchange, id) -> transactions.autocommit(handle -> store.find(handle, seen(exchange), id)));
    }

    private Reply show(Exchange exchange) {
        UUID id = id(exchange);
        SecurityGroup group = transactions.run(handle ->
                store.find(handle, seen(exchange), id).orElseThrow(() -> NetworkProblems.securityGroupNotFound(id)));
        return SecurityGroupWire.VIEW.ok(group, exchange);
    }

    private Reply create(Exchange exchange) {
        Creation creation =
                Creation.of(exchange, "security_group", "security_groups", MOST_AT_ONCE, SecurityGroupWire.ATTRIBUTES);
        List<SecurityGroup> made = transactions.run(handle -> {
            List<SecurityGroup> groups = new ArrayList<>(creation.items().size());
            creation.items().forEach(fields -> groups.add(make(handle, exchange, fields)));
            return groups;
        });
        return creation.reply(SecurityGroupWire.VIEW, made, exchange);
    }

    private SecurityGroup make(Handle handle, Exchange exchange, Fields fields) {
        SecurityGroupWire.Settings settings = SecurityGroupWire.read(fields, SecurityGroupWire.Settings.USUAL);
        String project = Attributes.project(exchange, fields);
        exchange.require(Target.ofProject(project));
        defaults.ensureDefault(handle, project);
        if (settings.name().equals(SecurityGroupRules.DEFAULT)) {
            throw SecurityGroupRules.anotherDefault();
        }
        return store.insert(handle, project, settings);
    }

    private Reply update(Exchange exchange) {
        UUID id = id(exchange);
        IfMatch ifMatch = IfMatch.of(exchange);
        Fields fields = SecurityGroupWire.ATTRIBUTES.forUpdate(exchange, "security_group");
        SecurityGroup changed = transactions.run(handle -> {
            SecurityGroup group =
                    store.hold(handle, seen(exchange), id).orElseThrow(() -> NetworkProblems.securityGroupNotFound(id));
            requireMay(exchange, ifMatch, group);
            SecurityGroupWire.Settings settings = SecurityGroupWire.read(
                    fields, new SecurityGroupWire.Settings(group.name(), group.description(), group.isStateful()));
            SecurityGroupRules.requireName(group, settings.name());
            SecurityGroup updated = store.update(handle, id, settings);
            if (!updated.name().equals(group.name())) {
                hosts.ofSecurityGroup(handle, new SecurityGroupId(id));
            }
            return updated;
        });
        return SecurityGroupWire.VIEW.ok(changed, exchange);
    }

    private Reply delete(Exchange exchange) {
        UUID id = id(exchange);
        IfMatch ifMatch = IfMatch.of(exchange);
        transactions.use(handle -> {
            SecurityGroup group = store.holdAlone(handle, seen(exchange), id)
                    .orElseThrow(() -> NetworkProblems.securityGroupNotFound(id));
            requireMay(exchange, ifMatch, group);
            if (group.isDefault()) {
                throw SecurityGroupRules.defaultStays();
            }
            store.delete(handle, id);
        });
        return Reply.empty(204);
    }

    private static void requireMay(Exchange exchange, IfMatch ifMatch, SecurityGroup group) {
        exchange.require(Target.ofProject(group.projectId()));
        ifMatch.require(group.stamps().revision());
    }

    private static RowCondition seen(Exchange exchange) {
        return exchange.rows(SecurityGroupRules.GET);
    }

    private static UUID id(Exchange exchange) {
        String text = exchange.path("id");
        return Ids.parse(text).orElseThrow(() -> NetworkProblems.securityGroupNotFound(text));
    }
}
