package org.sluice.controller.policy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The thing that a rule is asked about, by the attributes that checks may name: {@code project_id}, {@code user_id},
 * {@code network:tenant_id}.
 *
 * @param attributes name to value; what is not among them matches nothing
 */
public record Target(Map<String, String> attributes) {
    /** Matches no caller: what passes here passes for everything. */
    static final Target OF_OTHERS = new Target(Map.of());

    public Target {
        attributes = Map.copyOf(attributes);
    }

    /** Something that belongs to a project. */
    public static Target ofProject(String projectId) {
        return new Target(Map.of("project_id", projectId, "tenant_id", projectId));
    }

    /** Something that belongs to a user. */
    public static Target ofUser(String userId) {
        return new Target(Map.of("user_id", userId));
    }

    /** Something of the caller's own, within the scope of the token. */
    static Target ownedBy(Caller caller) {
        Map<String, String> own = new HashMap<>();
        for (String attribute : List.of("project_id", "tenant_id", "user_id", "domain_id")) {
            caller.attribute(attribute).ifPresent(value -> own.put(attribute, value));
        }
        return new Target(own);
    }
}
