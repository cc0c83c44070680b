package org.sluice.controller.policy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every rule that a controller has, for those that run none: a policy file is read against it before anything is started. It is
 * made from the table of routes, as docs/policy.md is. Stateless.
 */
public final class ShippedRules {
    private static final String RESOURCE = "rules.json";

    private ShippedRules() {}

    /** The rules with their defaults. They say what is sound; rows of a database are for a controller's own to choose. */
    public static Policy policy() {
        List<Rule> rules = new ArrayList<>();
        try (@Nullable InputStream in = ShippedRules.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("this program has no " + RESOURCE);
            }
            JsonMapper.shared().readTree(in).forEach(rule -> rules.add(read(rule)));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return Policy.of(rules);
    }

    private static Rule read(JsonNode rule) {
        return new Rule(
                rule.path("name").asString(),
                rule.path("check").asString(),
                rule.path("sentence").asString(),
                Optional.of(rule.path("attributes")).filter(JsonNode::isArray).map(ShippedRules::rows));
    }

    private static RowTarget rows(JsonNode attributes) {
        RowTarget rows = new RowTarget(Map.of());
        for (JsonNode attribute : attributes) {
            rows = rows.with(attribute.asString(), "null");
        }
        return rows;
    }
}
