package org.sluice.linux.net;

import static java.util.Objects.requireNonNull;
import static org.sluice.linux.net.RouteSession.ACKNOWLEDGED;
import static org.sluice.linux.net.RouteSession.CREATE;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.sluice.linux.netlink.MessageWriter;

/** The messages that change, make and name devices, attribute for attribute in the order in which {@code ip} writes them. */
final class LinkMessages {
    private LinkMessages() {}

    static MessageWriter change(String name, int flags, int changedFlags) {
        requireNonNull(name, "name is null");
        return LinkCodec.select(
                LinkCodec.message(Rtnetlink.RTM_NEWLINK, ACKNOWLEDGED, Rtnetlink.AF_UNSPEC, 0, flags, changedFlags),
                name);
    }

    static MessageWriter changeByIndex(int index) {
        return LinkCodec.message(Rtnetlink.RTM_NEWLINK, ACKNOWLEDGED, Rtnetlink.AF_UNSPEC, index, 0, 0);
    }

    static MessageWriter alternative(MessageWriter message, String alternativeName) {
        return message.nested(
                Rtnetlink.IFLA_PROP_LIST | Rtnetlink.NLA_F_NESTED,
                () -> message.attributeText(Rtnetlink.IFLA_ALT_IFNAME, alternativeName));
    }

    static MessageWriter isolate(int index, boolean isolated) {
        MessageWriter message =
                LinkCodec.message(Rtnetlink.RTM_SETLINK, ACKNOWLEDGED, Rtnetlink.AF_BRIDGE, index, 0, 0);
        return message.nested(
                Rtnetlink.IFLA_PROTINFO | Rtnetlink.NLA_F_NESTED,
                () -> message.attributeU8(Rtnetlink.IFLA_BRPORT_ISOLATED, isolated ? 1 : 0));
    }

    static MessageWriter createBridge(String name, boolean vlanFiltering, Duration ageing) {
        return create(name, "bridge", message -> {
            MessageWriter data = message.attributeU32(Rtnetlink.IFLA_BR_AGEING_TIME, LinkCodec.ticks(ageing))
                    .attributeU32(Rtnetlink.IFLA_BR_STP_STATE, 0);
            if (vlanFiltering) {
                // Only when wanted: kernels without the feature refuse even a 0.
                data.attributeU8(Rtnetlink.IFLA_BR_VLAN_FILTERING, 1);
            }
        });
    }

    static MessageWriter createVlan(String name, int parentIndex, int id, VlanProtocol protocol) {
        MessageWriter message = LinkCodec.message(Rtnetlink.RTM_NEWLINK, CREATE, Rtnetlink.AF_UNSPEC, 0, 0, 0)
                .attributeU32(Rtnetlink.IFLA_LINK, parentIndex)
                .attributeText(Rtnetlink.IFLA_IFNAME, name);
        return info(
                message,
                "vlan",
                data -> data.attributeBigEndianU16(Rtnetlink.IFLA_VLAN_PROTOCOL, protocol.etherType())
                        .attributeU16(Rtnetlink.IFLA_VLAN_ID, id));
    }

    static MessageWriter createVeth(String name, String peer, OptionalInt peerNamespaceFile) {
        return create(
                name,
                "veth",
                message -> message.nested(Rtnetlink.VETH_INFO_PEER, () -> {
                    // The peer's own struct ifinfomsg, all zero, then its attributes.
                    message.u32(0).u32(0).u32(0).u32(0).attributeText(Rtnetlink.IFLA_IFNAME, peer);
                    peerNamespaceFile.ifPresent(file -> message.attributeU32(Rtnetlink.IFLA_NET_NS_FD, file));
                }));
    }

    static MessageWriter createDummy(String name) {
        return create(name, "dummy", _ -> {});
    }

    private static MessageWriter create(String name, String kind, Consumer<MessageWriter> data) {
        requireNonNull(name, "name is null");
        return info(
                LinkCodec.message(Rtnetlink.RTM_NEWLINK, CREATE, Rtnetlink.AF_UNSPEC, 0, 0, 0)
                        .attributeText(Rtnetlink.IFLA_IFNAME, name),
                kind,
                data);
    }

    private static MessageWriter info(MessageWriter message, String kind, Consumer<MessageWriter> data) {
        return message.nested(
                Rtnetlink.IFLA_LINKINFO,
                () -> message.attribute(Rtnetlink.IFLA_INFO_KIND, kind.getBytes(StandardCharsets.US_ASCII))
                        .nested(Rtnetlink.IFLA_INFO_DATA, () -> data.accept(message)));
    }
}
