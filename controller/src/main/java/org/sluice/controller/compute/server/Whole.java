package org.sluice.controller.compute.server;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sluice.controller.network.binding.ShownNic;
import org.sluice.controller.server.ServerState;

/**
 * A server with what is shown of it.
 *
 * @param nics its NICs, none where they are not shown
 * @param now when it is looked at: whether its host is up depends on it
 */
public record Whole(Server server, List<ShownNic> nics, Instant now) {
    public Whole {
        nics = List.copyOf(nics);
    }

    public ServerState state() {
        return server.state();
    }

    /** The addresses of its NICs, by network name. */
    public Map<String, List<Address>> addresses() {
        Map<String, List<Address>> addresses = new LinkedHashMap<>();
        for (ShownNic nic : nics) {
            for (String address : nic.addresses()) {
                addresses
                        .computeIfAbsent(nic.networkName(), network -> new ArrayList<>())
                        .add(new Address(nic, address));
            }
        }
        return addresses;
    }

    /** The names of the security groups of its NICs. */
    public Set<String> securityGroups() {
        Set<String> names = new LinkedHashSet<>();
        nics.forEach(nic -> names.addAll(nic.securityGroups()));
        return names;
    }

    /** An address of a NIC. */
    public record Address(ShownNic nic, String text) {
        /** 4 or 6. */
        public int version() {
            return text.contains(":") ? 6 : 4;
        }
    }
}
