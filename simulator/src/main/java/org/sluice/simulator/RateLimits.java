package org.sluice.simulator;

/** When a driver takes the rates of a VF, even those that take a limit away. */
enum RateLimits {
    /** Always (mlx5e_set_vf_rate). */
    ALWAYS,
    /** While the link is up (igb_ndo_set_vf_bw). */
    WITH_A_LINK,
    /** While the link is up at 10 Gbit/s, which is more than the card's slower speeds (ixgbe_ndo_set_vf_bw). */
    AT_10_GBIT,
    /** Always, but guarantees only up to what the link has now for all VFs together (ice_min_tx_rate_oversubscribed). */
    GUARANTEES_WITHIN_THE_LINK;

    boolean takenAt(int linkSpeed) {
        return switch (this) {
            case ALWAYS, GUARANTEES_WITHIN_THE_LINK -> true;
            case WITH_A_LINK -> linkSpeed > 0;
            case AT_10_GBIT -> linkSpeed == 10_000;
        };
    }

    /** Whether the VFs of a port can have these guarantees together, Mbit/s. */
    boolean guaranteesTakenAt(int linkSpeed, int together) {
        return this != GUARANTEES_WITHIN_THE_LINK || together <= linkSpeed;
    }
}
