package org.sluice.controller.network;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.http.Ids;
import org.sluice.controller.policy.Caller;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The attributes of one request body, each read as what it should be. Numbers and truth values may come as text, because
 * the older clients send all of them as text. A refusal names the attribute as Neutron does.
 */
final class Input {
    private final ObjectNode node;

    /**
     * Takes the body of a request.
     *
     * @param taken attributes that the request may have
     * @param readOnly attributes that the resource has and this request may not set
     * @param method {@code POST} or {@code PUT}, for the refusal
     * @throws org.sluice.model.ProblemException 400 for any other attribute
     */
    Input(ObjectNode node, Set<String> taken, Set<String> readOnly, String method) {
        this.node = requireNonNull(node, "node is null");
        Set<String> unknown = new LinkedHashSet<>();
        for (String name : node.propertyNames()) {
            if (taken.contains(name)) {
                continue;
            }
            if (readOnly.contains(name)) {
                throw NetworkProblems.badRequest(
                        method.equals("PUT")
                                ? "Cannot update read-only attribute " + name
                                : "Attribute '" + name + "' not allowed in " + method);
            }
            unknown.add(name);
        }
        if (!unknown.isEmpty()) {
            throw NetworkProblems.badRequest("Unrecognized attribute(s) '" + String.join(", ", unknown) + "'");
        }
    }

    /** Whether the attribute was given, be it as null. */
    boolean has(String name) {
        return node.has(name);
    }

    /** Whether the attribute was given with a value. */
    boolean hasValue(String name) {
        return node.hasNonNull(name);
    }

    /** The attribute as it is; null when absent or null. */
    @Nullable
    JsonNode raw(String name) {
        @Nullable JsonNode value = node.get(name);
        return value == null || value.isNull() ? null : value;
    }

    /** Refuses a request without the attribute. */
    void require(String name) {
        if (!node.has(name)) {
            throw NetworkProblems.badRequest(
                    "Failed to parse request. Required attribute '" + name + "' not specified");
        }
    }

    /** Text of at most 255 characters. */
    String text(String name, String otherwise) {
        if (!node.has(name)) {
            return otherwise;
        }
        JsonNode value = node.get(name);
        if (!value.isString()) {
            throw NetworkProblems.badField(name, shown(value) + " is not a valid string");
        }
        if (value.asString().length() > 255) {
            throw NetworkProblems.badField(name, "'" + value.asString() + "' exceeds maximum length of 255");
        }
        return value.asString();
    }

    /** The same, with null standing for an absent attribute. */
    Optional<String> optionalText(String name) {
        return raw(name) == null ? Optional.empty() : Optional.of(text(name, ""));
    }

    boolean truth(String name, boolean otherwise) {
        if (!node.has(name)) {
            return otherwise;
        }
        JsonNode value = node.get(name);
        return switch (value.isString() ? value.asString().toLowerCase(Locale.ROOT) : value.toString()) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw NetworkProblems.badField(name, shown(value) + " cannot be converted to boolean");
        };
    }

    /** A whole number; empty when absent or null. */
    Optional<Integer> integer(String name) {
        @Nullable JsonNode value = raw(name);
        if (value == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Integer.valueOf(value.isString() ? value.asString() : value.toString()));
        } catch (NumberFormatException notANumber) {
            throw NetworkProblems.badField(name, shown(value) + " is not an integer");
        }
    }

    UUID uuid(String name) {
        require(name);
        return uuid(name, node.get(name));
    }

    /** A list of UUIDs without repetition. */
    List<UUID> uuids(String name) {
        JsonNode value = array(name);
        Set<UUID> ids = new LinkedHashSet<>();
        for (JsonNode item : value) {
            if (!ids.add(uuid(name, item))) {
                throw NetworkProblems.badField(name, "Duplicate items in the list: '" + item.asString() + "'");
            }
        }
        return List.copyOf(ids);
    }

    List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (JsonNode item : array(name)) {
            if (!item.isString()) {
                throw NetworkProblems.badField(name, shown(item) + " is not a valid string");
            }
            texts.add(item.asString());
        }
        return texts;
    }

    /** A list of objects. */
    List<ObjectNode> objects(String name) {
        List<ObjectNode> objects = new ArrayList<>();
        for (JsonNode item : array(name)) {
            if (!(item instanceof ObjectNode object)) {
                throw NetworkProblems.badField(name, shown(item) + " is not a dictionary");
            }
            objects.add(object);
        }
        return objects;
    }

    /** Refuses any value but null, an empty list or an empty object: for attributes shown that Sluice does not offer. */
    void refuse(String name, String sentence) {
        @Nullable JsonNode value = raw(name);
        if (value != null && !(value.isContainer() && value.isEmpty())) {
            throw NetworkProblems.badField(name, sentence);
        }
    }

    /**
     * The project the new object is for: the caller's own, or another that an admin names.
     *
     * @throws org.sluice.model.ProblemException 400 when anyone else names another project
     */
    String project(Caller caller) {
        Optional<String> named = optionalText("project_id").or(() -> optionalText("tenant_id"));
        if (named.isPresent() && !named.get().equals(caller.projectId()) && !caller.isAdmin()) {
            throw NetworkProblems.badRequest(
                    "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request requires"
                            + " admin privileges");
        }
        return named.orElseGet(caller::projectId);
    }

    static String shown(JsonNode value) {
        return value.isNull() ? "'None'" : value.isString() ? "'" + value.asString() + "'" : "'" + value + "'";
    }

    private JsonNode array(String name) {
        @Nullable JsonNode value = raw(name);
        if (value == null) {
            return tools.jackson.databind.node.JsonNodeFactory.instance.arrayNode();
        }
        if (!value.isArray()) {
            throw NetworkProblems.badField(name, shown(value) + " is not a list");
        }
        return value;
    }

    private static UUID uuid(String name, JsonNode value) {
        Optional<UUID> id = value.isString() ? Ids.parse(value.asString()) : Optional.empty();
        return id.orElseThrow(() -> NetworkProblems.badField(name, shown(value) + " is not a valid UUID"));
    }
}
