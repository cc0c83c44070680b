package org.sluice.linux.ethtool;

import java.util.List;

/** Offloads that {@code ethtool -K} knows by a short name, each of which is one feature of the kernel or several. */
public enum Offload {
    /** {@code gro}: received packets of one flow are joined by the kernel. */
    GENERIC_RECEIVE("gro"),
    /** {@code rx-gro-hw}: the card joins as GRO would, so that the packets can be cut again the same way. */
    GENERIC_RECEIVE_BY_HARDWARE("rx-gro-hw"),
    /** {@code lro}: received packets of one flow are joined by the card, which must not happen where they are forwarded. */
    LARGE_RECEIVE("lro"),
    /** {@code tso}: the card cuts TCP segments. */
    TCP_SEGMENTATION("tso"),
    /** {@code gso}: the kernel cuts segments just before the driver. */
    GENERIC_SEGMENTATION("gso");

    private final String word;

    Offload(String word) {
        this.word = word;
    }

    /** The short name. */
    public String word() {
        return word;
    }

    /** The kernel's names of its features. */
    public List<String> features() {
        return switch (this) {
            case GENERIC_RECEIVE -> List.of("rx-gro");
            case GENERIC_RECEIVE_BY_HARDWARE -> List.of("rx-gro-hw");
            case LARGE_RECEIVE -> List.of("rx-lro");
            case TCP_SEGMENTATION ->
                List.of(
                        "tx-tcp-segmentation",
                        "tx-tcp-ecn-segmentation",
                        "tx-tcp-mangleid-segmentation",
                        "tx-tcp6-segmentation");
            case GENERIC_SEGMENTATION -> List.of("tx-generic-segmentation");
        };
    }
}
