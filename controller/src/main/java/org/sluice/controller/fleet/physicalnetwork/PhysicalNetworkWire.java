package org.sluice.controller.fleet.physicalnetwork;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.sluice.controller.fleet.wire.FleetPages;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.View;

/** Physical networks as the API has them. */
final class PhysicalNetworkWire {
    /** There are no more VLAN ids. */
    private static final int MOST_RANGES = 4_094;

    private static final View<VlanRange> RANGE = View.<VlanRange>of("vlan_range", "vlan_ranges")
            .member("first", VlanRange::first)
            .member("last", VlanRange::last)
            .build();

    static final View<PhysicalNetwork> VIEW = View.<PhysicalNetwork>of("physical_network", "physical_networks")
            .member("name", PhysicalNetwork::name)
            .member("mtu", PhysicalNetwork::mtu)
            .member(
                    "vlan_ranges",
                    network -> network.ranges().stream()
                            .map(range -> new View.Nested<>(RANGE, range))
                            .toList())
            .member("networks", PhysicalNetwork::networks)
            .build();

    static final ListQuery<PhysicalNetwork> LIST = ListQuery.of(VIEW)
            .unique("name", "p.name", PhysicalNetwork::name, PhysicalNetwork::name)
            .pages(FleetPages.LARGEST, FleetPages.LARGEST)
            .build();

    /**
     * What is to be so from now on.
     *
     * @param mtu if it is to change
     * @param ranges if they are to change
     */
    record Wanted(OptionalInt mtu, Optional<List<VlanRange>> ranges) {}

    private PhysicalNetworkWire() {}

    static Wanted read(Exchange exchange) {
        Fields fields = exchange.body().onlyKnows(Set.of("mtu", "vlan_ranges"));
        return new Wanted(
                fields.optionalInteger("mtu", Integer.MIN_VALUE, Integer.MAX_VALUE),
                fields.isSet("vlan_ranges")
                        ? Optional.of(fields.objects("vlan_ranges", MOST_RANGES).stream()
                                .map(PhysicalNetworkWire::range)
                                .toList())
                        : Optional.empty());
    }

    private static VlanRange range(Fields fields) {
        fields.onlyKnows(Set.of("first", "last"));
        return new VlanRange(
                fields.integer("first", Integer.MIN_VALUE, Integer.MAX_VALUE),
                fields.integer("last", Integer.MIN_VALUE, Integer.MAX_VALUE));
    }
}
