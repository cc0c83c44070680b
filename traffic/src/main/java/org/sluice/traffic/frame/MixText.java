package org.sluice.traffic.frame;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the size or mix of frames that a person wrote. */
final class MixText {
    private static final String PREFIX = "imix:";
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
    private static final Pattern WEIGHTED = Pattern.compile("(\\d{1,9})x(\\d{1,9})");
    private static final Pattern GENOME = Pattern.compile("[a-z]+");

    /** RFC 6985, section 4, without j (16,000 bytes, which the tester does not send) and z (the MTU, which a mix does not know). */
    private static final Map<Character, Integer> LETTERS =
            Map.of('a', 64, 'b', 128, 'c', 256, 'd', 512, 'e', 1024, 'f', 1280, 'g', 1518, 'h', 2112, 'i', 9000);

    private MixText() {}

    static FrameMix parse(String text) {
        String lower = requireNonNull(text, "text is null").strip().toLowerCase(Locale.ROOT);
        if (NUMBER.matcher(lower).matches()) {
            return FrameMix.of(size(lower));
        }
        if (lower.equals("imix")) {
            return FrameMix.IMIX;
        }
        if (!lower.startsWith(PREFIX)) {
            throw new IllegalArgumentException("\"" + text
                    + "\" is no frame size: write bytes as in 64, imix, or a mix as in imix:7x64,4x570,1x1518.");
        }
        String sizes = lower.substring(PREFIX.length());
        String label = "IMIX:" + sizes;
        if (GENOME.matcher(sizes).matches()) {
            return new FrameMix(label, genome(sizes));
        }
        String[] parts = sizes.split(",", -1);
        return sizes.contains("x") ? FrameMix.weighted(label, weights(parts)) : new FrameMix(label, sequence(parts));
    }

    private static List<FrameSize> genome(String letters) {
        List<FrameSize> sizes = new ArrayList<>();
        for (int i = 0; i < letters.length(); i++) {
            char letter = letters.charAt(i);
            Integer bytes = LETTERS.get(letter);
            if (bytes == null) {
                throw new IllegalArgumentException("The letter " + letter + " in the mix \"" + letters
                        + "\" stands for no size that can be sent: use a to i of RFC 6985, or sizes in bytes.");
            }
            sizes.add(new FrameSize(bytes));
        }
        return sizes;
    }

    private static Map<FrameSize, Integer> weights(String[] parts) {
        Map<FrameSize, Integer> weights = new LinkedHashMap<>();
        for (String part : parts) {
            Matcher matcher = WEIGHTED.matcher(part.strip());
            if (!matcher.matches()) {
                throw unreadable(part, "write how many of which size, as in 7x64");
            }
            int _ = weights.merge(size(matcher.group(2)), Integer.parseInt(matcher.group(1)), Math::addExact);
        }
        return weights;
    }

    private static List<FrameSize> sequence(String[] parts) {
        List<FrameSize> sizes = new ArrayList<>();
        for (String part : parts) {
            String number = part.strip();
            if (!NUMBER.matcher(number).matches()) {
                throw unreadable(part, "write sizes in bytes, as in 64,64,1518");
            }
            sizes.add(size(number));
        }
        return sizes;
    }

    private static FrameSize size(String digits) {
        return new FrameSize(Integer.parseInt(digits));
    }

    private static IllegalArgumentException unreadable(String part, String fix) {
        return new IllegalArgumentException("\"" + part + "\" in a mix of frame sizes cannot be read: " + fix + ".");
    }
}
