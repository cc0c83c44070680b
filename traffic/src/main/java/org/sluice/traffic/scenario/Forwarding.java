package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A network namespace as the router between two others: the kernel's forwarding alone, as it is or tuned. */
final class Forwarding implements Pattern {
    private static final String PATH =
            "A network namespace routes IPv4 between two veth pairs, the receiver's hardware address known from the start";

    private final Path state;
    private final boolean tuned;
    private final Step.Listener listener;

    /** @param state where the journal goes */
    Forwarding(Path state, boolean tuned, Step.Listener listener) {
        this.state = requireNonNull(state, "state is null");
        this.tuned = tuned;
        this.listener = requireNonNull(listener, "listener is null");
    }

    @Override
    public String name() {
        return tuned ? "tuned-bare-forwarding" : "bare-forwarding";
    }

    @Override
    public String title() {
        return tuned ? "Tuned bare forwarding" : "Bare forwarding";
    }

    @Override
    public Optional<String> unavailable() {
        return RoutedNamespaces.unavailable();
    }

    @Override
    public boolean tuned() {
        return tuned;
    }

    @Override
    public BuiltPath build() {
        return new RoutedNamespaces(state, Joint.DIRECT, listener)
                .build(
                        PATH + (tuned ? "; the router's two interfaces are tuned for forwarding." : "."),
                        List.of("A veth is no card: it has neither rings nor interrupts, and the sender's CPU does the"
                                + " forwarding unless received packets are steered to another one."));
    }
}
