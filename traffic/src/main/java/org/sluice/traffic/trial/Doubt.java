package org.sluice.traffic.trial;

/** Why a trial says something about the tester rather than about the device. */
public enum Doubt {
    /** The sender did not get all planned frames out within the time. */
    SENDER_TOO_SLOW("the sender could not reach the rate"),
    /** Frames left later than the bound allows, so that the load was not even. */
    PACING_LATE("frames left too late"),
    /** The receiver's own buffers overflowed: what is missing may have arrived. */
    RECEIVER_DROPPED("the receiver's own buffer overflowed"),
    /** The wall clock was set during the trial, which spoils latencies. */
    CLOCK_STEPPED("the clock was set meanwhile");

    private final String sentence;

    Doubt(String sentence) {
        this.sentence = sentence;
    }

    /** In words, for people. */
    public String sentence() {
        return sentence;
    }
}
