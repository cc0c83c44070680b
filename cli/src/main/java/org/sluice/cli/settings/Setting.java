package org.sluice.cli.settings;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * One setting, declared once: its name in the file, what it takes, and what it means. Immutable and thread-safe.
 *
 * @param name sections and key, separated by dots: {@code tls.cert}
 * @param kind what its values are
 * @param usual what is in force when nothing is given
 * @param meaning one sentence
 * @param flag the option that overrides it: {@code --tls-cert}
 * @param secret whether its value is not shown
 * @param roles the programs that take it; the others do not start with it
 */
public record Setting<T>(
        String name,
        Kind<T> kind,
        Usual usual,
        String meaning,
        Optional<String> flag,
        boolean secret,
        Set<Role> roles) {
    private static final String PREFIX = "SLUICE_";
    private static final Set<Role> EVERY = Set.of(Role.values());

    /** What is in force when nothing is given. */
    public sealed interface Usual {
        /** A value, written as in the file; the texts of a list may be none. */
        record Value(List<String> texts) implements Usual {
            public Value {
                texts = List.copyOf(texts);
            }
        }

        /** No value; the phrase says what is done then. */
        record Otherwise(String phrase) implements Usual {}
    }

    public Setting {
        requireNonNull(name, "name is null");
        requireNonNull(kind, "kind is null");
        requireNonNull(usual, "usual is null");
        requireNonNull(meaning, "meaning is null");
        requireNonNull(flag, "flag is null");
        roles = Set.copyOf(roles);
    }

    /** A setting of every program, with a value of its own. */
    static <T> Setting<T> of(String name, Kind<T> kind, String usual, String meaning) {
        return new Setting<>(name, kind, new Usual.Value(List.of(usual)), meaning, Optional.empty(), false, EVERY);
    }

    /** A setting of every program, without a value of its own; the phrase says what is done without it. */
    static <T> Setting<T> optional(String name, Kind<T> kind, String otherwise, String meaning) {
        return new Setting<>(name, kind, new Usual.Otherwise(otherwise), meaning, Optional.empty(), false, EVERY);
    }

    /** The same with an option on the command line. */
    Setting<T> flag(String option) {
        return new Setting<>(name, kind, usual, meaning, Optional.of(option), secret, roles);
    }

    /** The same, never shown; a value that begins with {@code @} names a file and is shown. */
    Setting<T> hidden() {
        return new Setting<>(name, kind, usual, meaning, flag, true, roles);
    }

    /** The same of these programs only. */
    Setting<T> takenBy(Role... some) {
        return new Setting<>(name, kind, usual, meaning, flag, secret, Set.of(some));
    }

    /** The variable of the environment that overrides the file: {@code SLUICE_TLS_CERT}. */
    public String variable() {
        return PREFIX + name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** What is in force when nothing is given, as documents show it. */
    public String usualText() {
        return switch (usual) {
            case Usual.Value value -> value.texts().isEmpty() ? "none" : String.join(", ", value.texts());
            case Usual.Otherwise otherwise -> otherwise.phrase();
        };
    }
}
