/** The one place where failures of the {@code linux} module become the agent's own. */
@NullMarked
package org.sluice.agent.kernel;

import org.jspecify.annotations.NullMarked;
