package org.sluice.controller.scheduling;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.sluice.controller.network.binding.AttachedPort;
import org.sluice.model.Resources;
import org.sluice.model.VnicType;

/**
 * A request in the terms that filters compare with a host: worked out once, compared with every host.
 *
 * @param resources what is taken of the host
 * @param zone availability zone wanted
 * @param host name of the only host wanted
 * @param functions how many VFs are wanted, by physical network
 * @param bridged physical networks that bridge ports need an uplink to
 * @param extraSpecs the flavor's extra specs
 * @param imageFacts the image's properties
 */
record Demand(
        Resources resources,
        Optional<String> zone,
        Optional<String> host,
        SortedMap<String, Integer> functions,
        SortedSet<String> bridged,
        Map<String, String> extraSpecs,
        Map<String, String> imageFacts) {
    Demand {
        requireNonNull(resources, "resources is null");
        requireNonNull(zone, "zone is null");
        requireNonNull(host, "host is null");
        functions = Collections.unmodifiableSortedMap(new TreeMap<>(functions));
        bridged = Collections.unmodifiableSortedSet(new TreeSet<>(bridged));
        extraSpecs = Map.copyOf(extraSpecs);
        imageFacts = Map.copyOf(imageFacts);
    }

    static Demand of(ServerRequest request) {
        SortedMap<String, Integer> functions = new TreeMap<>();
        SortedSet<String> bridged = new TreeSet<>();
        for (AttachedPort port : request.ports()) {
            switch (port.vnicType()) {
                case NORMAL -> bridged.add(port.physicalNetwork());
                case DIRECT -> functions.merge(port.physicalNetwork(), 1, Integer::sum);
            }
        }
        // Nova's form: zone, zone:host, or zone:host:node, where the node of a libvirt host is the host.
        String[] parts = request.zone().orElse("").split(":", 3);
        return new Demand(
                request.resources(),
                Optional.of(parts[0]).filter(part -> !part.isEmpty()),
                parts.length > 1 ? Optional.of(parts[1]).filter(part -> !part.isEmpty()) : Optional.empty(),
                functions,
                bridged,
                request.extraSpecs(),
                request.imageFacts());
    }

    /** Whether the port needs a virtual function. */
    static boolean isDirect(AttachedPort port) {
        return port.vnicType() == VnicType.DIRECT;
    }
}
