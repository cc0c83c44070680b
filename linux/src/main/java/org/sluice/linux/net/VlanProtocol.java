package org.sluice.linux.net;

/** The tag a VLAN puts on the wire; {@link #etherType} is in host byte order. */
public enum VlanProtocol {
    /** 802.1Q, the ordinary tag. */
    DOT1Q(0x8100, "802.1Q"),
    /** 802.1ad, the outer tag of provider bridges (QinQ). */
    DOT1AD(0x88A8, "802.1ad");

    private final int etherType;
    private final String text;

    VlanProtocol(int etherType, String text) {
        this.etherType = etherType;
        this.text = text;
    }

    /** The EtherType of the tag. */
    public int etherType() {
        return etherType;
    }

    static VlanProtocol of(int etherType) {
        // Kernels before 4.9 know no other than 802.1Q and leave the field zero.
        return etherType == DOT1AD.etherType ? DOT1AD : DOT1Q;
    }

    /** As {@code ip} writes it. */
    @Override
    public String toString() {
        return text;
    }
}
