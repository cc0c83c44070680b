package org.sluice.traffic.check;

/** What an {@link Impairer} does to a frame besides forwarding it. */
enum Fault {
    /** Nothing. */
    NONE,
    /** It is not forwarded. */
    DROP,
    /** It is forwarded twice. */
    DUPLICATE,
    /** Others overtake it. */
    HOLD_BACK,
    /** One bit of it is turned over. */
    FLIP
}
