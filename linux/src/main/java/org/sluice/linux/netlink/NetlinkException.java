package org.sluice.linux.netlink;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.Errno;

/** The kernel refused a netlink request; the code is {@code netlink.} and the error's name in lower case. */
public final class NetlinkException extends LinuxException {
    private static final long serialVersionUID = 1L;

    private final Errno errno;
    private final String kernelText;
    private final String request;

    /**
     * @param request what was asked, as an imperative: {@code set VF 3 of pf1: VLAN 2401}
     * @param errno what the kernel answered
     * @param kernelText the text of the extended acknowledgement, empty when there was none
     * @param fix what to do about it, one complete sentence
     */
    public NetlinkException(String request, Errno errno, String kernelText, String fix) {
        super(
                "netlink." + errno.name().toLowerCase(Locale.ROOT),
                "The kernel answered " + errno.describe() + " when asked to " + request
                        + (kernelText.isEmpty() ? "." : ", and said: \"" + kernelText + "\"."),
                fix);
        this.errno = requireNonNull(errno, "errno is null");
        this.kernelText = kernelText;
        this.request = requireNonNull(request, "request is null");
    }

    /** What the kernel answered. */
    public Errno errno() {
        return errno;
    }

    /** The kernel's or driver's own words, empty when there were none. */
    public String kernelText() {
        return kernelText;
    }

    /** What was asked, as an imperative: {@code set VF 3 of pf1: VLAN 2401}. */
    public String request() {
        return request;
    }
}
