package org.sluice.linux.netlink;

import org.sluice.linux.LinuxException;

/** Bytes that are no netlink message, or one that ends too early; the code is {@code netlink.malformed}. */
public final class MalformedMessageException extends LinuxException {
    private static final long serialVersionUID = 1L;

    /** @param sentence what is wrong with the bytes, one complete sentence */
    public MalformedMessageException(String sentence) {
        super("netlink.malformed", sentence, "Report this together with the kernel's version (uname -r).");
    }
}
