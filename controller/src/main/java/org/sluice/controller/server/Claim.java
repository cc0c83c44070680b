package org.sluice.controller.server;

import static java.util.Objects.requireNonNull;

import org.sluice.model.HostId;
import org.sluice.model.Resources;
import org.sluice.model.protocol.Power;

/**
 * A server's place on a host. One that moves has two; the leases of its virtual functions and the bindings of its ports hang on
 * them. It is held until nothing of the server is left there.
 *
 * @param host where
 * @param role what it is of the server's places
 * @param generation which of all claims there have ever been of the server, from 1
 * @param resources what is taken of the host
 * @param isPresent whether the host should have the server; false as soon as it is to go from there
 * @param power what the host is to make of its guest's power
 */
public record Claim(HostId host, Role role, long generation, Resources resources, boolean isPresent, Power power) {
    /** What a claim is of a server's claims; there is one of each at most. */
    public enum Role {
        /** Where it is, and runs if it does. */
        CURRENT("current"),
        /** Where it is going to. */
        INCOMING("incoming"),
        /** Where it was, and goes back to if what it moved for is reverted. */
        OUTGOING("outgoing");

        private final String text;

        Role(String text) {
            this.text = text;
        }

        /** As the books have it. */
        public String text() {
            return text;
        }

        static Role of(String text) {
            for (Role role : values()) {
                if (role.text.equals(text)) {
                    return role;
                }
            }
            throw new IllegalStateException("There is no role '" + text + "'.");
        }
    }

    public Claim {
        requireNonNull(host, "host is null");
        requireNonNull(role, "role is null");
        requireNonNull(resources, "resources is null");
        requireNonNull(power, "power is null");
    }
}
