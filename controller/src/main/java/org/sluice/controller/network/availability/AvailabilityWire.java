package org.sluice.controller.network.availability;

import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.View;

/** Availability of addresses as the Network API shows it. */
final class AvailabilityWire {
    /** Decides which subnets count; networks without any are shown all the same, as in Neutron. */
    static final String VERSION = "ip_version";

    private static final View<Availability.OfSubnet> SUBNET = View.<Availability.OfSubnet>of(
                    "subnet_ip_availability", "subnet_ip_availability")
            .member("subnet_id", Availability.OfSubnet::id)
            .member("ip_version", Availability.OfSubnet::ipVersion)
            .member("cidr", Availability.OfSubnet::cidr)
            .member("subnet_name", Availability.OfSubnet::name)
            .member("used_ips", Availability.OfSubnet::used)
            .member("total_ips", Availability.OfSubnet::total)
            .build();

    static final View<Availability> VIEW = View.<Availability>of("network_ip_availability", "network_ip_availabilities")
            .member("network_id", Availability::networkId)
            .member("network_name", Availability::networkName)
            .member("tenant_id", Availability::projectId)
            .member("project_id", Availability::projectId)
            .member(
                    "subnet_ip_availability",
                    network -> network.subnets().stream()
                            .map(subnet -> new View.Nested<>(SUBNET, subnet))
                            .toList())
            .member("used_ips", Availability::used)
            .member("total_ips", Availability::total)
            .build();

    static final ListQuery<Availability> LIST = ListQuery.of(VIEW)
            .filter("network_id", Filter.uuid("n.id"))
            .filter("network_name", Filter.text("n.name"))
            .filter("project_id", Filter.text("n.project_id"))
            .filter("tenant_id", Filter.text("n.project_id"))
            .scope(VERSION)
            .unique(
                    "network_id",
                    "n.id",
                    Availability::networkId,
                    network -> network.networkId().toString())
            .sort("network_name", "n.name", Availability::networkName)
            .sort("project_id", "n.project_id", Availability::projectId)
            .sort("tenant_id", "n.project_id", Availability::projectId)
            .zeroMeansAll()
            .largeRows()
            .build();

    private AvailabilityWire() {}
}
