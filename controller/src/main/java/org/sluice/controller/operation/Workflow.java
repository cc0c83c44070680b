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

    /** What it goes on with to its end where it waits for a person who does not decide: it stays what it has become. */
    D undecided(D data);

    /** All steps are undone because of that, and the record says so. */
    void failed(Run<D> run, Failure failure);

    /**
     * All steps are undone; has the server become what it was.
     *
     * @return false when a host has to give it up first: it is asked again when one has
     */
    boolean comesBack(Run<D> run);
}
