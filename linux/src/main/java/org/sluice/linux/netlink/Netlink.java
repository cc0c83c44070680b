package org.sluice.linux.netlink;

/** Numbers of the netlink protocol itself (include/uapi/linux/netlink.h). */
public final class Netlink {
    /** nlmsghdr.nlmsg_flags: this is a request. */
    public static final int NLM_F_REQUEST = 0x01;

    /** nlmsghdr.nlmsg_flags: answer with an acknowledgement. */
    public static final int NLM_F_ACK = 0x04;

    /** nlmsghdr.nlmsg_flags in a dump: something changed meanwhile, the picture may be torn. */
    public static final int NLM_F_DUMP_INTR = 0x10;

    /** nlmsghdr.nlmsg_flags: all entries. */
    public static final int NLM_F_DUMP = 0x300;

    /** nlmsghdr.nlmsg_flags: fail when it exists. */
    public static final int NLM_F_EXCL = 0x200;

    /** nlmsghdr.nlmsg_flags: overwrite when it exists. */
    public static final int NLM_F_REPLACE = 0x100;

    /** nlmsghdr.nlmsg_flags: create when it does not exist. */
    public static final int NLM_F_CREATE = 0x400;

    static final int NLM_F_CAPPED = 0x100;
    static final int NLM_F_ACK_TLVS = 0x200;

    static final int NLMSG_NOOP = 1;
    static final int NLMSG_ERROR = 2;
    static final int NLMSG_DONE = 3;
    static final int NLMSG_OVERRUN = 4;

    static final int NLMSGERR_ATTR_MSG = 1;

    static final int HEADER_LENGTH = 16;
    static final int ATTRIBUTE_HEADER_LENGTH = 4;
    static final int ALIGNMENT = 4;

    private Netlink() {}

    static int align(int length) {
        return (length + ALIGNMENT - 1) & -ALIGNMENT;
    }
}
