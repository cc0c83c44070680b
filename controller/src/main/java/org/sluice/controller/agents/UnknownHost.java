package org.sluice.controller.agents;

import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.sluice.model.HostId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/** The refusal of a host whose certificate is good and whose row is gone. Stateless. */
final class UnknownHost {
    private UnknownHost() {}

    /**
     * One that was removed may join anew. One of which the books have nothing may be of a time that they know nothing of, and should not: with
     * a newer copy of them it is what it was.
     */
    static ProblemException problem(Handle handle, HostId host) {
        return wasRemoved(handle, host)
                ? problem(
                        "HostRemoved",
                        "Host " + host + " was removed from this cloud.",
                        "Join it anew with a new join token.")
                : problem(
                        "HostUnknown",
                        "Host " + host + " is not a member of this cloud, and was not removed from it: the database was"
                                + " restored from a copy of before the host joined, or is another cloud's.",
                        "Restore a newer copy. When the host is to be another one, move its DATA/agent away and join it with a new"
                                + " join token.");
    }

    private static ProblemException problem(String code, String sentence, String fix) {
        return new Problem(Problem.Kind.NOT_FOUND, code, sentence, Optional.of(fix)).asException();
    }

    private static boolean wasRemoved(Handle handle, HostId host) {
        return handle.createQuery("""
                        select exists (select from audit_event
                            where resource_id = :host and resource_type = 'host' and operation = 'delete')""")
                .bind("host", host.toString())
                .mapTo(Boolean.class)
                .one();
    }
}
