package org.sluice.cli.traffic;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.sluice.traffic.machine.Host;
import org.sluice.traffic.scenario.Leftovers;
import org.sluice.traffic.tuning.NotRestored;
import org.sluice.traffic.tuning.Recovery;
import org.sluice.traffic.tuning.Tuning;

/** Clears away what runs that were killed have left behind. */
final class Aftermath {
    private Aftermath() {}

    /** Puts settings back, then takes away what was made, and tells what there was; nothing when there was nothing. */
    static void clear(Host host, Path state, PrintWriter tell) {
        Undisturbed.call(() -> clear(host, state)).forEach(told -> tell.println("sluice: " + told));
        tell.flush();
    }

    private static List<String> clear(Host host, Path state) {
        // Settings first: those of devices in a namespace can only be put back while it is there.
        Recovery recovery = Tuning.recover(host, state);
        Leftovers leftovers = Leftovers.remove(state);
        List<String> told = new ArrayList<>();
        if (!recovery.restored().isEmpty()) {
            told.add("Settings that a killed run had changed were put back: "
                    + recovery.restored().size() + ".");
        }
        recovery.notRestored().stream()
                .filter(left -> !left.gone())
                .map(Aftermath::describe)
                .forEach(told::add);
        if (!leftovers.removed().isEmpty()) {
            told.add("A killed run had left these, which were taken away: " + String.join(", ", leftovers.removed())
                    + ".");
        }
        return told;
    }

    private static String describe(NotRestored left) {
        return "A killed run had changed " + left.setting().describe() + ", which should be " + left.before()
                + " again and is not: " + left.reason();
    }
}
