package org.sluice.model.protocol;

/**
 * The right to one virtual function. A release or report that names an older generation is void, so that a host that was
 * out of contact cannot touch the next tenant's VF.
 *
 * @param physicalFunction the PF, by identity
 * @param index number of the VF under the PF, from 0
 * @param generation grows by one with every lease of this VF
 */
public record VirtualFunctionLease(PhysicalFunctionKey physicalFunction, int index, long generation) {}
