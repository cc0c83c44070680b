package org.sluice.agent.attachment;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.sluice.agent.boot.Segments;
import org.sluice.agent.functions.FunctionLocks;
import org.sluice.agent.functions.VirtualFunctionTransaction;
import org.sluice.agent.journal.LeaseBook.Function;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredInterface.Bridge;
import org.sluice.model.protocol.DesiredInterface.Direct;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.VirtualFunctionLease;

/**
 * What NICs take from this host.
 *
 * @param segments what its servers share
 * @param functions the VF transaction
 * @param unknown guests that the journal does not know
 */
public record Attachments(Segments segments, VirtualFunctionTransaction functions, UnknownGuests unknown) {
    public Attachments {
        requireNonNull(segments, "segments is null");
        requireNonNull(functions, "functions is null");
        requireNonNull(unknown, "unknown is null");
    }

    /** What that NIC of the server takes. */
    public Attachment of(DesiredServer server, DesiredInterface nic) {
        return switch (nic) {
            case Bridge bridge -> new BridgeAttachment(segments, server, bridge);
            case Direct direct -> new DirectAttachment(functions, unknown, server.id(), direct);
        };
    }

    /** What the server's NICs take, in the order in which its guest sees them. */
    public List<Attachment> of(DesiredServer server) {
        return server.interfaces().stream().map(nic -> of(server, nic)).toList();
    }

    /** Takes the locks of those VFs. */
    public static FunctionLocks.Held hold(FunctionLocks locks, List<VirtualFunctionLease> leases) {
        return locks.hold(leases.stream().map(Function::of).toList());
    }
}
