/** The power of servers that stand on the host: which wish is obeyed by what, and what is reported of it. */
@NullMarked
package org.sluice.agent.power;

import org.jspecify.annotations.NullMarked;
