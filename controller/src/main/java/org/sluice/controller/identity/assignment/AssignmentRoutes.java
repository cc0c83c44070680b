package org.sluice.controller.identity.assignment;

import static java.util.Objects.requireNonNull;

import java.util.function.Function;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.identity.role.Role;
import org.sluice.controller.identity.role.RoleStore;
import org.sluice.controller.identity.role.RoleWire;
import org.sluice.controller.identity.wire.DefaultDomain;
import org.sluice.controller.identity.wire.IdentityProblems;
import org.sluice.controller.identity.wire.NameFilters;
import org.sluice.controller.policy.RowCondition;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.store.Transactions;

/**
 * {@code /v3/role_assignments}, and the roles of users in projects, in the domain and on the system (Identity API reference,
 * "Roles", "System Role Assignments"). Thread-safe.
 */
public final class AssignmentRoutes implements ResourceRoutes {
    private final Transactions transactions;
    private final Assignments assignments;
    private final AssignmentStore store = new AssignmentStore();
    private final RoleStore roles = new RoleStore();

    /** The rules of one kind of place. */
    private record Rules(Rule list, Rule check, Rule create, Rule revoke) {}

    public AssignmentRoutes(Transactions transactions, Assignments assignments) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.assignments = requireNonNull(assignments, "assignments is null");
    }

    @Override
    public void routes(Routes routes) {
        routes.get("/v3/role_assignments", AssignmentRules.LIST, this::list).queriedBy(AssignmentWire.LIST);
        Rules usual = new Rules(
                AssignmentRules.LIST_GRANTS, AssignmentRules.CHECK, AssignmentRules.CREATE, AssignmentRules.REVOKE);
        Rules system = new Rules(
                AssignmentRules.LIST_SYSTEM,
                AssignmentRules.CHECK_SYSTEM,
                AssignmentRules.CREATE_SYSTEM,
                AssignmentRules.REVOKE_SYSTEM);
        grants(routes, "/v3/projects/{place}", usual, exchange -> new Place.OfProject(exchange.path("place")));
        grants(routes, "/v3/domains/{place}", usual, AssignmentRoutes::domain);
        grants(routes, "/v3/system", system, exchange -> new Place.OfCloud());
    }

    private void grants(Routes routes, String root, Rules rules, Function<Exchange, Place> place) {
        String all = root + "/users/{user}/roles";
        String one = all + "/{role}";
        routes.list(all, rules.list(), RoleWire.LIST, given(place));
        routes.get(one, rules.check(), exchange -> {
            assignments.require(named(exchange, place));
            return Reply.empty(204);
        });
        routes.put(one, rules.create(), exchange -> {
            assignments.assign(named(exchange, place));
            return Reply.empty(204);
        });
        routes.delete(one, rules.revoke(), exchange -> {
            assignments.unassign(named(exchange, place));
            return Reply.empty(204);
        });
    }

    private static Place domain(Exchange exchange) {
        String id = exchange.path("place");
        if (!id.equals(DefaultDomain.ID)) {
            throw IdentityProblems.notFound("domain", id);
        }
        return new Place.OfDomain();
    }

    private static RoleAssignment named(Exchange exchange, Function<Exchange, Place> place) {
        Place where = place.apply(exchange);
        return new RoleAssignment(user(exchange, where), where, exchange.path("role"));
    }

    /** The user of the path, for whose roles in that place the caller passes the route's rule. */
    private static String user(Exchange exchange, Place where) {
        String user = exchange.path("user");
        exchange.require(AssignmentRules.target(user, where));
        return user;
    }

    private Source<Role> given(Function<Exchange, Place> place) {
        return Source.of(
                (exchange, window) -> {
                    Place where = place.apply(exchange);
                    String user = user(exchange, where);
                    return transactions.run(handle -> {
                        assignments.requireParties(handle, user, where);
                        return store.given(handle, user, where, window);
                    });
                },
                (_, marker) -> transactions.autocommit(handle -> roles.find(handle, marker)));
    }

    private Reply list(Exchange exchange) {
        if (NameFilters.isSet(exchange, "include_subtree")
                && exchange.query("scope.project.id").isEmpty()) {
            throw exchange.wording().badFilter("include_subtree", "true", "used together with scope.project.id");
        }
        boolean withNames = NameFilters.isSet(exchange, "include_names");
        return (withNames ? AssignmentWire.LIST_NAMED : AssignmentWire.LIST).answer(exchange, source());
    }

    private Source<Assigned> source() {
        return Source.of(
                (exchange, window) -> {
                    boolean effective = NameFilters.isSet(exchange, "effective");
                    RowCondition seen = exchange.rows();
                    return transactions.run(handle -> store.list(handle, seen, effective, window));
                },
                (exchange, marker) -> {
                    RowCondition seen = exchange.rows();
                    return transactions.autocommit(handle -> store.find(handle, seen, marker));
                });
    }
}
