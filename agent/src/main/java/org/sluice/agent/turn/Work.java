package org.sluice.agent.turn;

/**
 * Kinds of work on a host. Those of one kind wait for each other, and never for another kind: a host on which nothing can be built,
 * because its disk or its hypervisor hangs, still ends, removes and watches what it has. The numbers together are what may hang in the
 * host's hypervisor at once, which must stay below what the agent lets hang there (64).
 */
public enum Work {
    /**
     * A server is built, or its root disk made anew. VFIO has all of a guest's memory in place before it starts, which takes a processor
     * and minutes each; so many keep the processors of a host busy and leave some to its guests.
     */
    BUILDING(8),

    /** An image comes from the controller. The network is full with a few, and each would only end later among more. */
    FETCHING(4),

    /** The guest of a server that stands is started, or goes on from its memory: what building takes, without its disk. */
    STARTING(8),

    /** A guest is ended, paused or let go on: a word to the hypervisor, which takes time where that waits for a device. */
    ENDING(8),

    /** A NIC comes or goes while the guest runs: few at a time in any cloud, and a guest may hold each of them up. */
    PLUGGING(4),

    /** All of a root disk is copied, or all of a guest's memory written. The host's disk is full with a few. */
    COPYING(4),

    /** A server is taken away, and what a boot that failed left. */
    REMOVING(8),

    /** A server is looked at, and what drifted brought back. It is quick, and what there is of it waits for the next look. */
    KEEPING(8);

    private final int atOnce;

    Work(int atOnce) {
        this.atOnce = atOnce;
    }

    /** How much of this kind goes on at the same time. */
    public int atOnce() {
        return atOnce;
    }
}
