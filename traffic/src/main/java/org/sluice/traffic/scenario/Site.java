package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.sluice.linux.net.MacAddress;
import org.sluice.traffic.function.BorrowedFunction;
import org.sluice.traffic.function.Loan;
import org.sluice.traffic.guest.Accelerator;
import org.sluice.traffic.guest.MachineSpec;
import org.sluice.traffic.guest.VirtualMachine;

/**
 * Where one path is built. Everything that it will be made of is in a journal before the first of it is made; closing takes it away
 * again, last first. For one thread.
 */
final class Site implements AutoCloseable {
    /** Locally administered, unicast. */
    private static final long LOCAL = 0x02L << 40;

    private final Path state;
    private final String prefix;
    private final MadeJournal journal;
    private final MadeNamespaces namespaces;
    private final List<BorrowedFunction> functions;
    private final Map<String, VirtualMachine> machines = new LinkedHashMap<>();
    private boolean closed;

    private Site(Path state, String prefix, Plan plan, Map<String, String> namespaces, MadeJournal journal) {
        this.state = state;
        this.prefix = prefix;
        this.journal = journal;
        this.namespaces = new MadeNamespaces(namespaces);
        this.functions = plan.loans().stream().map(BorrowedFunction::new).toList();
    }

    /**
     * What will be made.
     *
     * @param namespaces a namespace for each of these roles
     * @param loans VFs to borrow
     * @param machines a virtual machine for each of these roles
     */
    record Plan(List<String> namespaces, List<Loan> loans, List<String> machines) {
        Plan {
            namespaces = List.copyOf(namespaces);
            loans = List.copyOf(loans);
            machines = List.copyOf(machines);
        }
    }

    /** Chooses names and writes the journal; makes nothing yet. */
    static Site reserve(Path state, Plan plan, RandomGenerator random) {
        byte[] suffix = new byte[4];
        random.nextBytes(suffix);
        String prefix = Made.PREFIX + HexFormat.of().formatHex(suffix) + "-";
        Map<String, String> namespaces = new LinkedHashMap<>();
        plan.namespaces().forEach(role -> namespaces.put(role, prefix + role));
        List<Made> planned = new ArrayList<>();
        namespaces.values().forEach(name -> planned.add(new Made.Namespace(name)));
        plan.loans().forEach(loan -> planned.add(new Made.Function(loan)));
        plan.machines().forEach(role -> planned.add(new Made.Folder(state.resolve(prefix + role))));
        plan.machines().forEach(role -> planned.add(new Made.Machine(prefix + role)));
        return new Site(state, prefix, plan, namespaces, MadeJournal.write(state, planned));
    }

    /** Does the steps and hands the path over; takes everything away again when one of these fails. */
    BuiltPath build(List<Step> steps, Step.Listener listener, Supplier<BuiltPath> path) {
        try {
            for (Step step : steps) {
                listener.before(step.what());
                step.work().run();
            }
            listener.before("hand the path over");
            return path.get();
        } catch (RuntimeException | Error failure) {
            try {
                close();
            } catch (RuntimeException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    MadeNamespaces namespaces() {
        return namespaces;
    }

    /** The VFs to borrow, in the order of the plan. */
    List<BorrowedFunction> functions() {
        return functions;
    }

    /** The name of a role's virtual machine, also before it is started. */
    String machine(String role) {
        return prefix + role;
    }

    /** Makes the folder for the files of a role's virtual machine. */
    Path folder(String role) {
        try {
            return Files.createDirectory(state.resolve(prefix + role));
        } catch (IOException failure) {
            throw new UncheckedIOException(
                    "The folder for the virtual machine " + prefix + role + " cannot be made.", failure);
        }
    }

    /** Starts a virtual machine of the plan; it is still to boot. */
    VirtualMachine start(String program, MachineSpec spec, Accelerator accelerator) {
        VirtualMachine machine = VirtualMachine.start(program, spec, accelerator);
        VirtualMachine before = machines.put(requireNonNull(spec.name(), "name is null"), machine);
        if (before != null) {
            before.close();
        }
        return machine;
    }

    /** A unicast address that belongs to nobody (IEEE 802, locally administered). */
    static MacAddress newMac(RandomGenerator random) {
        return new MacAddress(LOCAL | random.nextLong(1L << 40));
    }

    /** Takes everything away; a second call does nothing. What refuses stays in the journal for a later run. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        machines.values().forEach(VirtualMachine::close);
        namespaces.close();
        try (journal) {
            List<Made> _ = journal.undo();
        }
    }
}
