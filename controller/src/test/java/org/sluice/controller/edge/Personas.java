package org.sluice.controller.edge;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.policy.Scope;

/** Who may come to the door with a token that is good. */
final class Personas {
    /** The project whose things are asked for. */
    static final String PROJECT = "a".repeat(32);

    static final String OTHER_PROJECT = "b".repeat(32);
    /** The user who owns the things that belong to a user. */
    static final String MEMBER = id("member");

    private static final String OTHER_DOMAIN = "d".repeat(32);

    private Personas() {}

    /** Token to caller. */
    static Map<String, Caller> all() {
        Map<String, Caller> callers = new LinkedHashMap<>();
        for (String role : new String[] {"reader", "member", "manager", "admin", "service"}) {
            callers.put(role, in(new Scope.Project(PROJECT, "project"), role, role));
        }
        callers.put("other-reader", in(new Scope.Project(OTHER_PROJECT, "other"), "otherreader", "reader"));
        callers.put("other-member", in(new Scope.Project(OTHER_PROJECT, "other"), "othermember", "member"));
        callers.put("other-manager", in(new Scope.Project(OTHER_PROJECT, "other"), "othermanager", "manager"));
        callers.put("no-role", in(new Scope.Project(PROJECT, "project"), "norole"));
        callers.put("unscoped", in(new Scope.Nothing(), "unscoped"));
        callers.put("domain-member", in(new Scope.Domain("default"), "domainmember", "member"));
        callers.put("domain-admin", in(new Scope.Domain("default"), "domainadmin", "admin"));
        callers.put("admin-of-another-domain", in(new Scope.Domain(OTHER_DOMAIN), "elsewhere", "admin"));
        callers.put("system-reader", in(new Scope.Cloud(), "systemreader", "reader"));
        callers.put("system-admin", in(new Scope.Cloud(), "systemadmin", "admin"));
        return callers;
    }

    private static Caller in(Scope scope, String user, String... roles) {
        return new Caller(id(user), user, scope, Set.of(roles));
    }

    private static String id(String user) {
        return (user + "0".repeat(32)).substring(0, 32);
    }
}
