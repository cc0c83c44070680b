package org.sluice.model;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A 48-bit MAC address in lower case with colons, the form the kernel and OpenStack print.
 *
 * @param value six pairs of hexadecimal digits, {@code fa:16:3e:00:00:01}
 */
public record MacAddress(@JsonValue String value) {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{2}(:[0-9a-f]{2}){5}");

    private static final Pattern PAIRS =
            Pattern.compile("[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){5}|[0-9a-fA-F]{1,2}(-[0-9a-fA-F]{1,2}){5}");
    private static final Pattern GROUPS =
            Pattern.compile("([0-9a-fA-F]{4}[.:-]){2}[0-9a-fA-F]{4}|[0-9a-fA-F]{6}[.:-][0-9a-fA-F]{6}|[0-9a-fA-F]{12}");

    /** All zero: "no address" in the VF interface of the kernel. */
    public static final MacAddress ZERO = new MacAddress("00:00:00:00:00:00");

    /**
     * Takes either case.
     *
     * @throws IllegalArgumentException if the text is not six colon-separated pairs of hexadecimal digits
     */
    @JsonCreator
    public MacAddress {
        requireNonNull(value, "value is null");
        value = value.toLowerCase(Locale.ROOT);
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("'" + value + "' is not a valid MAC address.");
        }
    }

    /**
     * Reads what people and tools write: six pairs (a leading zero may be missing) with colons or dashes, three groups of
     * four or two of six digits with colons, dashes or dots, or twelve digits; either case.
     *
     * @return empty for any other text
     */
    public static Optional<MacAddress> ofAnyForm(String text) {
        if (PAIRS.matcher(text).matches()) {
            return Optional.of(new MacAddress(Stream.of(text.split("[:-]"))
                    .map(pair -> pair.length() == 1 ? "0" + pair : pair)
                    .collect(Collectors.joining(":"))));
        }
        if (GROUPS.matcher(text).matches()) {
            return Optional.of(
                    new MacAddress(String.join(":", text.replaceAll("[.:-]", "").split("(?<=\\G..)"))));
        }
        return Optional.empty();
    }

    /** Returns a unicast address under the prefix that OpenStack uses for ports, {@code fa:16:3e}. */
    public static MacAddress random(RandomGenerator random) {
        return new MacAddress(
                "fa:16:3e:%02x:%02x:%02x".formatted(random.nextInt(256), random.nextInt(256), random.nextInt(256)));
    }

    /** Whether the group bit is set (IEEE 802-2014, 8.2.2): such an address cannot belong to a NIC. */
    public boolean isMulticast() {
        return (Integer.parseInt(value.substring(0, 2), 16) & 1) == 1;
    }

    @Override
    public String toString() {
        return value;
    }
}
