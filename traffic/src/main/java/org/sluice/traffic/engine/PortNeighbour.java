package org.sluice.traffic.engine;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.List;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.packet.PacketSender;
import org.sluice.traffic.frame.NeighbourQuery;
import org.sluice.traffic.frame.NeighbourResponder;
import org.sluice.traffic.frame.VlanTag;

/**
 * Speaks for a port of the tester as a host would: answers requests for its addresses (ARP, neighbour discovery), and tells bridges
 * and routers where it is before each trial. For one thread at a time.
 */
final class PortNeighbour implements ReceiveLoop.Neighbour {
    private final PacketSender sender;
    private final NeighbourResponder responder;
    private final List<NeighbourQuery> addresses;

    /**
     * Begins to speak.
     *
     * @param sender of one slot with room for {@link NeighbourResponder#LONGEST_REPLY}; stays the caller's
     * @param mac the port's own
     * @param addresses the port's own, at least one
     */
    PortNeighbour(PacketSender sender, MacAddress mac, List<InetAddress> addresses, List<VlanTag> tags) {
        this.sender = sender;
        this.responder = NeighbourResponder.of(mac, addresses, tags);
        this.addresses = addresses.stream()
                .map(address -> NeighbourQuery.of(mac, address, tags))
                .toList();
    }

    @Override
    public void heard(MemorySegment memory, long at, int length) {
        send(responder.respond(memory, at, length, sender.frames(), 0));
    }

    /** RFC 2544, section 23: learning frames. */
    void announce() {
        for (NeighbourQuery address : addresses) {
            send(address.announcement(sender.frames(), 0));
        }
    }

    private void send(int length) {
        if (length > 0) {
            sender.setLength(0, length);
            // One that the driver does not take now is asked for again by whoever needs it.
            int _ = sender.send(0, 1);
        }
    }
}
