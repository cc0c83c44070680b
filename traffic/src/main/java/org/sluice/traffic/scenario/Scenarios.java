package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.sluice.linux.pci.PciTree;

/** The patterns that there are, and which of them a scenario measures. Immutable. */
public final class Scenarios {
    /** The scenario of all that the talk compared. */
    public static final String FOUR_PATTERNS = "four-patterns";

    private static final String RUNNING_VM =
            " A VM that runs already is measured by sluice traffic rfc2544, with the VM's address as --gateway.";

    private final List<Pattern> fourPatterns;
    private final List<Pattern> standIns;

    /** @param state the folder for the journals of what is built; made if need be */
    public Scenarios(Path state) {
        requireNonNull(state, "state is null");
        Pattern bridgeNamespace = new BridgeNamespace(state, Step.Listener.NONE);
        fourPatterns = List.of(
                new Forwarding(state, false, Step.Listener.NONE),
                new Forwarding(state, true, Step.Listener.NONE),
                new MissingPattern(
                        "bridge-vm",
                        "Linux bridge with a VM",
                        () -> "sluice traffic starts no VM of its own." + RUNNING_VM,
                        Optional.of(bridgeNamespace)),
                new MissingPattern("one-vf", "One VM with a VF", functions(1), Optional.empty()),
                new MissingPattern("ten-vfs", "Ten VMs with a VF each", functions(10), Optional.empty()));
        standIns = List.of(bridgeNamespace);
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

    private static Supplier<String> functions(int needed) {
        return () -> {
            long free = new PciTree()
                    .physicalFunctions().stream()
                            .mapToLong(card -> card.virtualFunctions().stream()
                                    .filter(function ->
                                            function.function().driver().isEmpty())
                                    .count())
                            .max()
                            .orElse(0);
            return free < needed
                    ? "There is no SR-IOV card with " + (needed == 1 ? "a free VF" : needed + " free VFs")
                            + " on this machine; run it in the lab or on a host with one."
                    : "sluice traffic starts no VM of its own." + RUNNING_VM;
        };
    }
}
