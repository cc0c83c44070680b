package org.sluice.simulator;

/** A kind of SR-IOV card with the manners of its Linux driver (6.12), as far as VF attributes go. */
public enum SimulatedCard {
    /** Intel 82599: no guaranteed rates, and none while the link is down or slow. */
    INTEL_82599(
            "8086",
            "10fb",
            "10ed",
            "ixgbe",
            "ixgbevf",
            10_000,
            RateLimits.AT_10_GBIT,
            false,
            true,
            VirtualFunctionResets.NONE),
    /** Intel X540: the same driver. */
    INTEL_X540(
            "8086",
            "1528",
            "1515",
            "ixgbe",
            "ixgbevf",
            10_000,
            RateLimits.AT_10_GBIT,
            false,
            true,
            VirtualFunctionResets.NONE),
    /** NVIDIA ConnectX-5: takes everything. */
    CONNECTX_5(
            "15b3",
            "1017",
            "1018",
            "mlx5_core",
            "mlx5_core",
            100_000,
            RateLimits.ALWAYS,
            true,
            true,
            VirtualFunctionResets.NONE),
    /** Intel 82576, the card of the lab: neither link state nor guaranteed rates. */
    INTEL_82576(
            "8086",
            "10c9",
            "10ca",
            "igb",
            "igbvf",
            1_000,
            RateLimits.WITH_A_LINK,
            false,
            false,
            VirtualFunctionResets.NONE),
    /** Intel X710: no guaranteed rates; a VF that was set is in reset, and answers EAGAIN until it is over. */
    INTEL_X710(
            "8086",
            "1572",
            "154c",
            "i40e",
            "iavf",
            10_000,
            RateLimits.ALWAYS,
            false,
            true,
            VirtualFunctionResets.EAGAIN),
    /** Intel E810: guarantees up to the link's speed; a VF that was set is in reset, and answers EBUSY until it is over. */
    INTEL_E810(
            "8086",
            "1592",
            "1889",
            "ice",
            "iavf",
            100_000,
            RateLimits.GUARANTEES_WITHIN_THE_LINK,
            true,
            true,
            VirtualFunctionResets.EBUSY);

    private final String vendorId;
    private final String deviceId;
    private final String virtualFunctionDeviceId;
    private final String driver;
    private final String virtualFunctionDriver;
    private final int linkSpeed;
    private final RateLimits rateLimits;
    private final boolean guaranteedRates;
    private final boolean linkState;
    private final VirtualFunctionResets resets;

    SimulatedCard(
            String vendorId,
            String deviceId,
            String virtualFunctionDeviceId,
            String driver,
            String virtualFunctionDriver,
            int linkSpeed,
            RateLimits rateLimits,
            boolean guaranteedRates,
            boolean linkState,
            VirtualFunctionResets resets) {
        this.vendorId = vendorId;
        this.deviceId = deviceId;
        this.virtualFunctionDeviceId = virtualFunctionDeviceId;
        this.driver = driver;
        this.virtualFunctionDriver = virtualFunctionDriver;
        this.linkSpeed = linkSpeed;
        this.rateLimits = rateLimits;
        this.guaranteedRates = guaranteedRates;
        this.linkState = linkState;
        this.resets = resets;
    }

    String vendorId() {
        return vendorId;
    }

    String deviceId() {
        return deviceId;
    }

    String virtualFunctionDeviceId() {
        return virtualFunctionDeviceId;
    }

    String driver() {
        return driver;
    }

    String virtualFunctionDriver() {
        return virtualFunctionDriver;
    }

    /** Mbit/s. */
    int linkSpeed() {
        return linkSpeed;
    }

    /** When the driver takes rates at all. */
    RateLimits rateLimits() {
        return rateLimits;
    }

    /** Whether the driver takes a min_tx_rate. */
    boolean hasGuaranteedRates() {
        return guaranteedRates;
    }

    /** Whether the driver takes a link state. */
    boolean hasLinkState() {
        return linkState;
    }

    /** What a VF answers after it was set. */
    VirtualFunctionResets resets() {
        return resets;
    }
}
