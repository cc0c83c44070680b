/** The agent, through its public door, over a simulated host. */
@NullMarked
package org.sluice.agent;

import org.jspecify.annotations.NullMarked;
