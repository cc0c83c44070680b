package org.sluice.controller.fleet.virtualfunction;

import org.sluice.controller.fleet.wire.FleetPages;
import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.View;

/** The lease books as the API has them. */
final class VirtualFunctionWire {
    private static final View<VirtualFunction> VIEW = View.<VirtualFunction>of("virtual_function", "virtual_functions")
            .member("host", VirtualFunction::host)
            .member("physical_function", VirtualFunction::physicalFunction)
            .member("physical_network", VirtualFunction::physicalNetwork)
            .member("index", VirtualFunction::index)
            .member("address", VirtualFunction::address)
            .member("iommu_group", VirtualFunction::iommuGroup)
            .member("present", VirtualFunction::isPresent)
            .member("generation", VirtualFunction::generation)
            .member("port_id", VirtualFunction::port)
            .member("server_id", VirtualFunction::server)
            .member("server_name", VirtualFunction::serverName)
            .member("server_status", VirtualFunction::serverStatus)
            .member("mac_address", VirtualFunction::macAddress)
            .build();

    static final ListQuery<VirtualFunction> LIST = ListQuery.of(VIEW)
            .filter("host", Filter.text("h.name"))
            .filter("physical_network", Filter.text("pf.physical_network"))
            .filter("server_id", Filter.uuid("vf.leased_server_id"))
            .unique("place", VirtualFunctionStore.MARKER, VirtualFunction::marker, VirtualFunction::marker)
            .pages(FleetPages.LARGEST, FleetPages.LARGEST)
            .build();

    private VirtualFunctionWire() {}
}
