package org.sluice.controller.compute.boot;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.image.image.ImageRules;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.store.Transactions;
import org.sluice.model.ServerId;

/** {@code POST /servers} (Compute API reference, "Create server"). Thread-safe. */
public final class BootRoutes implements ResourceRoutes {
    private final Transactions transactions;
    private final ServerCreation creation;

    /**
     * Wires it.
     *
     * @param ports the servers' NICs
     * @param scheduling gives servers their place
     * @param clock time of creation
     * @param random reservation ids
     */
    public BootRoutes(
            Transactions transactions,
            ServerPorts ports,
            Scheduling scheduling,
            InstantSource clock,
            RandomGenerator random) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.creation = new ServerCreation(
                requireNonNull(ports, "ports is null"),
                requireNonNull(scheduling, "scheduling is null"),
                requireNonNull(clock, "clock is null"),
                requireNonNull(random, "random is null"));
    }

    @Override
    public void routes(Routes routes) {
        routes.post(Links.VERSION_PATH + "/servers", BootRules.CREATE, this::create);
        routes.rules(List.of(BootRules.FORCED_HOST, BootRules.REQUESTED_DESTINATION, ImageRules.SHOW));
        routes.rules(ServerPorts.rules());
    }

    private Reply create(Exchange exchange) {
        BootRequest request = BootRequestReader.read(exchange);
        ServerCreation.Created created = create(Orderer.of(exchange), request);
        if (request.onlyReservation()) {
            return Reply.json(202, Map.of("reservation_id", created.reservationId()));
        }
        ServerId id = created.servers().getFirst();
        List<String> groups = request.securityGroups().isEmpty() ? List.of("default") : request.securityGroups();
        BootWire.Made made = new BootWire.Made(id, groups, request.diskConfig());
        return BootWire.MADE
                .reply(202, made, exchange)
                .withHeader("Location", new Links(exchange.baseUrl()).self("servers", id.toString()));
    }

    private ServerCreation.Created create(Orderer orderer, BootRequest request) {
        try {
            return transactions.run(handle -> creation.create(handle, orderer, request));
        } catch (ServerCreation.TooFewException tooFew) {
            return transactions.run(handle -> creation.createRefused(handle, orderer, request, tooFew));
        }
    }
}
