package org.sluice.controller.http;

/** Answers one request. Runs on a virtual thread of its own and may block. */
@FunctionalInterface
public interface Handler {
    /** Answers, or throws a {@link org.sluice.model.ProblemException} that the family's {@link Faults} render. */
    Reply handle(Exchange exchange);
}
