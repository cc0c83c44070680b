package org.sluice.agent.controller;

/**
 * The controller knows this host no more: it was removed, or another machine has taken its place. Asking again changes nothing; what runs
 * on the host goes on without an agent until it joins anew.
 */
public final class NotAMemberException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why an agent is refused for good, as the agents' API names it. */
    public enum Reason {
        /** There is no such host; it may join anew. */
        REMOVED,
        /** Another machine is that host now. */
        REPLACED
    }

    private final Reason reason;

    /**
     * @param reason why
     * @param sentence the controller's, with what to do
     */
    public NotAMemberException(Reason reason, String sentence) {
        super(sentence);
        this.reason = reason;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }
}
