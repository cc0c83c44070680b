package org.sluice.agent.enrolment;

/** Why a host could not join, in a sentence for the person who runs the agent. */
public final class EnrolmentException extends Exception {
    private static final long serialVersionUID = 1L;

    EnrolmentException(String sentence) {
        super(sentence);
    }

    EnrolmentException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
