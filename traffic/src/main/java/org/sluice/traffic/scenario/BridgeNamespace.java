package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A Linux bridge on each side of a router, which is a network namespace where the talk had a VM. */
final class BridgeNamespace implements Pattern {
    private final Path state;
    private final Step.Listener listener;

    /** @param state where the journal goes */
    BridgeNamespace(Path state, Step.Listener listener) {
        this.state = requireNonNull(state, "state is null");
        this.listener = requireNonNull(listener, "listener is null");
    }

    @Override
    public String name() {
        return "bridge-namespace";
    }

    @Override
    public String title() {
        return "Linux bridge with a namespace in place of the VM";
    }

    @Override
    public Optional<String> unavailable() {
        return RoutedNamespaces.unavailable();
    }

    @Override
    public BuiltPath build() {
        return new RoutedNamespaces(state, Joint.BRIDGED, listener)
                .build(
                        "A veth pair leads to a Linux bridge, another from there to a network namespace that routes IPv4"
                                + " in place of a VM, and the same on the way to the receiver.",
                        List.of(
                                "A namespace stands in place of the VM: what a VM costs (tap devices, vhost, virtio, exits"
                                        + " to the hypervisor) is not in these figures, so a bridge with a VM should be"
                                        + " slower than this."));
    }
}
