/**
 * Work on a host as a list of steps, each with what it does and how that is taken back. Knows nothing of what the steps
 * are about.
 */
@NullMarked
package org.sluice.agent.step;

import org.jspecify.annotations.NullMarked;
