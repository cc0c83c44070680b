package org.sluice.linux.net;

import static java.util.Objects.requireNonNull;

import java.util.Locale;

/**
 * One thing that can be set on a VF through its PF. What the kernel takes in one structure is one attribute here, so that nobody
 * sets half of it: VLAN, priority and protocol belong together, and so do both rates.
 *
 * <p>A driver may know some attributes and not others; {@link Kind} names them for a table of what it takes.
 */
public sealed interface VfAttribute {
    /** The kinds, in the order in which the kernel applies them when several come in one message. */
    enum Kind {
        /** {@link Mac}. */
        MAC,
        /** {@link Vlan}. */
        VLAN,
        /** {@link TxRate}. */
        TX_RATE,
        /** {@link SpoofCheck}. */
        SPOOF_CHECK,
        /** {@link LinkState}. */
        LINK_STATE,
        /** {@link RssQuery}. */
        RSS_QUERY,
        /** {@link Trust}. */
        TRUST
    }

    /** Which kind this is. */
    Kind kind();

    /** As {@code ip} would write it after {@code vf N}, for sentences to people. */
    String describe();

    /**
     * The administrator's MAC address. All zero takes the assignment back; some drivers refuse that. The VF's driver sees a new
     * address only when it is loaded again or the function is reset.
     *
     * @param address no multicast address
     */
    record Mac(MacAddress address) implements VfAttribute {
        /** Checks the address. */
        public Mac {
            requireNonNull(address, "address is null");
            if (address.isMulticast()) {
                throw new IllegalArgumentException("The MAC address " + address
                        + " is a multicast address; a VF needs one whose first byte is even, as in 52:54:00:bb:00:01.");
            }
        }

        @Override
        public Kind kind() {
            return Kind.MAC;
        }

        @Override
        public String describe() {
            return "mac " + address;
        }
    }

    /**
     * The VLAN the card puts the VF in: it tags what the VF sends and strips what it receives.
     *
     * @param id 1 to 4094, or 0 for none
     * @param qos priority code point, 0 to 7; 0 without a VLAN
     * @param protocol the tag; only 802.1Q without a VLAN
     */
    record Vlan(int id, int qos, VlanProtocol protocol) implements VfAttribute {
        /** No VLAN: frames pass as they are. */
        public static final Vlan NONE = new Vlan(0, 0, VlanProtocol.DOT1Q);

        private static final int LAST_ID = 4094;
        private static final int LAST_QOS = 7;

        /** Checks the ranges. */
        public Vlan {
            requireNonNull(protocol, "protocol is null");
            if (id < 0 || id > LAST_ID) {
                throw new IllegalArgumentException("The VLAN id " + id + " is out of range: use 0 (none) to 4094.");
            }
            if (qos < 0 || qos > LAST_QOS) {
                throw new IllegalArgumentException("The VLAN priority (qos) " + qos + " is out of range: use 0 to 7.");
            }
            if (id == 0 && (qos != 0 || protocol != VlanProtocol.DOT1Q)) {
                throw new IllegalArgumentException(
                        "A VLAN priority (qos) or protocol needs a VLAN: give an id from 1 to 4094 with it.");
            }
        }

        /** 802.1Q with priority 0. */
        public static Vlan of(int id) {
            return new Vlan(id, 0, VlanProtocol.DOT1Q);
        }

        @Override
        public Kind kind() {
            return Kind.VLAN;
        }

        @Override
        public String describe() {
            return "vlan " + id + (qos == 0 ? "" : " qos " + qos)
                    + (protocol == VlanProtocol.DOT1Q ? "" : " proto " + protocol);
        }
    }

    /**
     * What the VF may send, both bounds in one structure.
     *
     * @param minimum guaranteed Mbit/s, 0 for none
     * @param maximum Mbit/s at most, 0 for no bound; not below the minimum
     */
    record TxRate(int minimum, int maximum) implements VfAttribute {
        /** Checks the ranges. */
        public TxRate {
            if (minimum < 0 || maximum < 0) {
                throw new IllegalArgumentException("A transmit rate is 0 or more Mbit/s.");
            }
            if (maximum != 0 && minimum > maximum) {
                throw new IllegalArgumentException("The minimum transmit rate " + minimum
                        + " Mbit/s is above the maximum of " + maximum + " Mbit/s.");
            }
        }

        @Override
        public Kind kind() {
            return Kind.TX_RATE;
        }

        @Override
        public String describe() {
            return "min_tx_rate " + minimum + " max_tx_rate " + maximum;
        }
    }

    /**
     * Whether the card drops frames whose source address is not the VF's.
     *
     * @param on drop them
     */
    record SpoofCheck(boolean on) implements VfAttribute {
        @Override
        public Kind kind() {
            return Kind.SPOOF_CHECK;
        }

        @Override
        public String describe() {
            return "spoofchk " + onOff(on);
        }
    }

    /**
     * The link the VF sees.
     *
     * @param state not {@link VfLinkState#NOT_REPORTED}
     */
    record LinkState(VfLinkState state) implements VfAttribute {
        /** Checks the state. */
        public LinkState {
            if (requireNonNull(state, "state is null") == VfLinkState.NOT_REPORTED) {
                throw new IllegalArgumentException("The link state of a VF can be set to auto, enable or disable.");
            }
        }

        @Override
        public Kind kind() {
            return Kind.LINK_STATE;
        }

        @Override
        public String describe() {
            return "state " + state.name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Whether the VF may ask for the PF's RSS configuration, which it shares on some cards.
     *
     * @param on it may
     */
    record RssQuery(boolean on) implements VfAttribute {
        @Override
        public Kind kind() {
            return Kind.RSS_QUERY;
        }

        @Override
        public String describe() {
            return "query_rss " + onOff(on);
        }
    }

    /**
     * Whether the VF may change its address and become promiscuous.
     *
     * @param on it may
     */
    record Trust(boolean on) implements VfAttribute {
        @Override
        public Kind kind() {
            return Kind.TRUST;
        }

        @Override
        public String describe() {
            return "trust " + onOff(on);
        }
    }

    private static String onOff(boolean on) {
        return on ? "on" : "off";
    }
}
