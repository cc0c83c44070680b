package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The patterns that there are, and which of them a scenario measures. Immutable. */
public final class Scenarios {
    /** The scenario of all that the talk compared. */
    public static final String FOUR_PATTERNS = "four-patterns";

    private final List<Pattern> fourPatterns;
    private final List<Pattern> standIns;

    /**
     * @param state the folder for the journals of what is built; made if need be
     * @param machines how virtual machines are run
     */
    public Scenarios(Path state, MachineOptions machines) {
        requireNonNull(state, "state is null");
        fourPatterns = List.of(
                new Forwarding(state, false, Step.Listener.NONE),
                new Forwarding(state, true, Step.Listener.NONE),
                new BridgeMachine(state, machines, Step.Listener.NONE),
                new FunctionMachines(state, machines, "one-vf", "One VM with a VF", 1, 1, Step.Listener.NONE),
                new FunctionMachines(state, machines, "ten-vfs", "Ten VMs with a VF each", 2, 10, Step.Listener.NONE));
        standIns = List.of(new BridgeNamespace(state, Step.Listener.NONE));
    }

    /**
     * The patterns of a scenario, in the order to measure them.
     *
     * @param name {@value #FOUR_PATTERNS}, or a pattern's own name for that one alone
     * @throws IllegalArgumentException when there is none of the name
     */
    public List<Pattern> patterns(String name) {
        if (name.equals(FOUR_PATTERNS)) {
            return fourPatterns;
        }
        return Stream.concat(fourPatterns.stream(), standIns.stream())
                .filter(pattern -> pattern.name().equals(name))
                .findFirst()
                .map(List::of)
                .orElseThrow(() -> new IllegalArgumentException(
                        "\"" + name + "\" is no scenario: use " + FOUR_PATTERNS + ", or one of "
                                + Stream.concat(fourPatterns.stream(), standIns.stream())
                                        .map(Pattern::name)
                                        .collect(Collectors.joining(", "))
                                + "."));
    }
}
