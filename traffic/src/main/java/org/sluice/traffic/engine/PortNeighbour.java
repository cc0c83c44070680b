package org.sluice.traffic.engine;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.packet.PacketSender;
import org.sluice.traffic.frame.NeighbourQuery;
import org.sluice.traffic.frame.NeighbourResponder;
import org.sluice.traffic.frame.VlanTag;

/**
 * Speaks for a port of the tester as a host would: answers requests for its addresses (ARP, neighbour discovery), and tells bridges
 * and routers where it is before each trial. For one thread at a time.
 */
final class PortNeighbour implements PortTally.Neighbour {
    private final PacketSender sender;
    private final List<NeighbourResponder> responders = new ArrayList<>();
    private final List<NeighbourQuery> announcements = new ArrayList<>();

    /**
     * Begins to speak.
     *
     * @param sender of one slot with room for {@link NeighbourResponder#LONGEST_REPLY}; stays the caller's
     * @param mac the port's own
     * @param addresses the port's own by the VLAN tags they are reached with, at least one
     */
    PortNeighbour(PacketSender sender, MacAddress mac, Map<List<VlanTag>, Set<InetAddress>> addresses) {
        this.sender = sender;
        addresses.forEach((tags, there) -> {
            responders.add(NeighbourResponder.of(mac, List.copyOf(there), tags));
            there.forEach(address -> announcements.add(NeighbourQuery.of(mac, address, tags)));
        });
    }

    @Override
    public void heard(MemorySegment memory, long at, int length) {
        // By index: an iterator for every frame of others would be garbage in the receiving loop.
        for (int i = 0; i < responders.size(); i++) {
            send(responders.get(i).respond(memory, at, length, sender.frames(), 0));
        }
    }

    /** RFC 2544, section 23: learning frames. */
    void announce() {
        for (NeighbourQuery address : announcements) {
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
