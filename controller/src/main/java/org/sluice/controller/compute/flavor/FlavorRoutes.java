package org.sluice.controller.compute.flavor;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.store.Transactions;

/** {@code /flavors} (Compute API reference, "Flavors", "Flavors access", "Flavors extra-specs"). Thread-safe. */
public final class FlavorRoutes implements ResourceRoutes {
    private final Transactions transactions;
    private final FlavorStore store = new FlavorStore();

    public FlavorRoutes(Transactions transactions) {
        this.transactions = requireNonNull(transactions, "transactions is null");
    }

    @Override
    public void routes(Routes routes) {
        String root = Links.VERSION_PATH + "/flavors";
        String flavor = root + "/{id}";
        String specs = flavor + "/os-extra_specs";
        routes.list(root, FlavorRules.READ, FlavorWire.LIST, source());
        routes.list(root + "/detail", FlavorRules.READ, FlavorWire.DETAIL, source());
        routes.post(root, FlavorRules.CREATE, this::create);
        routes.get(flavor, FlavorRules.READ, this::show);
        routes.put(flavor, FlavorRules.UPDATE, this::update).since(55);
        routes.delete(flavor, FlavorRules.DELETE, this::delete);
        routes.get(flavor + "/os-flavor-access", FlavorRules.ACCESS, this::access);
        routes.actions(flavor + "/action")
                .on("addTenantAccess", FlavorRules.ADD_ACCESS, FlavorRoutes::grant)
                .refused()
                .on("removeTenantAccess", FlavorRules.REMOVE_ACCESS, FlavorRoutes::grant)
                .refused();
        routes.get(specs, FlavorRules.SPECS, this::specs);
        routes.post(specs, FlavorRules.CREATE_SPECS, this::putSpecs);
        routes.get(specs + "/{key}", FlavorRules.SHOW_SPEC, this::spec);
        routes.put(specs + "/{key}", FlavorRules.UPDATE_SPEC, this::putSpec);
        routes.delete(specs + "/{key}", FlavorRules.DELETE_SPEC, this::deleteSpec);
    }

    private Source<Flavor> source() {
        return Source.of(
                (exchange, window) -> {
                    Optional<Boolean> isPublic = FlavorRules.visibility(exchange);
                    return transactions.run(handle -> store.list(handle, isPublic, window));
                },
                this::seen);
    }

    private Optional<Flavor> seen(Exchange exchange, String id) {
        return transactions
                .run(handle -> store.find(handle, id))
                .filter(flavor -> flavor.isPublic() || exchange.may(FlavorRules.ACCESS));
    }

    private Flavor visible(Exchange exchange) {
        String id = exchange.path("id");
        return seen(exchange, id).orElseThrow(() -> FlavorRules.unknown(id));
    }

    private Reply create(Exchange exchange) {
        Flavor flavor = FlavorWire.read(exchange);
        transactions.use(handle -> {
            if (!store.insert(handle, flavor)) {
                throw store.find(handle, flavor.id()).isPresent()
                        ? FlavorRules.idTaken(flavor.id())
                        : FlavorRules.nameTaken(flavor.name());
            }
        });
        return FlavorWire.WHOLE.ok(flavor, exchange);
    }

    private Reply show(Exchange exchange) {
        return FlavorWire.WHOLE.ok(visible(exchange), exchange);
    }

    private Reply update(Exchange exchange) {
        String description = FlavorWire.readDescription(exchange).orElse(null);
        String id = exchange.path("id");
        if (!transactions.run(handle -> store.describe(handle, id, description))) {
            throw FlavorRules.unknown(id);
        }
        return show(exchange);
    }

    private Reply delete(Exchange exchange) {
        String id = exchange.path("id");
        if (!transactions.run(handle -> store.delete(handle, id))) {
            throw FlavorRules.unknown(id);
        }
        return Reply.empty(202);
    }

    private Reply access(Exchange exchange) {
        if (visible(exchange).isPublic()) {
            throw Problems.notFound("FlavorIsPublic", "Access list not available for public flavors.");
        }
        return Reply.ok(Map.of("flavor_access", List.of()));
    }

    private static Reply grant(Exchange exchange) {
        throw Problems.notOffered("Granting the private flavor " + exchange.path("id")
                + " to single projects is not offered; private flavors are for admins.");
    }

    private Reply specs(Exchange exchange) {
        return Reply.ok(Map.of("extra_specs", visible(exchange).extraSpecs()));
    }

    private Reply putSpecs(Exchange exchange) {
        Map<String, String> specs = FlavorWire.readSpecs(exchange);
        put(exchange, specs);
        return Reply.ok(Map.of("extra_specs", specs));
    }

    private void put(Exchange exchange, Map<String, String> specs) {
        String id = exchange.path("id");
        if (!transactions.run(handle -> store.putSpecs(handle, id, specs))) {
            throw FlavorRules.unknown(id);
        }
    }

    private Reply spec(Exchange exchange) {
        String key = exchange.path("key");
        Flavor flavor = visible(exchange);
        String value = flavor.extraSpecs().get(key);
        if (value == null) {
            throw FlavorRules.unknownSpec(flavor.id(), key);
        }
        return Reply.ok(Map.of(key, value));
    }

    private Reply putSpec(Exchange exchange) {
        Map<String, String> specs = FlavorWire.readSpec(exchange, exchange.path("key"));
        put(exchange, specs);
        return Reply.ok(specs);
    }

    private Reply deleteSpec(Exchange exchange) {
        Flavor flavor = visible(exchange);
        String key = exchange.path("key");
        if (!transactions.run(handle -> store.deleteSpec(handle, flavor.id(), key))) {
            throw FlavorRules.unknownSpec(flavor.id(), key);
        }
        return Reply.empty(200);
    }
}
