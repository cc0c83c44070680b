package org.sluice.agent.functions;

import static java.util.Objects.requireNonNull;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import org.sluice.agent.journal.DurableDirectory;
import org.sluice.model.protocol.PhysicalFunctionKey;

/**
 * By which key each PF of this machine is known: its card's serial number and its function number; for a card without a readable
 * serial, or with one that another card has too, the PF's permanent MAC address. A key once given is kept on disk and stays with
 * the PF, by its permanent address or its place, whatever comes or is read later: leases are written on it. Thread-safe.
 */
final class CardKeys {
    private final DurableDirectory files;
    private final Map<PhysicalFunctionKey, Seat> seats = new ConcurrentHashMap<>();

    /**
     * A PF as it is found.
     *
     * @param serial from its vital product data; empty when none can be read
     * @param mac its permanent address, which a bond does not change; the current one where the driver names none
     */
    record Found(String address, String vendorId, String deviceId, int function, Optional<String> serial, String mac) {
        private Optional<PhysicalFunctionKey> bySerial() {
            return serial.map(number -> new PhysicalFunctionKey(number, function));
        }

        private boolean isKind(Seat seat) {
            return vendorId.equals(seat.vendorId()) && deviceId.equals(seat.deviceId());
        }
    }

    /** Where a PF was when it was seen last. */
    record Seat(PhysicalFunctionKey key, String address, String vendorId, String deviceId, String mac) {}

    /** @param files where the seats are kept */
    CardKeys(DurableDirectory files) {
        this.files = requireNonNull(files, "files is null");
        files.readAll(Seat.class).forEach(seat -> seats.put(seat.key(), seat));
    }

    /** Where the PF was seen last, perhaps before the machine was started anew. */
    Optional<Seat> find(PhysicalFunctionKey key) {
        return Optional.ofNullable(seats.get(key));
    }

    /** The keys of the PFs that there are now, in their order. */
    synchronized Map<Found, PhysicalFunctionKey> assign(List<Found> present) {
        Map<Found, PhysicalFunctionKey> known = new LinkedHashMap<>();
        // The place first: cheap cards may share even the permanent address.
        recognise(
                present,
                known,
                (found, seat) -> found.isKind(seat)
                        && found.mac().equals(seat.mac())
                        && found.address().equals(seat.address()));
        recognise(
                present,
                known,
                (found, seat) -> found.isKind(seat) && found.mac().equals(seat.mac()));
        // A card whose address was written anew.
        recognise(
                present,
                known,
                (found, seat) -> found.isKind(seat)
                        && found.address().equals(seat.address())
                        && found.bySerial().equals(Optional.of(seat.key())));
        Map<Found, PhysicalFunctionKey> all = new LinkedHashMap<>();
        for (Found found : present) {
            PhysicalFunctionKey key = known.get(found);
            all.put(found, key != null ? key : chosen(found, present));
        }
        Set<PhysicalFunctionKey> seated = new HashSet<>();
        all.forEach((found, key) -> {
            // Of two that share every number only one can be told from the other: by its place.
            if (seated.add(key)) {
                remember(found, key);
            }
        });
        return all;
    }

    private void recognise(List<Found> present, Map<Found, PhysicalFunctionKey> known, BiPredicate<Found, Seat> same) {
        List<Seat> open = new ArrayList<>(seats.values());
        open.removeIf(seat -> known.containsValue(seat.key()));
        for (Found found : present) {
            if (known.containsKey(found)) {
                continue;
            }
            List<Seat> fitting =
                    open.stream().filter(seat -> same.test(found, seat)).toList();
            if (fitting.size() == 1) {
                known.put(found, fitting.getFirst().key());
                open.remove(fitting.getFirst());
            }
        }
    }

    /** Some makers give every card of a batch one serial number; that names none of them. */
    private PhysicalFunctionKey chosen(Found found, List<Found> present) {
        return found.bySerial()
                .filter(key -> !seats.containsKey(key))
                .filter(key -> present.stream()
                                .filter(other -> other.bySerial().equals(Optional.of(key)))
                                .count()
                        == 1)
                .orElseGet(() -> new PhysicalFunctionKey(found.mac(), 0));
    }

    private void remember(Found found, PhysicalFunctionKey key) {
        Seat seat = new Seat(key, found.address(), found.vendorId(), found.deviceId(), found.mac());
        if (!seat.equals(seats.get(key))) {
            files.write(URLEncoder.encode(key.serial(), StandardCharsets.UTF_8) + "-" + key.port(), seat);
            seats.put(key, seat);
        }
    }
}
