package org.sluice.traffic.tuning;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sluice.linux.LinuxException;
import org.sluice.traffic.machine.Host;

/** Puts settings back, last changed first, and looks whether they are. For one thread. */
final class Restoring {
    /** Putting one back can move another: drivers reset affinities when rings change. So everything is looked at twice. */
    private static final int ROUNDS = 2;

    private static final Set<String> GONE = Set.of("link.missing", "namespace.missing");

    private final Host host;
    private final List<Change> restored = new ArrayList<>();
    private final List<NotRestored> notRestored = new ArrayList<>();
    private final Map<Setting, String> refusals = new HashMap<>();

    Restoring(Host host) {
        this.host = host;
    }

    /** @param remembered in the order in which they were changed */
    void restore(List<Remembered> remembered) {
        for (int round = 0; round < ROUNDS; round++) {
            remembered.reversed().forEach(this::putBack);
        }
        remembered.reversed().forEach(this::verify);
    }

    /** From what was found to what it was before. */
    List<Change> restored() {
        return List.copyOf(restored);
    }

    List<NotRestored> notRestored() {
        return List.copyOf(notRestored);
    }

    private void putBack(Remembered remembered) {
        Setting setting = remembered.setting();
        try {
            Optional<String> found = read(remembered);
            if (found.isPresent() && !setting.satisfies(remembered.value(), found.get())) {
                setting.write(host, remembered.value());
                restored.add(new Change(setting, found.get(), remembered.value()));
            }
        } catch (RuntimeException refusal) {
            refusals.put(setting, Reasons.of(refusal));
        }
    }

    private void verify(Remembered remembered) {
        Setting setting = remembered.setting();
        try {
            Optional<String> found = read(remembered);
            if (found.isEmpty()) {
                fail(remembered, true, "What had " + setting.describe() + " is not there any more.");
            } else if (!setting.satisfies(remembered.value(), found.get())) {
                fail(
                        remembered,
                        false,
                        refusals.getOrDefault(
                                setting,
                                "The kernel took " + remembered.value() + " for " + setting.describe()
                                        + " without an error, and it reads back " + found.get() + "."));
            }
        } catch (LinuxException refusal) {
            fail(remembered, GONE.contains(refusal.code()), refusal.sentence());
        } catch (RuntimeException failure) {
            fail(remembered, false, Reasons.of(failure));
        }
    }

    private void fail(Remembered remembered, boolean gone, String reason) {
        Setting setting = remembered.setting();
        restored.removeIf(change -> change.setting().equals(setting));
        notRestored.add(new NotRestored(setting, remembered.value(), gone, reason));
    }

    /** Empty when the device is not there, or is another one of the same name. */
    private Optional<String> read(Remembered remembered) {
        boolean same = remembered
                .setting()
                .device()
                .map(device -> host.identity(device)
                        .filter(remembered.identity()::equals)
                        .isPresent())
                .orElse(true);
        return same ? remembered.setting().read(host) : Optional.empty();
    }
}
