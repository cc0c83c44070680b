package org.sluice.linux.net;

import static org.sluice.linux.net.RouteSession.ACKNOWLEDGED;
import static org.sluice.linux.net.RouteSession.DUMP;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.sluice.linux.netlink.Attribute;
import org.sluice.linux.netlink.MessageWriter;
import org.sluice.linux.netlink.NetlinkMessage;

/**
 * Which VLANs pass which port of a bridge that filters (AF_BRIDGE messages). Thread-safe.
 *
 * <p>A port that joins such a bridge starts with VLAN 1, as PVID and untagged.
 */
public final class BridgeVlans {
    private static final int INDEX_OFFSET = 4;

    private final RouteSession session;

    BridgeVlans(RouteSession session) {
        this.session = session;
    }

    /** {@code bridge vlan add dev PORT vid ID [pvid] [untagged]}. */
    public void add(String port, BridgeVlan vlan) {
        int flags = (vlan.pvid() ? Rtnetlink.BRIDGE_VLAN_INFO_PVID : 0)
                | (vlan.untagged() ? Rtnetlink.BRIDGE_VLAN_INFO_UNTAGGED : 0);
        session.execute(
                "let VLAN " + vlan.id() + " pass the bridge port " + port,
                message(Rtnetlink.RTM_SETLINK, port, flags, vlan.id(), false));
    }

    /** {@code bridge vlan del dev PORT vid ID}. */
    public void delete(String port, int id) {
        session.execute(
                "stop VLAN " + id + " at the bridge port " + port, message(Rtnetlink.RTM_DELLINK, port, 0, id, false));
    }

    /** {@code bridge vlan add dev BRIDGE vid ID [pvid] [untagged] self}: for the bridge's own port, the host's side. */
    public void addToBridge(String bridge, BridgeVlan vlan) {
        int flags = (vlan.pvid() ? Rtnetlink.BRIDGE_VLAN_INFO_PVID : 0)
                | (vlan.untagged() ? Rtnetlink.BRIDGE_VLAN_INFO_UNTAGGED : 0);
        session.execute(
                "let VLAN " + vlan.id() + " reach the bridge " + bridge + " itself",
                message(Rtnetlink.RTM_SETLINK, bridge, flags, vlan.id(), true));
    }

    /** {@code bridge vlan del dev BRIDGE vid ID self}. */
    public void deleteFromBridge(String bridge, int id) {
        session.execute(
                "keep VLAN " + id + " from the bridge " + bridge + " itself",
                message(Rtnetlink.RTM_DELLINK, bridge, 0, id, true));
    }

    /** {@code bridge vlan show dev PORT}: the VLANs that pass a port, or reach a bridge itself, in order. */
    public List<BridgeVlan> list(String port) {
        int index = session.require(port).index();
        MessageWriter request = LinkCodec.message(Rtnetlink.RTM_GETLINK, DUMP, Rtnetlink.AF_BRIDGE, 0, 0, 0)
                .attributeU32(Rtnetlink.IFLA_EXT_MASK, Rtnetlink.RTEXT_FILTER_BRVLAN);
        List<BridgeVlan> vlans = new ArrayList<>();
        for (NetlinkMessage message : session.dump("list the VLANs of the bridge ports", request)) {
            if (message.type() == Rtnetlink.RTM_NEWLINK
                    && message.need(Rtnetlink.INTERFACE_HEADER_LENGTH).payload().getInt(INDEX_OFFSET) == index) {
                message.attributesAfter(Rtnetlink.INTERFACE_HEADER_LENGTH)
                        .find(Rtnetlink.IFLA_AF_SPEC)
                        .ifPresent(specification -> read(specification, vlans));
            }
        }
        return List.copyOf(vlans);
    }

    static void read(Attribute specification, List<BridgeVlan> into) {
        for (Attribute attribute : specification.nested()) {
            if (attribute.type() == Rtnetlink.IFLA_BRIDGE_VLAN_INFO) {
                // struct bridge_vlan_info: u16 flags, u16 vid.
                byte[] _ = attribute.bytes(0, Integer.BYTES);
                int flags = attribute.payload().getShort(0) & 0xFFFF;
                into.add(new BridgeVlan(
                        attribute.payload().getShort(2) & 0xFFFF,
                        (flags & Rtnetlink.BRIDGE_VLAN_INFO_PVID) != 0,
                        (flags & Rtnetlink.BRIDGE_VLAN_INFO_UNTAGGED) != 0));
            }
        }
    }

    private MessageWriter message(int type, String port, int flags, int id, boolean self) {
        return message(type, session.require(port).index(), flags, id, self);
    }

    static MessageWriter message(int type, int index, int flags, int id, boolean self) {
        MessageWriter message = LinkCodec.message(type, ACKNOWLEDGED, Rtnetlink.AF_BRIDGE, index, 0, 0);
        return message.nested(Rtnetlink.IFLA_AF_SPEC, () -> {
            if (self) {
                message.attributeU16(Rtnetlink.IFLA_BRIDGE_FLAGS, Rtnetlink.BRIDGE_FLAGS_SELF);
            }
            message.attribute(
                    Rtnetlink.IFLA_BRIDGE_VLAN_INFO,
                    ByteBuffer.allocate(Integer.BYTES)
                            .order(ByteOrder.nativeOrder())
                            .putShort((short) flags)
                            .putShort((short) id)
                            .array());
        });
    }
}
