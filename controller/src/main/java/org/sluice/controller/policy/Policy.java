package org.sluice.controller.policy;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.sluice.model.Nearest;

/** All rules in force. Immutable and thread-safe; a decision reads no database and costs about a microsecond. */
public final class Policy {
    /** One rule as it is in force: its default, and what an operator put in its place. */
    public record Line(Rule rule, Optional<String> override) {
        /** The check that decides. */
        public String check() {
            return override.orElse(rule.check());
        }
    }

    /** A rule that cannot be in force, and why in a sentence. */
    public static final class UnsoundRule extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        private final String rule;

        private UnsoundRule(String rule, String sentence) {
            super(sentence);
            this.rule = rule;
        }

        private UnsoundRule(String rule, String sentence, Exception cause) {
            super(sentence, cause);
            this.rule = rule;
        }

        /** Its name. */
        public String rule() {
            return rule;
        }
    }

    private final Map<String, Line> lines;
    private final Map<String, Check> checks;

    private Policy(Map<String, Line> lines) {
        this.lines = Collections.unmodifiableMap(lines);
        Map<String, Check> parsed = new LinkedHashMap<>();
        lines.forEach((name, line) -> parsed.put(name, parse(name, line.check())));
        this.checks = parsed;
        parsed.forEach((name, check) -> requireSound(name, check, new TreeSet<>()));
        lines.values().forEach(line -> line.rule().rows().ifPresent(rows -> requireColumns(line.rule(), rows)));
    }

    /**
     * The defaults of all rules, those of {@link Who} among them.
     *
     * @throws IllegalStateException when two rules of one name differ
     */
    public static Policy of(Collection<Rule> rules) {
        Map<String, Line> lines = new LinkedHashMap<>();
        for (Who who : Who.values()) {
            lines.put(who.ruleName(), new Line(who.rule(), Optional.empty()));
        }
        for (Rule rule : rules) {
            Line other = lines.putIfAbsent(rule.name(), new Line(rule, Optional.empty()));
            if (other != null && !other.rule().equals(rule)) {
                throw new IllegalStateException("two rules are called " + rule.name() + ", and they differ");
            }
        }
        return new Policy(lines);
    }

    /**
     * The same rules with an operator's checks in the place of the defaults.
     *
     * @param overrides rule name to check
     * @throws UnsoundRule with a sentence that names the rule: when it is unknown (and which one is near), or its check cannot
     *     be read
     */
    public Policy overriddenBy(Map<String, String> overrides) {
        Map<String, Line> changed = new LinkedHashMap<>(lines);
        overrides.forEach((name, check) -> {
            Line line = lines.get(name);
            if (line == null) {
                throw new UnsoundRule(
                        name,
                        "There is no policy rule '" + name + "'; the nearest one is '"
                                + Nearest.of(name, lines.keySet()) + "'. sluice policy list shows all.");
            }
            changed.put(name, new Line(line.rule(), Optional.of(requireNonNull(check, "check is null"))));
        });
        return new Policy(changed);
    }

    /** All rules, those of {@link Who} first. */
    public List<Line> lines() {
        return List.copyOf(lines.values());
    }

    /** Whether that caller may do this to that thing. */
    public boolean allows(Rule rule, Caller caller, Target target) {
        return passes(check(rule), caller, target);
    }

    /** The rows for which that caller passes a rule that decides over rows. */
    public RowCondition rows(Rule rule, Caller caller) {
        RowTarget target =
                rule.rows().orElseThrow(() -> new IllegalStateException("the rule " + rule.name() + " has no rows"));
        return new RowCondition(Remainder.of(check(rule), checks, caller, target));
    }

    private Check check(Rule rule) {
        Check check = checks.get(rule.name());
        if (check == null) {
            throw new IllegalStateException("the rule " + rule.name() + " is in no table");
        }
        return check;
    }

    /** What a caller may. */
    public Access access(Caller caller) {
        return new Access(this, caller);
    }

    private boolean passes(Check check, Caller caller, Target target) {
        return switch (check) {
            case Check.Always _ -> true;
            case Check.Never _ -> false;
            case Check.And and -> all(and.all(), caller, target);
            case Check.Or or -> any(or.any(), caller, target);
            case Check.Not not -> !passes(not.check(), caller, target);
            case Check.HasRole has -> caller.roles().contains(has.role());
            case Check.Named named ->
                passes(requireNonNull(checks.get(named.rule()), "checked at start"), caller, target);
            case Check.Attribute attribute -> {
                Optional<String> own = caller.attribute(attribute.of());
                yield own.isPresent() && own.equals(value(attribute.value(), target));
            }
            case Check.Literal literal -> Optional.of(literal.text()).equals(value(literal.value(), target));
            case Check.Field field -> field.value().equals(target.attributes().get(field.attribute()));
        };
    }

    private boolean all(List<Check> parts, Caller caller, Target target) {
        for (Check part : parts) {
            if (!passes(part, caller, target)) {
                return false;
            }
        }
        return true;
    }

    private boolean any(List<Check> parts, Caller caller, Target target) {
        for (Check part : parts) {
            if (passes(part, caller, target)) {
                return true;
            }
        }
        return false;
    }

    private static Optional<String> value(Check.Value value, Target target) {
        return switch (value) {
            case Check.Value.OfTarget of ->
                Optional.ofNullable(target.attributes().get(of.attribute()));
            case Check.Value.Text text -> Optional.of(text.text());
        };
    }

    private static Check parse(String name, String check) {
        try {
            return CheckParser.parse(check);
        } catch (IllegalArgumentException cause) {
            throw new UnsoundRule(
                    name, "The policy rule '" + name + "' cannot be read: " + cause.getMessage() + ".", cause);
        }
    }

    /** Every rule that is named exists, and none refers to itself. */
    private void requireSound(String name, Check check, Set<String> above) {
        switch (check) {
            case Check.And and -> and.all().forEach(part -> requireSound(name, part, above));
            case Check.Or or -> or.any().forEach(part -> requireSound(name, part, above));
            case Check.Not not -> requireSound(name, not.check(), above);
            case Check.Named named -> {
                Check referred = checks.get(named.rule());
                if (referred == null) {
                    throw new UnsoundRule(
                            name,
                            "The policy rule '" + name + "' refers to '" + named.rule()
                                    + "', which does not exist; the nearest one is '"
                                    + Nearest.of(named.rule(), checks.keySet())
                                    + "'.");
                }
                if (above.contains(named.rule()) || named.rule().equals(name)) {
                    throw new UnsoundRule(
                            name, "The policy rule '" + name + "' refers to itself by way of '" + named.rule() + "'.");
                }
                Set<String> deeper = new TreeSet<>(above);
                deeper.add(name);
                requireSound(named.rule(), referred, deeper);
            }
            case Check.Always _, Check.Never _, Check.HasRole _, Check.Attribute _, Check.Literal _, Check.Field _ -> {}
        }
    }

    /** Every attribute that the rule's check names, itself or by way of others, is one that its rows have. */
    private void requireColumns(Rule rule, RowTarget rows) {
        Set<String> asked = new TreeSet<>();
        collectAttributes(check(rule), asked, new TreeSet<>());
        asked.removeAll(rows.columns().keySet());
        if (!asked.isEmpty()) {
            throw new UnsoundRule(
                    rule.name(),
                    "The policy rule '" + rule.name() + "' decides what lists show, and asks for the attribute '"
                            + asked.iterator().next() + "', which Sluice does not know of these; it can ask for "
                            + String.join(", ", rows.attributes()) + ".");
        }
    }

    private void collectAttributes(Check check, Set<String> into, Set<String> seen) {
        switch (check) {
            case Check.And and -> and.all().forEach(part -> collectAttributes(part, into, seen));
            case Check.Or or -> or.any().forEach(part -> collectAttributes(part, into, seen));
            case Check.Not not -> collectAttributes(not.check(), into, seen);
            case Check.Named named -> {
                if (seen.add(named.rule())) {
                    collectAttributes(requireNonNull(checks.get(named.rule()), "is sound"), into, seen);
                }
            }
            case Check.Attribute attribute -> ofTarget(attribute.value()).ifPresent(into::add);
            case Check.Literal literal -> ofTarget(literal.value()).ifPresent(into::add);
            case Check.Field field -> into.add(field.attribute());
            case Check.Always _, Check.Never _, Check.HasRole _ -> {}
        }
    }

    private static Optional<String> ofTarget(Check.Value value) {
        return value instanceof Check.Value.OfTarget of ? Optional.of(of.attribute()) : Optional.empty();
    }

    /** The names of all rules, for whoever lists them. */
    public List<String> names() {
        return new ArrayList<>(lines.keySet());
    }
}
