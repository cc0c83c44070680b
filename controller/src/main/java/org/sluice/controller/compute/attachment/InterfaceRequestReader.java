package org.sluice.controller.compute.attachment;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sluice.controller.compute.wire.Names;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.http.body.KnownFields;
import org.sluice.controller.network.binding.NicRequest;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;

/** Reads the body of {@code POST /servers/ID/os-interface}. Stateless. */
final class InterfaceRequestReader {
    private static final KnownFields KNOWN =
            KnownFields.of("port_id", "net_id", "fixed_ips").since(49, "tag");

    private InterfaceRequestReader() {}

    /**
     * What is asked for; empty for a port on the only network there is.
     *
     * @throws org.sluice.model.ProblemException 400 that names the field
     */
    static Optional<NicRequest> read(Exchange exchange) {
        Fields nic = exchange.body("interfaceAttachment").onlyKnows(KNOWN.in(exchange.minorVersion()));
        if (nic.has("tag")) {
            throw nic.refused("tag", "device tags are not offered; leave it out");
        }
        Optional<String> address = address(nic);
        if (nic.has("port_id") && nic.has("net_id")) {
            // The words of this and the next are Nova's.
            throw Problems.badRequest("InvalidInput", "Must not input both network_id and port_id");
        }
        if (address.isPresent() && !nic.has("net_id")) {
            throw Problems.badRequest("InvalidInput", "Must input network_id when request IP address");
        }
        if (nic.has("port_id")) {
            return Optional.of(new NicRequest.ByPort(new PortId(nic.id("port_id"))));
        }
        return nic.has("net_id")
                ? Optional.of(new NicRequest.ByNetwork(new NetworkId(nic.id("net_id")), address))
                : Optional.empty();
    }

    private static Optional<String> address(Fields nic) {
        if (!nic.has("fixed_ips")) {
            return Optional.empty();
        }
        List<Fields> addresses = nic.objects("fixed_ips", 1);
        if (addresses.isEmpty()) {
            throw nic.refused("fixed_ips", "it must have one item");
        }
        return Optional.of(addresses
                .getFirst()
                .onlyKnows(Set.of("ip_address"))
                .needs("ip_address")
                .text("ip_address", 1, Names.LONGEST));
    }
}
