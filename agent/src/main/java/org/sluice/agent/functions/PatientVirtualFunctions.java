package org.sluice.agent.functions;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.host.VirtualFunctions;
import org.sluice.agent.journal.LeaseBook.Function;
import org.sluice.agent.step.Patience;
import org.sluice.model.protocol.PhysicalFunction;
import org.sluice.model.protocol.PhysicalFunctionKey;

/**
 * VFs that are asked again while they are busy, and not waited for for ever: a call that the kernel refuses for the moment
 * ("VF still in reset", or no word of the VF at all) is repeated with growing pauses, and one that does not return in time is
 * given up. The VF of such a call is refused to everybody until the call does return, because it may still change it.
 */
public final class PatientVirtualFunctions implements VirtualFunctions {
    /** In place of a VF's number where a call is about the PF. */
    private static final int PF = -1;

    private final VirtualFunctions kernel;
    private final Patience patience;
    private final Duration longestCall;
    private final ExecutorService executor;
    private final Map<Function, Future<?>> hung = new ConcurrentHashMap<>();

    /**
     * @param kernel the VFs themselves
     * @param patience how long to repeat what is refused for the moment
     * @param longestCall after how long a single call counts as hung
     * @param executor runs the calls; with a kernel below, on platform threads: a call that hangs in native code would
     *     keep one of the few carriers of virtual threads
     */
    public PatientVirtualFunctions(
            VirtualFunctions kernel, Patience patience, Duration longestCall, ExecutorService executor) {
        this.kernel = requireNonNull(kernel, "kernel is null");
        this.patience = requireNonNull(patience, "patience is null");
        this.longestCall = requireNonNull(longestCall, "longestCall is null");
        this.executor = requireNonNull(executor, "executor is null");
    }

    @Override
    public List<PhysicalFunction> physicalFunctions() {
        return kernel.physicalFunctions();
    }

    @Override
    public CardModel model(PhysicalFunctionKey physicalFunction) {
        return insist(physicalFunction, PF, "Reading its model", () -> kernel.model(physicalFunction));
    }

    @Override
    public Tuple read(PhysicalFunctionKey physicalFunction, int index) {
        return insist(physicalFunction, index, "Reading it", () -> kernel.read(physicalFunction, index));
    }

    @Override
    public void set(PhysicalFunctionKey physicalFunction, int index, Setting setting) {
        insist(physicalFunction, index, "Setting " + setting, () -> {
            kernel.set(physicalFunction, index, setting);
            return true;
        });
    }

    @Override
    public void preparePhysicalFunction(PhysicalFunctionKey physicalFunction, int leastMtu) {
        // Not a call on one VF, but one that may find the PF busy just the same.
        insist(physicalFunction, PF, "Bringing the PF up at MTU " + leastMtu, () -> {
            kernel.preparePhysicalFunction(physicalFunction, leastMtu);
            return true;
        });
    }

    @Override
    public Optional<String> driver(PhysicalFunctionKey physicalFunction, int index) {
        return insist(physicalFunction, index, "Reading its driver", () -> kernel.driver(physicalFunction, index));
    }

    @Override
    public void unbind(PhysicalFunctionKey physicalFunction, int index) {
        insist(physicalFunction, index, "Unbinding its driver", () -> {
            kernel.unbind(physicalFunction, index);
            return true;
        });
    }

    @Override
    public void bindToVfio(PhysicalFunctionKey physicalFunction, int index) {
        insist(physicalFunction, index, "Binding it to vfio-pci", () -> {
            kernel.bindToVfio(physicalFunction, index);
            return true;
        });
    }

    @Override
    public String address(PhysicalFunctionKey physicalFunction, int index) {
        return insist(physicalFunction, index, "Reading its address", () -> kernel.address(physicalFunction, index));
    }

    private <T> T insist(PhysicalFunctionKey physicalFunction, int index, String what, Supplier<T> call) {
        Function function = new Function(physicalFunction, index);
        Patience.Series pauses = patience.begin();
        while (true) {
            try {
                return inTime(function, what, call::get);
            } catch (KernelException e) {
                if (!e.isTransient() || !pauses.pause()) {
                    throw e;
                }
            }
        }
    }

    private <T> T inTime(Function function, String what, Callable<T> call) {
        Future<?> earlier = hung.get(function);
        if (earlier != null) {
            if (!earlier.isDone()) {
                throw stuck(function, "An earlier call on it has still not returned from the kernel");
            }
            hung.remove(function, earlier);
        }
        Future<T> running = executor.submit(call);
        try {
            return running.get(longestCall.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            hung.put(function, running);
            throw stuck(function, what + " did not return from the kernel within " + longestCall.toMillis() + " ms");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            hung.put(function, running);
            throw stuck(function, what + " was interrupted because the agent stops");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Error error -> throw error;
                case RuntimeException failure -> throw failure;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    private static KernelException stuck(Function function, String sentence) {
        String whose = function.index() == PF ? "the PF" : "VF " + function.index();
        return new KernelException.Stuck(
                sentence + " (" + whose + ", card serial "
                        + function.physicalFunction().serial() + " port "
                        + function.physicalFunction().port() + ").",
                Optional.of("The PF's driver is stuck: see dmesg, then reload the driver or reboot the host."),
                null);
    }
}
