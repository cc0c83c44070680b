package org.sluice.controller.background;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.sluice.controller.network.address.RestingAddresses;

/**
 * Frees addresses that servers' ports gave up {@link RestingAddresses#REST} after the guest's host was heard to know of it, or when the
 * port is not on that host any more. Leaves those of hosts that have not been told: their guests are told the old address.
 */
public final class AddressesAtRest implements Reconciler {
    private static final int MOST = 1000;

    private final Turns turns;
    private final RestingAddresses addresses = new RestingAddresses();

    /** Wires it. */
    public AddressesAtRest(Turns turns) {
        this.turns = requireNonNull(turns, "turns is null");
    }

    @Override
    public String name() {
        return "addresses-at-rest";
    }

    @Override
    public Duration pause() {
        return Duration.ofMinutes(10);
    }

    @Override
    public Look mend() {
        return turns.mend(name(), MOST, handle -> addresses.follow(handle, MOST));
    }
}
