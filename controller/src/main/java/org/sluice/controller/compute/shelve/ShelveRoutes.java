package org.sluice.controller.compute.shelve;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.compute.host.HostRow;
import org.sluice.controller.compute.host.HostStore;
import org.sluice.controller.compute.server.Askers;
import org.sluice.controller.compute.server.Server;
import org.sluice.controller.compute.server.ServerLookup;
import org.sluice.controller.compute.snapshot.SnapshotImage;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.compute.wire.Names;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.scheduling.Placement;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.server.DiskCopies;
import org.sluice.controller.server.ServerAction;
import org.sluice.controller.server.ServerLife;
import org.sluice.controller.server.Servers;
import org.sluice.controller.server.Task;
import org.sluice.controller.store.Transactions;
import org.sluice.model.ImageId;

/**
 * {@code shelve}, {@code shelveOffload} and {@code unshelve} of {@code POST /servers/ID/action} (Compute API reference, "Servers -
 * run an action"). A shelved server leaves its host at once, as with Nova's {@code shelved_offload_time = 0}. Thread-safe.
 */
public final class ShelveRoutes implements ResourceRoutes {
    /** From then on a zone may be named. */
    private static final int WITH_ZONE = 77;

    private static final String SUFFIX = "-shelved";

    private final Transactions transactions;
    private final Scheduling scheduling;
    private final InstantSource clock;
    private final ServerLookup lookup = new ServerLookup();
    private final HostStore hosts = new HostStore();
    private final SnapshotImage images = new SnapshotImage();
    private final DiskCopies copies = new DiskCopies();
    private final Servers servers = new Servers();

    /**
     * Wires them.
     *
     * @param scheduling gives servers their place
     * @param clock time of the images
     */
    public ShelveRoutes(Transactions transactions, Scheduling scheduling, InstantSource clock) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.scheduling = requireNonNull(scheduling, "scheduling is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public void routes(Routes routes) {
        Routes.Actions actions = routes.actions(Links.VERSION_PATH + "/servers/{id}/action");
        actions.on("shelve", ShelveRules.SHELVE, this::shelve);
        actions.on("shelveOffload", ShelveRules.OFFLOAD, this::offload);
        actions.on("unshelve", ShelveRules.UNSHELVE, this::unshelve);
    }

    private Reply shelve(Exchange exchange) {
        exchange.body().refuseValue("shelve", "it takes nothing");
        transactions.use(handle -> {
            Server server = lookup.findToChange(handle, exchange);
            Servers.Held held = servers.hold(handle, server.id()).orElseThrow();
            ImageId image =
                    images.make(handle, exchange.caller(), server, shelfOf(server.name()), Map.of(), clock.instant());
            copies.ask(handle, held, ServerAction.SHELVE, image, Askers.of(exchange));
            server.host().ifPresent(host -> lookup.requireHeard(server, host, "shelve", clock.instant()));
        });
        return Reply.empty(202);
    }

    private static String shelfOf(String name) {
        int longest = Names.LONGEST - SUFFIX.length();
        return (name.codePointCount(0, name.length()) <= longest
                        ? name
                        : name.substring(0, name.offsetByCodePoints(0, longest)))
                + SUFFIX;
    }

    /** Every shelved server is on its way from its host already. */
    private Reply offload(Exchange exchange) {
        exchange.body().refuseValue("shelveOffload", "it takes nothing");
        transactions.use(handle -> {
            Server server = lookup.findToChange(handle, exchange);
            if (!server.state().is(Task.SHELVING_OFFLOADING)) {
                throw ServerLife.refusal(server.id(), server.state(), "shelveOffload");
            }
        });
        return Reply.empty(202);
    }

    private Reply unshelve(Exchange exchange) {
        Optional<String> zone = zone(exchange);
        transactions.use(handle -> {
            Server server = lookup.findToChange(handle, exchange);
            Servers.Held held = servers.hold(handle, server.id()).orElseThrow();
            servers.unshelve(handle, held, Askers.of(exchange));
            zone.ifPresent(named -> requireZone(handle, named));
            place(handle, server, zone.or(() -> Optional.ofNullable(server.pinnedZone())));
        });
        return Reply.empty(202);
    }

    private static Optional<String> zone(Exchange exchange) {
        if (exchange.minorVersion() < WITH_ZONE) {
            exchange.body().refuseValue("unshelve", "it takes nothing");
            return Optional.empty();
        }
        return exchange.body()
                .optionalObject("unshelve")
                .map(fields ->
                        fields.onlyKnows(Set.of("availability_zone")).text("availability_zone", 1, Names.LONGEST));
    }

    private void requireZone(Handle handle, String zone) {
        if (!zone.equals(HostRow.DEFAULT_ZONE) && !hosts.hasZone(handle, zone)) {
            throw Problems.badRequest("InvalidInput", "The requested availability zone is not available");
        }
    }

    /** Where no host takes it, it stays as it was, and whoever asks is told why. */
    private void place(Handle handle, Server server, Optional<String> zone) {
        Placement placement = scheduling.placeAgain(handle, server.id(), zone);
        if (placement instanceof Placement.Refused refused) {
            throw refused.problem().asException();
        }
    }
}
