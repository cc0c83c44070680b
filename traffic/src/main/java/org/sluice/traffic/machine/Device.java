package org.sluice.traffic.machine;

import static java.util.Objects.requireNonNull;

/**
 * A network device by name.
 *
 * @param name its name there, no alternative name
 * @param place the namespace it is in
 */
public record Device(String name, Place place) {
    /** Checks for null. */
    public Device {
        requireNonNull(name, "name is null");
        requireNonNull(place, "place is null");
    }

    /** A device in this program's own namespace. */
    public static Device here(String name) {
        return new Device(name, new Place.Own());
    }

    /** As a person writes it: {@code NAME} or {@code NAME@NAMESPACE}. */
    @Override
    public String toString() {
        return place.label().isEmpty() ? name : name + "@" + place.label();
    }
}
