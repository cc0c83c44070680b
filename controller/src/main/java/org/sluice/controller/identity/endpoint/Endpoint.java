package org.sluice.controller.identity.endpoint;

import java.util.List;
import org.sluice.controller.identity.region.Region;
import org.sluice.controller.identity.service.Service;
import org.sluice.controller.identity.wire.IdentityIds;

/**
 * One interface of a service.
 *
 * @param id 32 hexadecimal digits, the same on every controller
 * @param service whose it is
 * @param interfaceName {@code admin}, {@code internal} or {@code public}
 */
public record Endpoint(String id, Service service, String interfaceName) {
    private static final List<String> INTERFACES = List.of("admin", "internal", "public");

    /** Those that there are. */
    static final List<Endpoint> ALL =
            Service.ALL.stream().flatMap(service -> of(service).stream()).toList();

    /** Those of a service. */
    public static List<Endpoint> of(Service service) {
        return INTERFACES.stream()
                .map(name -> new Endpoint(IdentityIds.ofCatalog(service.type() + "/" + name), service, name))
                .toList();
    }

    /** Where all of them are. */
    String region() {
        return Region.ONE.id();
    }

    /** Where it is for a client that reached us at {@code baseUrl}. */
    String url(String baseUrl) {
        return baseUrl + service.path();
    }
}
