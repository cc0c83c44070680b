package org.sluice.controller.network.extension;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;
import org.sluice.model.Problem.Kind;

/**
 * {@code /extensions} (Networking API reference, "Extensions"): those that are truly obeyed, because clients look here before
 * they use one. Stateless.
 */
public final class ExtensionRoutes implements ResourceRoutes {
    private static final Rule GET =
            Rule.of("sluice:get_network_extensions", Who.ANYONE, "Read what the Network API offers.");

    private record Extension(String alias, String name, String description, String updated) {
        Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", name);
            json.put("alias", alias);
            json.put("description", description);
            json.put("updated", updated);
            json.put("links", List.of());
            return json;
        }
    }

    private static final List<Extension> ALL = List.of(
            new Extension("agent", "agent", "The agents of the hosts.", "2013-02-03T10:00:00-00:00"),
            new Extension(
                    "binding",
                    "Port Binding",
                    "Expose port bindings of a virtual port to external application",
                    "2014-02-03T10:00:00-00:00"),
            new Extension(
                    "external-net",
                    "Neutron external network",
                    "Marks networks as external.",
                    "2013-01-14T10:00:00-00:00"),
            new Extension(
                    "filter-validation",
                    "Filter parameters validation",
                    "Refuses filters that are not known.",
                    "2018-03-21T10:00:00-00:00"),
            new Extension(
                    "ip-substring-filtering",
                    "IP address substring filtering",
                    "Ports by a part of their address.",
                    "2017-11-28T09:00:00-00:00"),
            new Extension("net-mtu", "Network MTU", "The MTU of a network.", "2015-03-25T10:00:00-00:00"),
            new Extension(
                    "net-mtu-writable",
                    "Network MTU (writable)",
                    "The MTU of a network can be set.",
                    "2017-07-12T00:00:00-00:00"),
            new Extension(
                    "network-ip-availability",
                    "Network IP Availability",
                    "How many addresses are in use.",
                    "2015-09-24T00:00:00-00:00"),
            new Extension("pagination", "Pagination support", "Lists in pages.", "2016-06-12T00:00:00-00:00"),
            new Extension("port-security", "Port Security", "Anti-spoofing a port.", "2012-07-23T10:00:00-00:00"),
            new Extension(
                    "port-security-groups-filtering",
                    "Port filtering on security groups",
                    "Ports by their security groups.",
                    "2018-01-09T09:00:00-00:00"),
            new Extension(
                    "project-id",
                    "project_id field enabled",
                    "Resources show project_id.",
                    "2016-09-09T09:09:09-09:09"),
            new Extension("provider", "Provider Network", "The segments of networks.", "2012-09-07T10:00:00-00:00"),
            new Extension(
                    "quotas", "Quota management support", "Quotas: all are unlimited.", "2012-07-29T10:00:00-00:00"),
            new Extension(
                    "revision-if-match",
                    "If-Match constraints based on revision_number",
                    "Changes that are for one revision alone.",
                    "2016-12-11T00:00:00-00:00"),
            new Extension(
                    "security-group", "security-group", "The security groups extension.", "2012-10-05T10:00:00-00:00"),
            new Extension(
                    "security-groups-normalized-cidr",
                    "Normalized CIDR field for security group rules",
                    "Rules show their block without host bits.",
                    "2021-06-02T18:00:00-00:00"),
            new Extension(
                    "sort-key-validation",
                    "Sort key validation",
                    "Refuses sort keys that are not known.",
                    "2018-11-19T18:00:00-00:00"),
            new Extension("sorting", "Sorting support", "Lists in order.", "2016-06-12T00:00:00-00:00"),
            new Extension(
                    "standard-attr-description",
                    "standard-attr-description",
                    "Resources have descriptions.",
                    "2016-02-10T10:00:00-00:00"),
            new Extension(
                    "standard-attr-revisions",
                    "Resource revision numbers",
                    "Resources show how often they changed.",
                    "2016-04-11T10:00:00-00:00"),
            new Extension(
                    "standard-attr-tag",
                    "Tag support for resources",
                    "Resources have tags.",
                    "2017-01-01T00:00:00-00:00"),
            new Extension(
                    "standard-attr-timestamp",
                    "Resource timestamps",
                    "Resources show their times.",
                    "2016-09-12T10:00:00-00:00"),
            new Extension(
                    "stateful-security-group",
                    "Stateful security group",
                    "Security groups say whether they keep state.",
                    "2019-11-26T09:00:00-00:00"));

    @Override
    public void routes(Routes routes) {
        routes.get(
                "/v2.0/extensions",
                GET,
                exchange -> Reply.ok(
                        Map.of("extensions", ALL.stream().map(Extension::json).toList())));
        routes.get("/v2.0/extensions/{alias}", GET, ExtensionRoutes::show);
    }

    private static Reply show(Exchange exchange) {
        String alias = exchange.path("alias");
        return ALL.stream()
                .filter(extension -> extension.alias().equals(alias))
                .findFirst()
                .map(extension -> Reply.ok(Map.of("extension", extension.json())))
                .orElseThrow(() -> NetworkProblems.of(
                        Kind.NOT_FOUND, "HTTPNotFound", "Extension with alias " + alias + " does not exist"));
    }
}
