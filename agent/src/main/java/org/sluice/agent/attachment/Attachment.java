package org.sluice.agent.attachment;

import java.util.List;
import java.util.function.BooleanSupplier;
import org.sluice.agent.host.Hypervisor;
import org.sluice.agent.journal.Entry.FoundFunction;
import org.sluice.agent.step.Step;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.ServerReport.InterfaceState;

/**
 * What one NIC of a server takes from the host, from before its domain has it until after. A kind of NIC is one class here, and
 * nobody else asks what kind it is. The same steps make the NIC when its server starts and when it comes to one that runs; undone
 * in reverse they leave nothing of it.
 *
 * <p>Thread-safe for different NICs; the caller holds the locks of the VFs that it takes
 * ({@link org.sluice.agent.functions.FunctionLocks}).
 */
public sealed interface Attachment permits BridgeAttachment, DirectAttachment {
    /** In which order the NICs of a server that starts are prepared. */
    enum Precedence {
        /** On what the host's servers share: first, since it may be refused and costs nobody a device. */
        SHARED,
        /** A device of its own. */
        DEVICE
    }

    /** The NIC. */
    DesiredInterface nic();

    /** When it is prepared, among the others of its server. */
    Precedence precedence();

    /** What its devices are like before anything is done to them. Changes nothing. */
    List<FoundFunction> look();

    /** Counts it in where the host's servers share something, of a NIC that was there before this life of the agent. */
    void recall();

    /** Takes what there is of it under our names for made here: its books do not say. */
    void adopt();

    /** Lets what the host's servers share know what is told of it now. */
    void join();

    /**
     * The steps before a domain may have it; undone, nothing of it is left. Its domain must not have it any more then.
     *
     * @param isPlugged asked when the steps are applied: whether the guest has it already, whose it is from then on
     */
    List<Step> prepare(BooleanSupplier isPlugged);

    /** The device that the domain gets, of a NIC that is prepared. */
    Hypervisor.Nic define();

    /** Whether a guest's memory can be saved while it has the NIC: what is in a VF cannot be read from its card. */
    boolean isSaveable();

    /** The steps once the domain has it. They need no undo: what prepares it undoes them too. */
    List<Step> activate();

    /**
     * Reads back what the controller counts on.
     *
     * @throws org.sluice.agent.host.KernelException naming what is not as it should be
     * @throws org.sluice.model.ProblemException likewise
     */
    InterfaceState verify();

    /**
     * Brings back what has drifted, as far as that does not cut off a guest that is on; what came of it {@link #verify} says.
     *
     * @throws org.sluice.agent.host.KernelException when it cannot be
     * @throws org.sluice.model.ProblemException likewise
     */
    void repair();
}
