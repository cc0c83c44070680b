/**
 * Where servers go: an in-memory index of the fleet proposes hosts, filters say why the others are no candidates, and one
 * transaction claims. The index may be wrong; the claim is the truth.
 */
@NullMarked
package org.sluice.controller.scheduling;

import org.jspecify.annotations.NullMarked;
