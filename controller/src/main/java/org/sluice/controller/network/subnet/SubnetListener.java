package org.sluice.controller.network.subnet;

import org.jdbi.v3.core.Handle;
import org.sluice.model.NetworkId;

/** Hears that a subnet of a network has come or changed, in the transaction that does it, and may refuse it. */
@FunctionalInterface
public interface SubnetListener {
    /** Follows the change. */
    void changed(Handle handle, NetworkId network);
}
