package org.sluice.linux.netlink;

import static java.util.Objects.requireNonNull;

import java.util.function.Function;
import org.sluice.linux.kernel.Errno;

/**
 * A message to the kernel, with the words to use when it is refused.
 *
 * @param what what is asked, as an imperative: {@code set VF 3 of pf1: VLAN 2401}
 * @param message the message itself
 * @param advice gives for an error the sentence that says what to do
 */
public record NetlinkRequest(String what, MessageWriter message, Function<Errno, String> advice) {
    /** Checks for null. */
    public NetlinkRequest {
        requireNonNull(what, "what is null");
        requireNonNull(message, "message is null");
        requireNonNull(advice, "advice is null");
    }

    NetlinkException refused(Acknowledgement answer) {
        String number = answer.errno() == Errno.UNLISTED ? "error " + answer.error() + " " : "";
        return refused(answer.errno(), (number + answer.text()).strip());
    }

    NetlinkException refused(Errno errno, String text) {
        return new NetlinkException(what, errno, text, advice.apply(errno));
    }
}
