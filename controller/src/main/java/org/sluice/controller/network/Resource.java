package org.sluice.controller.network;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.policy.Caller;
import org.sluice.model.ProblemException;
import tools.jackson.databind.node.ObjectNode;

/** One kind of object of the Network API: its names, its lists, its rules. The caller owns the transactions. */
interface Resource {
    /** The member that holds one object, {@code security_group}. */
    String singular();

    /** The member that holds a list of them, {@code security_groups}. */
    String plural();

    /** Its table and the alias that filters use, {@code port p}. */
    String table();

    /** Query parameters that narrow lists. */
    Map<String, Filter> filters();

    /** Query names that lists can be sorted by. */
    Map<String, String> sortable();

    /** The objects of the selection that the caller may see. */
    List<ObjectNode> list(Handle handle, Caller caller, Selection selection);

    /** One object that the caller may see; 404 otherwise. */
    ObjectNode show(Handle handle, Caller caller, UUID id);

    /** Makes one and returns it. */
    ObjectNode create(Handle handle, Caller caller, ObjectNode body);

    /** Changes one and returns it. */
    ObjectNode update(Handle handle, Caller caller, UUID id, ObjectNode body);

    /** Takes one away. */
    void delete(Handle handle, Caller caller, UUID id);

    /** The refusal for an id that names none of them. */
    ProblemException notFound(Object id);

    /** How many objects one request can make; all of one request are made in one transaction. */
    default int mostAtOnce() {
        return 1_000;
    }
}
