package org.sluice.agent.supervision;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.sluice.agent.host.Hypervisor;
import org.sluice.model.Problem;
import org.sluice.model.ServerId;

/**
 * A hypervisor that is not waited for for ever. A domain that does not answer keeps away who wants something of it, and nobody else;
 * when the hypervisor itself does not, that is a fault of the host. Thread-safe.
 */
public final class BoundedHypervisor implements Hypervisor {
    /** Threads that a hypervisor that hangs may hold. */
    private static final int MOST_CALLS = 64;

    /** How long memory may take to come to a disk or back: 256 GiB at 200 MB/s. */
    private static final Duration LONGEST_SAVE = Duration.ofMinutes(22);

    /** Stands for the hypervisor itself among its domains. */
    private static final Optional<ServerId> ITSELF = Optional.empty();

    private final Hypervisor hypervisor;
    private final BoundedCalls<Optional<ServerId>> calls;
    private final CallLimits limits;

    /**
     * @param executor runs the calls
     * @param limits how long they may take
     */
    public BoundedHypervisor(Hypervisor hypervisor, ExecutorService executor, CallLimits limits) {
        this.hypervisor = requireNonNull(hypervisor, "hypervisor is null");
        this.calls = new BoundedCalls<>(
                executor,
                MOST_CALLS,
                sentence -> new Problem(
                                Problem.Kind.UNAVAILABLE,
                                "HypervisorStuck",
                                "The hypervisor does not answer. " + sentence,
                                Optional.of(
                                        "See its log (journalctl -u libvirtd), and restart it; guests run on meanwhile."))
                        .asException());
        this.limits = requireNonNull(limits, "limits is null");
    }

    /** That the hypervisor itself does not answer, in a sentence; empty when it does. */
    public Optional<String> fault() {
        return calls.hangs(ITSELF).map(sentence -> "The hypervisor does not answer. " + sentence);
    }

    @Override
    public String type() {
        return hypervisor.type();
    }

    @Override
    public int version() {
        return ask(ITSELF, "Reading its version", hypervisor::version);
    }

    @Override
    public Capacity capacity() {
        return ask(ITSELF, "Reading what the host has", hypervisor::capacity);
    }

    @Override
    public void start(Domain domain) {
        change(domain.id(), "Starting domain " + domain.name(), () -> hypervisor.start(domain));
    }

    @Override
    public void shutDown(ServerId server) {
        change(server, "Pressing the power button of " + server, () -> hypervisor.shutDown(server));
    }

    @Override
    public void suspend(ServerId server) {
        change(server, "Suspending " + server, () -> hypervisor.suspend(server));
    }

    @Override
    public void resume(ServerId server) {
        change(server, "Resuming " + server, () -> hypervisor.resume(server));
    }

    @Override
    public void save(ServerId server, Path file) {
        change(server, "Saving the memory of " + server, LONGEST_SAVE, () -> hypervisor.save(server, file));
    }

    @Override
    public boolean isSaved(Path file) {
        return ask(ITSELF, "Reading " + file, () -> hypervisor.isSaved(file));
    }

    @Override
    public void restore(ServerId server, Path file) {
        change(server, "Restoring the memory of " + server, LONGEST_SAVE, () -> hypervisor.restore(server, file));
    }

    @Override
    public void attach(ServerId server, Nic nic) {
        change(server, "Attaching a NIC to " + server, () -> hypervisor.attach(server, nic));
    }

    @Override
    public void detach(ServerId server, NicKey nic) {
        change(server, "Detaching a NIC from " + server, () -> hypervisor.detach(server, nic));
    }

    @Override
    public boolean has(ServerId server, NicKey nic) {
        return ask(Optional.of(server), "Reading the NICs of " + server, () -> hypervisor.has(server, nic));
    }

    @Override
    public Set<String> functions(ServerId server) {
        return ask(Optional.of(server), "Reading the VFs of " + server, () -> hypervisor.functions(server));
    }

    @Override
    public void destroy(ServerId server) {
        change(server, "Ending " + server, () -> hypervisor.destroy(server));
    }

    @Override
    public State state(ServerId server) {
        return ask(Optional.of(server), "Reading the state of " + server, () -> hypervisor.state(server));
    }

    @Override
    public void watch(Consumer<ServerId> listener) {
        boolean _ = ask(ITSELF, "Asking for its events", () -> {
            hypervisor.watch(listener);
            return true;
        });
    }

    @Override
    public List<ServerId> domains() {
        return ask(ITSELF, "Listing its domains", hypervisor::domains);
    }

    private <T> T ask(Optional<ServerId> thing, String what, Callable<T> call) {
        return calls.call(thing, what, limits.question(), call);
    }

    private void change(ServerId server, String what, Runnable call) {
        change(server, what, limits.change(), call);
    }

    private void change(ServerId server, String what, Duration limit, Runnable call) {
        calls.run(Optional.of(server), what, limit, call);
    }
}
