package org.sluice.controller.compute.server;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sluice.controller.network.binding.AttachedPort;
import org.sluice.model.ServerStatus;
import org.sluice.model.protocol.FixedAddress;

/**
 * A server with what is shown of it.
 *
 * @param ports its NICs, none where they are not shown
 * @param now when it is looked at: whether its host is up depends on it
 */
public record Whole(Server server, List<AttachedPort> ports, Instant now) {
    public Whole {
        ports = List.copyOf(ports);
    }

    public ServerStatus status() {
        return server.shownStatus();
    }

    /** The addresses of its NICs, by network name. */
    public Map<String, List<Address>> addresses() {
        Map<String, List<Address>> addresses = new LinkedHashMap<>();
        for (AttachedPort port : ports) {
            for (FixedAddress address : port.addresses()) {
                addresses
                        .computeIfAbsent(port.networkName(), network -> new ArrayList<>())
                        .add(new Address(port, address.address()));
            }
        }
        return addresses;
    }

    /** The names of the security groups of its NICs. */
    public Set<String> securityGroups() {
        Set<String> names = new LinkedHashSet<>();
        ports.forEach(port -> port.securityGroups().forEach(group -> names.add(group.name())));
        return names;
    }

    /** An address of a NIC. */
    public record Address(AttachedPort port, String text) {
        /** 4 or 6. */
        public int version() {
            return text.contains(":") ? 6 : 4;
        }
    }
}
