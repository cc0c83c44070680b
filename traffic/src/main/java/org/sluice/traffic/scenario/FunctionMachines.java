package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.sluice.linux.kernel.AttributeFiles;
import org.sluice.linux.net.Link;
import org.sluice.linux.net.Links;
import org.sluice.linux.pci.PciNetworkDevice;
import org.sluice.linux.pci.PciTree;
import org.sluice.linux.pci.PhysicalFunction;
import org.sluice.linux.pci.VirtualFunction;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.function.BorrowedFunction;
import org.sluice.traffic.function.FreeFunctions;
import org.sluice.traffic.function.Loan;
import org.sluice.traffic.guest.MachineSpec;
import org.sluice.traffic.guest.RouterNic;

/**
 * Virtual machines with a VF each, between two more VFs of the same card, which the tester has. A machine's VF is in both of its
 * networks: it routes from one to the other and back out of the card's switch.
 */
final class FunctionMachines implements Pattern {
    private static final int ENDS = FunctionEnds.ROLES.size();
    private static final Path VENDOR = Path.of("/sys/class/dmi/id/sys_vendor");

    private final Path state;
    private final MachineOptions options;
    private final String name;
    private final String title;
    private final int fewest;
    private final int most;
    private final Step.Listener listener;
    private final SecureRandom random = new SecureRandom();

    /**
     * @param fewest with fewer virtual machines it is not this pattern
     * @param most it has so many where the card has VFs for them
     */
    FunctionMachines(
            Path state,
            MachineOptions options,
            String name,
            String title,
            int fewest,
            int most,
            Step.Listener listener) {
        this.state = requireNonNull(state, "state is null");
        this.options = requireNonNull(options, "options is null");
        this.name = requireNonNull(name, "name is null");
        this.title = requireNonNull(title, "title is null");
        this.fewest = fewest;
        this.most = most;
        this.listener = requireNonNull(listener, "listener is null");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public Optional<String> unavailable() {
        return RoutedNamespaces.unavailable().or(this::withoutFunctions).or(() -> Machines.unavailable(options));
    }

    private Optional<String> withoutFunctions() {
        Optional<PhysicalFunction> best = card();
        int needed = fewest + ENDS;
        if (best.isEmpty()) {
            return Optional.of(options.card()
                    .map(card -> "There is no SR-IOV card " + card + " on this machine.")
                    .orElse("There is no SR-IOV card on this machine; run it in the lab or on a host with one."));
        }
        PhysicalFunction card = best.orElseThrow();
        List<VirtualFunction> free = FreeFunctions.of(card);
        if (free.size() < needed) {
            return Optional.of("It needs " + needed + " free VFs of one card, " + ENDS + " of them for the tester, and "
                    + device(card) + " has " + free.size() + "; make more (sriov_numvfs), or take their drivers off.");
        }
        if (free.stream().anyMatch(function -> function.function().iommuGroup().isEmpty())) {
            return Optional.of(
                    "The VFs of " + device(card)
                            + " are in no IOMMU group; switch the IOMMU on (firmware set-up, and intel_iommu=on or amd_iommu=on).");
        }
        try (Links links = Links.open()) {
            return links.find(device(card)).filter(Link::carrier).isPresent()
                    ? Optional.empty()
                    : Optional.of("The PF " + device(card) + " is down or has no carrier; set it up (ip link set "
                            + device(card) + " up).");
        }
    }

    /** The one that was asked for, or that with the most free VFs. */
    private Optional<PhysicalFunction> card() {
        return new PciTree()
                .physicalFunctions().stream()
                        .filter(card -> card.function().networkDevice().isPresent())
                        .filter(card -> options.card().isEmpty()
                                || options.card().orElseThrow().equals(device(card)))
                        .max(Comparator.comparingInt(
                                card -> FreeFunctions.of(card).size()));
    }

    private static String device(PhysicalFunction card) {
        return card.function().networkDevice().map(PciNetworkDevice::name).orElse("");
    }

    @Override
    public BuiltPath build() {
        Patterns.requireAvailable(this);
        PhysicalFunction card = card().orElseThrow();
        List<VirtualFunction> free = FreeFunctions.of(card);
        int count = Math.min(most, free.size() - ENDS);
        // The highest numbers, which whoever gives VFs to servers would take last.
        List<VirtualFunction> chosen = free.subList(free.size() - count - ENDS, free.size());
        listener.before("journal the names");
        List<Loan> loans = chosen.stream()
                .map(function -> Loan.of(device(card), function, Site.newMac(random)))
                .toList();
        List<String> roles =
                IntStream.range(0, count).mapToObj(number -> "vm" + number).toList();
        Site site = Site.reserve(state, new Site.Plan(FunctionEnds.ROLES, loans, roles), random);
        List<BorrowedFunction> lent = site.functions().subList(0, count);
        FunctionEnds ends = new FunctionEnds(
                site.namespaces(), site.functions().get(count), site.functions().get(count + 1));
        Machines machines = new Machines(site, options);
        List<Step> steps = new ArrayList<>(ends.steps());
        for (int number = 0; number < count; number++) {
            BorrowedFunction function = lent.get(number);
            Networks networks = new Networks(number);
            String role = roles.get(number);
            steps.add(new Step("take a VF for " + role, function::useInMachine));
            steps.add(new Step(
                    "write the config drive of " + role,
                    () -> machines.prepare(
                            role,
                            List.of(new MachineSpec.Nic.Function(function.loan().address())),
                            List.of(router(function, networks, ends)))));
        }
        steps.add(new Step("start " + (count == 1 ? "the VM" : "the VMs"), machines::start));
        return site.build(steps, listener, () -> {
            SitePath path = new SitePath(
                    site,
                    IntStream.range(0, count)
                            .mapToObj(number -> stream(lent.get(number), new Networks(number), ends))
                            .toList(),
                    (count == 1 ? "A VM routes" : count + " VMs route, each")
                            + " IPv4 between two networks on its one VF of " + device(card)
                            + ". The tester has two more VFs of the card; frames go through the card's own switch.",
                    isMachineOfQemu(),
                    List.of(new PortName(device(card), Optional.empty())),
                    notes(count));
            return new MachinePath(site, machines, () -> {}, path);
        });
    }

    private static RouterNic router(BorrowedFunction function, Networks networks, FunctionEnds ends) {
        List<RouterNic.Neighbour> neighbours =
                new ArrayList<>(networks.senders(ends.sender().mac()));
        neighbours.addAll(networks.receivers(ends.receiver().mac()));
        return new RouterNic(function.loan().lent(), List.of(networks.in(), networks.out()), neighbours);
    }

    private static Stream stream(BorrowedFunction function, Networks networks, FunctionEnds ends) {
        return networks.stream(ends.sender(), ends.receiver(), function.loan().lent());
    }

    private List<String> notes(int count) {
        List<String> notes = new ArrayList<>();
        if (count < most) {
            notes.add("The card has free VFs for " + count + " of " + most + " VMs.");
        }
        if (isMachineOfQemu()) {
            notes.add("This machine is itself a virtual machine of QEMU, and its card is taken for an emulated one.");
        }
        return notes;
    }

    /** QEMU emulates cards with VFs. Its machines may also have a real one passed through, which cannot be told apart from here. */
    private static boolean isMachineOfQemu() {
        return AttributeFiles.text(VENDOR).filter("QEMU"::equals).isPresent();
    }
}
