/**
 * The transaction that hands a virtual function to a VM and takes it back: the whole tuple always explicit, in the order
 * the hardware wants, read back, and undone by one release that is the same for a failed boot and a delete.
 */
@NullMarked
package org.sluice.agent.functions;

import org.jspecify.annotations.NullMarked;
