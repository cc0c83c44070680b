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
    /** How checks write a truth value, as Python does. */
    static final String TRUE = "True";

    static final String FALSE = "False";

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

    /** Something of the caller's own, within the scope of the token, and on a network of his project. */
    static Target ownedBy(Caller caller) {
        Map<String, String> own = new HashMap<>();
        for (String attribute : List.of("project_id", "tenant_id", "user_id", "domain_id")) {
            caller.attribute(attribute).ifPresent(value -> own.put(attribute, value));
        }
        Target mine = new Target(own);
        return caller.attribute("project_id").map(mine::onNetworkOf).orElse(mine);
    }

    /** The same thing, on a network of that project: {@code network:project_id}, {@code network:tenant_id}. */
    public Target onNetworkOf(String projectId) {
        return with("network:project_id", projectId).with("network:tenant_id", projectId);
    }

    /** The same thing with one more attribute, a truth value. */
    public Target with(String name, boolean value) {
        return with(name, value ? TRUE : FALSE);
    }

    /** The same thing with one more attribute. */
    public Target with(String name, String value) {
        Map<String, String> more = new HashMap<>(attributes);
        more.put(name, value);
        return new Target(more);
    }
}
