package org.sluice.controller.identity.assignment;

import java.util.LinkedHashMap;
import java.util.Map;
import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.Shown;
import org.sluice.controller.http.view.View;
import org.sluice.controller.identity.token.Revocations;
import org.sluice.controller.identity.wire.DefaultDomain;
import org.sluice.controller.identity.wire.IdentityLinks;

/** Role assignments as the Identity API shows them. */
final class AssignmentWire {
    private static final View<Assigned> BRIEF = View.<Assigned>of("role_assignment", "role_assignments")
            .member("scope", assigned -> scope(assigned, false))
            .member("user", assigned -> Map.of("id", assigned.accountId()))
            .member("role", assigned -> Map.of("id", assigned.role().id()))
            .memberShown("links", AssignmentWire::links)
            .build();

    private static final View<Assigned> NAMED = View.<Assigned>of("role_assignment", "role_assignments")
            .member("scope", assigned -> scope(assigned, true))
            .member("user", assigned -> named(assigned.accountId(), assigned.accountName()))
            .member(
                    "role",
                    assigned -> Map.of(
                            "id", assigned.role().id(), "name", assigned.role().name()))
            .memberShown("links", AssignmentWire::links)
            .build();

    /** There are no groups, no projects below others, and nothing is inherited: who asks for such asks for none. */
    static final ListQuery<Assigned> LIST = ListQuery.of(BRIEF)
            .filter("user.id", Filter.text("account_id"))
            .filter("role.id", Filter.text("role_id"))
            .filter("scope.project.id", Filter.text("coalesce(project_id, '')"))
            .filter(
                    "scope.domain.id",
                    (values, terms) ->
                            "place = '" + DefaultDomain.ID + "' and " + DefaultDomain.FILTER.condition(values, terms))
            .filter("scope.system", (values, terms) -> "place = '" + Revocations.CLOUD + "'")
            .filter("scope.OS-INHERIT:inherited_to", Filter.none())
            .filter("group.id", Filter.none())
            .scope("effective")
            .scope("include_names")
            .scope("include_subtree")
            .allowedWith(AssignmentRules.LIST_TREE)
            .unique("key", "key", Assigned::key, Assigned::key)
            .build();

    static final ListQuery<Assigned> LIST_NAMED = LIST.shownAs(NAMED);

    private AssignmentWire() {}

    private static Map<String, Object> scope(Assigned assigned, boolean withNames) {
        if (assigned.projectName().isPresent()) {
            String name = assigned.projectName().get();
            return Map.of("project", withNames ? named(assigned.place(), name) : Map.of("id", assigned.place()));
        }
        return assigned.place().equals(Revocations.CLOUD)
                ? Map.of("system", Map.of("all", true))
                : Map.of("domain", withNames ? DefaultDomain.REFERENCE : Map.of("id", DefaultDomain.ID));
    }

    private static Map<String, Object> named(String id, String name) {
        Map<String, Object> named = new LinkedHashMap<>();
        named.put("id", id);
        named.put("name", name);
        named.put("domain", DefaultDomain.REFERENCE);
        return named;
    }

    /** The link of an implied role is that of the one that was given. */
    private static Map<String, String> links(Assigned assigned, Shown shown) {
        String place = assigned.projectName().isPresent()
                ? "projects/" + assigned.place()
                : assigned.place().equals(Revocations.CLOUD) ? "system" : "domains/" + DefaultDomain.ID;
        return Map.of(
                "assignment",
                IdentityLinks.root(shown.baseUrl()) + "/" + place + "/users/" + assigned.accountId() + "/roles/"
                        + assigned.givenId());
    }
}
