package org.sluice.simulator;

/** How a driver treats the spoof check of its VFs. */
public enum SpoofChecks {
    /** Takes and reports it, as ixgbe, i40e, ice and mlx5 do. */
    TAKEN,
    /** Neither knows nor reports it, as cxgb4. */
    UNKNOWN,
    /** Has it on for good and refuses to be asked, as bnx2x. */
    ALWAYS_ON,
    /** Has none and says so, as mlx5 in switchdev. */
    ALWAYS_OFF,
    /** Takes it and goes on without, as a VF in reset. */
    FORGOTTEN,
    /** Takes it and does not report it. */
    NOT_REPORTED
}
