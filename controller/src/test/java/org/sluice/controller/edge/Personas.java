package org.sluice.controller.edge;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.sluice.controller.policy.Caller;

/** Who may come to the door with a token. */
final class Personas {
    static final String PROJECT = "a".repeat(32);
    static final String OTHER_PROJECT = "b".repeat(32);

    private Personas() {}

    /** Token to caller. */
    static Map<String, Caller> all() {
        Map<String, Caller> callers = new LinkedHashMap<>();
        for (String role : new String[] {"reader", "member", "manager", "admin", "service"}) {
            callers.put(role, caller(role, PROJECT, role));
        }
        callers.put("other-member", caller("other", OTHER_PROJECT, "member"));
        callers.put("no-role", caller("norole", PROJECT));
        callers.put("unscoped", caller("unscoped", ""));
        return callers;
    }

    private static Caller caller(String user, String project, String... roles) {
        String id = (user + "0".repeat(32)).substring(0, 32);
        return new Caller(id, user, project, project.isEmpty() ? "" : "project", Set.of(roles));
    }
}
