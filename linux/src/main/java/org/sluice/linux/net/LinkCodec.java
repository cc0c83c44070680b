package org.sluice.linux.net;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sluice.linux.netlink.Attribute;
import org.sluice.linux.netlink.Attributes;
import org.sluice.linux.netlink.MessageWriter;
import org.sluice.linux.netlink.NetlinkMessage;

/** RTM_NEWLINK and its relatives: headers to bytes, and what the kernel reports back to {@link Link}. */
final class LinkCodec {
    /** Longest name of a device without the closing zero byte (IFNAMSIZ - 1); alternative names may be longer. */
    static final int LONGEST_NAME = 15;

    /** The bridge counts time in hundredths of a second (USER_HZ). */
    private static final int TICKS_PER_SECOND = 100;

    private static final int INDEX_OFFSET = 4;
    private static final int FLAGS_OFFSET = 8;

    private LinkCodec() {}

    /** A message that starts with struct ifinfomsg. */
    static MessageWriter message(int type, int flags, int family, int index, int deviceFlags, int changedFlags) {
        return new MessageWriter(type, flags)
                .u8(family)
                .u8(0)
                .u16(0)
                .u32(index)
                .u32(deviceFlags)
                .u32(changedFlags);
    }

    /** Names the device the message is about, when the header's index is 0. */
    static MessageWriter select(MessageWriter message, String name) {
        return message.attributeText(
                name.length() > LONGEST_NAME ? Rtnetlink.IFLA_ALT_IFNAME : Rtnetlink.IFLA_IFNAME, name);
    }

    static int ticks(Duration duration) {
        return Math.toIntExact(duration.toMillis() * TICKS_PER_SECOND / 1000);
    }

    /** Reads an RTM_NEWLINK message of a device (not of the bridge family). */
    static Link read(NetlinkMessage message) {
        message.need(Rtnetlink.INTERFACE_HEADER_LENGTH);
        Reading reading = new Reading();
        for (Attribute attribute : message.attributesAfter(Rtnetlink.INTERFACE_HEADER_LENGTH)) {
            reading.take(attribute);
        }
        return reading.finish(
                message.payload().getInt(INDEX_OFFSET), message.payload().getInt(FLAGS_OFFSET));
    }

    /** Reads only the counters of the VFs. */
    static Map<Integer, VfStatistics> readVfStatistics(NetlinkMessage message) {
        Attributes attributes =
                message.need(Rtnetlink.INTERFACE_HEADER_LENGTH).attributesAfter(Rtnetlink.INTERFACE_HEADER_LENGTH);
        String name = "";
        int count = 0;
        // One pass that stops at the list: when it wrapped, what follows it is noise.
        for (Attribute attribute : attributes) {
            switch (attribute.type()) {
                case Rtnetlink.IFLA_IFNAME -> name = attribute.text();
                case Rtnetlink.IFLA_NUM_VF -> count = attribute.u32();
                case Rtnetlink.IFLA_VFINFO_LIST -> {
                    VfCodec.requireRepresentable(name, count, attribute);
                    return VfCodec.readStatistics(attribute);
                }
                default -> {
                    // Not about VFs.
                }
            }
        }
        return Map.of();
    }

    /** Reads only how XDP is attached. */
    static XdpMode readXdpMode(NetlinkMessage message) {
        return message.attributesAfter(Rtnetlink.INTERFACE_HEADER_LENGTH)
                .find(Rtnetlink.IFLA_XDP)
                .flatMap(xdp -> xdp.nested().find(Rtnetlink.IFLA_XDP_ATTACHED))
                .map(attached -> XdpMode.of(attached.u8()))
                .orElse(XdpMode.NONE);
    }

    /** Reads only whether a bridge port is isolated; false for a device that is none. */
    static boolean readIsolation(NetlinkMessage message) {
        return message.attributesAfter(Rtnetlink.INTERFACE_HEADER_LENGTH)
                        .find(Rtnetlink.IFLA_LINKINFO)
                        .flatMap(info -> info.nested().find(Rtnetlink.IFLA_INFO_SLAVE_DATA))
                        .flatMap(port -> port.nested().find(Rtnetlink.IFLA_BRPORT_ISOLATED))
                        .map(Attribute::u8)
                        .orElse(0)
                != 0;
    }

    /** What has been read of one message so far. */
    private static final class Reading {
        private String name = "";
        private final List<String> alternativeNames = new ArrayList<>();
        private LinkKind kind = new LinkKind.Hardware();
        private MacAddress mac = MacAddress.ZERO;
        private MacAddress permanentMac = MacAddress.ZERO;
        private int mtu;
        private int minMtu;
        private int maxMtu;
        private int masterIndex;
        private int parentIndex;
        private String parentBus = "";
        private String parentDevice = "";
        private String physicalPortName = "";
        private int vfCount;
        private List<VirtualFunctionInfo> virtualFunctions = List.of();

        void take(Attribute attribute) {
            switch (attribute.type()) {
                case Rtnetlink.IFLA_IFNAME -> name = attribute.text();
                case Rtnetlink.IFLA_PROP_LIST -> {
                    for (Attribute property : attribute.nested()) {
                        if (property.type() == Rtnetlink.IFLA_ALT_IFNAME) {
                            alternativeNames.add(property.text());
                        }
                    }
                }
                case Rtnetlink.IFLA_LINKINFO -> kind = kind(attribute.nested());
                case Rtnetlink.IFLA_ADDRESS -> mac = address(attribute);
                case Rtnetlink.IFLA_PERM_ADDRESS -> permanentMac = address(attribute);
                case Rtnetlink.IFLA_MTU -> mtu = attribute.u32();
                case Rtnetlink.IFLA_MIN_MTU -> minMtu = attribute.u32();
                case Rtnetlink.IFLA_MAX_MTU -> maxMtu = attribute.u32();
                case Rtnetlink.IFLA_MASTER -> masterIndex = attribute.u32();
                case Rtnetlink.IFLA_LINK -> parentIndex = attribute.u32();
                case Rtnetlink.IFLA_PARENT_DEV_BUS_NAME -> parentBus = attribute.text();
                case Rtnetlink.IFLA_PARENT_DEV_NAME -> parentDevice = attribute.text();
                case Rtnetlink.IFLA_PHYS_PORT_NAME -> physicalPortName = attribute.text();
                case Rtnetlink.IFLA_NUM_VF -> vfCount = attribute.u32();
                case Rtnetlink.IFLA_VFINFO_LIST -> {
                    VfCodec.requireRepresentable(name, vfCount, attribute);
                    virtualFunctions = VfCodec.read(attribute);
                }
                default -> {
                    // Queues, counters, XDP and what later kernels add.
                }
            }
        }

        Link finish(int index, int flags) {
            return new Link(
                    index,
                    name,
                    alternativeNames,
                    kind,
                    mac,
                    permanentMac,
                    mtu,
                    minMtu,
                    maxMtu,
                    (flags & Rtnetlink.IFF_UP) != 0,
                    (flags & Rtnetlink.IFF_LOWER_UP) != 0,
                    masterIndex,
                    parentIndex,
                    parentBus,
                    parentDevice,
                    physicalPortName,
                    vfCount,
                    virtualFunctions);
        }

        private static MacAddress address(Attribute attribute) {
            // Tunnels have addresses of four or sixteen bytes.
            return attribute.payload().limit() == MacAddress.LENGTH
                    ? MacAddress.of(attribute.bytes(), 0)
                    : MacAddress.ZERO;
        }

        private static LinkKind kind(Attributes info) {
            String name =
                    info.find(Rtnetlink.IFLA_INFO_KIND).map(Attribute::text).orElse("");
            Optional<Attribute> data = info.find(Rtnetlink.IFLA_INFO_DATA);
            return switch (name) {
                case "" -> new LinkKind.Hardware();
                case "bridge" ->
                    new LinkKind.Bridge(
                            inner(data, Rtnetlink.IFLA_BR_VLAN_FILTERING)
                                            .map(Attribute::u8)
                                            .orElse(0)
                                    != 0,
                            inner(data, Rtnetlink.IFLA_BR_STP_STATE)
                                            .map(Attribute::u32)
                                            .orElse(0)
                                    != 0,
                            Duration.ofMillis(inner(data, Rtnetlink.IFLA_BR_AGEING_TIME)
                                            .map(Attribute::u32)
                                            .orElse(0)
                                    * 1000L
                                    / TICKS_PER_SECOND));
                case "vlan" ->
                    new LinkKind.Vlan(
                            inner(data, Rtnetlink.IFLA_VLAN_ID)
                                    .map(Attribute::u16)
                                    .orElse(0),
                            VlanProtocol.of(inner(data, Rtnetlink.IFLA_VLAN_PROTOCOL)
                                    .map(Attribute::bigEndianU16)
                                    .orElse(0)));
                default -> new LinkKind.Other(name);
            };
        }

        private static Optional<Attribute> inner(Optional<Attribute> data, int type) {
            return data.flatMap(attribute -> attribute.nested().find(type));
        }
    }
}
