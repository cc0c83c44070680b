package org.sluice.controller.operation;

import java.util.List;
import org.sluice.model.protocol.ServerReport.Failure;

/**
 * A kind of long work: its steps in order.
 *
 * @param <D> what it is begun with; written as JSON, so its old forms must be readable for as long as one may be under way
 */
interface Workflow<D> {
    /** As the books name it; never changed. */
    String kind();

    Class<D> dataType();

    List<Step<D>> steps();

    /** All steps are undone because of that, and the record says so. */
    void failed(Run<D> run, Failure failure);

    /**
     * All steps are undone; has the server become what it was.
     *
     * @return false when a host has to give it up first: it is asked again when one has
     */
    boolean comesBack(Run<D> run);
}
