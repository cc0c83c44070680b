package org.sluice.cli.settings;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a setting's values are. Immutable and thread-safe.
 *
 * @param label stands for a value on the command line: {@code ADDR:PORT}
 * @param wanted what a value must be, with unit and range, after "must be": {@code a count from 1 to 9}
 * @param many whether it takes a list
 * @param reader makes the value of its texts; throws IllegalArgumentException for what is none
 */
public record Kind<T>(String label, String wanted, boolean many, Function<List<String>, T> reader) {
    private static final Pattern AMOUNT = Pattern.compile("([0-9]{1,12}) ?([A-Za-z]+)");
    private static final Pattern NETWORK =
            Pattern.compile("([0-9]+(?:\\.[0-9]+){3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]*)(?:/([0-9]{1,3}))?");
    private static final Map<String, Long> MILLISECONDS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);
    private static final Map<String, Long> BYTES =
            Map.of("B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30, "TiB", 1L << 40);

    public Kind {
        requireNonNull(label, "label is null");
        requireNonNull(wanted, "wanted is null");
        requireNonNull(reader, "reader is null");
    }

    private static <T> Kind<T> one(String label, String wanted, Function<String, T> reader) {
        return new Kind<>(label, wanted, false, texts -> reader.apply(texts.getFirst()));
    }

    /** A time: {@code 500ms}, {@code 60s}, {@code 5m}, {@code 2h}, {@code 1d}. */
    public static Kind<Duration> duration(String least, String most) {
        long from = amount(least, MILLISECONDS);
        long to = amount(most, MILLISECONDS);
        return one(
                "TIME",
                "a time such as 60s (ms, s, m, h, d) from " + least + " to " + most,
                text -> Duration.ofMillis(within(amount(text, MILLISECONDS), from, to)));
    }

    /** A number of bytes: {@code 512B}, {@code 4KiB}, {@code 64GiB}, {@code 1TiB}. */
    public static Kind<Long> size(String least, String most) {
        long from = amount(least, BYTES);
        long to = amount(most, BYTES);
        return one(
                "SIZE",
                "a size such as 64GiB (B, KiB, MiB, GiB, TiB) from " + least + " to " + most,
                text -> within(amount(text, BYTES), from, to));
    }

    /** A whole number. */
    public static Kind<Integer> count(int least, int most) {
        return one("N", "a whole number from " + least + " to " + most, text -> {
            if (!text.matches("[0-9]{1,9}")) {
                throw new IllegalArgumentException("it is no whole number");
            }
            return (int) within(Integer.parseInt(text), least, most);
        });
    }

    /** Where to listen. */
    public static Kind<Listen> listener() {
        return one(
                "ADDR:PORT",
                "ADDRESS:PORT such as 127.0.0.1:8774, the port from 0 (any free one) to 65535",
                Listen::parse);
    }

    /** A file or a directory; a relative one is one of the directory in which the command was started. */
    public static Kind<Path> path(String label) {
        return one(label, "a path", text -> {
            if (text.isEmpty()) {
                throw new IllegalArgumentException("it is empty");
            }
            try {
                return Path.of(text).toAbsolutePath().normalize();
            } catch (InvalidPathException malformed) {
                throw new IllegalArgumentException("it is no path", malformed);
            }
        });
    }

    /** Text that is not empty. */
    public static Kind<String> text(String label, String wanted) {
        return one(label, wanted, text -> {
            if (text.isBlank()) {
                throw new IllegalArgumentException("it is empty");
            }
            return text;
        });
    }

    /** The base of URLs, without user, query and fragment; a slash at its end is taken off. */
    public static Kind<URI> base(List<String> schemes, String example) {
        return one("URL", "a URL such as " + example, text -> {
            try {
                URI uri = new URI(text.replaceAll("/+$", ""));
                if (uri.getScheme() == null
                        || !schemes.contains(uri.getScheme())
                        || uri.getHost() == null
                        || uri.getRawUserInfo() != null
                        || uri.getRawQuery() != null
                        || uri.getRawFragment() != null
                        || uri.getPort() == 0
                        || uri.getPort() > 65_535) {
                    throw new IllegalArgumentException("it is not the base of URLs");
                }
                return uri;
            } catch (URISyntaxException malformed) {
                throw new IllegalArgumentException("it is no URL", malformed);
            }
        });
    }

    /** Several of a kind: a list in the file, and separated by commas elsewhere. */
    public static <T> Kind<List<T>> list(String label, String wanted, Function<String, T> reader) {
        return new Kind<>(
                label, wanted, true, texts -> texts.stream().map(reader).toList());
    }

    /** An address or a network in CIDR form, as it was written. */
    static String network(String text) {
        Matcher matcher = NETWORK.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("it is no address");
        }
        int bits = InetAddress.ofLiteral(matcher.group(1)).getAddress().length * 8;
        if (matcher.group(2) != null) {
            long _ = within(Integer.parseInt(matcher.group(2)), 0, bits);
        }
        return text;
    }

    /** A number of bytes in the largest unit that has no remainder: {@code 32MiB}. */
    public static String size(long bytes) {
        return BYTES.entrySet().stream()
                .filter(unit -> unit.getValue() <= bytes && bytes % unit.getValue() == 0)
                .max(Map.Entry.comparingByValue())
                .map(unit -> bytes / unit.getValue() + unit.getKey())
                .orElse(bytes + "B");
    }

    private static long amount(String text, Map<String, Long> units) {
        // Nothing is nothing in any unit.
        if (text.equals("0")) {
            return 0;
        }
        Matcher matcher = AMOUNT.matcher(text);
        @Nullable Long unit = matcher.matches() ? units.get(matcher.group(2)) : null;
        if (unit == null) {
            throw new IllegalArgumentException("it is no number with a unit");
        }
        try {
            return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit);
        } catch (ArithmeticException tooMuch) {
            throw new IllegalArgumentException("it is too much", tooMuch);
        }
    }

    private static long within(long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("it is out of range");
        }
        return value;
    }
}
