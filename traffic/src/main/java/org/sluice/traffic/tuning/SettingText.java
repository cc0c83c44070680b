package org.sluice.traffic.tuning;

import java.util.List;
import org.sluice.traffic.machine.Device;
import org.sluice.traffic.machine.Place;

/** Settings as words for the journal, and back. */
final class SettingText {
    private static final String OWN = "own";
    private static final String NAMED = "named:";
    private static final String NOTHING = "-";

    private SettingText() {}

    /** Whether another process could find what this sets: not in a namespace without a name. */
    static boolean canBeFoundAgain(Setting setting) {
        return setting.device()
                .filter(device -> device.place() instanceof Place.Held)
                .isEmpty();
    }

    /** Kind, device, place, and what else tells it from others of its kind. */
    static List<String> write(Setting setting) {
        return switch (setting) {
            case RingSizes(Device target) -> words("rings", target, NOTHING);
            case InterruptCoalescing(Device target) -> words("coalescing", target, NOTHING);
            case OffloadFeature(Device target, String feature) -> words("offload", target, feature);
            case QueueDiscipline(Device target) -> words("qdisc", target, NOTHING);
            case InterruptAffinity(Device target, int number) -> words("interrupt", target, Integer.toString(number));
            case ReceiveSteering(Device target, int queue) -> words("receive", target, Integer.toString(queue));
            case Governor(int cpu) -> List.of("governor", NOTHING, NOTHING, Integer.toString(cpu));
        };
    }

    /** @throws IllegalArgumentException when {@link #write} did not write it */
    static Setting read(List<String> words) {
        String rest = words.get(3);
        return switch (words.get(0)) {
            case "rings" -> new RingSizes(device(words));
            case "coalescing" -> new InterruptCoalescing(device(words));
            case "offload" -> new OffloadFeature(device(words), rest);
            case "qdisc" -> new QueueDiscipline(device(words));
            case "interrupt" -> new InterruptAffinity(device(words), Integer.parseInt(rest));
            case "receive" -> new ReceiveSteering(device(words), Integer.parseInt(rest));
            case "governor" -> new Governor(Integer.parseInt(rest));
            default -> throw new IllegalArgumentException("There is no kind of setting \"" + words.get(0) + "\".");
        };
    }

    private static List<String> words(String kind, Device device, String rest) {
        String place = switch (device.place()) {
            case Place.Own() -> OWN;
            case Place.Named(String name) -> NAMED + name;
            case Place.Held _ -> throw new IllegalArgumentException("A nameless namespace cannot be written down.");
        };
        return List.of(kind, device.name(), place, rest);
    }

    private static Device device(List<String> words) {
        String place = words.get(2);
        if (place.equals(OWN)) {
            return Device.here(words.get(1));
        }
        if (place.startsWith(NAMED)) {
            return new Device(words.get(1), new Place.Named(place.substring(NAMED.length())));
        }
        throw new IllegalArgumentException("There is no place \"" + place + "\".");
    }
}
