package org.sluice.controller.agents;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.network.binding.AttachedPort;
import org.sluice.controller.network.binding.Bindings;
import org.sluice.controller.network.binding.InterfaceChanges;
import org.sluice.controller.network.binding.InterfaceChanges.Change;
import org.sluice.controller.network.binding.InterfaceChanges.Kind;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.server.ServerActions;
import org.sluice.controller.server.Servers;
import org.sluice.model.HostId;
import org.sluice.model.PortId;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport;
import org.sluice.model.protocol.ServerReport.InterfaceFailed;
import org.sluice.model.protocol.ServerReport.InterfaceGone;

/**
 * Takes what agents say of NICs that come to servers that stand, or go from them. Each change is told by its number; what is said of
 * another one is void. Taking it twice changes nothing. Stateless; the caller owns the transaction, and holds the server's row.
 */
final class InterfaceReports {
    private final Scheduling scheduling;
    private final ServerPorts serverPorts;
    private final Bindings bindings;
    private final InterfaceChanges changes = new InterfaceChanges();
    private final ServerActions actions = new ServerActions();

    InterfaceReports(Scheduling scheduling, ServerPorts serverPorts, Bindings bindings) {
        this.scheduling = scheduling;
        this.serverPorts = serverPorts;
        this.bindings = bindings;
    }

    /**
     * Takes what the report says of the server's NICs that come and go: those that came are ACTIVE, those that went are given
     * back, and so are those that could not come.
     *
     * @param readBack says of what came whether it is as it was asked for
     */
    void take(Handle handle, HostId host, Servers.Held server, ServerReport.Observed report, ReadBack readBack) {
        // Of before the newest wish, it may be of before the change as well.
        boolean counts = Servers.counts(server, report);
        List<Change> open = changes.of(handle, server.id());
        if (open.isEmpty()) {
            return;
        }
        Map<PortId, AttachedPort> ports = new HashMap<>();
        serverPorts.of(handle, List.of(server.id())).forEach(port -> ports.put(port.port(), port));
        for (Change change : open) {
            take(
                    handle,
                    host,
                    Optional.ofNullable(ports.get(change.port())).orElseThrow(),
                    change,
                    report,
                    counts,
                    readBack);
        }
    }

    /** Whether what was read back of a port is what was asked for. */
    @FunctionalInterface
    interface ReadBack {
        boolean fits(AttachedPort port, ServerReport.InterfaceState state);
    }

    private void take(
            Handle handle,
            HostId host,
            AttachedPort port,
            Change change,
            ServerReport.Observed report,
            boolean counts,
            ReadBack readBack) {
        Optional<String> failure = report.failed().stream()
                .filter(nic -> nic.port().equals(change.port()) && nic.change() == change.number())
                .map(InterfaceFailed::failure)
                .map(ServerReport.Failure::reason)
                .findFirst();
        Optional<InterfaceGone> gone = report.gone().stream()
                .filter(nic -> nic.port().equals(change.port()) && nic.change() == change.number())
                .findFirst();
        if (gone.isPresent()) {
            if (scheduling.unplugged(handle, host, port, gone.get().released())) {
                finish(handle, change, failure);
            }
        } else if (failure.isPresent()) {
            failed(handle, host, port, change, failure.get());
        } else if (change.kind() == Kind.ATTACH && counts) {
            came(handle, host, port, change, report, readBack);
        }
    }

    /** What could not come is taken away; what could not go yet still is to. */
    private void failed(Handle handle, HostId host, AttachedPort port, Change change, String reason) {
        finish(handle, change, Optional.of(reason));
        changes.failed(handle, change);
        if (change.kind() == Kind.ATTACH) {
            bindings.markError(handle, port.port());
            Hosts.changed(handle, host, port.server());
        }
    }

    private void came(
            Handle handle,
            HostId host,
            AttachedPort port,
            Change change,
            ServerReport.Observed report,
            ReadBack readBack) {
        boolean isOff = report.power() == PowerState.STOPPED || report.power() == PowerState.CRASHED;
        Optional<ServerReport.InterfaceState> state = report.interfaces().stream()
                .filter(nic -> nic.port().equals(port.port()))
                .filter(nic -> readBack.fits(port, nic))
                .findFirst();
        if (isOff) {
            // Its next start makes it, as it makes the others.
            bindings.markDown(handle, port.port());
        } else if (state.isPresent()) {
            switch (port.vnicType()) {
                case DIRECT ->
                    bindings.found(handle, port.port(), host, state.get().device());
                case NORMAL -> {
                    // What it is on the host is nothing that is shown.
                }
            }
            bindings.markActive(handle, port.port());
        } else {
            return;
        }
        changes.end(handle, change);
        Hosts.changed(handle, host, port.server());
        finish(handle, change, Optional.empty());
    }

    private void finish(Handle handle, Change change, Optional<String> failure) {
        change.action().ifPresent(action -> actions.finish(handle, action, failure));
    }
}
