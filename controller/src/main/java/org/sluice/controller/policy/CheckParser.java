package org.sluice.controller.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the language of oslo.policy: {@code role:admin or (role:member and project_id:%(project_id)s)}. */
final class CheckParser {
    private static final Pattern TOKEN =
            Pattern.compile("\\s*(\\(|\\)|(?:'[^']*'|\"[^\"]*\"|%\\([^)]*\\)s|[^\\s()])+)");
    private static final Pattern OF_TARGET = Pattern.compile("%\\(([^)]+)\\)s");

    private final String text;
    private final List<String> tokens = new ArrayList<>();
    private int next;

    private CheckParser(String text) {
        this.text = text;
        Matcher matcher = TOKEN.matcher(text);
        int end = 0;
        while (matcher.lookingAt()) {
            tokens.add(matcher.group(1));
            end = matcher.end();
            matcher.region(end, text.length());
        }
        if (!text.substring(end).isBlank()) {
            throw new IllegalArgumentException("'" + text + "' cannot be read from '" + text.substring(end) + "' on");
        }
    }

    /**
     * Parses a check.
     *
     * @throws IllegalArgumentException with a sentence when the text is none
     */
    static Check parse(String text) {
        CheckParser parser = new CheckParser(text);
        if (parser.tokens.isEmpty()) {
            return new Check.Always();
        }
        Check check = parser.or();
        if (parser.next < parser.tokens.size()) {
            throw new IllegalArgumentException(
                    "'" + text + "' has '" + parser.tokens.get(parser.next) + "' where 'and' or 'or' should stand");
        }
        return check;
    }

    private Check or() {
        List<Check> any = new ArrayList<>(List.of(and()));
        while (taken("or")) {
            any.add(and());
        }
        return any.size() == 1 ? any.getFirst() : new Check.Or(List.copyOf(any));
    }

    private Check and() {
        List<Check> all = new ArrayList<>(List.of(not()));
        while (taken("and")) {
            all.add(not());
        }
        return all.size() == 1 ? all.getFirst() : new Check.And(List.copyOf(all));
    }

    private Check not() {
        return taken("not") ? new Check.Not(not()) : single();
    }

    private Check single() {
        if (next == tokens.size()) {
            throw new IllegalArgumentException("'" + text + "' ends where a check should stand");
        }
        String token = tokens.get(next++);
        if (token.equals("(")) {
            Check inner = or();
            if (!taken(")")) {
                throw new IllegalArgumentException("'" + text + "' lacks a ')'");
            }
            return inner;
        }
        return simple(token);
    }

    private Check simple(String token) {
        if (token.equals("@")) {
            return new Check.Always();
        }
        if (token.equals("!")) {
            return new Check.Never();
        }
        boolean quoted = token.startsWith("'") || token.startsWith("\"");
        int colon = quoted ? token.indexOf(':', token.indexOf(token.charAt(0), 1)) : token.indexOf(':');
        if (colon <= 0 || colon == token.length() - 1) {
            throw new IllegalArgumentException(
                    "'" + text + "' has '" + token + "', which is no check of the form KIND:MATCH");
        }
        String kind = token.substring(0, colon);
        String match = token.substring(colon + 1);
        if (quoted) {
            return new Check.Literal(kind.substring(1, kind.length() - 1), value(match));
        }
        return switch (kind) {
            case "role" -> new Check.HasRole(match.toLowerCase(Locale.ROOT));
            case "rule" -> new Check.Named(match);
            case "field" -> field(match);
            case "http", "https" ->
                throw new IllegalArgumentException(
                        "'" + text + "' asks another server ('" + kind + ":'), which Sluice does not do");
            case "True", "False", "None" -> new Check.Literal(kind, value(match));
            default -> new Check.Attribute(kind, value(match));
        };
    }

    /** {@code RESOURCES:ATTRIBUTE=VALUE}. */
    private Check field(String match) {
        int colon = match.indexOf(':');
        int equals = match.indexOf('=');
        if (colon < 0 || equals < colon) {
            throw new IllegalArgumentException("'" + text + "' has 'field:" + match
                    + "', which is not of the form field:RESOURCES:ATTRIBUTE=VALUE");
        }
        return new Check.Field(match.substring(colon + 1, equals), truthAsWritten(match.substring(equals + 1)));
    }

    /** Neutron takes truth values in whatever case. */
    private static String truthAsWritten(String value) {
        if (value.equalsIgnoreCase(Target.TRUE)) {
            return Target.TRUE;
        }
        return value.equalsIgnoreCase(Target.FALSE) ? Target.FALSE : value;
    }

    private static Check.Value value(String match) {
        Matcher matcher = OF_TARGET.matcher(match);
        if (matcher.matches()) {
            return new Check.Value.OfTarget(matcher.group(1));
        }
        boolean quoted = match.length() > 1 && (match.startsWith("'") || match.startsWith("\""));
        return new Check.Value.Text(quoted ? match.substring(1, match.length() - 1) : match);
    }

    private boolean taken(String word) {
        if (next < tokens.size() && tokens.get(next).toLowerCase(Locale.ROOT).equals(word)) {
            next++;
            return true;
        }
        return false;
    }
}
