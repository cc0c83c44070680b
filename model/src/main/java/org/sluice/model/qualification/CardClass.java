package org.sluice.model.qualification;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What figures of a card are comparable with: figures of the same card under the same driver at the same link speed, measured
 * in the same way. Its text is {@code 8086:10c9:igb:1000:short}, with {@code :emulated} at the end for an emulated card.
 *
 * @param vendorId PCI vendor of the physical function, four lower-case hexadecimal digits
 * @param deviceId PCI device of the physical function, four lower-case hexadecimal digits
 * @param driver kernel driver of the physical function, {@code igb}
 * @param linkSpeedMbps speed of the link in Mbit/s, 0 when the driver does not say
 * @param profile how it was measured, in the tester's own word: 1 to 32 lower-case letters, digits and hyphens
 * @param emulated whether the card is software, whose figures say nothing about hardware
 */
public record CardClass(
        String vendorId, String deviceId, String driver, int linkSpeedMbps, String profile, boolean emulated) {
    private static final String EMULATED = ":emulated";
    private static final Pattern PCI_ID = Pattern.compile("[0-9a-f]{4}");
    private static final Pattern DRIVER = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern PROFILE = Pattern.compile("[a-z0-9-]{1,32}");
    private static final Pattern TEXT =
            Pattern.compile("([^:]*):([^:]*):([^:]*):([0-9]{1,9}):([^:]*?)(" + EMULATED + ")?");

    /**
     * @throws IllegalArgumentException with a sentence that names the part that is not as it must be
     */
    public CardClass {
        require(PCI_ID, vendorId, "vendor", "four lower-case hexadecimal digits");
        require(PCI_ID, deviceId, "device", "four lower-case hexadecimal digits");
        require(DRIVER, driver, "driver", "1 to 64 letters, digits, '_' and '-'");
        require(PROFILE, profile, "profile", "1 to 32 lower-case letters, digits and hyphens");
        if (linkSpeedMbps < 0) {
            throw new IllegalArgumentException(
                    "The link speed of a card class is " + linkSpeedMbps + " Mbit/s and must not be negative.");
        }
    }

    /**
     * Reads what {@link #text} wrote.
     *
     * @throws IllegalArgumentException if it is no class
     */
    @JsonCreator
    public static CardClass parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no card class; write"
                    + " VENDOR:DEVICE:DRIVER:MBPS:PROFILE, with :emulated at the end for an emulated card, such as"
                    + " 8086:10c9:igb:1000:short.");
        }
        return new CardClass(
                matcher.group(1),
                matcher.group(2),
                matcher.group(3),
                Integer.parseInt(matcher.group(4)),
                matcher.group(5),
                matcher.group(6) != null);
    }

    /** The same class at another speed of the link, Mbit/s. */
    public CardClass atSpeed(int speedMbps) {
        return new CardClass(vendorId, deviceId, driver, speedMbps, profile, emulated);
    }

    /** The class in one word. */
    @JsonValue
    public String text() {
        return vendorId + ":" + deviceId + ":" + driver + ":" + linkSpeedMbps + ":" + profile
                + (emulated ? EMULATED : "");
    }

    @Override
    public String toString() {
        return text();
    }

    private static void require(Pattern form, String value, String part, String wanted) {
        if (!form.matcher(requireNonNull(value, part + " is null")).matches()) {
            throw new IllegalArgumentException(
                    "The " + part + " of a card class is '" + value + "' and must be " + wanted + ".");
        }
    }
}
