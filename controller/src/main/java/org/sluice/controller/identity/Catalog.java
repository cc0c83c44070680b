package org.sluice.controller.identity;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The services that clients find through a token. All are paths of the listener at which the client reached us, so their
 * URLs hold for that client also behind an address translation. Stateless.
 */
final class Catalog {
    /** The one region there is. */
    static final String REGION = "RegionOne";

    private static final List<String> INTERFACES = List.of("admin", "internal", "public");

    /** A service: what it is, and under which path. */
    record Service(String id, String type, String name, String path) {}

    /** One interface of a service. */
    record Endpoint(String id, String serviceId, String interfaceName, String url) {}

    private static final List<Service> SERVICES = List.of(
            service("image", "glance", "/image"),
            service("identity", "keystone", "/identity/v3"),
            service("placement", "placement", "/placement"),
            service("network", "neutron", "/network"),
            service("compute", "nova", "/compute/v2.1"));

    private Catalog() {}

    static List<Service> services() {
        return SERVICES;
    }

    static Optional<Service> service(String id) {
        return SERVICES.stream().filter(service -> service.id().equals(id)).findFirst();
    }

    static List<Endpoint> endpoints(Service service, String baseUrl) {
        return INTERFACES.stream()
                .map(name -> new Endpoint(
                        stableId(service.type() + "/" + name), service.id(), name, baseUrl + service.path()))
                .toList();
    }

    static List<Endpoint> endpoints(String baseUrl) {
        return SERVICES.stream()
                .flatMap(service -> endpoints(service, baseUrl).stream())
                .toList();
    }

    private static Service service(String type, String name, String path) {
        return new Service(stableId(type), type, name, path);
    }

    /** Every controller must give the same identifier without asking another. */
    private static String stableId(String name) {
        return UUID.nameUUIDFromBytes(("sluice catalog " + name).getBytes(StandardCharsets.UTF_8))
                .toString()
                .replace("-", "");
    }
}
