package org.sluice.agent.functions;

/** An attribute of a VF that a driver may or may not take (IFLA_VF_* of linux/if_link.h), by its name in {@code ip link}. */
public enum Attribute {
    MAC("mac"),
    VLAN("vlan"),
    SPOOF_CHECK("spoofchk"),
    TRUST("trust"),
    MIN_TX_RATE("min_tx_rate"),
    MAX_TX_RATE("max_tx_rate"),
    LINK_STATE("state");

    private final String commandName;

    Attribute(String commandName) {
        this.commandName = commandName;
    }

    /** What {@code ip link set PF vf N} calls it. */
    public String commandName() {
        return commandName;
    }
}
