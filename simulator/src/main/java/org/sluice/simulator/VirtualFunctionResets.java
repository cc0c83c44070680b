package org.sluice.simulator;

/**
 * What a VF answers after its MAC, its VLAN or its trust was changed: some drivers put it in reset to have its guest take notice, and
 * until that is over it can neither be set nor read.
 */
enum VirtualFunctionResets {
    /** It goes on (ixgbe, igb, mlx5). */
    NONE,
    /** "VF still in reset. Try again." (i40e_check_vf_init_timeout, which itself gives up after a while). */
    EAGAIN,
    /** The VF is not ready for a configuration (ice_check_vf_ready_for_cfg). */
    EBUSY;

    /** How many attempts come too early after a change; a simulated host has no other measure of time. */
    int attempts() {
        return this == NONE ? 0 : 2;
    }
}
