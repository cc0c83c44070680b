package org.sluice.linux.net;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** What sort of device a link is (IFLA_LINKINFO), with the properties that tell one from another. */
public sealed interface LinkKind {
    /** The kernel's word, empty for a hardware device. */
    String name();

    /** A device of hardware, or the loopback device: the kernel gives it no kind. */
    record Hardware() implements LinkKind {
        @Override
        public String name() {
            return "";
        }
    }

    /**
     * A bridge.
     *
     * @param vlanFiltering whether ports are told apart by VLAN
     * @param spanningTree whether the kernel's STP runs
     * @param ageing how long a learned address is kept; 0 learns nothing
     */
    record Bridge(boolean vlanFiltering, boolean spanningTree, Duration ageing) implements LinkKind {
        /** Checks for null. */
        public Bridge {
            requireNonNull(ageing, "ageing is null");
        }

        @Override
        public String name() {
            return "bridge";
        }
    }

    /**
     * A VLAN device on a parent.
     *
     * @param id the VLAN id
     * @param protocol the tag
     */
    record Vlan(int id, VlanProtocol protocol) implements LinkKind {
        /** Checks for null. */
        public Vlan {
            requireNonNull(protocol, "protocol is null");
        }

        @Override
        public String name() {
            return "vlan";
        }
    }

    /**
     * Any other virtual device.
     *
     * @param name the kernel's word: {@code veth}, {@code tun}, {@code dummy}, {@code macvtap} ...
     */
    record Other(String name) implements LinkKind {
        /** Checks for null. */
        public Other {
            requireNonNull(name, "name is null");
        }
    }
}
