/**
 * The tests of RFC 2544 and its successors, each a string of trials: {@link org.sluice.traffic.procedure.PathTest} runs those of a
 * {@link org.sluice.traffic.procedure.TestPlan} over one path and tells what they found.
 */
@NullMarked
package org.sluice.traffic.procedure;

import org.jspecify.annotations.NullMarked;
