package org.sluice.controller.compute;

import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.http.Ids;
import org.sluice.controller.policy.Caller;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;

/** Finds the server that a path names, if the caller may know of it; for others it is not there. Stateless. */
final class ServerLookup {
    private final ServerStore store = new ServerStore();

    ServerRow find(Handle handle, Call call) {
        return id(call).flatMap(id -> store.find(handle, id))
                .filter(server -> mayRead(call.caller(), server))
                .orElseThrow(() -> unknown(call));
    }

    /** The same, holding the row until the transaction ends. */
    ServerRow findForUpdate(Handle handle, Call call) {
        return id(call).flatMap(id -> store.findForUpdate(handle, id))
                .filter(server -> mayRead(call.caller(), server))
                .orElseThrow(() -> unknown(call));
    }

    static boolean mayRead(Caller caller, ServerRow server) {
        return caller.isAdmin() || server.projectId().equals(caller.projectId());
    }

    private static Optional<ServerId> id(Call call) {
        return Ids.parse(call.path("id")).map(ServerId::new);
    }

    private static ProblemException unknown(Call call) {
        return Problems.notFound("InstanceNotFound", "Instance " + call.path("id") + " could not be found.");
    }
}
