package org.sluice.controller.http.view;

import static java.util.Objects.requireNonNull;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.http.Reply;
import org.sluice.controller.policy.RowCondition;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Target;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.io.SerializedString;
import tools.jackson.databind.JsonNode;

/**
 * The wire form of a resource, declared once: what each member is called, in which microversions it is there, who sees it, and
 * where its value comes from. Show, list and the reply to create all write it. Immutable and thread-safe.
 *
 * <p>A value may be null, text, a number, a truth value, a UUID, a collection or map of such, a {@link RawJson}, a
 * {@link JsonNode}, a {@link Nested}, or an {@link Optional} of any; anything else is a mistake of the view.
 */
public final class View<T> {
    private record Member<T>(
            String name,
            int since,
            int until,
            @Nullable Rule rule,
            @Nullable Predicate<T> condition,
            BiFunction<T, Shown, @Nullable Object> getter,
            SerializedString encodedName) {
        Member(
                String name,
                int since,
                int until,
                @Nullable Rule rule,
                @Nullable Predicate<T> condition,
                BiFunction<T, Shown, @Nullable Object> getter) {
            this(name, since, until, rule, condition, getter, new SerializedString(name));
        }

        Member<T> onlyIf(Predicate<T> more) {
            return new Member<>(name, since, until, rule, condition == null ? more : condition.and(more), getter);
        }
    }

    /** Stands for the value of a member that is left out. */
    private enum Absent {
        ABSENT
    }

    /** A thing inside another one, with the view that writes it. */
    public record Nested<N>(View<N> view, N value) {}

    private final String singular;
    private final String plural;
    private final List<Member<T>> members;
    private final @Nullable Function<T, Map<String, ?>> others;
    private final @Nullable Function<T, Target> target;

    private View(Builder<T> builder) {
        this.singular = builder.singular;
        this.plural = builder.plural;
        this.members = List.copyOf(builder.members);
        this.others = builder.others;
        this.target = builder.target;
    }

    /** A view that is being written. */
    public static final class Builder<T> {
        private final String singular;
        private final String plural;
        private final List<Member<T>> members = new ArrayList<>();
        private @Nullable Function<T, Map<String, ?>> others;
        private @Nullable Function<T, Target> target;

        private Builder(String singular, String plural) {
            this.singular = requireNonNull(singular, "singular is null");
            this.plural = requireNonNull(plural, "plural is null");
        }

        /** The next member. */
        public Builder<T> member(String name, Function<T, ? extends @Nullable Object> getter) {
            return memberShown(name, (value, shown) -> getter.apply(value));
        }

        /** The next member, whose value depends on to whom it is shown: links, versions. */
        public Builder<T> memberShown(String name, BiFunction<T, Shown, ? extends @Nullable Object> getter) {
            members.add(new Member<>(name, 0, Integer.MAX_VALUE, null, null, getter::apply));
            return this;
        }

        /** The member just named came with that microversion. */
        public Builder<T> since(int minor) {
            Member<T> last = members.removeLast();
            members.add(new Member<>(last.name, minor, last.until, last.rule, last.condition, last.getter));
            return this;
        }

        /** The member just named ended with that microversion. */
        public Builder<T> until(int minor) {
            Member<T> last = members.removeLast();
            members.add(new Member<>(last.name, last.since, minor, last.rule, last.condition, last.getter));
            return this;
        }

        /** The thing as the checks of its members' rules see it, where such a rule decides over rows. */
        public Builder<T> about(Function<T, Target> asked) {
            target = requireNonNull(asked, "asked is null");
            return this;
        }

        /**
         * Only callers who pass that rule see the member just named: for the thing itself if the rule decides over rows, otherwise
         * for things of their own.
         */
        public Builder<T> seenWith(Rule rule) {
            Member<T> last = members.removeLast();
            members.add(new Member<>(last.name, last.since, last.until, rule, last.condition, last.getter));
            return this;
        }

        /** Only things that meet the condition have the member just named. */
        public Builder<T> onlyIf(Predicate<T> condition) {
            Member<T> last = members.removeLast();
            members.add(new Member<>(last.name, last.since, last.until, last.rule, condition, last.getter));
            return this;
        }

        /** The member just named is left out where its value is an empty {@link Optional}, instead of being null. */
        public Builder<T> whenPresent() {
            Member<T> last = members.removeLast();
            members.add(new Member<>(last.name, last.since, last.until, last.rule, last.condition, (value, shown) -> {
                @Nullable Object part = last.getter.apply(value, shown);
                return part instanceof Optional<?> optional && optional.isEmpty() ? Absent.ABSENT : part;
            }));
            return this;
        }

        /**
         * Members whose names the thing itself decides, or that only some things have; they are written after all others, in
         * every version and for everybody. None may have the name of a declared one.
         */
        public Builder<T> others(Function<T, Map<String, ?>> getter) {
            others = getter;
            return this;
        }

        /** All members of another view follow. */
        public Builder<T> with(View<T> other) {
            members.addAll(other.members);
            others = other.others == null ? others : other.others;
            target = other.target == null ? target : other.target;
            return this;
        }

        public View<T> build() {
            if (target == null && members.stream().anyMatch(View::isDecidedByThing)) {
                throw new IllegalStateException(
                        "the view of " + plural + " does not say what its rules are asked about");
            }
            return new View<>(this);
        }
    }

    /**
     * Begins a view.
     *
     * @param singular the member that holds one of it: {@code port}
     * @param plural the member that holds many: {@code ports}
     */
    public static <T> Builder<T> of(String singular, String plural) {
        return new Builder<>(singular, plural);
    }

    /** The member that holds one of it. */
    public String singular() {
        return singular;
    }

    /** The member that holds many. */
    public String plural() {
        return plural;
    }

    /** The names of all members in whatever version, for documents. */
    public List<String> memberNames() {
        return members.stream().map(Member::name).distinct().toList();
    }

    /** The rules that decide over members, for the policy's table. */
    public List<Rule> rules() {
        return members.stream()
                .map(Member::rule)
                .flatMap(rule -> Optional.ofNullable(rule).stream())
                .toList();
    }

    /** A reply with one of it, in its member. */
    public Reply reply(int status, T value, Shown shown) {
        return Reply.written(status, json -> {
            json.writeStartObject();
            json.writeName(singular);
            to(shown).write(json, value);
            json.writeEndObject();
        });
    }

    /** 200 with one of it, in its member. */
    public Reply ok(T value, Shown shown) {
        return reply(200, value, shown);
    }

    /** A reply with a bounded number of it, in its member, without pages: what a bulk request made. */
    public Reply replyAll(int status, Collection<T> values, Shown shown) {
        return Reply.written(status, json -> {
            json.writeStartObject();
            json.writeArrayPropertyStart(plural);
            Writer<T> writer = to(shown);
            values.forEach(value -> writer.write(json, value));
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    /** What writes for one request: which members it has is decided once. */
    public Writer<T> to(Shown shown) {
        List<Member<T>> visible = members.stream()
                .filter(member -> member.since <= shown.minorVersion() && shown.minorVersion() <= member.until)
                .filter(member -> member.rule == null || shown.may(member.rule))
                .filter(member -> shown.fields()
                        .map(fields -> fields.contains(member.name))
                        .orElse(true))
                .map(member -> decided(member, shown))
                .toList();
        return new Writer<>(visible, others, shown);
    }

    private static boolean isDecidedByThing(Member<?> member) {
        return member.rule != null && member.rule.rows().isPresent();
    }

    /** What depends on the caller alone, as the shipped rules do, costs the single thing nothing. */
    private Member<T> decided(Member<T> member, Shown shown) {
        @Nullable Rule rule = member.rule;
        @Nullable Function<T, Target> asked = target;
        if (rule == null
                || asked == null
                || rule.rows().isEmpty()
                || shown.rows(rule).isAll()) {
            return member;
        }
        return member.onlyIf(value -> shown.may(rule, asked.apply(value)));
    }

    /** Writes things for one request. Used by one thread. */
    public static final class Writer<T> {
        private final List<Member<T>> members;
        private final @Nullable Function<T, Map<String, ?>> others;
        private final Shown shown;
        /** Which members a nested thing has is decided once as well. */
        private final Map<View<?>, Writer<?>> nestedWriters = new HashMap<>();

        private Writer(List<Member<T>> members, @Nullable Function<T, Map<String, ?>> others, Shown shown) {
            this.members = members;
            this.others = others;
            this.shown = shown;
        }

        /** Writes one of it as a JSON object. */
        public void write(JsonGenerator json, T value) {
            json.writeStartObject();
            for (Member<T> member : members) {
                if (member.condition == null || member.condition.test(value)) {
                    @Nullable Object part = member.getter.apply(value, shown);
                    if (part != Absent.ABSENT) {
                        json.writeName(member.encodedName);
                        writeValue(json, part);
                    }
                }
            }
            if (others != null) {
                others.apply(value).forEach((name, other) -> {
                    json.writeName(name);
                    writeValue(json, other);
                });
            }
            json.writeEndObject();
        }

        private void writeValue(JsonGenerator json, @Nullable Object value) {
            switch (value) {
                case null -> json.writeNull();
                case String text -> json.writeString(text);
                case Integer number -> json.writeNumber(number);
                case Long number -> json.writeNumber(number);
                case BigInteger number -> json.writeNumber(number);
                case Double number -> json.writeNumber(number);
                case Boolean truth -> json.writeBoolean(truth);
                case UUID id -> json.writeString(id.toString());
                case RawJson raw -> json.writeRawValue(raw.text());
                case JsonNode tree -> json.writeTree(tree);
                case Optional<?> optional -> writeValue(json, optional.orElse(null));
                case Collection<?> items -> {
                    json.writeStartArray();
                    items.forEach(item -> writeValue(json, item));
                    json.writeEndArray();
                }
                case Map<?, ?> map -> {
                    json.writeStartObject();
                    map.forEach((name, item) -> {
                        json.writeName(String.valueOf(name));
                        writeValue(json, item);
                    });
                    json.writeEndObject();
                }
                case Nested<?> nested -> writeNested(json, nested);
                case Instant time -> throw new IllegalStateException("a view must choose the form of the time " + time);
                default -> throw new IllegalStateException("a view gave a " + value.getClass());
            }
        }

        private <N> void writeNested(JsonGenerator json, Nested<N> nested) {
            writer(nested.view()).write(json, nested.value());
        }

        @SuppressWarnings("unchecked") // The map's only writer: each view's value is that view's writer.
        private <N> Writer<N> writer(View<N> view) {
            return (Writer<N>) nestedWriters.computeIfAbsent(view, other -> other.to(new WithoutFields(shown)));
        }
    }

    /** {@code fields} chooses among the outermost members only. */
    private record WithoutFields(Shown outer) implements Shown {
        @Override
        public int minorVersion() {
            return outer.minorVersion();
        }

        @Override
        public boolean may(Rule rule) {
            return outer.may(rule);
        }

        @Override
        public boolean may(Rule rule, Target thing) {
            return outer.may(rule, thing);
        }

        @Override
        public RowCondition rows(Rule rule) {
            return outer.rows(rule);
        }

        @Override
        public String baseUrl() {
            return outer.baseUrl();
        }

        @Override
        public Optional<java.util.Set<String>> fields() {
            return Optional.empty();
        }
    }
}
