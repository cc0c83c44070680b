package org.sluice.traffic.frame;

import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How fast to send: by frames, by bits of frames, or as a share of what the medium carries. In one direction. */
public sealed interface Rate {
    /** Frames a second, more than zero. */
    record Frames(double perSecond) implements Rate {
        /** Checks the range. */
        public Frames {
            Rate.requirePositive(perSecond);
        }
    }

    /** Bits a second of frames with their check sequence, without preamble and gap; more than zero. */
    record Bits(double perSecond) implements Rate {
        /** Checks the range. */
        public Bits {
            Rate.requirePositive(perSecond);
        }
    }

    /** A share of the line rate, more than 0 and at most 1. */
    record Share(double ofLineRate) implements Rate {
        /** Checks the range. */
        public Share {
            if (!(ofLineRate > 0 && ofLineRate <= 1)) {
                throw new IllegalArgumentException(
                        "A rate of " + ofLineRate * 100 + " % is out of range: use more than 0 % and up to 100 %.");
            }
        }
    }

    /**
     * Reads {@code 20000pps}, {@code 1.5Mpps}, {@code 500Mbit}, {@code 10Gbit} or {@code 50%}; k, M and G are powers of 1,000.
     *
     * @throws IllegalArgumentException for anything else
     */
    static Rate parse(String text) {
        Matcher matcher = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(?:(%)|([kMG]?)(pps|bit|bps))")
                .matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no rate: write 20000pps, 1.5Mpps, 500Mbit, 10Gbit or 50%.");
        }
        double number = Double.parseDouble(matcher.group(1));
        if (matcher.group(2) != null) {
            return new Share(number / 100);
        }
        double value = number
                * switch (matcher.group(3)) {
                    case "k" -> 1e3;
                    case "M" -> 1e6;
                    case "G" -> 1e9;
                    default -> 1;
                };
        return matcher.group(4).equals("pps") ? new Frames(value) : new Bits(value);
    }

    /**
     * What it comes to in frames a second.
     *
     * @param mix the frames
     * @param linkSpeed bits a second of the medium, absent when it has no speed of its own
     * @throws IllegalArgumentException when it is above the line rate, or a share of one that is not known
     */
    default double of(FrameMix mix, OptionalLong linkSpeed) {
        double frames = switch (this) {
            case Frames(double perSecond) -> perSecond;
            case Bits(double perSecond) -> perSecond / (mix.mean() * Byte.SIZE);
            case Share(double share) ->
                share
                        * mix.lineRate(linkSpeed.orElseThrow(() -> new IllegalArgumentException(
                                "A rate in % needs the speed of the link, which this interface does not tell: use"
                                        + " pps or bit.")));
        };
        if (linkSpeed.isPresent() && frames > mix.lineRate(linkSpeed.getAsLong()) * (1 + 1e-9)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "The rate of %,.0f frames/s is above the line rate: this link carries at most %,.0f frames of %s bytes.",
                    frames,
                    mix.lineRate(linkSpeed.getAsLong()),
                    mix.label()));
        }
        return frames;
    }

    private static void requirePositive(double perSecond) {
        if (!(perSecond > 0) || Double.isInfinite(perSecond)) {
            throw new IllegalArgumentException("A rate is more than zero.");
        }
    }
}
