/** The protocol's records as JSON, the agent's side. */
@NullMarked
package org.sluice.agent.wire;

import org.jspecify.annotations.NullMarked;
