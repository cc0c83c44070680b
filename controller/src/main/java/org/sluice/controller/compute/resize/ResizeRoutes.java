package org.sluice.controller.compute.resize;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.compute.flavor.Flavor;
import org.sluice.controller.compute.flavor.FlavorRules;
import org.sluice.controller.compute.flavor.FlavorStore;
import org.sluice.controller.compute.host.HostRow;
import org.sluice.controller.compute.host.HostStore;
import org.sluice.controller.compute.server.Askers;
import org.sluice.controller.compute.server.DiskConfig;
import org.sluice.controller.compute.server.Server;
import org.sluice.controller.compute.server.ServerLookup;
import org.sluice.controller.compute.server.ServerStore;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.compute.wire.Names;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.compute.wire.TextMap;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.operation.Resizes;
import org.sluice.controller.server.Claim;
import org.sluice.controller.server.Hardware;
import org.sluice.controller.server.ServerAction;
import org.sluice.controller.server.ServerHardware;
import org.sluice.controller.server.Servers;
import org.sluice.controller.store.Transactions;
import org.sluice.model.Problem;
import org.sluice.model.Resources;

/**
 * {@code resize}, {@code confirmResize} and {@code revertResize} of {@code POST /servers/ID/action} (Compute API reference). A
 * server stays on its host where that has room for what it was and what it becomes, and moves to another one where not. Thread-safe.
 */
public final class ResizeRoutes implements ResourceRoutes {
    private static final String FLAVOR = "flavorRef";

    private final Transactions transactions;
    private final Resizes resizes;
    private final InstantSource clock;
    private final ServerLookup lookup = new ServerLookup();
    private final ServerStore store = new ServerStore();
    private final ServerHardware hardware = new ServerHardware();
    private final FlavorStore flavors = new FlavorStore();
    private final HostStore hosts = new HostStore();
    private final Servers servers = new Servers();

    /**
     * Wires them.
     *
     * @param clock time of changes, and tells for how long a host is silent
     */
    public ResizeRoutes(Transactions transactions, Resizes resizes, InstantSource clock) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.resizes = requireNonNull(resizes, "resizes is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public void routes(Routes routes) {
        routes.actions(Links.VERSION_PATH + "/servers/{id}/action")
                .on("resize", ResizeRules.RESIZE, this::resize)
                .on("confirmResize", ResizeRules.CONFIRM, this::confirm)
                .on("revertResize", ResizeRules.REVERT, this::revert);
    }

    private Reply resize(Exchange exchange) {
        Fields fields = exchange.body("resize")
                .onlyKnows(Set.of(FLAVOR, "OS-DCF:diskConfig"))
                .needs(FLAVOR);
        String wanted = fields.text(FLAVOR, 1, Names.LONGEST);
        Optional<DiskConfig> diskConfig = DiskConfig.read(fields);
        transactions.use(handle -> {
            Server server = lookup.findToChange(handle, exchange);
            Servers.Held held = servers.hold(handle, server.id()).orElseThrow();
            held.require(ServerAction.RESIZE);
            Hardware to = hardware(flavor(handle, exchange, wanted), hardware.of(handle, server.id()));
            resizes.begin(handle, held, to, Askers.of(exchange));
            requireHeard(server, ServerAction.RESIZE);
            diskConfig.ifPresent(choice -> store.describe(
                    handle,
                    server.id(),
                    server.name(),
                    server.hostname(),
                    server.description(),
                    choice,
                    clock.instant()));
        });
        return Reply.empty(202);
    }

    private Flavor flavor(Handle handle, Exchange exchange, String wanted) {
        return flavors.find(handle, wanted)
                .filter(flavor -> flavor.isPublic() || exchange.may(FlavorRules.ACCESS))
                .orElseThrow(() -> Problems.badRequest("FlavorNotFound", "Flavor " + wanted + " could not be found."));
    }

    private static Hardware hardware(Flavor to, Hardware was) {
        if (to.id().equals(was.flavorId())) {
            throw Problems.badRequest(
                    "CannotResizeToSameFlavor",
                    "When resizing, instances must change flavor! flavorRef is the server's own.");
        }
        if (to.diskGib() == 0 && was.flavorDiskGib() > 0) {
            throw Problems.badRequest(
                    "CannotResizeDisk",
                    "Server disk was unable to be resized because: Resize to zero disk flavor is not allowed.");
        }
        int disk = to.diskGib() == 0 ? was.resources().diskGib() : to.diskGib();
        if (disk < was.resources().diskGib()) {
            throw Problems.badRequest(
                    "CannotResizeDisk",
                    "Server disk was unable to be resized because: flavor " + to.name() + " has " + disk
                            + " GiB, and the server's root disk has "
                            + was.resources().diskGib()
                            + " GiB; a disk cannot be made smaller. Choose a flavorRef with at least as much.");
        }
        return new Hardware(
                to.id(),
                to.name(),
                new Resources(to.vcpus(), to.memoryMib(), disk),
                to.diskGib(),
                TextMap.toJson(to.extraSpecs()));
    }

    private Reply confirm(Exchange exchange) {
        exchange.body().refuseValue("confirmResize", "it takes nothing");
        transactions.use(handle -> {
            Server server = lookup.findToChange(handle, exchange);
            Servers.Held held = servers.hold(handle, server.id()).orElseThrow();
            resizes.confirm(handle, held, Askers.of(exchange));
            if (held.claim(Claim.Role.OUTGOING).isPresent()) {
                requireStands(server);
            }
        });
        return Reply.empty(204);
    }

    private Reply revert(Exchange exchange) {
        exchange.body().refuseValue("revertResize", "it takes nothing");
        transactions.use(handle -> {
            Server server = lookup.findToChange(handle, exchange);
            Servers.Held held = servers.hold(handle, server.id()).orElseThrow();
            resizes.revert(handle, held, Askers.of(exchange));
            held.claim(Claim.Role.OUTGOING)
                    .ifPresentOrElse(
                            old -> requireWayBack(handle, server, old),
                            () -> requireHeard(server, ServerAction.REVERT_RESIZE));
        });
        return Reply.empty(202);
    }

    /** With the disk of before goes the only one that is left, if the host where it is now is lost. */
    private void requireStands(Server server) {
        Server.Host host = server.host().orElseThrow();
        if (!host.isUp(clock.instant())) {
            throw new Problem(
                            Problem.Kind.CONFLICT,
                            "HostSilent",
                            "Cannot 'confirmResize' instance " + server.id() + " now: host " + host.name()
                                    + ", where it is, "
                                    + (host.forcedDown() ? "was declared down" : "is not heard of")
                                    + ", and its disk of before on the other host would go.",
                            Optional.of("Confirm when that host is back. When it is off for good, "
                                    + (host.forcedDown() ? "" : declareDown(host) + ", and ") + "have the server go"
                                    + " back to that disk: openstack server resize revert " + server.id() + "."))
                    .asException();
        }
    }

    private static String declareDown(Server.Host host) {
        return "declare it down: openstack compute service set --down " + host.name() + " nova-compute";
    }

    /** The host that it goes back to is needed, and the other one too, unless somebody says that it is down. */
    private void requireWayBack(Handle handle, Server server, Claim old) {
        HostRow back = hosts.find(handle, old.host()).orElseThrow();
        if (!back.isUp(clock.instant())) {
            throw new Problem(
                            Problem.Kind.CONFLICT,
                            "HostSilent",
                            "Cannot 'revertResize' instance " + server.id() + " now: host " + back.name()
                                    + ", where it was, is down.",
                            Optional.of("Try again when that host is back, or confirm that the server stays."))
                    .asException();
        }
        Server.Host from = server.host().orElseThrow();
        if (!from.forcedDown() && !from.isUp(clock.instant())) {
            throw new Problem(
                            Problem.Kind.CONFLICT,
                            "HostSilent",
                            "Cannot 'revertResize' instance " + server.id() + " now: host " + from.name()
                                    + ", where it is, is not heard of, and its guest may run there still.",
                            Optional.of("Try again when that host is back. When it is off for good, "
                                    + declareDown(from) + ", and ask again."))
                    .asException();
        }
    }

    private void requireHeard(Server server, ServerAction action) {
        server.host().ifPresent(host -> lookup.requireHeard(server, host, action.text(), clock.instant()));
    }
}
