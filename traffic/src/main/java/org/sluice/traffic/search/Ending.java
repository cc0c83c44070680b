package org.sluice.traffic.search;

/** Why a search ended, in the order in which it decides. */
public enum Ending {
    /** Both bounds were found, no further apart than the width. */
    FOUND,
    /** The number of trials was used up first. */
    TRIALS_EXHAUSTED,
    /** The tester reached its limit before the device did: the device may be better than the answer, if there is one. */
    TESTER_LIMITED,
    /** Even the smallest load failed: there is no answer. */
    MIN_LOAD_FAILS,
    /** The largest load held: the device may be better. */
    MAX_LOAD_PASSES
}
