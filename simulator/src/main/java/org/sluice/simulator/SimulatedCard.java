package org.sluice.simulator;

/** A kind of SR-IOV card with the manners of its Linux driver (6.12), as far as VF attributes go. */
public enum SimulatedCard {
    /** Intel 82599: no guaranteed rates, and none while the link is down or slow. */
    INTEL_82599("8086", "10fb", "10ed", "ixgbe", "ixgbevf", 10_000, RateLimits.AT_10_GBIT, false, true),
    /** Intel X540: the same driver. */
    INTEL_X540("8086", "1528", "1515", "ixgbe", "ixgbevf", 10_000, RateLimits.AT_10_GBIT, false, true),
    /** NVIDIA ConnectX-5: takes everything. */
    CONNECTX_5("15b3", "1017", "1018", "mlx5_core", "mlx5_core", 100_000, RateLimits.ALWAYS, true, true),
    /** Intel 82576, the card of the lab: neither link state nor guaranteed rates. */
    INTEL_82576("8086", "10c9", "10ca", "igb", "igbvf", 1_000, RateLimits.WITH_A_LINK, false, false);

    private final String vendorId;
    private final String deviceId;
    private final String virtualFunctionDeviceId;
    private final String driver;
    private final String virtualFunctionDriver;
    private final int linkSpeed;
    private final RateLimits rateLimits;
    private final boolean guaranteedRates;
    private final boolean linkState;

    SimulatedCard(
            String vendorId,
            String deviceId,
            String virtualFunctionDeviceId,
            String driver,
            String virtualFunctionDriver,
            int linkSpeed,
            RateLimits rateLimits,
            boolean guaranteedRates,
            boolean linkState) {
        this.vendorId = vendorId;
        this.deviceId = deviceId;
        this.virtualFunctionDeviceId = virtualFunctionDeviceId;
        this.driver = driver;
        this.virtualFunctionDriver = virtualFunctionDriver;
        this.linkSpeed = linkSpeed;
        this.rateLimits = rateLimits;
        this.guaranteedRates = guaranteedRates;
        this.linkState = linkState;
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
}
