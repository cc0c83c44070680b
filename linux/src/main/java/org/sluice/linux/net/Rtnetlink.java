package org.sluice.linux.net;

/**
 * Numbers of the route family, named as the kernel names them (include/uapi/linux/rtnetlink.h, if_link.h, if_addr.h,
 * if_bridge.h, neighbour.h, if.h, pkt_sched.h).
 */
final class Rtnetlink {
    static final int RTMGRP_LINK = 1;

    static final int RTM_NEWLINK = 16;
    static final int RTM_DELLINK = 17;
    static final int RTM_GETLINK = 18;
    static final int RTM_SETLINK = 19;
    static final int RTM_NEWADDR = 20;
    static final int RTM_DELADDR = 21;
    static final int RTM_GETADDR = 22;
    static final int RTM_NEWROUTE = 24;
    static final int RTM_DELROUTE = 25;
    static final int RTM_NEWNEIGH = 28;
    static final int RTM_DELNEIGH = 29;
    static final int RTM_NEWQDISC = 36;
    static final int RTM_DELQDISC = 37;
    static final int RTM_GETQDISC = 38;
    static final int RTM_NEWLINKPROP = 108;
    static final int RTM_DELLINKPROP = 109;

    static final int AF_UNSPEC = 0;
    static final int AF_INET = 2;
    static final int AF_BRIDGE = 7;
    static final int AF_INET6 = 10;

    static final int IFF_UP = 0x1;
    static final int IFF_LOWER_UP = 0x10000;

    static final int IFLA_ADDRESS = 1;
    static final int IFLA_IFNAME = 3;
    static final int IFLA_MTU = 4;
    static final int IFLA_LINK = 5;
    static final int IFLA_MASTER = 10;
    static final int IFLA_PROTINFO = 12;
    static final int IFLA_LINKINFO = 18;
    static final int IFLA_NET_NS_PID = 19;
    static final int IFLA_NUM_VF = 21;
    static final int IFLA_VFINFO_LIST = 22;
    static final int IFLA_AF_SPEC = 26;
    static final int IFLA_NET_NS_FD = 28;
    static final int IFLA_EXT_MASK = 29;
    static final int IFLA_PHYS_PORT_NAME = 38;
    static final int IFLA_XDP = 43;
    static final int IFLA_MIN_MTU = 50;
    static final int IFLA_MAX_MTU = 51;
    static final int IFLA_PROP_LIST = 52;
    static final int IFLA_ALT_IFNAME = 53;
    static final int IFLA_PERM_ADDRESS = 54;
    static final int IFLA_PARENT_DEV_NAME = 56;
    static final int IFLA_PARENT_DEV_BUS_NAME = 57;

    static final int NLA_F_NESTED = 0x8000;

    static final int RTEXT_FILTER_VF = 1;
    static final int RTEXT_FILTER_BRVLAN = 1 << 1;
    static final int RTEXT_FILTER_SKIP_STATS = 1 << 3;

    static final int IFLA_INFO_KIND = 1;
    static final int IFLA_INFO_DATA = 2;
    static final int IFLA_INFO_SLAVE_DATA = 5;
    static final int IFLA_BRPORT_ISOLATED = 33;
    static final int VETH_INFO_PEER = 1;
    static final int IFLA_VLAN_ID = 1;
    static final int IFLA_VLAN_PROTOCOL = 5;
    static final int IFLA_BR_AGEING_TIME = 4;
    static final int IFLA_BR_STP_STATE = 5;
    static final int IFLA_BR_VLAN_FILTERING = 7;

    static final int IFLA_XDP_ATTACHED = 2;

    static final int IFLA_VF_INFO = 1;
    static final int IFLA_VF_MAC = 1;
    static final int IFLA_VF_VLAN = 2;
    static final int IFLA_VF_SPOOFCHK = 4;
    static final int IFLA_VF_LINK_STATE = 5;
    static final int IFLA_VF_RATE = 6;
    static final int IFLA_VF_RSS_QUERY_EN = 7;
    static final int IFLA_VF_STATS = 8;
    static final int IFLA_VF_TRUST = 9;
    static final int IFLA_VF_VLAN_LIST = 12;
    static final int IFLA_VF_VLAN_INFO = 1;

    static final int IFLA_VF_STATS_RX_PACKETS = 0;
    static final int IFLA_VF_STATS_TX_PACKETS = 1;
    static final int IFLA_VF_STATS_RX_BYTES = 2;
    static final int IFLA_VF_STATS_TX_BYTES = 3;
    static final int IFLA_VF_STATS_BROADCAST = 4;
    static final int IFLA_VF_STATS_MULTICAST = 5;
    static final int IFLA_VF_STATS_RX_DROPPED = 7;
    static final int IFLA_VF_STATS_TX_DROPPED = 8;

    static final int IFLA_BRIDGE_FLAGS = 0;
    static final int IFLA_BRIDGE_VLAN_INFO = 2;
    static final int BRIDGE_FLAGS_SELF = 2;
    static final int BRIDGE_VLAN_INFO_PVID = 1 << 1;
    static final int BRIDGE_VLAN_INFO_UNTAGGED = 1 << 2;

    static final int IFA_ADDRESS = 1;
    static final int IFA_LOCAL = 2;
    static final int IFA_F_PERMANENT = 0x80;

    static final int NDA_DST = 1;
    static final int NDA_LLADDR = 2;
    static final int NUD_PERMANENT = 0x80;

    static final int RT_TABLE_MAIN = 254;
    static final int RTPROT_STATIC = 4;
    static final int RT_SCOPE_UNIVERSE = 0;
    static final int RT_SCOPE_LINK = 253;
    static final int RT_SCOPE_NOWHERE = 255;
    static final int RTN_UNICAST = 1;
    static final int RTNH_F_ONLINK = 4;
    static final int RTA_DST = 1;
    static final int RTA_OIF = 4;
    static final int RTA_GATEWAY = 5;

    static final int TC_H_ROOT = 0xFFFFFFFF;
    static final int TCA_KIND = 1;

    /** Length of struct tcmsg. */
    static final int QDISC_HEADER_LENGTH = 20;

    /** Length of struct ifinfomsg. */
    static final int INTERFACE_HEADER_LENGTH = 16;

    /** Length of struct ifaddrmsg. */
    static final int ADDRESS_HEADER_LENGTH = 8;

    private Rtnetlink() {}
}
