package org.sluice.controller.scheduling;

import java.util.Collection;

/** Hears of every decision that was committed. Thread-safe. */
@FunctionalInterface
public interface DecisionObserver {
    /**
     * A server was placed, or refused.
     *
     * @param filters names of those that refused hosts, when it was refused; empty when there was no host
     */
    void decided(boolean placed, Collection<String> filters);
}
