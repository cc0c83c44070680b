package org.sluice.agent.functions;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.host.VirtualFunctions;
import org.sluice.agent.step.Patience;
import org.sluice.agent.supervision.BoundedCalls;
import org.sluice.model.protocol.PhysicalFunction;
import org.sluice.model.protocol.PhysicalFunctionKey;

/**
 * VFs that are asked again while they are busy, and not waited for for ever: a call that the kernel refuses for the moment
 * ("VF still in reset", or no word of the VF at all) is repeated with growing pauses, and one that does not return in time is
 * given up. The PF of such a call and all of its VFs are refused to everybody until the call does return: it may still change one,
 * and whatever holds it in the driver holds the next one too. Other PFs go on. Thread-safe.
 */
public final class PatientVirtualFunctions implements VirtualFunctions {
    /** In place of a VF's number where a call is about the PF. */
    private static final int PF = -1;

    private final VirtualFunctions kernel;
    private final Patience patience;
    private final Duration longestCall;
    private final BoundedCalls<Optional<PhysicalFunctionKey>> calls;

    /** Stands for looking at all cards. */
    private static final Optional<PhysicalFunctionKey> ALL = Optional.empty();

    /** Threads that drivers that hang may hold. */
    private static final int MOST_CALLS = 256;

    private volatile @Nullable List<PhysicalFunction> seen;

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
        this.calls = new BoundedCalls<>(
                requireNonNull(executor, "executor is null"),
                MOST_CALLS,
                sentence -> new KernelException.Stuck(
                        sentence,
                        Optional.of("The PF's driver is stuck: see dmesg, then reload the driver or reboot the host."),
                        null));
    }

    /** Of a PF that does not answer it says so; when looking at all of them does not come back, as it was seen last. */
    @Override
    public List<PhysicalFunction> physicalFunctions() {
        List<PhysicalFunction> last = seen;
        try {
            List<PhysicalFunction> now =
                    calls.call(ALL, "Looking at the cards", longestCall, kernel::physicalFunctions);
            seen = now;
            return now.stream()
                    .map(card -> judged(card, calls.hangs(Optional.of(card.key()))))
                    .toList();
        } catch (KernelException.Stuck stuck) {
            if (last == null) {
                throw stuck;
            }
            return last.stream()
                    .map(card -> judged(card, Optional.of(String.valueOf(stuck.getMessage()))))
                    .toList();
        }
    }

    private static PhysicalFunction judged(PhysicalFunction card, Optional<String> hangs) {
        return hangs.map(sentence -> card.withFault("Its driver does not answer. " + sentence))
                .orElse(card);
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
    public PortState port(PhysicalFunctionKey physicalFunction) {
        return insist(physicalFunction, PF, "Reading its state", () -> kernel.port(physicalFunction));
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
        Optional<PhysicalFunctionKey> key = Optional.of(physicalFunction);
        String named = what + " (" + (index == PF ? "the PF" : "VF " + index) + ", card serial "
                + physicalFunction.serial() + " port " + physicalFunction.port() + ")";
        Patience.Series pauses = patience.begin();
        while (true) {
            try {
                return calls.call(key, named, longestCall, call::get);
            } catch (KernelException.Stuck stuck) {
                if (calls.hangs(key).isEmpty()) {
                    // It was given up below, where a thread is left in the kernel.
                    calls.suspect(key, String.valueOf(stuck.getMessage()), longestCall);
                }
                throw stuck;
            } catch (KernelException e) {
                if (!e.isTransient() || !pauses.pause()) {
                    throw e;
                }
            }
        }
    }
}
