package org.sluice.controller.scheduling;

import java.util.Collection;

/** Hears of every decision that was committed, and of what it took to come to one. Thread-safe. */
public interface DecisionObserver {
    /** Hears nothing. */
    DecisionObserver NONE = new DecisionObserver() {
        @Override
        public void decided(boolean placed, Collection<String> filters) {
            // Nobody wants to know.
        }

        @Override
        public void lostRace() {
            // Nobody wants to know.
        }
    };

    /**
     * A server was placed, or refused.
     *
     * @param filters names of those that refused hosts, when it was refused; empty when there was no host
     */
    void decided(boolean placed, Collection<String> filters);

    /**
     * A claim found that another request had taken what it wanted on the host, or that the host was not any more what it was
     * chosen for. What follows is a claim elsewhere, or a refusal.
     */
    void lostRace();
}
