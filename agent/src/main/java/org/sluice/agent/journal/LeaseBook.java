package org.sluice.agent.journal;

import static java.util.Objects.requireNonNull;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.sluice.agent.step.StepObserver;
import org.sluice.agent.step.StepObserver.Moment;
import org.sluice.model.Problem;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.PhysicalFunctionKey;
import org.sluice.model.protocol.VirtualFunctionLease;

/**
 * The newest lease of every VF that this host has seen, and which server holds the VF under it. It outlives the server, so
 * that an order that was held up on its way cannot take or free a VF that has a newer tenant. Thread-safe; the caller
 * holds the VF's lock over a whole transaction.
 */
public final class LeaseBook {
    private final DurableDirectory files;
    private final StepObserver observer;
    private final Map<Function, Holding> holdings = new ConcurrentHashMap<>();

    /** A VF by identity. */
    public record Function(PhysicalFunctionKey physicalFunction, int index) {
        /** The VF a lease is for. */
        public static Function of(VirtualFunctionLease lease) {
            return new Function(lease.physicalFunction(), lease.index());
        }
    }

    /**
     * A VF's line in the book.
     *
     * @param newest the newest lease seen
     * @param holder the server that has it now; empty when it was given back
     */
    public record Holding(VirtualFunctionLease newest, Optional<ServerId> holder) {}

    LeaseBook(DurableDirectory files, StepObserver observer) {
        this.files = requireNonNull(files, "files is null");
        this.observer = requireNonNull(observer, "observer is null");
        for (Holding holding : files.readAll(Holding.class)) {
            holdings.put(Function.of(holding.newest()), holding);
        }
    }

    /** The line of a VF, if it was ever leased here. */
    public Optional<Holding> find(Function function) {
        return Optional.ofNullable(holdings.get(function));
    }

    /**
     * Writes down that the server has the VF under this lease.
     *
     * @throws org.sluice.model.ProblemException when a newer lease was seen, or another server has not given it back
     */
    public void take(VirtualFunctionLease lease, ServerId server) {
        Optional<Holding> known = find(Function.of(lease));
        if (known.isPresent()) {
            Holding holding = known.get();
            long newest = holding.newest().generation();
            if (newest > lease.generation()) {
                throw new Problem(
                                Problem.Kind.CONFLICT,
                                "LeaseSuperseded",
                                "Generation " + lease.generation() + " of the lease of VF " + lease.index()
                                        + " on card "
                                        + lease.physicalFunction().serial() + " is older than generation " + newest
                                        + ", which this host has already seen.",
                                Optional.of("Delete the server and create it again; it then gets a lease of its own."))
                        .asException();
            }
            if (isHeldByAnother(holding, server)) {
                throw new Problem(
                                Problem.Kind.CONFLICT,
                                "VirtualFunctionHeld",
                                "VF " + lease.index() + " on card "
                                        + lease.physicalFunction().serial() + " still belongs to server "
                                        + holding.holder().orElseThrow() + ", under generation " + newest + ".",
                                Optional.of("Wait until that server is gone from this host."))
                        .asException();
            }
            if (newest == lease.generation()) {
                if (holding.holder().isPresent()) {
                    return;
                }
                throw new Problem(
                                Problem.Kind.CONFLICT,
                                "LeaseGivenBack",
                                "Generation " + newest + " of the lease of VF " + lease.index() + " on card "
                                        + lease.physicalFunction().serial() + " was given back by this host before.",
                                Optional.of("Delete the server and create it again; it then gets a lease of its own."))
                        .asException();
            }
        }
        write(new Holding(lease, Optional.of(server)));
    }

    /** Who has the VF and has not given it back, where that is another server than this one. */
    public Optional<ServerId> otherHolder(VirtualFunctionLease lease, ServerId server) {
        return find(Function.of(lease))
                .filter(holding -> isHeldByAnother(holding, server))
                .flatMap(Holding::holder);
    }

    /** Numbers of the VFs of that PF that servers have, whether their guests are on or not. */
    public Set<Integer> heldOn(PhysicalFunctionKey physicalFunction) {
        return holdings.values().stream()
                .filter(holding -> holding.holder().isPresent())
                .map(Holding::newest)
                .filter(lease -> lease.physicalFunction().equals(physicalFunction))
                .map(VirtualFunctionLease::index)
                .collect(Collectors.toSet());
    }

    /** Whether this server holds the VF under exactly this lease: only then may it be neutralised for it. */
    public boolean holds(VirtualFunctionLease lease, ServerId server) {
        return find(Function.of(lease))
                .map(holding ->
                        holding.newest().equals(lease) && holding.holder().equals(Optional.of(server)))
                .orElse(false);
    }

    /** Writes down that the VF was given back. A server that does not hold it changes nothing. */
    public void giveBack(VirtualFunctionLease lease, ServerId server) {
        if (holds(lease, server)) {
            write(new Holding(lease, Optional.empty()));
        }
    }

    /** Refuses every later change. */
    void close() {
        files.close();
    }

    private static boolean isHeldByAnother(Holding holding, ServerId server) {
        return holding.holder().isPresent() && !holding.holder().get().equals(server);
    }

    private void write(Holding holding) {
        Function function = Function.of(holding.newest());
        String serial = URLEncoder.encode(function.physicalFunction().serial(), StandardCharsets.UTF_8);
        String name = serial + "-" + function.physicalFunction().port() + "-" + function.index();
        observer.reached(Moment.BEFORE_JOURNAL, name);
        files.write(name, holding);
        holdings.put(function, holding);
        observer.reached(Moment.AFTER_JOURNAL, name);
    }
}
