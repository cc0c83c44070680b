package org.sluice.controller.compute.wire;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sluice.controller.http.Exchange;
import org.sluice.model.Problem;

/**
 * A microversion of the Compute API, 2.{@code minor} (OpenStack API-SIG, "Microversion Specification").
 *
 * @param minor the part after {@code 2.}
 */
public record Microversion(int minor) implements Comparable<Microversion> {
    /** What a client gets that asks for none. */
    public static final Microversion FIRST = new Microversion(1);
    /** The newest one that is offered. */
    public static final Microversion LATEST = new Microversion(96);

    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,5})\\.(0|[1-9][0-9]{0,5})");

    /**
     * Reads what the client asks for; without a header it is 2.1.
     *
     * @throws org.sluice.model.ProblemException 400 for text that is no version, 406 for one that is not offered
     */
    public static Microversion of(Exchange exchange) {
        return requested(exchange).map(Microversion::parse).orElse(FIRST);
    }

    /** The version as the client wrote it, if it asked this service for one. */
    public static Optional<String> requested(Exchange exchange) {
        Optional<String> modern = exchange.header("OpenStack-API-Version").flatMap(Microversion::ofCompute);
        return modern.isPresent()
                ? modern
                : exchange.header("X-OpenStack-Nova-API-Version").map(String::strip);
    }

    /** Whether that text has the form of a version, offered or not. */
    public static boolean isWellFormed(String text) {
        return FORM.matcher(text).matches();
    }

    /**
     * The version that the text names, {@code latest} for the newest.
     *
     * @throws org.sluice.model.ProblemException 400 for text that is no version, 406 for one that is not offered
     */
    public static Microversion parse(String text) {
        if (text.equals("latest")) {
            return LATEST;
        }
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw Problem.of(
                            Problem.Kind.BAD_REQUEST,
                            "InvalidAPIVersionString",
                            "API Version String " + text
                                    + " is of invalid format. Must be of format MajorNum.MinorNum.")
                    .asException();
        }
        Microversion version = new Microversion(Integer.parseInt(matcher.group(2)));
        if (!matcher.group(1).equals("2") || version.compareTo(FIRST) < 0 || version.compareTo(LATEST) > 0) {
            throw Problem.of(
                            Problem.Kind.NOT_ACCEPTABLE,
                            "InvalidGlobalAPIVersion",
                            "Version " + text + " is not supported by the API. Minimum is " + FIRST + " and maximum is "
                                    + LATEST + ".")
                    .asException();
        }
        return version;
    }

    /** One header may name several services: {@code compute 2.92, identity 3.14}. */
    private static Optional<String> ofCompute(String header) {
        for (String part : header.split(",")) {
            String[] words = part.strip().split("\\s+");
            if (words.length == 2 && words[0].equalsIgnoreCase("compute")) {
                return Optional.of(words[1]);
            }
        }
        return Optional.empty();
    }

    @Override
    public int compareTo(Microversion other) {
        return Integer.compare(minor, other.minor);
    }

    @Override
    public String toString() {
        return "2." + minor;
    }
}
