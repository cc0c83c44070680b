package org.sluice.linux.net;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sluice.linux.LinuxException;
import org.sluice.linux.netlink.Attribute;
import org.sluice.linux.netlink.Attributes;
import org.sluice.linux.netlink.MessageWriter;

/** The VF structures of if_link.h: attributes to bytes, and what the kernel reports back to records. */
final class VfCodec {
    /** struct ifla_vf_mac has room for InfiniBand addresses. */
    private static final int MAC_FIELD_LENGTH = 32;

    private static final int MAXIMUM_LIST_LENGTH = 0xFFFF;

    private VfCodec() {}

    /** Appends IFLA_VFINFO_LIST with one IFLA_VF_INFO that holds all the attributes. */
    static void write(MessageWriter message, int vf, VfAttributes attributes) {
        message.nested(
                Rtnetlink.IFLA_VFINFO_LIST,
                () -> message.nested(Rtnetlink.IFLA_VF_INFO, () -> {
                    for (VfAttribute attribute : attributes.list()) {
                        write(message, vf, attribute);
                    }
                }));
    }

    private static void write(MessageWriter message, int vf, VfAttribute attribute) {
        switch (attribute) {
            case VfAttribute.Mac mac -> {
                // struct ifla_vf_mac: u32 vf, u8 mac[32].
                byte[] structure = Arrays.copyOf(word(vf), Integer.BYTES + MAC_FIELD_LENGTH);
                System.arraycopy(mac.address().bytes(), 0, structure, Integer.BYTES, MacAddress.LENGTH);
                message.attribute(Rtnetlink.IFLA_VF_MAC, structure);
            }
            case VfAttribute.Vlan vlan -> write(message, vf, vlan);
            case VfAttribute.TxRate rate ->
                // struct ifla_vf_rate sets both: a driver that is told one alone would take the other for 0.
                message.attributeU32(Rtnetlink.IFLA_VF_RATE, vf, rate.minimum(), rate.maximum());
            case VfAttribute.SpoofCheck check ->
                message.attributeU32(Rtnetlink.IFLA_VF_SPOOFCHK, vf, check.on() ? 1 : 0);
            case VfAttribute.LinkState state ->
                message.attributeU32(
                        Rtnetlink.IFLA_VF_LINK_STATE, vf, state.state().number());
            case VfAttribute.RssQuery query ->
                message.attributeU32(Rtnetlink.IFLA_VF_RSS_QUERY_EN, vf, query.on() ? 1 : 0);
            case VfAttribute.Trust trust -> message.attributeU32(Rtnetlink.IFLA_VF_TRUST, vf, trust.on() ? 1 : 0);
        }
    }

    private static void write(MessageWriter message, int vf, VfAttribute.Vlan vlan) {
        switch (vlan.protocol()) {
            // struct ifla_vf_vlan: u32 vf, u32 vlan, u32 qos; every kernel knows it.
            case DOT1Q -> message.attributeU32(Rtnetlink.IFLA_VF_VLAN, vf, vlan.id(), vlan.qos());
            // struct ifla_vf_vlan_info: the same and a big-endian u16, padded to 16 bytes; 20 with the attribute's
            // header.
            case DOT1AD ->
                message.nested(
                        Rtnetlink.IFLA_VF_VLAN_LIST,
                        () -> message.attributeU32(
                                Rtnetlink.IFLA_VF_VLAN_INFO,
                                vf,
                                vlan.id(),
                                vlan.qos(),
                                bigEndianFirst(vlan.protocol().etherType())));
        }
    }

    /** The VFs in IFLA_VFINFO_LIST, in the kernel's order. */
    static List<VirtualFunctionInfo> read(Attribute list) {
        List<VirtualFunctionInfo> functions = new ArrayList<>();
        for (Attribute entry : list.nested()) {
            functions.add(readOne(entry.nested()));
        }
        return List.copyOf(functions);
    }

    /** The counters in IFLA_VFINFO_LIST by VF number; VFs whose driver counts nothing are absent. */
    static Map<Integer, VfStatistics> readStatistics(Attribute list) {
        Map<Integer, VfStatistics> statistics = new TreeMap<>();
        for (Attribute entry : list.nested()) {
            int vf = -1;
            VfStatistics counters = null;
            for (Attribute attribute : entry.nested()) {
                if (attribute.type() == Rtnetlink.IFLA_VF_MAC) {
                    vf = attribute.u32();
                } else if (attribute.type() == Rtnetlink.IFLA_VF_STATS) {
                    counters = readCounters(attribute.nested());
                }
            }
            if (vf >= 0 && counters != null) {
                statistics.put(vf, counters);
            }
        }
        return Collections.unmodifiableMap(statistics);
    }

    /**
     * Refuses a list that cannot be true: its length field has 16 bits, and kernels let it wrap when a PF has more VFs (with
     * counters about 220) than fit, after which what follows in the message is noise.
     */
    static void requireRepresentable(String link, int vfCount, Attribute list) {
        for (Attribute first : list.nested()) {
            long length = (long) vfCount * (first.payload().limit() + 4);
            if (length > MAXIMUM_LIST_LENGTH - 4) {
                throw tooLong(link, vfCount);
            }
            return;
        }
    }

    static LinuxException tooLong(String link, int vfCount) {
        return new LinuxException(
                "vf.list-too-long",
                "The list of the " + vfCount + " VFs of " + link
                        + " does not fit into one netlink attribute of 64 KiB.",
                "Read the VFs without their counters, or create fewer VFs.");
    }

    private static VirtualFunctionInfo readOne(Attributes attributes) {
        int vf = -1;
        MacAddress mac = MacAddress.ZERO;
        int vlan = 0;
        int qos = 0;
        VlanProtocol protocol = VlanProtocol.DOT1Q;
        int minTxRate = 0;
        int maxTxRate = 0;
        ReportedSwitch spoofCheck = ReportedSwitch.NOT_REPORTED;
        VfLinkState linkState = VfLinkState.NOT_REPORTED;
        ReportedSwitch rssQuery = ReportedSwitch.NOT_REPORTED;
        ReportedSwitch trust = ReportedSwitch.NOT_REPORTED;
        for (Attribute attribute : attributes) {
            switch (attribute.type()) {
                case Rtnetlink.IFLA_VF_MAC -> {
                    vf = attribute.u32();
                    mac = MacAddress.of(attribute.bytes(Integer.BYTES, MacAddress.LENGTH), 0);
                }
                case Rtnetlink.IFLA_VF_VLAN -> {
                    vlan = attribute.u32(1);
                    qos = attribute.u32(2);
                }
                case Rtnetlink.IFLA_VF_VLAN_LIST -> {
                    for (Attribute info : attribute.nested()) {
                        vlan = info.u32(1);
                        qos = info.u32(2);
                        byte[] etherType = info.bytes(3 * Integer.BYTES, 2);
                        protocol = VlanProtocol.of((etherType[0] & 0xFF) << 8 | (etherType[1] & 0xFF));
                        // Cards report one; were there more, the first is the outermost.
                        break;
                    }
                }
                case Rtnetlink.IFLA_VF_RATE -> {
                    minTxRate = attribute.u32(1);
                    maxTxRate = attribute.u32(2);
                }
                case Rtnetlink.IFLA_VF_SPOOFCHK -> spoofCheck = ReportedSwitch.of(attribute.u32(1));
                case Rtnetlink.IFLA_VF_LINK_STATE -> linkState = VfLinkState.of(attribute.u32(1));
                case Rtnetlink.IFLA_VF_RSS_QUERY_EN -> rssQuery = ReportedSwitch.of(attribute.u32(1));
                case Rtnetlink.IFLA_VF_TRUST -> trust = ReportedSwitch.of(attribute.u32(1));
                default -> {
                    // Broadcast address, counters, the legacy rate and what later kernels add.
                }
            }
        }
        return new VirtualFunctionInfo(
                vf, mac, vlan, qos, protocol, minTxRate, maxTxRate, spoofCheck, linkState, rssQuery, trust);
    }

    private static VfStatistics readCounters(Attributes counters) {
        return new VfStatistics(
                counter(counters, Rtnetlink.IFLA_VF_STATS_RX_PACKETS),
                counter(counters, Rtnetlink.IFLA_VF_STATS_TX_PACKETS),
                counter(counters, Rtnetlink.IFLA_VF_STATS_RX_BYTES),
                counter(counters, Rtnetlink.IFLA_VF_STATS_TX_BYTES),
                counter(counters, Rtnetlink.IFLA_VF_STATS_BROADCAST),
                counter(counters, Rtnetlink.IFLA_VF_STATS_MULTICAST),
                counter(counters, Rtnetlink.IFLA_VF_STATS_RX_DROPPED),
                counter(counters, Rtnetlink.IFLA_VF_STATS_TX_DROPPED));
    }

    private static long counter(Attributes counters, int type) {
        return counters.find(type).map(Attribute::u64).orElse(0L);
    }

    private static byte[] word(int value) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(value)
                .array();
    }

    /** A word whose first two bytes in memory are the number in network byte order, followed by two bytes of padding. */
    private static int bigEndianFirst(int value) {
        return ByteBuffer.wrap(new byte[] {(byte) (value >>> 8), (byte) value, 0, 0})
                .order(ByteOrder.nativeOrder())
                .getInt();
    }
}
