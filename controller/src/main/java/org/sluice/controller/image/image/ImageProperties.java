package org.sluice.controller.image.image;

import java.util.Map;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.Promises;

/** What properties images may have. Pure. */
public final class ImageProperties {
    /** As many as Glance takes by default (image_property_quota). */
    private static final int MOST = 128;
    /** Characters of all names and values together, so that a batch of a list fits into memory. */
    private static final int LONGEST = 65_536;

    private ImageProperties() {}

    /** Refuses properties that are new, or have a new value, and whose effect nobody would bring about. */
    public static void requireOffered(Map<String, String> before, Map<String, String> after) {
        after.forEach((key, value) -> {
            if (!value.equals(before.get(key))) {
                Promises.refusalOfImageProperty(key, value).ifPresent(reason -> {
                    throw Problem.of(Problem.Kind.BAD_REQUEST, "InvalidValue", reason)
                            .asException();
                });
            }
        });
    }

    /** Refuses more, or longer ones, than an image may have. */
    public static void requireFew(Map<String, String> properties) {
        if (properties.size() > MOST) {
            throw tooMany("TooManyProperties", "properties", properties.size(), MOST);
        }
        long characters = properties.entrySet().stream()
                .mapToLong(property ->
                        property.getKey().length() + property.getValue().length())
                .sum();
        if (characters > LONGEST) {
            throw Problem.of(
                            Problem.Kind.TOO_LARGE,
                            "PropertiesTooLarge",
                            "The properties of the image have " + characters + " characters; together they must have at"
                                    + " most " + LONGEST + ".")
                    .asException();
        }
    }

    /** Refuses properties that have the name of something that every image has. */
    public static void requireNoAttributes(Map<String, String> properties) {
        properties.keySet().stream().filter(ImageWire::isAttribute).findFirst().ifPresent(name -> {
            throw Problem.of(
                            Problem.Kind.BAD_REQUEST,
                            "InvalidValue",
                            "'" + name + "' is an attribute that every image has, and cannot be a property.")
                    .asException();
        });
    }

    static ProblemException tooMany(String code, String what, int attempted, int most) {
        return Problem.of(
                        Problem.Kind.TOO_LARGE,
                        code,
                        "The limit has been exceeded on the number of allowed image " + what + ". Attempted: "
                                + attempted + ", Maximum: " + most + ".")
                .asException();
    }
}
