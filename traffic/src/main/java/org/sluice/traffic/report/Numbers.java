package org.sluice.traffic.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as people read them, the same in every locale: {@code 1,488,095}, {@code 12.3 µs}, {@code 99.97 %}. */
final class Numbers {
    private Numbers() {}

    /** A count, grouped by thousands. */
    static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** Frames a second: whole from 100 on, with one decimal below. */
    static String rate(double framesPerSecond) {
        return Math.abs(framesPerSecond) >= 99.95 || framesPerSecond == Math.rint(framesPerSecond)
                ? count(Math.round(framesPerSecond))
                : String.format(Locale.ROOT, "%.1f", framesPerSecond);
    }

    /** Bits a second as Mbit/s, without the unit. */
    static String megabits(double bitsPerSecond) {
        double megabits = bitsPerSecond / 1e6;
        return megabits >= 99.95 ? count(Math.round(megabits)) : significant(megabits);
    }

    /** Nanoseconds, as {@link #time(double)}. */
    static String time(long nanoseconds) {
        return time((double) nanoseconds);
    }

    /** Nanoseconds in the unit that leaves one to three digits before the point. */
    static String time(double nanoseconds) {
        double absolute = Math.abs(nanoseconds);
        if (absolute < 999.5) {
            return (absolute == Math.rint(absolute) ? count(Math.round(nanoseconds)) : significant(nanoseconds))
                    + " ns";
        }
        if (absolute < 999_500) {
            return significant(nanoseconds / 1e3) + " µs";
        }
        if (absolute < 999_500_000) {
            return significant(nanoseconds / 1e6) + " ms";
        }
        return absolute < 999_500_000_000.0
                ? significant(nanoseconds / 1e9) + " s"
                : count(Math.round(nanoseconds / 1e9)) + " s";
    }

    /** A ratio of 0 to 1 as per cent. What is not all is never rounded to 100 %, what is not nothing never to 0 %. */
    static String percent(double ratio) {
        double percent = ratio * 100;
        if (percent == 0) {
            return "0 %";
        }
        if (percent == 100) {
            return "100 %";
        }
        if (Math.abs(percent) < 0.1) {
            return plain(BigDecimal.valueOf(percent).round(new MathContext(2))) + " %";
        }
        if (percent > 99.9 && percent < 100) {
            return percent > 99.99
                    ? "> 99.99 %"
                    : String.format(Locale.ROOT, "%.2f %%", Math.floor(percent * 100) / 100);
        }
        return String.format(Locale.ROOT, Math.abs(percent) < 9.995 ? "%.2f %%" : "%.1f %%", percent);
    }

    /** Three significant digits; whole numbers from 100 on. */
    static String significant(double value) {
        double absolute = Math.abs(value);
        if (absolute == 0) {
            return "0";
        }
        if (absolute >= 99.95) {
            return count(Math.round(value));
        }
        if (absolute >= 9.995) {
            return String.format(Locale.ROOT, "%.1f", value);
        }
        return absolute >= 0.9995
                ? String.format(Locale.ROOT, "%.2f", value)
                : plain(BigDecimal.valueOf(value).round(new MathContext(3)));
    }

    /** A number short enough to stand on a bar: {@code 812k}, {@code 1.49M}. */
    static String compact(double value) {
        double absolute = Math.abs(value);
        if (absolute >= 999_500_000) {
            return significant(value / 1e9) + "G";
        }
        if (absolute >= 999_500) {
            return significant(value / 1e6) + "M";
        }
        return absolute >= 9_995 ? significant(value / 1e3) + "k" : rate(value);
    }

    /** The same without zeros at the end of a fraction, as axes have it: {@code 50 µs} for {@code 50.0 µs}. */
    static String shortest(String number) {
        return number.replaceAll("\\.0+(?![0-9])", "").replaceAll("(\\.[0-9]*[1-9])0+(?![0-9])", "$1");
    }

    /** A ratio as per cent with few digits and no sign, as bars have it; only what is all says 100. */
    static String shortPercent(double ratio) {
        double percent = ratio * 100;
        if (percent > 99 && percent < 100) {
            return String.format(Locale.ROOT, "%.1f", Math.min(Math.floor(percent * 10) / 10, 99.9));
        }
        return percent >= 9.95 ? String.format(Locale.ROOT, "%.0f", percent) : shortest(significant(percent));
    }

    /** A time in seconds, as {@code 0.5 s}, {@code 60 s} or {@code 2 h 5 min}. */
    static String duration(double seconds) {
        long whole = Math.round(seconds);
        if (whole < 120) {
            return plain(BigDecimal.valueOf(seconds).round(new MathContext(3))) + " s";
        }
        long minutes = whole / 60;
        if (minutes < 120) {
            return minutes + " min" + (whole % 60 == 0 ? "" : " " + whole % 60 + " s");
        }
        return minutes / 60 + " h" + (minutes % 60 == 0 ? "" : " " + minutes % 60 + " min");
    }

    /** {@code 1 trial}, {@code 2 trials}. */
    static String counted(long count, String thing) {
        return count(count) + " " + thing + (count == 1 ? "" : "s");
    }

    private static String plain(BigDecimal value) {
        return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
    }
}
