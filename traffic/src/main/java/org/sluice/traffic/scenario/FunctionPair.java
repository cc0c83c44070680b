package org.sluice.traffic.scenario;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.sluice.linux.LinuxException;
import org.sluice.linux.pci.VirtualFunction;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.frame.FrameSpec;
import org.sluice.traffic.function.FreeFunctions;
import org.sluice.traffic.function.Loan;

/** Two free VFs of one PF as a path through the card's own switch. */
public final class FunctionPair {
    private FunctionPair() {}

    /**
     * Takes the two free VFs with the highest numbers: those that a scheduler would take last. Closing gives them back.
     *
     * @param state where the journal goes
     * @param device the network device of the PF
     * @param leased numbers of VFs that belong to somebody though nothing on the machine shows it yet
     * @throws LinuxException codes {@code pf.missing}; {@code vf.none-free} when there are fewer than two; {@code vf.no-driver},
     *     {@code vf.no-carrier}; or what the kernel refused
     */
    public static BuiltPath build(Path state, String device, Set<Integer> leased, RandomGenerator random) {
        List<VirtualFunction> free = FreeFunctions.of(device, leased);
        if (free.size() < 2) {
            throw new LinuxException(
                    "vf.none-free",
                    "The PF " + device + " has " + free.size()
                            + " free VFs; two are needed for a path from one to the other.",
                    "Make more VFs (sriov_numvfs), or measure when fewer of them are in use.");
        }
        List<Loan> loans = free.reversed().subList(0, 2).stream()
                .map(function -> Loan.of(device, function, Site.newMac(random)))
                .toList();
        Site site = Site.reserve(state, new Site.Plan(FunctionEnds.ROLES, loans, List.of()), random);
        FunctionEnds ends = new FunctionEnds(
                site.namespaces(), site.functions().getFirst(), site.functions().getLast());
        return site.build(
                new ArrayList<>(ends.steps()),
                Step.Listener.NONE,
                () -> new SitePath(
                        site,
                        List.of(new Stream(
                                ends.sender().port(),
                                ends.receiver().port(),
                                FrameSpec.between(
                                        ends.sender().mac(), ends.receiver().mac()),
                                Stream.Device.BRIDGE)),
                        "VF " + loans.getFirst().index() + " to VF "
                                + loans.getLast().index() + " of " + device + " through the card's own switch.",
                        false,
                        List.of(new PortName(device, Optional.empty())),
                        List.of()));
    }
}
