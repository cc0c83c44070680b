package org.sluice.agent.attachment;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.sluice.agent.functions.VirtualFunctionTransaction;
import org.sluice.agent.host.Hypervisor;
import org.sluice.agent.journal.Entry.FoundFunction;
import org.sluice.agent.step.Step;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredInterface.Direct;
import org.sluice.model.protocol.ServerReport.InterfaceState;

/** A leased VF: programmed with its link down, given to the domain, and only then let up. */
record DirectAttachment(VirtualFunctionTransaction functions, UnknownGuests unknown, ServerId server, Direct nic)
        implements Attachment {
    DirectAttachment {
        requireNonNull(functions, "functions is null");
        requireNonNull(unknown, "unknown is null");
        requireNonNull(server, "server is null");
        requireNonNull(nic, "nic is null");
    }

    @Override
    public Precedence precedence() {
        return Precedence.DEVICE;
    }

    @Override
    public List<FoundFunction> look() {
        return List.of(functions.look(nic.lease()));
    }

    @Override
    public void recall() {
        // Nobody else has anything of a VF.
    }

    @Override
    public void adopt() {
        // The lease book says whose a VF is, and nothing is ever made.
    }

    @Override
    public void join() {
        // Nobody else has anything of a VF.
    }

    @Override
    public List<Step> prepare(BooleanSupplier isPlugged) {
        List<Step> steps = new ArrayList<>();
        steps.add(Step.withoutUndo(
                "no other guest has the VF",
                () -> applyUnless(isPlugged, () -> unknown.requireNoneHas(server, functions.address(nic.lease())))));
        // Of a guest that has it, too: what is not in the lease book cannot be released.
        steps.add(functions.lease(server, nic));
        for (Step step : functions.beforeDomain(nic)) {
            steps.add(new Step(step.name(), () -> applyUnless(isPlugged, step.apply()), step.undo()));
        }
        return steps;
    }

    /** A VF that a guest has was programmed and read back before; from then on it is the guest's. */
    private static void applyUnless(BooleanSupplier isPlugged, Step.Action action) {
        if (!isPlugged.getAsBoolean()) {
            action.run();
        }
    }

    @Override
    public Hypervisor.Nic define() {
        return new Hypervisor.Nic.Vfio(
                nic.port(), nic.network(), nic.mac(), nic.vlan(), functions.address(nic.lease()));
    }

    @Override
    public boolean isSaveable() {
        return false;
    }

    @Override
    public List<Step> activate() {
        return List.of(functions.afterDomain(nic));
    }

    @Override
    public InterfaceState verify() {
        return new InterfaceState(nic.port(), functions.address(nic.lease()), Optional.of(functions.verified(nic)));
    }

    @Override
    public void repair() {
        functions.repair(nic);
    }
}
