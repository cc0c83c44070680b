package org.sluice.linux.netlink;

import java.nio.ByteBuffer;
import org.sluice.linux.kernel.Errno;

/**
 * What the kernel says at the end of a request (struct nlmsgerr and the extended acknowledgement).
 *
 * @param error the positive error number, 0 for done
 * @param text the kernel's own words (NLMSGERR_ATTR_MSG), empty when it said none; with error 0 it is a warning
 */
record Acknowledgement(int error, String text) {
    private static final int ERROR_LENGTH = 4;

    /** Reads an NLMSG_ERROR message. */
    static Acknowledgement parse(NetlinkMessage message) {
        ByteBuffer payload = message.need(ERROR_LENGTH + Netlink.HEADER_LENGTH).payload();
        int error = -payload.getInt(0);
        String text = "";
        if (message.has(Netlink.NLM_F_ACK_TLVS)) {
            // The request follows, its header only when capped, all of it when an older kernel or an error does not cap
            // it.
            int echoed = message.has(Netlink.NLM_F_CAPPED) ? Netlink.HEADER_LENGTH : payload.getInt(ERROR_LENGTH);
            text = textIn(message.attributesAfter(ERROR_LENGTH + Netlink.align(echoed)));
        }
        return new Acknowledgement(error, text);
    }

    /** Reads an NLMSG_DONE message: a dump can end with an error too, and with an extended acknowledgement. */
    static Acknowledgement parseDone(NetlinkMessage message) {
        if (message.payload().limit() < ERROR_LENGTH) {
            return new Acknowledgement(0, "");
        }
        int error = Math.max(0, -message.payload().getInt(0));
        String text = message.has(Netlink.NLM_F_ACK_TLVS) ? textIn(message.attributesAfter(ERROR_LENGTH)) : "";
        return new Acknowledgement(error, text);
    }

    Errno errno() {
        return Errno.of(error);
    }

    private static String textIn(Attributes attributes) {
        return attributes.find(Netlink.NLMSGERR_ATTR_MSG).map(Attribute::text).orElse("");
    }
}
