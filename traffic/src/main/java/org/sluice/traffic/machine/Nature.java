package org.sluice.traffic.machine;

/** What is behind a network device, as far as the machine can tell. */
public enum Nature {
    /** Software alone: veth, tap, bridge, loopback ... */
    VIRTUAL,
    /** A card that an emulator made: figures measured with it are the emulator's. */
    EMULATED,
    /** A card, or an emulation that does not show itself as one. */
    HARDWARE
}
