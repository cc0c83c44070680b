/**
 * Netlink: sockets, message framing, attributes and answers (include/uapi/linux/netlink.h). The codecs know bytes and no sockets;
 * what a message asks for is said by {@link org.sluice.linux.net}.
 */
@NullMarked
package org.sluice.linux.netlink;

import org.jspecify.annotations.NullMarked;
